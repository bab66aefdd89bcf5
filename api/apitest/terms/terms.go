// Package terms draws calendars and terms for property tests: years in which
// holidays, make-up days and office hours fall as no State Council would have
// them, and clocks that are paused and extended in every way that a case allows.
//
// It guarantees that each pause begins, and each extension is made, before the
// end that was known by then, and that pauses do not overlap: whatever is drawn
// could be the record of a clock.
package terms

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

var (
	firstDay = calendar.NewDate(2019, time.December, 26)
	names    = []string{"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "国庆节、中秋节"}
)

// Calendar draws version n of a calendar whose last arrangement is that of 2022.
func Calendar(t *rapid.T, n int) *calendar.Calendar {
	c, err := calendar.New(n, days(t), Hours(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// days draws holidays and make-up days over three years, in runs: a run may
// follow another at once, or lie over it.
func days(t *rapid.T) []calendar.Arrangement {
	named := map[calendar.Date]calendar.Arrangement{}
	for range rapid.IntRange(0, 24).Draw(t, "runs") {
		from := firstDay.AddDays(rapid.IntRange(0, 3*365).Draw(t, "from"))
		off, holiday := rapid.Bool().Draw(t, "off"), rapid.SampledFrom(names).Draw(t, "holiday")
		for i := range rapid.IntRange(1, 10).Draw(t, "days") {
			d := from.AddDays(i)
			named[d] = calendar.Arrangement{Date: d, Off: off, Holiday: holiday, Year: yearOf(d)}
		}
	}
	for year := 2020; year <= 2022; year++ { // no year may be left out
		d := calendar.NewDate(year, time.January, 1)
		named[d] = calendar.Arrangement{Date: d, Off: true, Holiday: names[0], Year: year}
	}
	var list []calendar.Arrangement
	for _, a := range named {
		if a.Year <= 2022 {
			list = append(list, a)
		}
	}
	return list
}

// yearOf is the year whose arrangement names a day: of the last days of December
// the next.
func yearOf(d calendar.Date) int {
	if d.Month == time.December && d.Day > 25 {
		return d.Year + 1
	}
	return d.Year
}

// Hours draws office hours with up to two seasons.
func Hours(t *rapid.T) calendar.OfficeHours {
	h := calendar.OfficeHours{Intervals: intervals(t)}
	edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 365), 4, 4, rapid.ID[int]).Draw(t, "seasons")
	slices.Sort(edges)
	for i := range rapid.IntRange(0, 2).Draw(t, "how many seasons") {
		h.Seasons = append(h.Seasons, calendar.Season{From: monthDay(edges[2*i]), Until: monthDay(edges[2*i+1]), Intervals: intervals(t)})
	}
	return h
}

func monthDay(n int) calendar.MonthDay {
	d := calendar.NewDate(2000, time.January, 1).AddDays(n)
	return calendar.MonthDay{Month: d.Month, Day: d.Day}
}

func intervals(t *rapid.T) []calendar.Interval {
	edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*60), 4, 4, rapid.ID[int]).Draw(t, "hours")
	slices.Sort(edges)
	return []calendar.Interval{{Start: edges[2], End: edges[3]}, {Start: edges[0], End: edges[1]}}
}

// longest bounds a length by its unit, so that a recount takes no more than a moment.
var longest = map[calendar.Unit]int{
	calendar.Minute: 30_000, calendar.Hour: 2_000, calendar.WorkingMinute: 20_000,
	calendar.WorkingHour: 200, calendar.Day: 200, calendar.WorkingDay: 150,
}

var units = []calendar.Unit{
	calendar.Day, calendar.WorkingDay, calendar.WorkingMinute, calendar.WorkingHour, calendar.Minute, calendar.Hour,
}

// Length draws a length of any unit.
func Length(t *rapid.T) calendar.Length {
	unit := rapid.SampledFrom(units).Draw(t, "unit")
	return calendar.Length{N: rapid.IntRange(1, longest[unit]).Draw(t, "n"), Unit: unit}
}

// Term draws a whole term by a calendar.
func Term(t *rapid.T, c *calendar.Calendar) calendar.Term {
	term := calendar.Term{Start: start(t), Length: Length(t), Roll: rapid.Bool().Draw(t, "roll")}
	at := term.Start
	for range rapid.IntRange(0, 5).Draw(t, "pauses and extensions") {
		due := c.DueOf(term)
		now := before(t, at, due)
		if !now.Before(due.At) {
			break
		}
		if term.Length.ByDay() && len(term.Extensions) < 2 && rapid.Bool().Draw(t, "extend") {
			unit := rapid.SampledFrom(units[:2]).Draw(t, "unit of the extension")
			term.Extensions = append(term.Extensions, calendar.Length{N: rapid.IntRange(1, 40).Draw(t, "extension"), Unit: unit})
			at = now
			continue
		}
		at = until(t, now)
		term.Pauses = append(term.Pauses, calendar.Stretch{From: now, Until: at})
	}
	return term
}

// start draws an instant of the years that the calendars know and a little more,
// to the microsecond or on a full minute, midnight among them.
func start(t *rapid.T) time.Time {
	day := firstDay.AddDays(rapid.IntRange(-30, 4*365).Draw(t, "start day")).Start()
	micros := rapid.OneOf(
		rapid.Just(int64(0)),
		rapid.Map(rapid.Int64Range(0, 24*60-1), func(minute int64) int64 { return minute * 60_000_000 }),
		rapid.Int64Range(0, 24*3_600_000_000-1),
	).Draw(t, "time of day")
	return day.Add(time.Duration(micros) * time.Microsecond)
}

// before draws an instant from one on at which the end is still ahead: at once,
// any time, on the last day, in the stretch over which it is rolled, at the last
// moment.
func before(t *rapid.T, from time.Time, due calendar.Due) time.Time {
	at := from
	switch rapid.IntRange(0, 4).Draw(t, "when") {
	case 1:
		at = between(t, from, due.At)
	case 2:
		at = between(t, due.UnrolledOn.Start(), due.UnrolledOn.End())
	case 3:
		at = between(t, due.UnrolledOn.End(), due.At)
	case 4:
		at = due.At.Add(-time.Microsecond)
	}
	if at.Before(from) {
		return from
	}
	return at
}

func between(t *rapid.T, from, to time.Time) time.Time {
	if !from.Before(to) {
		return from
	}
	return from.Add(time.Duration(rapid.Int64Range(0, to.Sub(from).Microseconds()-1).Draw(t, "between")) * time.Microsecond)
}

// until draws the end of a pause: some time on the same day, the end of a day, or
// any time of a later one.
func until(t *rapid.T, from time.Time) time.Time {
	today := calendar.DateOf(from)
	switch rapid.IntRange(0, 2).Draw(t, "how long") {
	case 0:
		return between(t, from, today.End())
	case 1:
		return today.AddDays(rapid.IntRange(0, 45).Draw(t, "days")).End()
	}
	return between(t, from, from.AddDate(0, 0, 30))
}
