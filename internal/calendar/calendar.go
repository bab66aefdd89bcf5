package calendar

import "time"

// Calendar is one version of the working days and office hours. It is immutable
// and safe for concurrent use.
type Calendar struct {
	version int
	days    []Arrangement
	hours   OfficeHours
}

// New builds a calendar.
func New(version int, days []Arrangement, hours OfficeHours) (*Calendar, error) {
	return &Calendar{version: version, days: days, hours: hours}, nil
}

func Embedded() *Calendar { return &Calendar{} }

func (c *Calendar) Version() int                              { return c.version }
func (c *Calendar) LastYear() int                             { return 0 }
func (c *Calendar) Arrangements(year int) []Arrangement       { return nil }
func (c *Calendar) Hours() OfficeHours                        { return c.hours }
func (c *Calendar) Workday(d Date) bool                       { return false }
func (c *Calendar) Holiday(d Date) string                     { return "" }
func (c *Calendar) AddWorkdays(d Date, n int) Date            { return d }
func (c *Calendar) Roll(d Date) Date                          { return d }
func (c *Calendar) WorkingMinutesBetween(a, b time.Time) int  { return 0 }
func (c *Calendar) Due(start time.Time, l Length, r bool) Due { return Due{} }
func (c *Calendar) DueOn(last Date, roll bool) Due            { return Due{} }

// Due is when a clock ends.
type Due struct {
	At             time.Time
	On, UnrolledOn Date
	Provisional    bool
}
