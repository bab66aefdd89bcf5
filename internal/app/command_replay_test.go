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
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// figures are those of one kind of clock, as a reader of the document has them.
type figures struct {
	Total    int `json:"total"`
	OnTime   int `json:"on_time"`
	Breached int `json:"breached"`
	Open     int `json:"open"`
}

// replayed is the document of `huiyin replay --json`.
type replayed struct {
	Messages int `json:"messages"`
	Replayed int `json:"replayed"`
	Skipped  []struct {
		Line    int    `json:"line"`
		ID      string `json:"id"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"skipped"`
	Until       time.Time          `json:"until"`
	Clocks      map[string]figures `json:"clocks"`
	Escalations struct {
		Total int `json:"total"`
		Cases int `json:"cases"`
		Rows  []struct {
			Level       int    `json:"level"`
			Cause       string `json:"cause"`
			Escalations int    `json:"escalations"`
			Cases       int    `json:"cases"`
		} `json:"by_level_and_cause"`
	} `json:"escalations"`
}

// levels gives how many escalations reached each level.
func (r replayed) levels() map[int]int {
	n := map[int]int{}
	for _, row := range r.Escalations.Rows {
		n[row.Level] += row.Escalations
	}
	return n
}

// replayFile runs the command on a database of its own and decodes standard
// output, which must hold one document and nothing else.
func replayFile(t *testing.T, dialect, path string) (replayed, cli) {
	t.Helper()
	c := newCLI(t, storetest.URL(t, dialect))
	out, _, err := c.run("replay", path, "--profile", "petition", "--json")
	if err != nil {
		t.Fatalf("replay: %v", err)
	}
	var doc replayed
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := errors.Join(d.Decode(&doc), onlyOne(d)); err != nil {
		t.Fatalf("standard output is not the document: %v\n%.300s", err, out)
	}
	return doc, c
}

func onlyOne(d *json.Decoder) error {
	if d.More() {
		return errors.New("there is more than one document")
	}
	return nil
}

var messageHeader = []string{"留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"}

// replies is a file of messages: number, received, replied ("" for never).
type replies [][3]string

func (r replies) write(t *testing.T) (path string) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	rows := [][]string{messageHeader}
	for _, m := range r {
		reply := "\n\t　　经核实，渠道已疏通。\u200b\n"
		if m[2] == "" {
			reply = ""
		}
		rows = append(rows, []string{m[0], "U" + m[0], "水渠不通", m[1], "\n\t\t　　上游的水渠\n\t淤塞了。\n", reply, m[2]})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "messages.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// counted is what a person counts with a calendar of 2019 at hand. Of what was
// received on 1 March, the sixtieth day is 30 April, a working day: due when it
// ends. 1 to 4 May are off, Sunday 5 May is made up for: a first working day
// after 30 April. The third is 7 May.
var counted = replies{
	{"1", "2019/3/1 8:00:00", "2019/4/30 23:59:59"}, // the last second
	{"2", "2019/3/1 08:00:00", "2019/5/1"},          // at the due instant: late, level 1
	{"3", "2019-03-01 8:00:00", "2019/5/6 0:00:00"}, // as 5 May ends: level 2
	{"4", "2019/3/1 8:00:00", "2019/5/8 0:00:00"},   // as 7 May ends: level 3
	{"5", "2019/3/1 23:59:59", ""},                  // never: level 3
	{"6", "2019/5/1 9:05:00", ""},                   // not due yet
	{"7", "2019/3/1 8:00:00", "2019/3/1"},           // skipped: a date is its midnight
	{"8", "2019/3/1 8:00:00", "2019/4/31 8:00:00"},  // skipped: no such day
	{"9", "2019/3/6 8:00:00", "2019/5/5 23:59:59"},  // the sixtieth day is the Sunday that is worked
	{"10", "2019/3/2 8:00:00", "2019/5/5 9:05:00"},  // the sixtieth is 1 May, rolled to the 5th
}

func TestReplayIsWhatAPersonCounts(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		path := counted.write(t)
		doc, c := replayFile(t, dialect, path)
		if doc.Messages != 10 || doc.Replayed != 8 || len(doc.Skipped) != 2 || !doc.Until.Equal(beijingTime(2019, 5, 8, 0)) {
			t.Errorf("played %+v", doc)
		}
		if doc.Skipped[0].ID != "7" || doc.Skipped[0].Code != "replied_at.order" || doc.Skipped[1].ID != "8" || doc.Skipped[1].Code != "replied_at.unreadable" {
			t.Errorf("skipped %+v", doc.Skipped)
		}
		want := map[string]figures{
			"acceptance": {8, 8, 0, 0}, "acknowledgement": {8, 8, 0, 0}, "first_contact": {8, 8, 0, 0},
			"handling": {8, 3, 4, 1}, "sign_off": {6, 6, 0, 0},
		}
		if !maps.Equal(doc.Clocks, want) {
			t.Errorf("clocks %+v\nwant   %+v", doc.Clocks, want)
		}
		if got := doc.levels(); !maps.Equal(got, map[int]int{1: 4, 2: 3, 3: 2}) || doc.Escalations.Total != 9 || doc.Escalations.Cases != 4 {
			t.Errorf("escalations %+v", doc.Escalations)
		}
		agree(t, doc, c, path)
	})
}

