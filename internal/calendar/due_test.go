package calendar_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The vectors of the design, whole.
func TestVectors(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, length, unrolled, on string }{
		{"2026-02-12", "7wd", "2026-02-28", "2026-02-28"},
		{"2025-01-20", "5wd", "2025-01-26", "2025-01-26"},
		{"2025-01-20", "7wd", "2025-02-05", "2025-02-05"},
		{"2025-09-26", "7wd", "2025-10-13", "2025-10-13"},
		{"2026-09-30", "7wd", "2026-10-15", "2026-10-15"},
		{"2026-09-17", "15d", "2026-10-02", "2026-10-08"},
		{"2026-09-30", "60d", "2026-11-29", "2026-11-30"},
	}
	c := calendar.Embedded()
	for _, tt := range tests {
		for _, clock := range []string{" 00:00:00", " 09:30:00", " 23:59:59.999999"} {
			got := c.Due(instant(t, tt.from+clock), length(t, tt.length), true)
			want := calendar.Due{
				At:         instant(t, tt.on+" 00:00:00").AddDate(0, 0, 1).UTC(),
				On:         date(t, tt.on),
				UnrolledOn: date(t, tt.unrolled),
			}
			if got != want {
				t.Errorf("%s%s + %s = %+v, want %+v", tt.from, clock, tt.length, got, want)
			}
		}
	}
}

func TestDueBoundaries(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, start, length, at, on string }{
		{"just before midnight", "2026-03-02 23:59:59.999999", "1d", "2026-03-04 00:00:00", "2026-03-03"},
		{"at midnight", "2026-03-03 00:00:00", "1d", "2026-03-05 00:00:00", "2026-03-04"},
		{"just after midnight", "2026-03-03 00:00:00.000001", "1d", "2026-03-05 00:00:00", "2026-03-04"},
		{"working day from a Saturday", "2026-03-07 10:00:00", "1wd", "2026-03-10 00:00:00", "2026-03-09"},
		{"working day from a Friday", "2026-03-06 10:00:00", "1wd", "2026-03-10 00:00:00", "2026-03-09"},
		{"into a working Saturday", "2026-02-27 18:00:00", "1wd", "2026-03-01 00:00:00", "2026-02-28"},
		{"over nine days of Spring Festival", "2026-02-14 10:00:00", "1wd", "2026-02-25 00:00:00", "2026-02-24"},
		{"calendar days into Spring Festival", "2026-02-01 10:00:00", "15d", "2026-02-25 00:00:00", "2026-02-24"},
		{"calendar days onto a working Sunday", "2026-09-05 10:00:00", "15d", "2026-09-21 00:00:00", "2026-09-20"},
		{"29 February", "2024-02-28 10:00:00", "1d", "2024-03-01 00:00:00", "2024-02-29"},
		{"over the new year", "2025-12-31 10:00:00", "1wd", "2026-01-05 00:00:00", "2026-01-04"},

		{"hours run at night and on holidays", "2026-10-01 20:00:00", "24h", "2026-10-02 20:00:00", "2026-10-02"},
		{"hours until midnight", "2026-10-01 22:00:00", "2h", "2026-10-02 00:00:00", "2026-10-01"},
		{"hours until just after midnight", "2026-10-01 22:00:00.000001", "2h", "2026-10-02 00:00:00.000001", "2026-10-02"},
		{"minutes", "2026-10-01 23:00:00", "90m", "2026-10-02 00:30:00", "2026-10-02"},

		{"before the office opens", "2026-03-02 08:59:59.999999", "30wm", "2026-03-02 09:30:00", "2026-03-02"},
		{"as it opens", "2026-03-02 09:00:00", "30wm", "2026-03-02 09:30:00", "2026-03-02"},
		{"just after it opens", "2026-03-02 09:00:00.000001", "30wm", "2026-03-02 09:30:00.000001", "2026-03-02"},
		{"until lunch exactly", "2026-03-02 11:30:00", "30wm", "2026-03-02 12:00:00", "2026-03-02"},
		{"over lunch by a microsecond", "2026-03-02 11:30:00.000001", "30wm", "2026-03-02 14:00:00.000001", "2026-03-02"},
		{"as lunch begins", "2026-03-02 12:00:00", "30wm", "2026-03-02 14:30:00", "2026-03-02"},
		{"in lunch", "2026-03-02 13:10:00", "30wm", "2026-03-02 14:30:00", "2026-03-02"},
		{"as lunch ends", "2026-03-02 14:00:00", "30wm", "2026-03-02 14:30:00", "2026-03-02"},
		{"until the office closes exactly", "2026-03-02 17:00:00", "30wm", "2026-03-02 17:30:00", "2026-03-02"},
		{"over the night", "2026-03-02 17:20:00", "30wm", "2026-03-03 09:20:00", "2026-03-03"},
		{"as it closes", "2026-03-02 17:30:00", "30wm", "2026-03-03 09:30:00", "2026-03-03"},
		{"at night", "2026-03-02 23:59:59.999999", "30wm", "2026-03-03 09:30:00", "2026-03-03"},
		{"at midnight into working hours", "2026-03-03 00:00:00", "30wm", "2026-03-03 09:30:00", "2026-03-03"},
		{"Friday evening", "2026-03-06 17:00:00", "2wh", "2026-03-09 10:30:00", "2026-03-09"},
		{"on a Saturday", "2026-03-07 10:00:00", "2wh", "2026-03-09 11:00:00", "2026-03-09"},
		{"Friday evening before a working Saturday", "2026-02-27 17:00:00", "2wh", "2026-02-28 10:30:00", "2026-02-28"},
		{"on a working Saturday", "2026-02-28 10:30:00", "2wh", "2026-02-28 14:30:00", "2026-02-28"},
		{"over the National Day week", "2026-09-30 17:00:00", "2wh", "2026-10-08 10:30:00", "2026-10-08"},
		{"a whole working day", "2026-03-02 09:00:00", "390wm", "2026-03-02 17:30:00", "2026-03-02"},
		{"three working days", "2026-03-02 10:00:00", "1170wm", "2026-03-05 10:00:00", "2026-03-05"},
	}
	c := calendar.Embedded()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := c.Due(instant(t, tt.start), length(t, tt.length), true)
			if !got.At.Equal(instant(t, tt.at)) || got.On != date(t, tt.on) || got.At.Location() != time.UTC {
				t.Errorf("%s + %s = %s on %s, want %s on %s",
					tt.start, tt.length, got.At.In(shanghai), got.On, tt.at, tt.on)
			}
		})
	}
}

