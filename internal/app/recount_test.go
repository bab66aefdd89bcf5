package app_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// agree compares a replay's document with a recount from the exported events
// and with a count made from the CSV by another algorithm.
func agree(t *testing.T, doc replayed, c cli, path string) {
	t.Helper()
	events := recount(t, c, doc.Until)
	if !maps.Equal(events.clocks, doc.Clocks) || !maps.Equal(events.levels, doc.levels()) {
		t.Errorf("the events say %+v and levels %v\nthe report %+v and %v", events.clocks, events.levels, doc.Clocks, doc.levels())
	}
	if events.breaches != doc.Clocks["handling"].Breached {
		t.Errorf("%d breaches are recorded of %+v", events.breaches, doc.Clocks["handling"])
	}
	naive := countCSV(t, path, 60)
	if naive.handling != doc.Clocks["handling"] || !maps.Equal(naive.levels, doc.levels()) {
		t.Errorf("the CSV says %+v and levels %v\nthe report %+v and %v", naive.handling, naive.levels, doc.Clocks["handling"], doc.levels())
	}
	if naive.sent != doc.Clocks["acceptance"].OnTime || naive.answered != doc.Clocks["sign_off"].OnTime {
		t.Errorf("the CSV has %d messages and %d replies, the report %+v", naive.sent, naive.answered, doc.Clocks)
	}
}

// fold is what the exported events add up to.
type fold struct {
	clocks   map[string]figures
	levels   map[int]int
	breaches int
}

// clockFact is what an exported event says of a clock.
type clockFact struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	DueAt time.Time `json:"due_at"`
	At    time.Time `json:"at"`
	State string    `json:"state"`
}

// recount folds the exported events.
func recount(t *testing.T, c cli, until time.Time) fold {
	t.Helper()
	out, _, err := c.run("export", "events")
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return foldEvents(t, out, until)
}

