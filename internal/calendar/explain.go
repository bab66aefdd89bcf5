package calendar

import "slices"

// Effect says what a day named in a Counting does to the count.
type Effect string

// A skipped day is not counted though it lies in between; an added one is
// counted though it is a Saturday or a Sunday.
const (
	Skipped Effect = "skipped"
	Added   Effect = "added"
)

// Cause says why a day is skipped or added.
type Cause string

// The causes: a Saturday or Sunday that no arrangement names; a day off by an
// arrangement; a make-up working day (调休); a pause.
const (
	Weekend   Cause = "weekend"
	HolidayBy Cause = "holiday"
	MakeUp    Cause = "make_up"
	Paused    Cause = "paused"
)

// DayNote is a day that does not count as a reader would expect, or that a
// period cannot end on. Holiday is the one it belongs to or makes up for, empty
// for weekends and pauses.
type DayNote struct {
	Date    Date   `json:"date"`
	Effect  Effect `json:"effect"`
	Cause   Cause  `json:"cause"`
	Holiday string `json:"holiday,omitempty"`
}

// Part is how the length of a term, or one of its extensions, was counted. After
// is the day before the first that is counted, which itself is not; Last is the
// last counted. Both are none for minutes and hours by the wall.
type Part struct {
	Length Length    `json:"length"`
	After  Date      `json:"after"`
	Last   Date      `json:"last"`
	Days   []DayNote `json:"days"`
}

// OfficeDay says which office hours hold from a day on.
type OfficeDay struct {
	From      Date       `json:"from"`
	Intervals []Interval `json:"intervals"`
}

// Counting is how the end of a term came about: everything that a reader with a
// wall calendar and a pencil needs in order to count it again.
type Counting struct {
	Due
	Parts []Part
	// Rolled are the days from the last one counted on which the period could not
	// end, and the one on which it ends where that is a make-up weekend day.
	Rolled []DayNote
	Hours  []OfficeDay // of a length in working minutes or hours, from the start's day on
}

// Settled is the last date that no arrangement still to come can name, none
// where nothing is published: what is counted past it is provisional.
func (c *Calendar) Settled() Date {
	if len(c.days) == 0 {
		return Date{}
	}
	return settledUntil(c.LastYear())
}

// Explain counts a term as DueOf does and writes down what it meets on the way.
func (c *Calendar) Explain(t Term) Counting {
	x := Counting{Due: c.DueOf(t)}
	switch {
	case !t.Length.Valid():
	case t.Length.ByDay():
		c.explainDays(&x, t)
	case t.Length.WorkingMinutes() > 0:
		c.explainOffice(&x, t)
	default:
		x.Parts = []Part{{Length: t.Length}}
	}
	return x
}

func (c *Calendar) explainDays(x *Counting, t Term) {
	gaps := gapsOf(t.Pauses)
	day := dayOf(t.Start.UnixMicro())
	for _, l := range append([]Length{t.Length}, t.Extensions...) {
		last := c.nth(day, l, gaps)
		part := Part{Length: l, After: dateOfDay(day), Last: dateOfDay(last)}
		for d := day + 1; d <= last; d++ {
			if note, ok := c.note(d, l.Unit == WorkingDay, gaps); ok {
				part.Days = append(part.Days, note)
			}
		}
		x.Parts = append(x.Parts, part)
		day = last
	}
	if t.Roll && x.Parts[len(x.Parts)-1].Length.Unit == Day { // a working day needs no roll
		for d := day; d <= x.On.number(); d++ {
			if note, ok := c.note(d, true, gaps); ok {
				x.Rolled = append(x.Rolled, note)
			}
		}
	}
}

// explainOffice names the days from the start to the end on which no office is
// open, and the office hours of the others. A pause is exact there and named by
// its instants alone.
func (c *Calendar) explainOffice(x *Counting, t Term) {
	first, last := dayOf(t.Start.UnixMicro()), x.On.number()
	part := Part{Length: t.Length, After: dateOfDay(first - 1), Last: x.On}
	for d := first; d <= last; d++ {
		if note, ok := c.note(d, true, nil); ok {
			part.Days = append(part.Days, note)
		}
	}
	x.Parts = []Part{part}
	for d := first; d <= last; {
		hours, next := c.table.on(d)
		x.Hours = append(x.Hours, OfficeDay{dateOfDay(d), slices.Clone(hours.intervals)})
		d = next
	}
}

// note tells what is worth knowing of a day: that it is paused, and, where days
// off are not counted, that it is one or would be one by its weekday.
func (c *Calendar) note(day int, working bool, gaps []gap) (DayNote, bool) {
	n := DayNote{Date: dateOfDay(day), Effect: Skipped, Cause: Paused}
	if slices.ContainsFunc(gaps, func(g gap) bool { return g.from <= day && day < g.until }) {
		return n, true
	}
	named, ok := c.named(n.Date)
	n.Holiday = named.Holiday
	switch {
	case !working:
		return n, false
	case ok && named.Off:
		n.Cause = HolidayBy
		return n, true
	case ok && !isMondayToFriday(day):
		n.Effect, n.Cause = Added, MakeUp
		return n, true
	case !ok && !isMondayToFriday(day):
		n.Cause = Weekend
		return n, true
	}
	return n, false
}

// named finds the arrangement that decides on a day: the later year's, where
// two name it.
func (c *Calendar) named(d Date) (Arrangement, bool) {
	for year := d.Year + 1; year >= d.Year; year-- {
		from, _ := slices.BinarySearchFunc(c.days, year, byYear)
		to, _ := slices.BinarySearchFunc(c.days, year+1, byYear)
		i, ok := slices.BinarySearchFunc(c.days[from:to], d, func(a Arrangement, d Date) int { return a.Date.Compare(d) })
		if ok {
			return c.days[from+i], true
		}
	}
	return Arrangement{}, false
}
