package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// named makes a calendar of days written as 2026-01-01+ for a day off and
// 2026-01-04- for a working day.
func named(t *testing.T, version int, hours calendar.OfficeHours, days ...string) *calendar.Calendar {
	t.Helper()
	var list []calendar.Arrangement
	for _, s := range days {
		d := date(t, s[:len(s)-1])
		year := d.Year
		if d.Month == time.December && d.Day > 25 {
			year++
		}
		list = append(list, calendar.Arrangement{Date: d, Off: s[len(s)-1] == '+', Holiday: "假", Year: year})
	}
	c, err := calendar.New(version, list, hours)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChanged(t *testing.T) {
	t.Parallel()
	winter := calendar.DefaultHours()
	winter.Seasons = []calendar.Season{{
		From:      calendar.MonthDay{Month: time.November, Day: 1},
		Until:     calendar.MonthDay{Month: time.March, Day: 31},
		Intervals: []calendar.Interval{{Start: 9 * 60, End: 17 * 60}},
	}}
	same := winter
	same.Seasons = []calendar.Season{{
		From:      calendar.MonthDay{Month: time.November, Day: 1},
		Until:     calendar.MonthDay{Month: time.March, Day: 31},
		Intervals: calendar.DefaultHours().Intervals,
	}}
	usual := calendar.OfficeHours{}
	old := []string{"2025-01-01+", "2026-01-01+", "2026-01-02+", "2026-01-04-"}
	with := func(more ...string) []string { return append(slices.Clone(old), more...) }
	tests := []struct {
		name        string
		a, b        *calendar.Calendar
		first, last string // none for no change
	}{
		{"nothing", named(t, 1, usual, old...), named(t, 2, usual, old...), "", ""},
		{"a day off more", named(t, 1, usual, old...), named(t, 2, usual, with("2026-05-01+", "2026-05-04+")...), "2026-05-01", "2026-05-04"},
		{"a make-up day less", named(t, 1, usual, old...), named(t, 2, usual, old[:3]...), "2026-01-04", "2026-01-04"},
		{"a weekend that is named a day off", named(t, 1, usual, old...), named(t, 2, usual, with("2026-01-03+")...), "", ""},
		{"a year more", named(t, 1, usual, old...), named(t, 2, usual, with("2027-01-01+")...), "2026-12-26", "2027-12-25"},
		{"a year more and an amendment", named(t, 1, usual, old...), named(t, 2, usual, with("2026-10-01+", "2027-01-01+")...), "2026-10-01", "2027-12-25"},
		{"its last days of December", named(t, 1, usual, old...), named(t, 2, usual, with("2027-01-01+", "2028-01-01+", "2027-12-31+")...), "2026-12-26", "2028-12-25"},
		{"a day behind the settled ones", named(t, 1, usual, old...),
			mustNew(t, append(arrangementsOf(named(t, 1, usual, old...), 2025), calendar.Arrangement{Date: date(t, "2026-12-31"), Off: true, Year: 2026})...), "2026-12-31", "2026-12-31"},
		{"office hours", named(t, 1, usual, old...), named(t, 2, winter, old...), "", "9999-12-31"},
		{"office hours cut otherwise", named(t, 1, usual, old...), named(t, 2, same, old...), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, pair := range [][2]*calendar.Calendar{{tt.a, tt.b}, {tt.b, tt.a}} {
				first, last, ok := calendar.Changed(pair[0], pair[1])
				if ok != (tt.last != "") || first.String() != tt.first || last.String() != tt.last {
					t.Errorf("changed from %q to %q, %t; want %q to %q", first, last, ok, tt.first, tt.last)
				}
			}
		})
	}
}

func mustNew(t *testing.T, days ...calendar.Arrangement) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(2, days, calendar.OfficeHours{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// arrangementsOf gives the days that c names from year first on.
func arrangementsOf(c *calendar.Calendar, first int) []calendar.Arrangement {
	var days []calendar.Arrangement
	for year := first; year <= c.LastYear(); year++ {
		days = append(days, c.Arrangements(year)...)
	}
	return days
}

// Nobody may lose or win time by a publication that Changed does not tell: a
// clock that two versions judge differently has a changed date between its start
// and the day on which it is due by either.
func TestPropertyWhatDiffersIsChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCalendar(t), drawCalendar(t)
		if rapid.Bool().Draw(t, "the same hours") {
			var err error
			if b, err = calendar.New(3, arrangementsOf(b, 2007), a.Hours()); err != nil {
				t.Fatal(err)
			}
		}
		start, l, roll := drawInstant(t, "start"), drawLength(t), rapid.Bool().Draw(t, "roll")
		one, other := a.Due(start, l, roll), b.Due(start, l, roll)
		if one == other {
			return
		}
		first, last, ok := calendar.Changed(a, b)
		if !ok || first.After(one.On) || last.Before(calendar.DateOf(start)) {
			t.Fatalf("%s + %s: %+v or %+v, changed from %s to %s, %t", start, l, one, other, first, last, ok)
		}
	})
}
