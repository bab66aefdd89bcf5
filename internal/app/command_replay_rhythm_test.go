package app_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/samples"
)

// The demo city's grievances, replayed with an engine that runs every hour,
// every day, or once after ten years, come to the same figures and leave the same
// events, but for when those were recorded.
func TestFiguresDoNotDependOnTheEnginesRhythm(t *testing.T) {
	t.Parallel()
	path := sampleMessages(t)
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		rhythm := map[string]string{"sqlite": "hourly", "postgres": "daily"}[dialect]
		longest := map[string]int64{"hourly": 3600, "daily": 86400}[rhythm]
		never, all := replayRhythm(t, "sqlite", path, "never")
		got, events := replayRhythm(t, dialect, path, rhythm)
		sameFigures(t, never, got)
		if !slices.Equal(all, events) {
			t.Errorf("%d events are told by an engine that never runs and %d by one that runs %s; the first that differs: %s",
				len(all), len(events), rhythm, firstDifference(all, events))
		}
		if was, is := never.Recorded, got.Recorded; was.Runs != 1 || is.Runs < 100 || is.LongestLag >= longest || was.LongestLag < 9*365*86400 {
			t.Errorf("recorded %+v and %+v", was, is)
		}
		if handling := got.Clocks["handling"]; handling.OnTime == 0 || handling.Breached == 0 || handling.Open > 0 || len(got.levels()) != 3 {
			t.Errorf("the sample is no test: %+v, levels %v", handling, got.levels())
		}
	})
}

// A part of the real messages, or all of them with HUIYIN_WHOLE_REPLAY (some
// minutes).
func TestFiguresOfRealMessagesDoNotDependOnTheEnginesRhythm(t *testing.T) {
	t.Parallel()
	path, ok := realFile(t, "messages_replied.csv")
	if !ok {
		t.Log("there are no real messages here; the demo city's are replayed in TestFiguresDoNotDependOnTheEnginesRhythm")
		return
	}
	if !wholly() {
		_, path = each(t, 40, readCSV(t, path))
	}
	never, all := replayRhythm(t, "sqlite", path, "never")
	daily, events := replayRhythm(t, "sqlite", path, "daily")
	sameFigures(t, never, daily)
	if !slices.Equal(all, events) {
		t.Errorf("the events differ, first in %s", firstDifference(all, events))
	}
}

// replayRhythm replays in one rhythm and gives the document and the events.
func replayRhythm(t *testing.T, dialect, path, rhythm string) (replayed, []string) {
	t.Helper()
	doc, c := replayFile(t, dialect, path, "--engine", rhythm)
	if doc.Recorded.Engine != rhythm {
		t.Errorf("the engine ran %s instead of %s", doc.Recorded.Engine, rhythm)
	}
	fold := recount(t, c, doc.Until)
	if !maps.Equal(fold.clocks, doc.Clocks) || !maps.Equal(fold.levels, doc.levels()) || fold.breaches != doc.Clocks["handling"].Breached {
		t.Errorf("%s: the events say %+v, the report %+v and %v", rhythm, fold, doc.Clocks, doc.levels())
	}
	export := exportOf(t, c)
	if again := retraced(t, export, doc.Until, samePetitioner(t, path)); len(again) == 0 || !slices.Equal(again, export.Recorded) {
		t.Errorf("%s: found again are %d, recorded %d; the first that differs: %s", rhythm, len(again), len(export.Recorded), firstUnlike(again, export.Recorded))
	}
	return doc, exportedFacts(t, c)
}

func sameFigures(t *testing.T, a, b replayed) {
	t.Helper()
	a.Recorded, b.Recorded = recorded{}, recorded{}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the figures differ:\n%+v\n%+v", a, b)
	}
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\n" + b[i]
		}
	}
	return "the length"
}

var (
	identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	digested   = regexp.MustCompile(`"(digest|seen_hash)":"[^"]*"`)
	written    = regexp.MustCompile(`"(ledger_pos|seq|seen_seq)":\d+,|"recorded_at":"[^"]*",`)
)

// exportedFacts gives the exported events of cases without the instants at which
// they were recorded, their places, digests and identifiers, in order of their
// text; units and users by their names, cases by their receipts.
func exportedFacts(t *testing.T, c cli) (facts []string) {
	t.Helper()
	out, _, err := c.run("export", "events")
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	names := map[string]string{}
	for line := range strings.Lines(out) {
		var e struct {
			Subject string
			Body    struct{ Code, Username, Receipt string }
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if name := e.Body.Code + e.Body.Username + e.Body.Receipt; name != "" {
			names[e.Subject] = name
		}
	}
	named := func(id string) string {
		if name, ok := names[id]; ok {
			return name
		}
		return "?"
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, `"subject_kind":"case"`) {
			line = written.ReplaceAllString(digested.ReplaceAllString(line, ""), "")
			facts = append(facts, identifier.ReplaceAllStringFunc(line, named))
		}
	}
	slices.Sort(facts)
	return facts
}

// sampleMessages writes the demo city's grievances as a file of messages, with
// replies from some hours to three months later, and every seventh without.
func sampleMessages(t *testing.T) (path string) {
	t.Helper()
	city, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{messageHeader}
	for i, m := range city.Messages {
		received := beijingTime(2019, 4, 20, 10).Add(-time.Duration(m.ReceivedHoursAgo) * time.Hour)
		row := []string{fmt.Sprint(i + 1), m.ID, m.Title, received.Format(time.DateTime), m.Body, "", ""}
		if i%7 > 0 {
			row[5], row[6] = "已办结，详见附件。", received.Add(time.Duration(3+i*i*53%2200)*time.Hour).Format(time.DateTime)
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return textFile(t, b.String())
}
