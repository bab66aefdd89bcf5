package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

func day(t *testing.T, s string, off bool, holiday string) calendar.Arrangement {
	t.Helper()
	return calendar.Arrangement{Date: date(t, s), Off: off, Holiday: holiday}
}

func TestWithReplacesOneYear(t *testing.T) {
	t.Parallel()
	old := calendar.Embedded()
	next, err := old.With(2, 2026, []calendar.Arrangement{
		day(t, "2026-01-04", true, "元旦"), day(t, "2025-12-31", false, "元旦"), day(t, "2026-01-01", true, "元旦"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := next.Arrangements(2026)
	if len(got) != 3 || got[0].Date != date(t, "2025-12-31") || got[2].Date != date(t, "2026-01-04") || got[1].Year != 2026 {
		t.Errorf("the year is %+v", got)
	}
	if next.Version() != 2 || next.LastYear() != 2026 || !calendar.SameHours(old, next) {
		t.Errorf("version %d until %d", next.Version(), next.LastYear())
	}
	if !slices.Equal(next.Arrangements(2025), old.Arrangements(2025)) {
		t.Error("another year changed")
	}
	if len(old.Arrangements(2026)) < 20 || !next.Workday(date(t, "2026-10-01")) || old.Workday(date(t, "2026-10-01")) {
		t.Error("the older version changed, or the newer did not")
	}
}

func TestWithAddsTheNextYearOnly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		year int
		days []calendar.Arrangement
		want error
	}{
		{2027, []calendar.Arrangement{day(t, "2027-01-01", true, "元旦")}, nil},
		{2006, []calendar.Arrangement{day(t, "2006-01-01", true, "元旦")}, nil},
		{2027, nil, calendar.ErrNoDays},
		{2028, []calendar.Arrangement{day(t, "2028-01-01", true, "元旦")}, calendar.ErrYearLeftOut},
		{2027, []calendar.Arrangement{day(t, "2028-01-01", true, "元旦")}, calendar.ErrOutsideYear},
		{2027, []calendar.Arrangement{day(t, "2026-12-25", true, "元旦")}, calendar.ErrOutsideYear},
		{2027, []calendar.Arrangement{{Date: calendar.Date{Year: 2027, Month: 2, Day: 29}}}, calendar.ErrNoSuchDate},
		{2027, []calendar.Arrangement{day(t, "2027-01-01", true, "元旦"), day(t, "2027-01-01", false, "元旦")}, calendar.ErrContradiction},
	}
	for _, tt := range tests {
		next, err := calendar.Embedded().With(2, tt.year, tt.days)
		if !errors.Is(err, tt.want) || (err == nil) != (next != nil) {
			t.Errorf("%d %+v: %v, want %v", tt.year, tt.days, err, tt.want)
		}
	}
}

func TestMisfitsAreToldAllAtOnce(t *testing.T) {
	t.Parallel()
	days := []calendar.Arrangement{
		day(t, "2027-01-01", true, "元旦"), day(t, "2027-01-01", true, "元旦"), day(t, "2027-01-01", true, "春节"),
		day(t, "2028-01-01", true, "元旦"), {Date: calendar.Date{Year: 2027, Month: 13, Day: 1}},
	}
	want := []calendar.Misfit{
		{Index: 1, Err: calendar.ErrNamedTwice}, {Index: 2, Err: calendar.ErrNamedTwice},
		{Index: 3, Err: calendar.ErrOutsideYear}, {Index: 4, Err: calendar.ErrNoSuchDate},
	}
	if got := calendar.Embedded().Misfits(2027, days); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for year := 2007; year <= 2026; year++ {
		if got := calendar.Embedded().Misfits(year, calendar.Embedded().Arrangements(year)); got != nil {
			t.Errorf("of %d: %v", year, got)
		}
	}
}

// A working day that is one anyway is a slip, unless an arrangement that is known
// has made something else of it.
func TestAWorkingDayOnAWeekdayIsAMisfit(t *testing.T) {
	t.Parallel()
	c, err := calendar.Embedded().With(2, 2027, []calendar.Arrangement{day(t, "2027-01-01", true, "元旦"), day(t, "2027-12-31", true, "元旦")})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		year int
		date string
		want error
	}{
		{2027, "2027-02-12", calendar.ErrWorkOnWeekday}, // Friday
		{2027, "2027-02-13", nil},
		{2027, "2027-02-14", nil},
		{2027, "2027-02-15", calendar.ErrWorkOnWeekday}, // Monday
		{2027, "2027-01-01", nil},                       // a day off before
		{2028, "2027-12-31", nil},                       // a day off by the year before
		{2028, "2027-12-30", calendar.ErrWorkOnWeekday},
		{2020, "2020-02-03", nil}, // the notice of that year says so
	}
	for _, tt := range tests {
		days := []calendar.Arrangement{day(t, tt.date, false, "春节")}
		got := c.Misfits(tt.year, days)
		if len(got) > 1 || (len(got) == 1) != (tt.want != nil) || tt.want != nil && !errors.Is(got[0].Err, tt.want) {
			t.Errorf("%d %s: %v, want %v", tt.year, tt.date, got, tt.want)
		}
		if _, err := c.With(3, tt.year, days); err != nil {
			t.Errorf("%d %s: the calendar itself refuses it: %v", tt.year, tt.date, err)
		}
	}
}

