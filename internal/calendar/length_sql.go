package calendar

import (
	"database/sql/driver"
	"fmt"
)

// Value gives the short form, empty for none.
func (l Length) Value() (driver.Value, error) { return l.String(), nil }

// Scan reads the short form; empty or NULL is none.
func (l *Length) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case nil:
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("calendar: cannot read a length from %T", src)
	}
	if text == "" {
		*l = Length{}
		return nil
	}
	got, err := ParseLength(text)
	*l = got
	return err
}
