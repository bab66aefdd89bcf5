package calendar

import (
	"slices"
	"time"
)

// Changed tells which deadlines two versions may give differently: those whose
// counted days meet the dates from first to last, both included. It does not
// matter which of the two is the older; ok is false if there is no such date.
//
// A date is among them if it is a working day in one version only, or if only
// one of the two is certain about it: it lies after 25 December of the last
// published year of one, and not after that of the other. Office hours that
// differ concern every date: first is then the zero Date, last 9999-12-31.
func Changed(a, b *Calendar) (first, last Date, ok bool) {
	if !SameHours(a, b) {
		return Date{}, Date{lastYear, time.December, 31}, true
	}
	changed := differing(a, b)
	if a.LastYear() != b.LastYear() {
		changed = append(changed,
			settledUntil(min(a.LastYear(), b.LastYear())).AddDays(1),
			settledUntil(max(a.LastYear(), b.LastYear())))
	}
	if len(changed) == 0 {
		return Date{}, Date{}, false
	}
	return slices.MinFunc(changed, Date.Compare), slices.MaxFunc(changed, Date.Compare), true
}

// differing gives the dates that are a working day in one calendar only, each
// at least once. What neither names follows the weekday in both.
func differing(a, b *Calendar) []Date {
	var dates []Date
	for _, named := range [][]Arrangement{a.days, b.days} {
		for _, day := range named {
			if a.Workday(day.Date) != b.Workday(day.Date) {
				dates = append(dates, day.Date)
			}
		}
	}
	return dates
}

// year gives the hours of each day of a leap year, whichever way they were cut
// into seasons.
func (t timetable) year() [][]Interval {
	first := Date{leapYear, time.January, 1}.number()
	days := make([][]Interval, 366)
	for i := range days {
		hours, _ := t.on(first + i)
		days[i] = hours.intervals
	}
	return days
}