func TestDueIsInMicroseconds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, time.March, 2, 1, 0, 0, 1999, time.UTC)
	for _, s := range []string{"5m", "5wm"} {
		got := calendar.Embedded().Due(start, length(t, s), false).At
		if want := time.Date(2026, time.March, 2, 1, 5, 0, 1000, time.UTC); got != want {
			t.Errorf("%s + %s = %s, want %s", start, s, got, want)
		}
	}
}

func TestDueUnrolled(t *testing.T) {
	t.Parallel()
	got := calendar.Embedded().Due(instant(t, "2026-09-17 10:00:00"), length(t, "15d"), false)
	if want := date(t, "2026-10-02"); got.On != want || got.UnrolledOn != want || got.At != want.End() {
		t.Errorf("15 days that are not rolled are due on %+v", got)
	}
}

func TestDueOfNoLengthIsAtOnce(t *testing.T) {
	t.Parallel()
	start := instant(t, "2026-03-02 10:00:00").UTC()
	for _, l := range []calendar.Length{{}, {N: 0, Unit: calendar.Day}, {N: -3, Unit: calendar.WorkingHour},
		{N: calendar.MaxLength + 1, Unit: calendar.WorkingDay}, {N: 5, Unit: "fortnight"}} {
		if got := calendar.Embedded().Due(start, l, true); got.At != start {
			t.Errorf("a clock of %+v is due at %s, want its start", l, got.At)
		}
	}
}

