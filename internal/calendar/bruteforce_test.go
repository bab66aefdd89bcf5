package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

const (
	firstCompared = "2012-01-01"
	lastCompared  = "2026-12-31"
)

// eachDay visits every day compared, at its midnight in Shanghai.
func eachDay(t *testing.T, visit func(midnight time.Time)) {
	t.Helper()
	days := 0
	last := instant(t, lastCompared+" 00:00:00")
	for day := instant(t, firstCompared+" 00:00:00"); !day.After(last); day = day.AddDate(0, 0, 1) {
		visit(day)
		days++
	}
	if days != 5479 {
		t.Errorf("%d days were compared, want 5479", days)
	}
}

func TestAddWorkdaysAgreesWithNaive(t *testing.T) {
	t.Parallel()
	c, second := calendar.Embedded(), newNaive(t)
	eachDay(t, func(midnight time.Time) {
		from := civil(midnight)
		for i, want := range second.addWorkdays(midnight, 20) {
			if got := c.AddWorkdays(from, i+1).String(); got != want {
				t.Errorf("AddWorkdays(%s, %d) = %s, naive %s", from, i+1, got, want)
			}
		}
		if c.Workday(from) != second.isWorking(midnight) {
			t.Errorf("Workday(%s) = %t", from, c.Workday(from))
		}
		if got, want := c.Roll(from), civil(second.roll(midnight)); got != want {
			t.Errorf("Roll(%s) = %s, naive %s", from, got, want)
		}
	})
}

func TestDueByDayAgreesWithNaive(t *testing.T) {
	t.Parallel()
	c, second := calendar.Embedded(), newNaive(t)
	for _, n := range []int{1, 15, 30, 60} {
		for _, unit := range []calendar.Unit{calendar.Day, calendar.WorkingDay} {
			t.Run(fmt.Sprint(n, unit), func(t *testing.T) {
				t.Parallel()
				l := calendar.Length{N: n, Unit: unit}
				eachDay(t, func(midnight time.Time) {
					compareDay(t, c, second, midnight, l)
				})
			})
		}
	}
}

// compareDay starts clocks at the first and last microsecond of the day.
func compareDay(t *testing.T, c *calendar.Calendar, second *naive, midnight time.Time, l calendar.Length) {
	t.Helper()
	for _, roll := range []bool{true, false} {
		want := second.due(midnight, l, roll)
		for _, start := range []time.Time{midnight, midnight.AddDate(0, 0, 1).Add(-time.Microsecond)} {
			if got := c.Due(start, l, roll); got != want {
				t.Errorf("%s + %s, roll %t = %+v, naive %+v", start, l, roll, got, want)
			}
		}
	}
}

func TestWorkingMinutesAgreeWithNaive(t *testing.T) {
	t.Parallel()
	c, second := calendar.Embedded(), newNaive(t)
	random := rand.New(rand.NewPCG(2026, 11))
	for _, start := range sampledStarts(t, random) {
		for _, l := range []calendar.Length{
			{N: 30, Unit: calendar.WorkingMinute},
			{N: 2, Unit: calendar.WorkingHour},
			{N: 1 + random.IntN(1500), Unit: calendar.WorkingMinute},
		} {
			got, want := c.Due(start, l, true), second.due(start, l, true)
			if got != want {
				t.Errorf("%s + %s = %+v, naive %+v", start, l, got, want)
			}
		}
		a := start.Truncate(time.Minute)
		b := a.Add(time.Duration(random.IntN(15*24*60)) * time.Minute)
		if got, want := c.WorkingMinutesBetween(a, b), second.minutesBetween(a, b); got != want {
			t.Errorf("working minutes from %s to %s: %d, naive %d", a, b, got, want)
		}
	}
}

// sampledStarts are moments of every minute around each edge of the office hours
// before a holiday, and random ones, some of which are not whole minutes.
func sampledStarts(t *testing.T, random *rand.Rand) []time.Time {
	var starts []time.Time
	for _, eve := range []string{"2026-02-14", "2025-09-30", "2020-01-23", "2026-02-27", "2026-12-24"} {
		for _, edge := range []string{"00:00:00", "09:00:00", "12:00:00", "14:00:00", "17:30:00"} {
			at := instant(t, eve+" "+edge)
			starts = append(starts, at.Add(-time.Minute), at.Add(-time.Microsecond), at, at.Add(time.Microsecond))
		}
	}
	first := instant(t, firstCompared+" 00:00:00")
	for range 200 {
		at := first.Add(time.Duration(random.Int64N(5478*24*60)) * time.Minute)
		if random.IntN(2) == 0 {
			at = at.Add(time.Duration(random.Int64N(60_000_000)) * time.Microsecond)
		}
		starts = append(starts, at)
	}
	return starts
}
