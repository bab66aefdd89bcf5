package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit is what a Length counts.
type Unit string

// Minutes and hours run by the wall, day and night; working minutes and hours
// run in office hours of working days only; days are whole calendar or working
// days, of which the start day is not one.
const (
	Minute        Unit = "minute"
	Hour          Unit = "hour"
	WorkingMinute Unit = "working_minute"
	WorkingHour   Unit = "working_hour"
	Day           Unit = "day"
	WorkingDay    Unit = "working_day"
)

// MaxLength is the largest N of a valid Length: no rule comes near it, and it
// keeps every computation within the years that a date can be written in.
const MaxLength = 100_000

var suffixes = map[Unit]string{
	Minute: "m", Hour: "h", WorkingMinute: "wm", WorkingHour: "wh", Day: "d", WorkingDay: "wd",
}

var unitsBySuffix = map[string]Unit{
	"m": Minute, "h": Hour, "wm": WorkingMinute, "wh": WorkingHour, "d": Day, "wd": WorkingDay,
}

// Length is how long a clock may run: 15 days, 30 working minutes. The zero
// Length means "none" and is not Valid.
type Length struct {
	N    int
	Unit Unit
}

// ParseLength reads the short form: 15d, 7wd, 24h, 90m, 30wm, 2wh. It refuses
// zero, signs, leading zeros and more than MaxLength.
func ParseLength(s string) (Length, error) {
	digits := strings.TrimRight(s, "dhmw")
	n, err := strconv.Atoi(digits)
	l := Length{N: n, Unit: unitsBySuffix[s[len(digits):]]}
	if err != nil || !l.Valid() || l.String() != s {
		return Length{}, fmt.Errorf("calendar: %q is not a length such as 15d, 7wd, 24h, 90m, 30wm or 2wh", s)
	}
	return l, nil
}

// Valid reports whether the length has a known unit and an N from 1 to MaxLength.
func (l Length) Valid() bool {
	return suffixes[l.Unit] != "" && l.N >= 1 && l.N <= MaxLength
}

// IsZero reports whether l is none.
func (l Length) IsZero() bool { return l == Length{} }

// ByDay reports whether the length counts whole days, so that it ends with a day
// and not at a time of day.
func (l Length) ByDay() bool { return l.Unit == Day || l.Unit == WorkingDay }

// WorkingMinutes gives a length in working minutes or hours as minutes, and 0
// for every other.
func (l Length) WorkingMinutes() int {
	switch l.Unit {
	case WorkingMinute:
		return l.N
	case WorkingHour:
		return l.N * 60
	}
	return 0
}

// ShorterThanDay reports whether the length is counted in working minutes or
// hours, or lasts less than 24 hours by the wall.
func (l Length) ShorterThanDay() bool {
	switch l.Unit {
	case WorkingMinute, WorkingHour:
		return true
	case Minute:
		return l.N < 24*60
	case Hour:
		return l.N < 24
	}
	return false
}

// String gives the short form that ParseLength reads, empty for none.
func (l Length) String() string {
	if l.IsZero() {
		return ""
	}
	return strconv.Itoa(l.N) + suffixes[l.Unit]
}

// MarshalText gives what String gives; it refuses a length that is neither Valid
// nor none, because it could not be read again.
func (l Length) MarshalText() ([]byte, error) {
	if !l.Valid() && !l.IsZero() {
		return nil, fmt.Errorf("calendar: %d of unit %q is not a length", l.N, l.Unit)
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what ParseLength reads; an empty text is none.
func (l *Length) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = Length{}
		return nil
	}
	parsed, err := ParseLength(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}

// micros is the length in microseconds for the units that are not ByDay.
func (l Length) micros() int64 {
	if l.Unit == Hour || l.Unit == WorkingHour {
		return int64(l.N) * hourMicros
	}
	return int64(l.N) * minuteMicros
}