func TestOfficeHoursHaveTheirMisfits(t *testing.T) {
	t.Parallel()
	morning, noon := calendar.Interval{Start: 9 * 60, End: 12 * 60}, calendar.Interval{Start: 11 * 60, End: 13 * 60}
	season := func(from, until time.Month, hours ...calendar.Interval) calendar.Season {
		return calendar.Season{From: calendar.MonthDay{Month: from, Day: 1}, Until: calendar.MonthDay{Month: until, Day: 1}, Intervals: hours}
	}
	h := calendar.OfficeHours{Seasons: []calendar.Season{
		season(5, 10, morning, noon), season(5, 10, morning), season(9, 12, morning), season(13, 1, morning),
		season(11, 12, calendar.Interval{Start: 60, End: 60}),
	}}
	want := []calendar.Misfit{
		{Index: -1, Err: calendar.ErrHoursEmpty}, {Index: 0, Err: calendar.ErrHoursOverlap}, {Index: 2, Err: calendar.ErrSeasonOverlap},
		{Index: 3, Err: calendar.ErrNoSuchDate}, {Index: 4, Err: calendar.ErrHoursOutside},
	}
	if got := h.Misfits(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if _, err := calendar.Embedded().WithHours(2, h); err == nil {
		t.Error("they are accepted")
	}
	if got := calendar.DefaultHours().Misfits(); got != nil {
		t.Errorf("the usual hours: %v", got)
	}
}

func TestWithHours(t *testing.T) {
	t.Parallel()
	old := calendar.Embedded()
	next, err := old.WithHours(2, calendar.OfficeHours{Intervals: []calendar.Interval{{Start: 8 * 60, End: 16 * 60}}})
	if err != nil {
		t.Fatal(err)
	}
	due := next.Due(instant(t, "2026-03-02 08:00:00"), length(t, "2wh"), true)
	if !due.At.Equal(instant(t, "2026-03-02 10:00:00")) || next.Version() != 2 || !slices.Equal(next.Arrangements(2026), old.Arrangements(2026)) {
		t.Errorf("due %v by version %d", due, next.Version())
	}
	if calendar.SameHours(old, next) || !calendar.SameHours(old, calendar.Embedded()) {
		t.Error("the hours are not told apart")
	}
}

func TestUnpublished(t *testing.T) {
	t.Parallel()
	first := named(t, 1, calendar.OfficeHours{}, "2026-01-01+")
	none := named(t, 1, calendar.OfficeHours{})
	tests := []struct {
		c    *calendar.Calendar
		now  string
		year int
	}{
		{first, "2025-12-31 23:59:59", 0},
		{first, "2026-11-30 23:59:59.999999", 0},
		{first, "2026-12-01 00:00:00", 2027},
		{first, "2026-12-31 23:59:59", 2027},
		{first, "2027-01-01 00:00:00", 2027},
		{first, "2027-12-01 00:00:00", 2027}, // no year may be left out
		{first, "2029-06-01 00:00:00", 2027},
		{none, "2026-06-01 00:00:00", 2026},
		{none, "2026-12-01 00:00:00", 2027},
	}
	for _, tt := range tests {
		year, missing := tt.c.Unpublished(instant(t, tt.now))
		if year != tt.year || missing != (tt.year != 0) {
			t.Errorf("%s: %d missing %t, want %d", tt.now, year, missing, tt.year)
		}
	}
}
