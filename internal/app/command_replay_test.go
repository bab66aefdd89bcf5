package app_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
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
	Findings struct {
		Total  int `json:"total"`
		Cases  int `json:"cases"`
		ByRule []struct {
			Rule     string `json:"rule"`
			Findings int    `json:"findings"`
			Cases    int    `json:"cases"`
		} `json:"by_rule"`
	} `json:"findings"`
	Judged struct {
		Digest string `json:"digest"`
		Events int    `json:"events"`
		Months map[string]struct {
			OnTime      map[string]int `json:"on_time"`
			Breached    map[string]int `json:"breached"`
			Escalations map[string]int `json:"escalations"`
			Findings    map[string]int `json:"findings"`
		} `json:"months"`
	} `json:"judged"`
	Recorded recorded `json:"recorded"`
}

// recorded is the part of the document that depends on when the engine ran.
type recorded struct {
	Engine     string    `json:"engine"`
	Runs       int       `json:"runs"`
	Late       int       `json:"late_events"`
	MeanLag    int64     `json:"mean_lag_seconds"`
	LongestLag int64     `json:"longest_lag_seconds"`
	Last       time.Time `json:"last"`
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
func replayFile(t *testing.T, dialect, path string, flags ...string) (replayed, cli) {
	t.Helper()
	c := newCLI(t, storetest.URL(t, dialect))
	out, _, err := c.run(append([]string{"replay", path, "--profile", "petition", "--json"}, flags...)...)
	if err != nil {
		t.Fatalf("replay: %v", err)
	}
	var doc replayed
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := errors.Join(d.Decode(&doc), onlyOne(d)); err != nil {
		t.Fatalf("standard output is not the document: %v\n%.300s", err, out)
	}
	maps.DeleteFunc(doc.Clocks, func(_ string, f figures) bool { return f == figures{} }) // kinds that nothing started
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

// wholeReplay is the variable that, set to anything, makes the test below play
// every real message (a minute or two on each database) instead of each eighth.
const wholeReplay = "HUIYIN_WHOLE_REPLAY"

func wholly() bool { return os.Getenv(wholeReplay) != "" }

func TestReplayOfRealMessages(t *testing.T) {
	t.Parallel()
	path, ok := realFile(t, "messages_replied.csv")
	if !ok {
		t.Log("there are no real messages here; messages made by this test are replayed in TestReplayIsWhatAPersonCounts")
		return
	}
	rows := readCSV(t, path)
	if !wholly() {
		rows, path = each(t, 8, rows)
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		doc, c := replayFile(t, dialect, path)
		if n := len(rows) - 1; doc.Messages != n || doc.Replayed != n || doc.Clocks["handling"].Open != 0 {
			t.Errorf("played %+v of %d", doc, n)
		}
		agree(t, doc, c, path)
	})
}

// each writes a file of the header and each n-th of the other rows.
func each(t *testing.T, n int, all [][]string) (rows [][]string, path string) {
	t.Helper()
	rows = all[:1:1]
	for i := 1; i < len(all); i += n {
		rows = append(rows, all[i])
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return rows, textFile(t, b.String())
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
	for _, want := range [][]string{{"办理", "8", "3", "4", "1"}, {"签批", "6", "6", "0", "0"}, {"三级（再上级督查）", "办理超期", "2", "2"}, {"逾期办结", "2", "2"}, {"签批走过场", "6", "6"}} {
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
