package calendar

import (
	"database/sql/driver"
	"fmt"
)

// Value stores the short form, empty for none; it refuses what MarshalText
// refuses.
func (l Length) Value() (driver.Value, error) {
	text, err := l.MarshalText()
	if err != nil {
		return nil, err
	}
	return string(text), nil
}

// Scan reads the short form; empty or NULL is none.
func (l *Length) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*l = Length{}
		return nil
	case string:
		return l.UnmarshalText([]byte(v))
	case []byte:
		return l.UnmarshalText(v)
	}
	return fmt.Errorf("calendar: cannot read a length from %T", src)
}
