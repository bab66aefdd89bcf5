package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/api/apitest/retrace"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// What the audit finds in a replay of the demo city's grievances is what somebody
// finds who has the exported events alone, and, of what is late and what was
// signed, who has the file alone.
func TestFindingsOfAReplayAreFoundAgain(t *testing.T) {
	t.Parallel()
	path := sampleMessages(t)
	storetest.Dialects(t, func(t *testing.T, dialect string) { findAgain(t, dialect, path) })
}

// The same of the real messages: of each eighth, or of all with HUIYIN_WHOLE_REPLAY.
func TestFindingsOfRealMessagesAreFoundAgain(t *testing.T) {
	t.Parallel()
	path, ok := realFile(t, "messages_replied.csv")
	if !ok {
		t.Log("there are no real messages here; the demo city's are replayed in TestFindingsOfAReplayAreFoundAgain")
		return
	}
	if !wholly() {
		_, path = each(t, 8, readCSV(t, path))
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) { findAgain(t, dialect, path) })
}

// findAgain replays a file under the profiles whose handling has different lengths.
func findAgain(t *testing.T, dialect, path string) {
	t.Helper()
	for profile, days := range map[string]int{"petition": 60, "township": 7} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			doc, c := replayFile(t, dialect, path, "--profile", profile)
			export := exportOf(t, c)
			again := retraced(t, export, doc.Until, samePetitioner(t, path))
			if !slices.Equal(again, export.Recorded) {
				t.Errorf("found again are %d, recorded %d; the first that differs: %s", len(again), len(export.Recorded), firstUnlike(again, export.Recorded))
			}
			counts := retrace.Count(again)
			for _, r := range doc.Findings.ByRule {
				if want := counts[r.Rule]; r.Findings != want[0] || r.Cases != want[1] {
					t.Errorf("%s is told of %d times in %d cases, found again %d in %d", r.Rule, r.Findings, r.Cases, want[0], want[1])
				}
			}
			file := countCSV(t, path, days)
			want := map[string][2]int{"overdue_closure": {file.levels[3], file.levels[3]}, "rubber_stamp": {file.answered, file.answered}}
			if len(counts) != 2 || counts["overdue_closure"] != want["overdue_closure"] || counts["rubber_stamp"] != want["rubber_stamp"] {
				t.Errorf("the file says %v, the events %v", want, counts)
			}
			if total := len(again); doc.Findings.Total != total || len(doc.Findings.ByRule) != 13 || file.levels[3] == 0 {
				t.Errorf("told of are %d findings of %d rules, found again %d", doc.Findings.Total, len(doc.Findings.ByRule), total)
			}
		})
	}
}

func exportOf(t *testing.T, c cli) *retrace.Export {
	t.Helper()
	out, _, err := c.run("export", "events")
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	x, err := retrace.Read(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func retraced(t *testing.T, x *retrace.Export, until time.Time, same func(a, b retrace.Case) bool) []retrace.Finding {
	t.Helper()
	list, err := x.Findings(retrace.Inspection{Works: readDays(t).worked, Until: until, Same: same})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// samePetitioner tells by the file, in which users have pseudonyms, whose case is
// whose: by the instant of its receipt.
func samePetitioner(t *testing.T, path string) func(a, b retrace.Case) bool {
	t.Helper()
	users := map[string][]string{}
	for _, row := range readCSV(t, path)[1:] {
		if at, err := digits(row[3]); err == nil {
			users[at.UTC().String()] = append(users[at.UTC().String()], row[1])
		}
	}
	return func(a, b retrace.Case) bool {
		others := users[b.ReceivedAt.UTC().String()]
		return slices.ContainsFunc(users[a.ReceivedAt.UTC().String()], func(u string) bool { return slices.Contains(others, u) })
	}
}

func firstUnlike(a, b []retrace.Finding) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%v\n%v", a[i], b[i])
		}
	}
	return "the length"
}
