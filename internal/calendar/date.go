package calendar

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// Zone is Asia/Shanghai, the zone in which days begin and end.
var Zone = time.FixedZone("Asia/Shanghai", zoneOffset)

const (
	zoneOffset     = 8 * 3600 // seconds east of UTC
	zoneMicros     = zoneOffset * int64(time.Second/time.Microsecond)
	minuteMicros   = int64(time.Minute / time.Microsecond)
	hourMicros     = int64(time.Hour / time.Microsecond)
	dayMicros      = 24 * hourMicros
	secondsPerDay  = 24 * 3600
	daysPerWeek    = 7
	epochIsWeekday = int(time.Thursday) // weekday of day 0, 1970-01-01
)

// Date is a civil date in Zone. Dates are comparable with ==; the zero Date
// means "none".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate gives the date of year, month and day, normalised as time.Date does:
// 31 April is 1 May.
func NewDate(year int, month time.Month, day int) Date {
	return dateOfDay(Date{year, month, day}.number())
}

// DateOf gives the date in Zone on which t falls, none for the zero time.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return dateOfDay(int(floorDiv(t.Unix()+zoneOffset, secondsPerDay)))
}

// ParseDate reads exactly the form 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("calendar: %q is not a date of the form 2006-01-02", s)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// Start is the instant, in UTC, at which the date begins: 00:00 in Zone. It is
// the zero time for no date.
func (d Date) Start() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return startOfDay(d.number())
}

// End is the instant, in UTC, at which the date is over: the next day's 00:00 in
// Zone. It is exclusive: what happens at End happens on the next day.
func (d Date) End() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return startOfDay(d.number() + 1)
}

// AddDays gives the date n calendar days later, or earlier for a negative n. No
// date stays none.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return dateOfDay(d.number() + n)
}

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d comes after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare is negative if d comes before e, 0 if they are equal, else positive.
// None comes before every date of the common era.
func (d Date) Compare(e Date) int {
	return cmp.Or(
		cmp.Compare(d.Year, e.Year),
		cmp.Compare(d.Month, e.Month),
		cmp.Compare(d.Day, e.Day),
	)
}

// Weekday is the date's day of the week.
func (d Date) Weekday() time.Weekday { return weekdayOf(d.number()) }

// IsZero reports whether d is none.
func (d Date) IsZero() bool { return d == Date{} }

// String gives the form 2006-01-02, empty for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

// MarshalText gives what String gives.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads; an empty text is none.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value stores the date as text, none as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a column of type date or text; NULL is none. A driver hands over a
// SQL date as midnight in a zone of its choice, so the fields count and not the
// instant; a time of day other than midnight is refused, because it is an
// instant that somebody took for a date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		return d.scanTime(v)
	}
	return fmt.Errorf("calendar: cannot read a date from %T", src)
}

func (d *Date) scanTime(t time.Time) error {
	if h, m, s := t.Clock(); h != 0 || m != 0 || s != 0 || t.Nanosecond() != 0 {
		return fmt.Errorf("calendar: %s is an instant, not a date", t.Format(time.RFC3339Nano))
	}
	y, m, day := t.Date()
	*d = Date{y, m, day}
	return nil
}

func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// number counts days from 1970-01-01, which is day 0: the form in which the
// package computes.
func (d Date) number() int { return int(d.midnight().Unix() / secondsPerDay) }

func dateOfDay(day int) Date {
	y, m, d := time.Unix(int64(day)*secondsPerDay, 0).UTC().Date()
	return Date{y, m, d}
}

func startOfDay(day int) time.Time {
	return time.Unix(int64(day)*secondsPerDay-zoneOffset, 0).UTC()
}

func weekdayOf(day int) time.Weekday {
	return time.Weekday(floorMod(day+epochIsWeekday, daysPerWeek))
}

func floorDiv[T int | int64](a, b T) T { return (a - floorMod(a, b)) / b }

func floorMod[T int | int64](a, b T) T {
	r := a % b
	if r < 0 {
		r += b
	}
	return r
}
