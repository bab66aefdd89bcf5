package calendar_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

func TestEmbeddedHoldsTheFacts(t *testing.T) {
	t.Parallel()
	c := calendar.Embedded()
	if c.Version() != 1 || c.LastYear() != 2026 {
		t.Errorf("version %d until %d, want 1 until 2026", c.Version(), c.LastYear())
	}
	var rows [][]string
	for year := 2000; year <= 2030; year++ {
		for _, a := range c.Arrangements(year) {
			status := "work"
			if a.Off {
				status = "off"
			}
			rows = append(rows, []string{a.Date.String(), status, a.Holiday, strconv.Itoa(a.Year)})
		}
	}
	for _, path := range []string{ownFacts, factsFile(t)} {
		if facts := readRows(t, path); !slices.EqualFunc(rows, facts, slices.Equal) {
			t.Errorf("the embedded arrangements differ from %s: %d and %d rows", path, len(rows), len(facts))
		}
	}
}

func TestMakeUpWorkingDayIsNotAHoliday(t *testing.T) {
	t.Parallel()
	c := calendar.Embedded()
	makeUps := 0
	for _, row := range readRows(t, factsFile(t)) {
		if row[1] != "work" {
			continue
		}
		makeUps++
		d := date(t, row[0])
		if !c.Workday(d) || c.Holiday(d) != "" {
			t.Errorf("%s: working %t, holiday %q", d, c.Workday(d), c.Holiday(d))
		}
		if got := c.AddWorkdays(d.AddDays(-1), 1); got != d {
			t.Errorf("the working day after the eve of %s is %s", d, got)
		}
		if got := c.Due(d.AddDays(-15).Start(), length(t, "15d"), true); got.On != d {
			t.Errorf("15 days that end on %s are rolled to %s", d, got.On)
		}
		if got := c.WorkingMinutesBetween(d.Start(), d.End()); got != 390 {
			t.Errorf("%s has %d working minutes, want 390", d, got)
		}
	}
	if makeUps < 133 {
		t.Errorf("only %d make-up days were looked at", makeUps)
	}
}

func TestHoliday(t *testing.T) {
	t.Parallel()
	c := calendar.Embedded()
	tests := map[string]string{
		"2026-10-01": "国庆节",
		"2026-10-03": "国庆节", // a Saturday within it
		"2026-10-10": "",    // made up for it
		"2026-10-11": "",    // an ordinary Sunday
		"2026-10-12": "",
		"2022-12-31": "元旦", // named by the arrangement of 2023
		"2006-12-31": "",
		"2027-01-01": "", // not published
	}
	for day, want := range tests {
		if got := c.Holiday(date(t, day)); got != want {
			t.Errorf("Holiday(%s) = %q, want %q", day, got, want)
		}
	}
}

func TestWorkday(t *testing.T) {
	t.Parallel()
	c := calendar.Embedded()
	tests := map[string]bool{
		"2006-12-29": true,  // a Friday before the first arrangement
		"2006-12-30": true,  // the first day named, a working Saturday
		"2006-12-23": false, // a Saturday before it
		"2020-01-31": false, // the amendment of 2020: a Friday
		"2020-02-02": false,
		"2020-02-03": true,
		"2020-02-01": false, // a working Saturday until the amendment
		"2026-02-28": true,
		"2026-12-26": false,
		"2027-01-01": true, // follows the weekday until it is published
		"2027-01-02": false,
		"1990-10-01": true, // a Monday: years without an arrangement
		"9999-12-31": true,
		"0001-01-06": false,
	}
	for day, want := range tests {
		if got := c.Workday(date(t, day)); got != want {
			t.Errorf("Workday(%s) = %t, want %t", day, got, want)
		}
	}
}
