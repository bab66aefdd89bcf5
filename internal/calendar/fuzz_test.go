package calendar_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

var units = []calendar.Unit{
	calendar.Minute, calendar.Hour, calendar.WorkingMinute, calendar.WorkingHour, calendar.Day, calendar.WorkingDay, "", "year",
}

// longest bounds what the naive implementation can walk in a moment.
var longest = map[calendar.Unit]int{
	calendar.Minute: 100_000, calendar.Hour: 100_000, calendar.WorkingMinute: 3_000,
	calendar.WorkingHour: 50, calendar.Day: 1_000, calendar.WorkingDay: 700,
}

// FuzzDue looks for a panic at any instant and length, and for a difference from
// the naive implementation wherever that can follow.
func FuzzDue(f *testing.F) {
	second := newNaive(f)
	for _, s := range []string{"2026-02-12 00:00:00", "2026-09-17 11:59:59.999999", "2026-09-30 17:30:00", "2006-12-29 23:59:59"} {
		for unit := range units {
			f.Add(instant(f, s).UnixMicro(), 7, byte(unit), true)
			f.Add(instant(f, s).UnixMicro(), 60, byte(unit), false)
		}
	}
	f.Add(int64(1)<<62, -1, byte(4), true)
	f.Add(int64(-1)<<63, calendar.MaxLength, byte(3), true)
	f.Fuzz(func(t *testing.T, micros int64, n int, unit byte, roll bool) {
		c, start := calendar.Embedded(), time.UnixMicro(micros)
		l := calendar.Length{N: n, Unit: units[int(unit)%len(units)]}
		got := c.Due(start, l, roll)
		c.WorkingMinutesBetween(start, start.Add(time.Duration(n)))
		if year := start.Year(); year < 1990 || year > 2060 || n < 1 || n > longest[l.Unit] {
			return
		}
		if want := second.due(start, l, roll); got != want {
			t.Errorf("%s + %s, roll %t = %+v, naive %+v", start.In(shanghai), l, roll, got, want)
		}
	})
}

func FuzzTextForms(f *testing.F) {
	for _, s := range []string{"15d", "7wd", "", "2026-02-29", "2024-02-29", "00m", "1wmh", "09:00-12:00", "05-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := calendar.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("date %q is read as %q", s, d)
		}
		if l, err := calendar.ParseLength(s); err == nil && l.String() != s {
			t.Errorf("length %q is read as %q", s, l)
		}
		var i calendar.Interval
		if err := i.UnmarshalText([]byte(s)); err == nil && i.String() != s {
			t.Errorf("interval %q is read as %q", s, i)
		}
		var m calendar.MonthDay
		if err := m.UnmarshalText([]byte(s)); err == nil && m.String() != s {
			t.Errorf("day of the year %q is read as %q", s, m)
		}
	})
}

// FuzzReadArrangements looks for a panic, for a file that New then falls over,
// and for rows that are not read back as they were.
func FuzzReadArrangements(f *testing.F) {
	for _, s := range []string{
		"", header, "\ufeff" + header, header + "2026-01-01,off,元旦,2026\n", header + "2026-01-01,work,\"元\n旦\",2026\r\n",
		header + "0001-01-01,off,,-9\n", header + "2026-01-01,off,元旦\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		days, err := calendar.ReadArrangements(bytes.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		again.WriteString(header)
		w := csv.NewWriter(&again)
		for _, a := range days {
			status := "work"
			if a.Off {
				status = "off"
			}
			if err := w.Write([]string{a.Date.String(), status, a.Holiday, strconv.Itoa(a.Year)}); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		if read, err := calendar.ReadArrangements(&again); err != nil || !slices.Equal(read, days) {
			t.Errorf("%q is read back as %+v, %v", text, read, err)
		}
		c, err := calendar.New(1, days, calendar.OfficeHours{})
		if err == nil && len(days) > 0 && c.LastYear() != days[len(days)-1].Year && len(c.Arrangements(c.LastYear())) == 0 {
			t.Errorf("%q makes a calendar without its last year", text)
		}
	})
}
