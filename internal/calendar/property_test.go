package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// drawCalendar gives the embedded calendar or one with random days named and
// random office hours, so that a property cannot hold by the luck of real years.
func drawCalendar(t *rapid.T) *calendar.Calendar {
	if rapid.Bool().Draw(t, "embedded") {
		return calendar.Embedded()
	}
	return drawRandomCalendar(t)
}

func drawRandomCalendar(t *rapid.T) *calendar.Calendar {
	c, err := calendar.New(2, drawDays(t), calendar.OfficeHours{
		Intervals: drawIntervals(t, "usual hours"),
		Seasons: []calendar.Season{{
			From:      drawMonthDay(t, "from"),
			Until:     drawMonthDay(t, "until"),
			Intervals: drawIntervals(t, "season's hours"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func drawDays(t *rapid.T) []calendar.Arrangement {
	first := calendar.NewDate(2019, time.December, 26)
	named := rapid.MapOfN(rapid.IntRange(0, 2*365), rapid.Bool(), 0, 60).Draw(t, "named days")
	var days []calendar.Arrangement
	for offset, off := range named {
		d := first.AddDays(offset)
		year := d.Year
		if d.Month == time.December && d.Day > 25 {
			year++
		}
		days = append(days, calendar.Arrangement{Date: d, Off: off, Holiday: "假", Year: year})
	}
	for year := 2020; year <= 2022; year++ { // no year may be left out
		d := calendar.NewDate(year, time.January, 1)
		if !slices.ContainsFunc(days, func(a calendar.Arrangement) bool { return a.Date == d }) {
			days = append(days, calendar.Arrangement{Date: d, Off: true, Holiday: "元旦", Year: year})
		}
	}
	return days
}

func drawIntervals(t *rapid.T, label string) []calendar.Interval {
	edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*60), 4, 4, rapid.ID[int]).Draw(t, label)
	slices.Sort(edges)
	return []calendar.Interval{{Start: edges[2], End: edges[3]}, {Start: edges[0], End: edges[1]}}
}

func drawMonthDay(t *rapid.T, label string) calendar.MonthDay {
	d := calendar.NewDate(2000, time.January, 1).AddDays(rapid.IntRange(0, 365).Draw(t, label))
	return calendar.MonthDay{Month: d.Month, Day: d.Day}
}

func drawInstant(t *rapid.T, label string) time.Time {
	from := time.Date(2005, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	to := time.Date(2029, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	return time.UnixMicro(rapid.Int64Range(from, to).Draw(t, label)).UTC()
}

func drawLength(t *rapid.T) calendar.Length {
	return calendar.Length{
		N: rapid.IntRange(1, 400).Draw(t, "n"),
		Unit: rapid.SampledFrom([]calendar.Unit{
			calendar.Minute, calendar.Hour, calendar.WorkingMinute,
			calendar.WorkingHour, calendar.Day, calendar.WorkingDay,
		}).Draw(t, "unit"),
	}
}

func TestPropertyLaterStartIsNeverDueEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l, roll := drawCalendar(t), drawLength(t), rapid.Bool().Draw(t, "roll")
		start := drawInstant(t, "start")
		later := start.Add(time.Duration(rapid.Int64Range(0, 40*24*3_600_000_000).Draw(t, "later")) * time.Microsecond)
		if a, b := c.Due(start, l, roll), c.Due(later, l, roll); b.At.Before(a.At) {
			t.Fatalf("%s is due at %s, the later %s at %s", start, a.At, later, b.At)
		}
	})
}

func TestPropertyLongerIsLater(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l, start := drawCalendar(t), drawLength(t), drawInstant(t, "start")
		longer := calendar.Length{N: l.N + 1, Unit: l.Unit}
		if a, b := c.Due(start, l, false), c.Due(start, longer, false); !a.At.Before(b.At) || !start.Before(a.At) {
			t.Fatalf("%s is due at %s, %s at %s", l, a.At, longer, b.At)
		}
		if a, b := c.Due(start, l, true), c.Due(start, longer, true); b.At.Before(a.At) {
			t.Fatalf("rolled: %s is due at %s, %s at %s", l, a.At, longer, b.At)
		}
	})
}

func TestPropertyAddWorkdays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, d := drawCalendar(t), calendar.DateOf(drawInstant(t, "day"))
		n := rapid.IntRange(1, 600).Draw(t, "n")
		here, next := c.AddWorkdays(d, n), c.AddWorkdays(d, n+1)
		if !c.Workday(here) || !here.After(d) || !next.After(here) {
			t.Fatalf("%s + %d = %s, + %d = %s", d, n, here, n+1, next)
		}
		for between := here.AddDays(1); between.Before(next); between = between.AddDays(1) {
			if c.Workday(between) {
				t.Fatalf("%s is skipped from %s to %s", between, here, next)
			}
		}
		if back := c.AddWorkdays(next, -1); back != here {
			t.Fatalf("%s - 1 = %s, want %s", next, back, here)
		}
	})
}