func beijingTime(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 0, 0, 0, time.FixedZone("east eight", 8*60*60))
}

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
	naive := countCSV(t, path)
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

// recount folds the exported events by the identity of each clock.
func recount(t *testing.T, c cli, until time.Time) fold {
	t.Helper()
	out, _, err := c.run("export", "events")
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	type clockFact struct {
		ID    string    `json:"id"`
		Kind  string    `json:"kind"`
		DueAt time.Time `json:"due_at"`
		At    time.Time `json:"at"`
		State string    `json:"state"`
	}
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
		case "escalated":
			f.levels[e.Body.Escalation.Level]++
		case "breached":
			f.breaches++
		}
	}
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
	return f
}

// A reply that moves across its due instant moves its case from one figure to
// another and adds one escalation, and nothing else; across the rungs after it,
// it adds the next escalation alone.
func TestReplyAcrossItsDueInstant(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		with := func(reply string) replayed {
			moved := append(replies{}, counted...)
			moved[0][2] = reply
			doc, _ := replayFile(t, dialect, moved.write(t))
			return doc
		}
		was := with("2019/4/1 9:00:00")
		for _, step := range []struct {
			reply string
			late  int
			added map[int]int
		}{
			{"2019/4/30 23:59:59", 0, nil},
			{"2019/4/30 23:59:59.999999", 0, nil},
			{"2019/5/1 0:00:00", 1, map[int]int{1: 1}},
			{"2019/5/5 23:59:59.999999", 1, map[int]int{1: 1}},
			{"2019/5/6 0:00:00", 1, map[int]int{1: 1, 2: 1}},
			{"2019/5/7 23:59:59", 1, map[int]int{1: 1, 2: 1}},
			{"2019/5/8", 1, map[int]int{1: 1, 2: 1, 3: 1}},
		} {
			want := was
			want.Clocks = maps.Clone(was.Clocks)
			handling := was.Clocks["handling"]
			handling.OnTime -= step.late
			handling.Breached += step.late
			want.Clocks["handling"] = handling
			levels := was.levels()
			for level, n := range step.added {
				levels[level] += n
			}
			got := with(step.reply)
			if !reflect.DeepEqual(got.Clocks, want.Clocks) || !maps.Equal(got.levels(), levels) || got.Until != want.Until {
				t.Errorf("replied at %s: %+v, levels %v, want %+v, %v", step.reply, got.Clocks, got.levels(), want.Clocks, levels)
			}
		}
	})
}

func TestReplayOfRealMessages(t *testing.T) {
	t.Parallel()
	path, ok := realFile(t, "messages_replied.csv")
	if !ok {
		t.Log("there are no real messages here; messages made by this test are replayed in TestReplayIsWhatAPersonCounts")
		return
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		doc, c := replayFile(t, dialect, path)
		if doc.Messages != 2816 || doc.Replayed != 2816 || doc.Clocks["handling"].Open != 0 {
			t.Errorf("played %+v", doc)
		}
		agree(t, doc, c, path)
	})
}

// realFile finds a file of real messages, if this machine has it.
func realFile(t *testing.T, name string) (path string, ok bool) {
	t.Helper()
	dir := os.Getenv("HUIYIN_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir) // it is given from the project's root
	}
	path = filepath.Join(dir, name)
	_, err := os.Stat(path)
	return path, err == nil
}

func TestReplayPrintsTables(t *testing.T) {
	t.Parallel()
	c := newCLI(t, storetest.EmptyURL(t, "sqlite"))
	out, _, err := c.run("replay", counted.write(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"line 34  7  答复时间早于留言时间 (replied_at.order)", "messages 10, replayed 8, skipped 2, until 2019-05-07T16:00:00Z",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	for _, want := range [][]string{{"办理", "8", "3", "4", "1"}, {"签批", "6", "6", "0", "0"}, {"三级（再上级督查）", "办理超期", "2", "2"}} {
		if !hasRow(out, want) {
			t.Errorf("no row has %v in\n%s", want, out)
		}
	}
	if _, _, err := c.run("replay", counted.write(t)); err == nil {
		t.Error("a database with cases is played in again")
	}
}

func hasRow(table string, cells []string) bool {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(strings.Join(strings.Fields(line), "|")+"|", strings.Join(cells, "|")+"|") {
			return true
		}
	}
	return false
}

// naiveCount is what a CSV adds up to.
type naiveCount struct {
	handling       figures
	levels         map[int]int
	sent, answered int
}

// countCSV counts a file of petitions by walking from day to day over the lists
// of days off and days worked. It shares no code with what it checks, but the
// rule that a row whose times cannot be read, or are in the wrong order, is no
// message.
func countCSV(t *testing.T, path string) naiveCount {
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
		n.count(days, from, replied[i], until)
	}
	return n
}

func (n *naiveCount) count(days calendarDays, from, replied, until time.Time) {
	n.sent++
	end := replied
	if replied.IsZero() {
		end = until
	} else {
		n.answered++
	}
	last := time.Date(from.Year(), from.Month(), from.Day()+60, 0, 0, 0, 0, from.Location())
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
	for worked := 1; worked <= 3; worked++ {
		for last = last.AddDate(0, 0, 1); !days.worked(last); last = last.AddDate(0, 0, 1) {
		}
		if worked != 2 && !end.Before(last.AddDate(0, 0, 1)) {
			n.levels[(worked+1)/2+1]++
		}
	}
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