// foldEvents folds events by the identity of each clock. A clock is due when the
// last event says that moved it: a reclassification, an extension, a suspension
// or its end among "moved", a newer calendar or profile as "clock".
func foldEvents(t *testing.T, out string, until time.Time) fold {
	t.Helper()
	clocks := map[string]clockFact{}
	f := fold{clocks: map[string]figures{}, levels: map[int]int{}}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var e struct {
			Position int    `json:"ledger_pos"`
			Kind     string `json:"kind"`
			Body     struct {
				Started, Moved, Stopped []clockFact
				Clock                   clockFact
				Escalation              struct{ Level int }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Position != n {
			t.Fatalf("line %d of the export: position %d, %v", n, e.Position, err)
		}
		for _, k := range append(e.Body.Started, e.Body.Moved...) {
			clocks[k.ID] = k
		}
		for _, k := range e.Body.Stopped {
			was := clocks[k.ID]
			was.At, was.State = k.At, k.State
			clocks[k.ID] = was
		}
		switch e.Kind {
		case "rebased":
			clocks[e.Body.Clock.ID] = e.Body.Clock
		case "escalated":
			f.levels[e.Body.Escalation.Level]++
		case "breached":
			f.breaches++
		}
	}
	f.judge(clocks, until)
	return f
}

// judge counts the clocks as they stand at an instant.
func (f fold) judge(clocks map[string]clockFact, until time.Time) {
	for _, k := range clocks {
		x := f.clocks[k.Kind]
		switch {
		case k.State == "met" && k.At.Before(k.DueAt):
			x.OnTime++
		case k.State == "" && until.Before(k.DueAt):
			x.Open++
		case k.State == "cancelled" && k.At.Before(k.DueAt):
			x.Total-- // not owed any more
		default:
			x.Breached++
		}
		x.Total++
		f.clocks[k.Kind] = x
	}
}

// Each event that moves a due instant moves it in the recount.
func TestRecountFollowsWhatMovesAClock(t *testing.T) {
	t.Parallel()
	started := `{"ledger_pos":1,"kind":"accepted","body":{"started":[{"id":"a","kind":"handling","start":"2019-03-01T00:00:00Z","due_at":"2019-03-08T00:00:00Z"}]}}`
	stopped := `{"ledger_pos":3,"kind":"closed","body":{"stopped":[{"id":"a","kind":"handling","at":"2019-03-09T00:00:00Z","state":"met"}]}}`
	const moved = `"moved":[{"id":"a","kind":"handling","start":"2019-03-01T00:00:00Z","was_due":"2019-03-08T00:00:00Z","due_at":%q}]`
	for _, c := range []struct {
		kind, body, due string
		onTime          int
	}{
		{"noted", "%.0s", "", 0},
		{"extended", moved, "2019-03-10T00:00:00Z", 1},
		{"extended", moved, "2019-03-09T00:00:00Z", 0},
		{"suspended", moved, "2019-03-20T00:00:00Z", 1},
		{"resumed", moved, "2019-03-08T12:00:00Z", 0},
		{"rebased", `"clock":{"id":"a","kind":"handling","was_due":"2019-03-08T00:00:00Z","due_at":%q}`, "2019-03-09T00:00:01Z", 1},
	} {
		event := fmt.Sprintf(`{"ledger_pos":2,"kind":%q,"body":{`+c.body+`}}`, c.kind, c.due)
		f := foldEvents(t, strings.Join([]string{started, event, stopped}, "\n"), beijingTime(2019, 6, 1, 0))
		if want := (figures{1, c.onTime, 1 - c.onTime, 0}); f.clocks["handling"] != want {
			t.Errorf("%s to %s: %+v, want %+v", c.kind, c.due, f.clocks["handling"], want)
		}
	}
}

// naiveCount is what a CSV adds up to.
type naiveCount struct {
	handling       figures
	levels         map[int]int
	sent, answered int
}

// countCSV counts a file whose messages are to be handled in some days by walking from day to day over the lists
// of days off and days worked. It shares no code with what it checks, but the
// rule that a row whose times cannot be read, or are in the wrong order, is no
// message.
func countCSV(t *testing.T, path string, length int) naiveCount {
	t.Helper()
	days, n := readDays(t), naiveCount{levels: map[int]int{}}
	var received, replied []time.Time
	var until time.Time
	for _, row := range readCSV(t, path)[1:] {
		from, err := digits(row[3])
		to := time.Time{}
		if row[6] != "" && err == nil {
			to, err = digits(row[6])
		}
		if err != nil || row[6] != "" && to.Before(from) {
			continue
		}
		received, replied = append(received, from), append(replied, to)
		for _, at := range []time.Time{from, to} {
			if at.After(until) {
				until = at
			}
		}
	}
	for i, from := range received {
		n.count(days, from.AddDate(0, 0, length), replied[i], until)
	}
	return n
}

// count counts a message by the last day of its handling.
func (n *naiveCount) count(days calendarDays, last, replied, until time.Time) {
	n.sent++
	end := replied
	if replied.IsZero() {
		end = until
	} else {
		n.answered++
	}
	last = time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, last.Location())
	for !days.worked(last) {
		last = last.AddDate(0, 0, 1)
	}
	n.handling.Total++
	switch {
	case !end.Before(last.AddDate(0, 0, 1)):
		n.handling.Breached++
		n.levels[1]++
	case replied.IsZero():
		n.handling.Open++
	default:
		n.handling.OnTime++
	}
	for worked := 0; worked <= 3; last = last.AddDate(0, 0, 1) {
		if days.worked(last) {
			worked = n.rung(worked, end, last)
		}
	}
}

// rung counts the escalation that an end of a working day brings, the day due
// being the 0th: after the first and the third there is one. It gives the number
// of the next.
func (n *naiveCount) rung(worked int, end, day time.Time) int {
	if level := map[int]int{1: 2, 3: 3}[worked]; level > 0 && !end.Before(day.AddDate(0, 0, 1)) {
		n.levels[level]++
	}
	return worked + 1
}

// calendarDays are the days that are not what their weekday says.
type calendarDays map[string]string

func (c calendarDays) worked(day time.Time) bool {
	if kind, ok := c[day.Format(time.DateOnly)]; ok {
		return kind == "work"
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

func readDays(t *testing.T) calendarDays {
	t.Helper()
	days := calendarDays{}
	for _, row := range readCSV(t, filepath.Join("..", "calendar", "testdata", "workdays.csv"))[1:] {
		days[row[0]] = row[1]
	}
	return days
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// digits reads the numbers of a time, whatever stands between them.
func digits(s string) (time.Time, error) {
	var n [6]int
	for i, f := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if i < len(n) {
			if _, err := fmt.Sscanf(f, "%d", &n[i]); err != nil {
				return time.Time{}, err
			}
		}
	}
	at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.FixedZone("east eight", 8*60*60))
	if at.Day() != n[2] {
		return at, errors.New("no such day")
	}
	return at, nil
}
