package grievance

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
)

// ID is an identifier of a T: a UUIDv7, whose zero value means none.
type ID[T any] [16]byte

// The identifiers of the domain.
type (
	CaseID        = ID[Case]
	ClockID       = ID[Clock]
	UnitID        = ID[Unit]
	UserID        = ID[User]
	AppointmentID = ID[Appointment]
	TextID        = ID[Text]
	NoticeID      = ID[Notice]
	SignOffID     = ID[SignOff]
	EscalationID  = ID[Escalation]
	ObjectionID   = ID[Objection]
	CoHandlerID   = ID[CoHandler]
	OrderID       = ID[Order]
)

// ParseID reads the canonical 36-character form, in either case of letters.
func ParseID[T any](s string) (ID[T], error) {
	var id ID[T]
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, fmt.Errorf("%q is not a UUID", s)
	}
	digits := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return ID[T]{}, fmt.Errorf("%q is not a UUID", s)
	}
	return id, nil
}

// IsZero reports whether id means none.
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// IsV7 reports whether id is a UUID of version 7 (RFC 9562), the only one that
// a client may make for a case.
func (id ID[T]) IsV7() bool { return id[6]>>4 == 7 && id[8]>>6 == 2 }

// Bytes gives the sixteen bytes of the identifier, all zero for none.
func (id ID[T]) Bytes() [16]byte { return id }

// String gives the canonical lower-case form, or "" for none.
func (id ID[T]) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// MarshalText gives the canonical form.
func (id ID[T]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the canonical form; "" is none.
func (id *ID[T]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID[T]{}
		return nil
	}
	got, err := ParseID[T](string(b))
	*id = got
	return err
}

// Value is NULL for none, else the canonical form.
func (id ID[T]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan reads what either database gives for an identifier.
func (id *ID[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID[T]{}
		return nil
	case string:
		return id.UnmarshalText([]byte(v))
	case [16]byte:
		*id = v
		return nil
	case []byte:
		if len(v) == 16 {
			*id = ID[T](v)
			return nil
		}
		return id.UnmarshalText(v)
	}
	return fmt.Errorf("cannot read an id from %T", src)
}
