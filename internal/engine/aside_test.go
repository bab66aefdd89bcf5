package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// faults are ways in which one case can be broken, and how each is healed.
var faults = []struct {
	name, says string
	breakIt    func(w *works, id grievance.CaseID) (heal func())
}{
	{"the database refuses to save it", "poisoned", func(w *works, id grievance.CaseID) func() {
		return storetest.Poison(w.T, w.url, "rungs", "case_id", id.String())
	}},
	{"deciding on it panics", "panic: ", func(w *works, id grievance.CaseID) func() {
		return w.alter(id, "rung", "-1", "0")
	}},
	{"it cannot be read", "reading clocks", func(w *works, id grievance.CaseID) func() {
		return w.alter(id, "length", "'nonsense'", "'15d'")
	}},
	{"there is nothing to do though it is due", "due still", func(w *works, id grievance.CaseID) func() {
		return w.alter(id, "state", "'met'", "'running'")
	}},
}

// alter writes another value into a column of a case's clocks.
func (w *works) alter(id grievance.CaseID, column, value, was string) (back func()) {
	w.Helper()
	set := func(value string) {
		storetest.Exec(w.T, w.url, fmt.Sprintf("UPDATE clocks SET %s = %s WHERE case_id = '%s'", column, value, id))
	}
	set(value)
	return func() { set(was) }
}

// Whatever is wrong with a case, it is set aside with its error, tried again at
// growing intervals, and never holds up the rest, not even as the oldest.
func TestABrokenCaseIsSetAsideWhateverIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			storetest.Dialects(t, func(t *testing.T, dialect string) {
				w := newWorks(t, dialect)
				bad := w.register("clerk")
				w.clock.Advance(time.Second)
				good := w.register("clerk")
				heal := fault.breakIt(w, bad)
				w.clock.Advance(8 * day)
				for attempt, delay := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
					if sum := w.run(); aside(sum) != 1 {
						t.Fatalf("attempt %d set aside: %+v", attempt+1, sum.Rules)
					}
					if got := w.kinds(good); got != "registered reminded" {
						t.Errorf("the good case has %s", got)
					}
					w.clock.Advance(delay - time.Second)
					if sum := w.run(); aside(sum) != 0 {
						t.Errorf("after attempt %d it is tried again too soon", attempt+1)
					}
					w.clock.Advance(time.Second)
				}
				if !strings.Contains(w.log.String(), fault.says) {
					t.Errorf("the log does not say %q: %s", fault.says, w.log)
				}
				w.clock.Advance(time.Hour)
				heal()
				w.run()
				if got := w.kinds(bad); got != "registered reminded" {
					t.Errorf("healed, the bad case has %s", got)
				}
				if k := w.read(bad).Clocks()[0]; k.Attempts != 0 || k.Error != "" {
					t.Errorf("healed, its clock has %d attempts and the error %q", k.Attempts, k.Error)
				}
			})
		})
	}
}
