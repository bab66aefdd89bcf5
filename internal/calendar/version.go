package calendar

import (
	"errors"
	"slices"
	"time"
)

// With gives the calendar of a later version in which days are the whole
// arrangement of year; all else stays. The Year of each day is taken to be year.
// It refuses what New refuses, and an arrangement without days.
func (c *Calendar) With(version, year int, days []Arrangement) (*Calendar, error) {
	if len(days) == 0 {
		return nil, ErrNoDays
	}
	next := slices.DeleteFunc(slices.Clone(c.days), func(a Arrangement) bool { return a.Year == year })
	return New(version, append(next, ofYear(year, days)...), c.hours)
}

func ofYear(year int, days []Arrangement) []Arrangement {
	days = slices.Clone(days)
	for i := range days {
		days[i].Year = year
	}
	return days
}

// WithHours gives the calendar of a later version with other office hours. It
// refuses what New refuses.
func (c *Calendar) WithHours(version int, hours OfficeHours) (*Calendar, error) {
	return New(version, c.days, hours)
}

// SameHours reports whether both calendars have the same office hours on every
// day of the year, whichever way they are cut into seasons.
func SameHours(a, b *Calendar) bool {
	return slices.EqualFunc(a.table.year(), b.table.year(), slices.Equal[[]Interval])
}

// Unpublished tells the first year whose arrangement is missing though somebody
// needs it: the year in Zone that now is in, and from 1 December on the next, of
// which the State Council has published the arrangement by then.
func (c *Calendar) Unpublished(now time.Time) (year int, missing bool) {
	today := DateOf(now)
	needed := today.Year
	if today.Month == time.December {
		needed++
	}
	switch last := c.LastYear(); {
	case last >= needed:
		return 0, false
	case last == 0:
		return needed, true
	default:
		return last + 1, true
	}
}

// Misfit is one thing that is wrong with an arrangement or with office hours.
type Misfit struct {
	// Index is that of the day, or of the season; -1 for the usual office hours.
	Index int
	// Err is one of the errors that New's errors wrap, ErrNamedTwice or
	// ErrWorkOnWeekday.
	Err error
}

// Misfits tells every day that cannot stand in what is published on top of c as
// the arrangement of year, in their order. It is stricter than With, for it looks
// at what somebody has typed: a day named twice, even in the same way, and a
// working day on a Monday to Friday, which every such day is anyway, are slips.
// Only a day that c names may be a working day then, as where an amendment takes
// a day off back.
func (c *Calendar) Misfits(year int, days []Arrangement) (all []Misfit) {
	named := map[Date]bool{}
	for i, a := range ofYear(year, days) {
		err := a.check()
		switch {
		case err != nil:
		case named[a.Date]:
			err = ErrNamedTwice
		case !a.Off && !weekend(a.Date) && !c.names(a.Date):
			err = ErrWorkOnWeekday
		}
		named[a.Date] = true
		if err != nil {
			all = append(all, Misfit{i, cause(err)})
		}
	}
	return all
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

func (c *Calendar) names(d Date) bool {
	return slices.ContainsFunc(c.days, func(a Arrangement) bool { return a.Date == d })
}

// Misfits tells everything that is wrong with office hours: at most one thing
// of each season, and one of the usual hours.
func (h OfficeHours) Misfits() (all []Misfit) {
	if _, err := newShift(h.Intervals); err != nil {
		all = append(all, Misfit{-1, cause(err)})
	}
	var days [366]int
	for i, s := range h.Seasons {
		_, err := newShift(s.Intervals)
		if err == nil {
			err = s.mark(&days, i+1)
		}
		if err != nil {
			all = append(all, Misfit{i, cause(err)})
		}
	}
	return all
}

// cause gives the error that New's error wraps.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
