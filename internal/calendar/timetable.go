package calendar

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Why New refuses office hours; its errors wrap one of these, or ErrNoSuchDate
// for a season.
var (
	ErrHoursEmpty    = errors.New("office hours are empty")
	ErrHoursOutside  = errors.New("office hours lie outside the day")
	ErrHoursOverlap  = errors.New("office hours overlap others")
	ErrSeasonOverlap = errors.New("the season overlaps another")
)

// timetable is OfficeHours laid out for computing: the year cut into spans of
// days that share their hours. The first span begins on 1 January.
type timetable []span

type span struct {
	from MonthDay
	shift
}

// shift is the office hours of one day, in order, and their sum in microseconds.
type shift struct {
	intervals []Interval
	total     int64
}

func (h OfficeHours) isZero() bool { return len(h.Intervals) == 0 && len(h.Seasons) == 0 }

func (h OfficeHours) clone() OfficeHours {
	h.Intervals = slices.Clone(h.Intervals)
	h.Seasons = slices.Clone(h.Seasons)
	for i, s := range h.Seasons {
		h.Seasons[i].Intervals = slices.Clone(s.Intervals)
	}
	return h
}

func newTimetable(h OfficeHours) (timetable, error) {
	usual, err := newShift(h.Intervals)
	if err != nil {
		return nil, err
	}
	shifts := []shift{usual}
	var days [366]int // index into shifts, by day of a leap year
	for i, s := range h.Seasons {
		if err := s.mark(&days, i+1); err != nil {
			return nil, err
		}
		shift, err := newShift(s.Intervals)
		if err != nil {
			return nil, err
		}
		shifts = append(shifts, shift)
	}
	return cut(days, shifts), nil
}

// mark claims the season's days for the shift of index n.
func (s Season) mark(days *[366]int, n int) error {
	if !s.From.valid() || !s.Until.valid() {
		return fmt.Errorf("calendar: the season from %s until %s: %w", s.From, s.Until, ErrNoSuchDate)
	}
	first := Date{leapYear, time.January, 1}.number()
	last := s.Until.in(leapYear).number() - first
	for day := s.From.in(leapYear).number() - first; ; day = (day + 1) % len(days) {
		if days[day] != 0 {
			return fmt.Errorf("calendar: the season from %s until %s: %w", s.From, s.Until, ErrSeasonOverlap)
		}
		days[day] = n
		if day == last {
			return nil
		}
	}
}

func cut(days [366]int, shifts []shift) timetable {
	var t timetable
	first := Date{leapYear, time.January, 1}
	for day, n := range days {
		if day == 0 || n != days[day-1] {
			d := first.AddDays(day)
			t = append(t, span{MonthDay{d.Month, d.Day}, shifts[n]})
		}
	}
	return t
}

func newShift(intervals []Interval) (shift, error) {
	if len(intervals) == 0 {
		return shift{}, fmt.Errorf("calendar: %w", ErrHoursEmpty)
	}
	s := shift{intervals: slices.Clone(intervals)}
	slices.SortFunc(s.intervals, func(a, b Interval) int { return a.Start - b.Start })
	end := 0
	for _, i := range s.intervals {
		if !i.valid() {
			return shift{}, fmt.Errorf("calendar: minutes %d to %d: %w", i.Start, i.End, ErrHoursOutside)
		}
		if i.Start < end {
			return shift{}, fmt.Errorf("calendar: %s: %w", i, ErrHoursOverlap)
		}
		end = i.End
		s.total += int64(i.End-i.Start) * minuteMicros
	}
	return s, nil
}

// on gives the span that day belongs to and the first day of the next span.
func (t timetable) on(day int) (span, int) {
	if len(t) == 1 {
		return t[0], never
	}
	year := dateOfDay(day).Year
	for i := len(t) - 1; i > 0; i-- {
		if t[i].from.in(year).number() <= day {
			return t[i], t.start(i+1, year)
		}
	}
	return t[0], t.start(1, year)
}

// never lies behind every day that an instant can fall on.
const never = math.MaxInt32

func (t timetable) start(i, year int) int {
	if i == len(t) {
		return Date{year + 1, time.January, 1}.number()
	}
	return t[i].from.in(year).number()
}

// opened is how much of the shift lies before the time of day, in microseconds.
func (s shift) opened(timeOfDay int64) int64 {
	var sum int64
	for _, i := range s.intervals {
		start, end := int64(i.Start)*minuteMicros, int64(i.End)*minuteMicros
		sum += max(0, min(timeOfDay, end)-start)
	}
	return sum
}

// after is the earliest time of day before which that much of the shift lies;
// open must be more than 0 and at most the shift's total.
func (s shift) after(open int64) int64 {
	for _, i := range s.intervals {
		length := int64(i.End-i.Start) * minuteMicros
		if open <= length {
			return int64(i.Start)*minuteMicros + open
		}
		open -= length
	}
	return dayMicros
}
