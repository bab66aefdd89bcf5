package calendar

import (
	"cmp"
	"fmt"
	"slices"
)

// Calendar is one version of the working days and office hours. It is immutable
// and safe for concurrent use. Days that no arrangement names, in years with and
// without an arrangement, follow the weekday.
type Calendar struct {
	version  int
	days     []Arrangement // by year, then date
	holidays map[Date]string
	index    index
	hours    OfficeHours
	table    timetable
}

// New builds the calendar of that version, which must be positive. The zero
// hours stand for DefaultHours. Where two years' arrangements name the same day,
// the later year prevails.
//
// It refuses an arrangement that names a day twice in different ways, or a day
// outside its year and the last six days of December before; years left out
// between the first and the last; and office hours that are empty, overlap, or
// lie outside the day.
func New(version int, days []Arrangement, hours OfficeHours) (*Calendar, error) {
	if version < 1 {
		return nil, fmt.Errorf("calendar: %d is not a version", version)
	}
	settled, err := settle(days)
	if err != nil {
		return nil, err
	}
	if hours.isZero() {
		hours = DefaultHours()
	}
	table, err := newTimetable(hours)
	if err != nil {
		return nil, err
	}
	return &Calendar{
		version:  version,
		days:     settled,
		holidays: holidaysOf(settled),
		index:    newIndex(settled),
		hours:    hours.clone(),
		table:    table,
	}, nil
}

func holidaysOf(days []Arrangement) map[Date]string {
	holidays := make(map[Date]string, len(days))
	for _, a := range days {
		if a.Off {
			holidays[a.Date] = a.Holiday
		} else {
			delete(holidays, a.Date)
		}
	}
	return holidays
}

// Version tells this calendar from those before it; a deadline keeps the version
// that it was computed with.
func (c *Calendar) Version() int { return c.version }

// LastYear is the last year with a published arrangement, 0 if there is none.
func (c *Calendar) LastYear() int {
	if len(c.days) == 0 {
		return 0
	}
	return c.days[len(c.days)-1].Year
}

// Arrangements gives the days that the arrangement of year names, in order of
// date; they may begin in the December before.
func (c *Calendar) Arrangements(year int) []Arrangement {
	from, _ := slices.BinarySearchFunc(c.days, year, byYear)
	to := from
	for to < len(c.days) && c.days[to].Year == year {
		to++
	}
	return slices.Clone(c.days[from:to])
}

func byYear(a Arrangement, year int) int { return cmp.Compare(a.Year, year) }

// Hours gives the office hours.
func (c *Calendar) Hours() OfficeHours { return c.hours.clone() }

// Workday reports whether d is a working day. A make-up working day is one.
func (c *Calendar) Workday(d Date) bool { return c.index.isWorking(d.number()) }

// Holiday gives the name of the holiday if an arrangement makes d a day off.
// It is empty for other days, ordinary weekends and make-up working days among
// them.
func (c *Calendar) Holiday(d Date) string { return c.holidays[d] }

// AddWorkdays gives the n-th working day after d, which itself is not counted,
// or the n-th before it for a negative n; d for 0.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	return dateOfDay(c.index.walk(d.number(), n))
}

// Roll gives d if it is a working day, else the next working day.
func (c *Calendar) Roll(d Date) Date { return dateOfDay(c.index.roll(d.number())) }
