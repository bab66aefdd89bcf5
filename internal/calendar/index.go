package calendar

import "time"

// index answers in constant time how many working days lie before a day and
// which is the n-th. Days are numbered as by Date.number. It holds the stretch
// of days from the first named one to the last; before and after, the weekday
// decides and arithmetic is enough.
//
// The rank of a day is the number of working days before it, counted from the
// first day of the stretch: negative before the stretch.
type index struct {
	from, to int     // the stretch, to exclusive
	ranks    []int32 // rank of each day of the stretch, and of to
	working  []int32 // the working days of the stretch, in order
}

func newIndex(days []Arrangement) index {
	if len(days) == 0 {
		return index{ranks: []int32{0}}
	}
	off := make(map[int]bool, len(days))
	x := index{from: days[0].Date.number(), to: days[0].Date.number() + 1}
	for _, a := range days {
		day := a.Date.number()
		off[day] = a.Off
		x.from, x.to = min(x.from, day), max(x.to, day+1)
	}
	for day := x.from; day < x.to; day++ {
		x.ranks = append(x.ranks, int32(len(x.working)))
		isOff, named := off[day]
		if named && !isOff || !named && isMondayToFriday(day) {
			x.working = append(x.working, int32(day))
		}
	}
	x.ranks = append(x.ranks, int32(len(x.working)))
	return x
}

// rank is the number of working days before day, from the start of the stretch.
func (x *index) rank(day int) int {
	switch {
	case day < x.from:
		return weekdaysBefore(day) - weekdaysBefore(x.from)
	case day > x.to:
		return len(x.working) + weekdaysBefore(day) - weekdaysBefore(x.to)
	}
	return int(x.ranks[day-x.from])
}

// ranked is the working day of that rank.
func (x *index) ranked(rank int) int {
	switch {
	case rank < 0:
		return nthWeekday(weekdaysBefore(x.from) + rank)
	case rank >= len(x.working):
		return nthWeekday(weekdaysBefore(x.to) + rank - len(x.working))
	}
	return int(x.working[rank])
}

func (x *index) isWorking(day int) bool { return x.rank(day+1) > x.rank(day) }

// roll gives day if it is working, else the next working day.
func (x *index) roll(day int) int { return x.ranked(x.rank(day)) }

// walk is the day walk that every deadline in working days rests on: the n-th
// working day after day, or before it for a negative n. The day itself is not
// counted, whether it is working or not.
func (x *index) walk(day, n int) int {
	if n == 0 {
		return day
	}
	if n < 0 {
		return x.ranked(x.rank(day) + n)
	}
	return x.ranked(x.rank(day+1) + n - 1)
}

const weekdaysPerWeek = 5

// monday is the number of a Monday, 1970-01-05, from which weeks are counted.
const monday = 4

// weekdaysBefore counts days from Monday to Friday from the reference Monday up
// to, and not including, day; it is negative before that Monday.
func weekdaysBefore(day int) int {
	return floorDiv(day-monday, daysPerWeek)*weekdaysPerWeek +
		min(floorMod(day-monday, daysPerWeek), weekdaysPerWeek)
}

// nthWeekday is the day from Monday to Friday that has n of them before it.
func nthWeekday(n int) int {
	return monday + floorDiv(n, weekdaysPerWeek)*daysPerWeek + floorMod(n, weekdaysPerWeek)
}

func isMondayToFriday(day int) bool {
	w := weekdayOf(day)
	return w != time.Saturday && w != time.Sunday
}
