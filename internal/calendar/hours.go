package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Interval is a stretch of a day in minutes since 00:00 in Zone: from Start up to,
// and not including, End. Its text form is 09:00-12:00.
type Interval struct{ Start, End int }

// MonthDay is a day of every year. Its text form is 05-01.
type MonthDay struct {
	Month time.Month
	Day   int
}

// Season gives the office hours for a part of every year, From and Until
// included; a season whose Until comes before its From runs over the new year.
type Season struct {
	From      MonthDay   `json:"from"`
	Until     MonthDay   `json:"until"`
	Intervals []Interval `json:"intervals"`
}

// OfficeHours are the hours in which working minutes and working hours run.
// Intervals apply on every working day that no season covers. The zero
// OfficeHours stand for DefaultHours.
type OfficeHours struct {
	Intervals []Interval `json:"intervals"`
	Seasons   []Season   `json:"seasons,omitempty"`
}

// DefaultHours gives 09:00–12:00 and 14:00–17:30 all year.
func DefaultHours() OfficeHours {
	return OfficeHours{Intervals: []Interval{{9 * 60, 12 * 60}, {14 * 60, 17*60 + 30}}}
}

// String gives the text form, 09:00-12:00.
func (i Interval) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", i.Start/60, i.Start%60, i.End/60, i.End%60)
}

// MarshalText gives what String gives.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads exactly what String gives for an interval within a day,
// which ends at 24:00 at the latest.
func (i *Interval) UnmarshalText(text []byte) error {
	s := string(text)
	start, end, _ := strings.Cut(s, "-")
	var h1, m1, h2, m2 int
	_, err1 := fmt.Sscanf(start, "%02d:%02d", &h1, &m1)
	_, err2 := fmt.Sscanf(end, "%02d:%02d", &h2, &m2)
	read := Interval{h1*60 + m1, h2*60 + m2}
	if err1 != nil || err2 != nil || !read.valid() || read.String() != s {
		return fmt.Errorf("calendar: %q is not an interval of a day such as 09:00-12:00", s)
	}
	*i = read
	return nil
}

func (i Interval) valid() bool { return 0 <= i.Start && i.Start < i.End && i.End <= 24*60 }

// String gives the text form, 05-01.
func (m MonthDay) String() string { return fmt.Sprintf("%02d-%02d", m.Month, m.Day) }

// MarshalText gives what String gives.
func (m MonthDay) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads exactly what String gives for a day that some year has.
func (m *MonthDay) UnmarshalText(text []byte) error {
	d, err := ParseDate(leapYearPrefix + string(text))
	if err != nil {
		return fmt.Errorf("calendar: %q is not a day of the year such as 05-01", text)
	}
	*m = MonthDay{d.Month, d.Day}
	return nil
}

// leapYear stands for every year where days of the year are laid out.
const (
	leapYear       = 2000
	leapYearPrefix = "2000-"
)

func (m MonthDay) in(year int) Date { return NewDate(year, m.Month, m.Day) }

func (m MonthDay) valid() bool {
	return m.in(leapYear) == Date{leapYear, m.Month, m.Day}
}