// An extension adds to the unrolled day and is rolled once: rolling the first end
// as well would give the petitioner's opponent six days more.
func TestExtensionIsRolledOnce(t *testing.T) {
	t.Parallel()
	c := calendar.Embedded()
	term := calendar.Term{Start: instant(t, "2026-08-03 10:00:00"), Length: length(t, "60d"), Roll: true}
	first := c.DueOf(term)
	if first.UnrolledOn != date(t, "2026-10-02") || first.On != date(t, "2026-10-08") {
		t.Fatalf("first due %+v", first)
	}
	term.Extensions = []calendar.Length{length(t, "30d")}
	extended := c.DueOf(term)
	want := calendar.Due{
		At:         instant(t, "2026-11-03 00:00:00").UTC(),
		On:         date(t, "2026-11-02"), // 1 November is a Sunday
		UnrolledOn: date(t, "2026-11-01"),
	}
	if extended != want {
		t.Errorf("extended to %+v, want %+v", extended, want)
	}
	term.Roll = false
	if got := c.DueOf(term); got.On != date(t, "2026-11-01") {
		t.Errorf("without roll %+v", got)
	}
}

func TestProvisional(t *testing.T) {
	t.Parallel()
	tests := []struct {
		start, length string
		want          bool
	}{
		{"2026-12-24 10:00:00", "1wd", false}, // Friday 25 December
		{"2026-12-24 10:00:00", "1d", false},
		{"2026-12-25 10:00:00", "1d", true}, // Saturday, rolled to Monday
		{"2026-12-25 10:00:00", "1wd", true},
		{"2026-12-25 17:00:00", "30wm", false},
		{"2026-12-25 17:00:00", "31wm", true},
		{"2026-12-26 10:00:00", "30wm", true},
		{"2026-12-25 23:00:00", "24h", false}, // by the wall: nothing can move it
		{"2026-11-22 10:00:00", "60d", true},
		{"2027-06-01 10:00:00", "1d", true},
		{"2006-06-01 10:00:00", "1d", false}, // before the first arrangement
		{"2024-12-31 10:00:00", "7wd", false},
	}
	for _, tt := range tests {
		if got := calendar.Embedded().Due(instant(t, tt.start), length(t, tt.length), true); got.Provisional != tt.want {
			t.Errorf("%s + %s: provisional %t, want %t", tt.start, tt.length, got.Provisional, tt.want)
		}
	}
}

func TestProvisionalUntilTheYearIsLoaded(t *testing.T) {
	t.Parallel()
	old := calendar.Embedded()
	next, err := calendar.New(2, append(allArrangements(old), calendar.Arrangement{
		Date: date(t, "2026-12-28"), Off: true, Holiday: "元旦", Year: 2027,
	}), calendar.OfficeHours{})
	if err != nil {
		t.Fatal(err)
	}
	start := instant(t, "2026-12-25 10:00:00")
	before, after := old.Due(start, length(t, "1wd"), true), next.Due(start, length(t, "1wd"), true)
	if !before.Provisional || before.On != date(t, "2026-12-28") {
		t.Errorf("before: %+v", before)
	}
	if after.Provisional || after.On != date(t, "2026-12-29") {
		t.Errorf("after: %+v", after)
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2026-10-03", 0, "2026-10-03"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-10-03", 1, "2026-10-08"},
		{"2026-10-08", -1, "2026-09-30"},
		{"2026-10-03", -1, "2026-09-30"},
		{"2026-10-03", -4, "2026-09-24"}, // over the Mid-Autumn Festival
		{"2006-12-29", 1, "2006-12-30"},
		{"2007-01-04", -2, "2006-12-30"},
		{"2007-01-04", -3, "2006-12-29"},
		{"2007-01-04", -4, "2006-12-28"},
		{"2027-01-01", 5, "2027-01-08"},
		{"1969-12-31", 1, "1970-01-01"},
		{"1970-01-03", -3, "1969-12-31"},
	}
	for _, tt := range tests {
		if got := calendar.Embedded().AddWorkdays(date(t, tt.from), tt.n); got != date(t, tt.want) {
			t.Errorf("AddWorkdays(%s, %d) = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func allArrangements(c *calendar.Calendar) []calendar.Arrangement {
	var days []calendar.Arrangement
	for year := 2007; year <= c.LastYear(); year++ {
		days = append(days, c.Arrangements(year)...)
	}
	return days
}
