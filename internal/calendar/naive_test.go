package calendar_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// naive is the second implementation: one day, or one minute, at a time, looking
// up dates as text in sets made from the raw CSV. It shares no code with the
// package but the types in which it answers.
type naive struct {
	off, work map[string]bool
	// open tells whether office hours run in the minute of the day.
	open func(local time.Time, minute int) bool
	// settled is the last date that no later arrangement can name.
	settled string
}

var shanghai = time.FixedZone("east eight", 8*60*60)

// factsFile is the newest copy of workdays.csv that this machine has.
func factsFile(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("HUIYIN_REAL_DATA"); dir != "" {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join("..", "..", dir) // it is given from the project's root
		}
		return filepath.Join(dir, "workdays.csv")
	}
	shared := filepath.Join("..", "..", "..", "shared", "data", "workdays.csv")
	if _, err := os.Stat(shared); err == nil {
		return shared
	}
	return ownFacts
}

var ownFacts = filepath.Join("testdata", "workdays.csv")

func readRows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func newNaive(t testing.TB) *naive {
	t.Helper()
	n := &naive{off: map[string]bool{}, work: map[string]bool{}, open: usualHours, settled: "2026-12-25"}
	for _, row := range readRows(t, factsFile(t)) {
		switch row[1] {
		case "off":
			n.off[row[0]] = true
		case "work":
			n.work[row[0]] = true
		}
	}
	return n
}

func usualHours(_ time.Time, minute int) bool {
	return minute >= 540 && minute < 720 || minute >= 840 && minute < 1050
}

func (n *naive) isWorking(local time.Time) bool {
	date := local.Format("2006-01-02")
	if n.work[date] {
		return true
	}
	if n.off[date] {
		return false
	}
	return local.Weekday() >= time.Monday && local.Weekday() <= time.Friday
}

func (n *naive) isOpen(instant time.Time) bool {
	local := instant.In(shanghai)
	return n.open(local, local.Hour()*60+local.Minute()) && n.isWorking(local)
}

// addWorkdays gives the 1st to the last-th working day after local's day.
func (n *naive) addWorkdays(local time.Time, last int) []string {
	var found []string
	for day := local; len(found) < last; {
		day = day.AddDate(0, 0, 1)
		if n.isWorking(day) {
			found = append(found, day.Format("2006-01-02"))
		}
	}
	return found
}

func (n *naive) roll(local time.Time) time.Time {
	for !n.isWorking(local) {
		local = local.AddDate(0, 0, 1)
	}
	return local
}

// due answers for all units; days are counted from noon to noon, far from any
// midnight.
func (n *naive) due(start time.Time, l calendar.Length, roll bool) calendar.Due {
	start = start.Truncate(time.Microsecond)
	local := start.In(shanghai)
	noon := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, shanghai)
	switch l.Unit {
	case calendar.Minute:
		return n.dueByWall(start.Add(time.Duration(l.N) * time.Minute))
	case calendar.Hour:
		return n.dueByWall(start.Add(time.Duration(l.N) * time.Hour))
	case calendar.WorkingMinute:
		return n.reaching(n.dueByWall(n.walkMinutes(start, l.N)))
	case calendar.WorkingHour:
		return n.reaching(n.dueByWall(n.walkMinutes(start, l.N*60)))
	case calendar.Day:
		last := noon
		for range l.N {
			last = last.AddDate(0, 0, 1)
		}
		rolled := last
		if roll {
			rolled = n.roll(last)
		}
		return n.dueByDay(rolled, last)
	}
	last := noon
	for left := l.N; left > 0; {
		last = last.AddDate(0, 0, 1)
		if n.isWorking(last) {
			left--
		}
	}
	return n.dueByDay(last, last)
}

func (n *naive) dueByDay(on, unrolled time.Time) calendar.Due {
	due := calendar.Due{On: civil(on), UnrolledOn: civil(unrolled)}
	due.At = time.Date(on.Year(), on.Month(), on.Day()+1, 0, 0, 0, 0, shanghai).UTC()
	return n.reaching(due)
}

func (n *naive) dueByWall(at time.Time) calendar.Due {
	on := civil(at.Add(-time.Microsecond).In(shanghai))
	return calendar.Due{At: at.UTC(), On: on, UnrolledOn: on}
}

func (n *naive) reaching(due calendar.Due) calendar.Due {
	due.Provisional = due.On.String() > n.settled
	return due
}

// walkMinutes ticks through the minutes of the wall. A start within a minute of
// office hours ends as far into the minute that follows the last whole one.
func (n *naive) walkMinutes(start time.Time, minutes int) time.Time {
	minute := start.Truncate(time.Minute)
	rest := start.Sub(minute)
	if rest > 0 && n.isOpen(minute) {
		return n.tick(minute, minutes+1).Add(rest - time.Minute)
	}
	return n.tick(minute, minutes)
}

func (n *naive) tick(minute time.Time, open int) time.Time {
	for open > 0 {
		if n.isOpen(minute) {
			open--
		}
		minute = minute.Add(time.Minute)
	}
	return minute
}

// minutesBetween counts the open minutes from a up to b, both whole minutes.
func (n *naive) minutesBetween(a, b time.Time) int {
	count := 0
	for ; a.Before(b); a = a.Add(time.Minute) {
		if n.isOpen(a) {
			count++
		}
	}
	return count
}

func civil(local time.Time) calendar.Date {
	return calendar.Date{Year: local.Year(), Month: local.Month(), Day: local.Day()}
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func length(t testing.TB, s string) calendar.Length {
	t.Helper()
	l, err := calendar.ParseLength(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// instant reads a moment of Shanghai's wall.
func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999999", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