func TestPropertyRolledDueIsTheNextWorkday(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, start := drawCalendar(t), drawInstant(t, "start")
		due := c.Due(start, calendar.Length{N: rapid.IntRange(1, 400).Draw(t, "n"), Unit: calendar.Day}, true)
		if !c.Workday(due.On) || due.At != due.On.End() {
			t.Fatalf("due %+v", due)
		}
		for d := due.UnrolledOn; d.Before(due.On); d = d.AddDays(1) {
			if c.Workday(d) {
				t.Fatalf("rolled over the working day %s: %+v", d, due)
			}
		}
	})
}

func TestPropertyWorkingTimeIsUsedUpAtDue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, start := drawCalendar(t), drawInstant(t, "start")
		l := calendar.Length{N: rapid.IntRange(1, 5000).Draw(t, "n"), Unit: calendar.WorkingMinute}
		due := c.Due(start, l, false)
		if got := c.WorkingMinutesBetween(start, due.At); got != l.N {
			t.Fatalf("%d working minutes until %s, want %d", got, due.At, l.N)
		}
		if got := c.WorkingMinutesBetween(start, due.At.Add(-time.Microsecond)); got != l.N-1 {
			t.Fatalf("%d working minutes until just before %s, want %d", got, due.At, l.N-1)
		}
	})
}

func TestPropertyWorkingMinutesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		at := []time.Time{
			drawInstant(t, "a").Truncate(time.Minute),
			drawInstant(t, "b").Truncate(time.Minute),
			drawInstant(t, "c").Truncate(time.Minute),
		}
		slices.SortFunc(at, time.Time.Compare)
		whole := c.WorkingMinutesBetween(at[0], at[2])
		if parts := c.WorkingMinutesBetween(at[0], at[1]) + c.WorkingMinutesBetween(at[1], at[2]); parts != whole {
			t.Fatalf("%d working minutes in two parts, %d in one", parts, whole)
		}
		if back := c.WorkingMinutesBetween(at[2], at[0]); back != 0 {
			t.Fatalf("%d working minutes backwards", back)
		}
	})
}

// Random calendars are compared with the naive implementation as well.
func TestPropertyRandomCalendarAgreesWithNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawRandomCalendar(t)
		start := time.Date(2019, time.December, 1, 0, 0, 0, 0, shanghai).
			Add(time.Duration(rapid.IntRange(0, 4*365*24*60).Draw(t, "minute")) * time.Minute)
		l, roll := drawLength(t), rapid.Bool().Draw(t, "roll")
		if l.Unit == calendar.WorkingHour {
			l.N = 1 + l.N%8
		}
		if got, want := c.Due(start, l, roll), naiveOf(c).due(start, l, roll); got != want {
			t.Fatalf("%s + %s = %+v, naive %+v", start, l, got, want)
		}
	})
}

func naiveOf(c *calendar.Calendar) *naive {
	n := &naive{off: map[string]bool{}, work: map[string]bool{}, settled: "2022-12-25"}
	for year := 2020; year <= 2022; year++ {
		for _, a := range c.Arrangements(year) {
			n.off[a.Date.String()] = a.Off
			n.work[a.Date.String()] = !a.Off
		}
	}
	hours := c.Hours()
	n.open = func(local time.Time, minute int) bool {
		intervals := hours.Intervals
		for _, s := range hours.Seasons {
			day := local.Format("01-02")
			from, until := s.From.String(), s.Until.String()
			within := from <= day && day <= until
			if until < from {
				within = from <= day || day <= until
			}
			if within {
				intervals = s.Intervals
			}
		}
		return slices.ContainsFunc(intervals, func(i calendar.Interval) bool {
			return i.Start <= minute && minute < i.End
		})
	}
	return n
}
