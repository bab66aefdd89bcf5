package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// summer opens from 08:30 to 12:00 and from 15:00 to 18:30 between 1 June and 30
// September.
func summer(t *testing.T) *calendar.Calendar {
	t.Helper()
	hours := calendar.DefaultHours()
	hours.Seasons = []calendar.Season{{
		From:      calendar.MonthDay{Month: time.June, Day: 1},
		Until:     calendar.MonthDay{Month: time.September, Day: 30},
		Intervals: []calendar.Interval{{Start: 15 * 60, End: 18*60 + 30}, {Start: 8*60 + 30, End: 12 * 60}},
	}}
	return withHours(t, hours)
}

func withHours(t *testing.T, hours calendar.OfficeHours) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(2, allArrangements(calendar.Embedded()), hours)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeasons(t *testing.T) {
	t.Parallel()
	tests := []struct{ start, length, at string }{
		{"2026-05-29 17:00:00", "2wh", "2026-06-01 10:00:00"}, // Friday in spring, Monday in summer
		{"2026-06-01 11:30:00", "1wh", "2026-06-01 15:30:00"},
		{"2026-09-30 18:00:00", "1wh", "2026-10-08 09:30:00"},
		{"2026-03-02 08:00:00", "30wm", "2026-03-02 09:30:00"},
		{"2026-12-31 17:00:00", "1wh", "2027-01-01 09:30:00"},
	}
	for _, tt := range tests {
		if got := summer(t).Due(instant(t, tt.start), length(t, tt.length), true).At; !got.Equal(instant(t, tt.at)) {
			t.Errorf("%s + %s = %s, want %s", tt.start, tt.length, got.In(shanghai), tt.at)
		}
	}
	want := 0
	c := summer(t)
	for d := date(t, "2026-01-01"); d.Year == 2026; d = d.AddDays(1) {
		if c.Workday(d) && d.Month >= time.June && d.Month <= time.September {
			want += 420
		} else if c.Workday(d) {
			want += 390
		}
	}
	if got := c.WorkingMinutesBetween(date(t, "2026-01-01").Start(), date(t, "2027-01-01").Start()); got != want {
		t.Errorf("%d working minutes in 2026, want %d", got, want)
	}
}

func TestSeasonOverNewYear(t *testing.T) {
	t.Parallel()
	hours := calendar.DefaultHours()
	hours.Seasons = []calendar.Season{{
		From:      calendar.MonthDay{Month: time.November, Day: 1},
		Until:     calendar.MonthDay{Month: time.February, Day: 29},
		Intervals: []calendar.Interval{{Start: 10 * 60, End: 16 * 60}},
	}}
	c := withHours(t, hours)
	tests := map[string]int{
		"2026-10-30": 390, "2026-11-02": 360, "2025-12-31": 360, "2026-01-05": 360,
		"2026-02-27": 360, "2026-03-02": 390, "2024-02-29": 360, "2024-03-01": 390, "2023-03-01": 390,
	}
	for day, want := range tests {
		d := date(t, day)
		if got := c.WorkingMinutesBetween(d.Start(), d.End()); got != want {
			t.Errorf("%s has %d working minutes, want %d", day, got, want)
		}
	}
}

func TestHoursRefused(t *testing.T) {
	t.Parallel()
	usual := calendar.DefaultHours().Intervals
	may, june := calendar.MonthDay{Month: time.May, Day: 1}, calendar.MonthDay{Month: time.June, Day: 30}
	season := calendar.Season{From: may, Until: june, Intervals: usual}
	tests := map[string]calendar.OfficeHours{
		"overlap":           {Intervals: []calendar.Interval{{Start: 540, End: 720}, {Start: 700, End: 800}}},
		"backwards":         {Intervals: []calendar.Interval{{Start: 720, End: 540}}},
		"empty interval":    {Intervals: []calendar.Interval{{Start: 540, End: 540}}},
		"before the day":    {Intervals: []calendar.Interval{{Start: -1, End: 540}}},
		"after the day":     {Intervals: []calendar.Interval{{Start: 540, End: 1441}}},
		"season only":       {Seasons: []calendar.Season{season}},
		"empty season":      {Intervals: usual, Seasons: []calendar.Season{{From: may, Until: june}}},
		"seasons overlap":   {Intervals: usual, Seasons: []calendar.Season{season, {From: june, Until: may, Intervals: usual}}},
		"a day no year has": {Intervals: usual, Seasons: []calendar.Season{{From: may, Until: calendar.MonthDay{Month: time.June, Day: 31}, Intervals: usual}}},
	}
	for name, hours := range tests {
		if _, err := calendar.New(1, nil, hours); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestHoursInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(summer(t).Hours())
	want := `{"intervals":["09:00-12:00","14:00-17:30"],"seasons":[{"from":"06-01","until":"09-30","intervals":["15:00-18:30","08:30-12:00"]}]}`
	if err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var hours calendar.OfficeHours
	if err := json.Unmarshal(text, &hours); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(withHours(t, hours).Hours())
	if string(again) != want {
		t.Errorf("read back as %s", again)
	}
	for _, bad := range []string{`["9:00-12:00"]`, `["09:00"]`, `["09:00-08:00"]`, `["09:60-12:00"]`, `["09:00-12:00 "]`, `["09:00-24:01"]`, `[""]`} {
		if err := json.Unmarshal([]byte(`{"intervals":`+bad+`}`), &hours); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"seasons":[{"from":"13-01"}]}`), &hours); err == nil {
		t.Error("13-01 is accepted")
	}
}

func TestHoursCannotBeChangedFromOutside(t *testing.T) {
	t.Parallel()
	c := summer(t)
	c.Hours().Intervals[0] = calendar.Interval{Start: 0, End: 1}
	c.Hours().Seasons[0].Intervals[0] = calendar.Interval{Start: 0, End: 1}
	c.Arrangements(2026)[0].Off = false
	if c.Hours().Intervals[0].Start != 540 || c.Hours().Seasons[0].Intervals[0].Start != 900 || !c.Arrangements(2026)[0].Off {
		t.Error("a calendar was changed from outside")
	}
}
