package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// The status tells what waits for each rule and since when, and how many cases
// stand aside, as long as they do.
func TestStatusTellsWhatWaitsForEachRule(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.run()
		bad := w.register("clerk")
		w.clock.Advance(time.Second)
		w.register("clerk")
		w.expect("nothing is due but the ledger", map[string]int64{"sequence": 2}, 0)
		w.clock.Advance(8 * day)
		w.expect("two clocks are due", map[string]int64{"climb": 2, "sequence": 2}, 0)
		if lag := w.status().Rule("sequence").Lag; lag != 8*day+time.Second {
			t.Errorf("the first event has waited for %v", lag)
		}
		if lag, next := w.status().Rule("climb").Lag, w.read(bad).Clocks()[0].NextAt; lag != w.clock.Now().Sub(*next) {
			t.Errorf("the first clock is due since %v, and has waited for %v at %v", next, lag, w.clock.Now())
		}
		heal := storetest.Poison(t, w.url, "rungs", "case_id", bad.String())
		w.run()
		w.expect("one is set aside", nil, 1)
		w.clock.Advance(time.Minute)
		w.expect("and due again", map[string]int64{"climb": 1}, 1)
		w.run()
		heal()
		w.clock.Advance(2 * time.Minute)
		w.run()
		w.expect("and healed", nil, 0)
		if r := w.status().Rule("climb"); r.Runs != 4 || r.Done != 2 || r.SetAside != 2 || r.Errors != 0 {
			t.Errorf("in all: %+v", r)
		}
	})
}

func TestWhoLeavesWaitsForTheirRule(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.run()
		if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as("clerk").Actor.UserID); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		r := w.status().Rule("hand_on")
		if r.Backlog != 1 || r.Lag != time.Minute {
			t.Errorf("a minute after one appointment ended: %+v", r)
		}
		w.run()
		w.expect("handed on", nil, 0)
	})
}

func (w *works) status() engine.Status {
	w.Helper()
	st, err := w.engine.Status(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return st
}

// expect checks the backlog of every rule, nothing where none is named.
func (w *works) expect(when string, backlog map[string]int64, aside int) {
	w.Helper()
	st := w.status()
	for _, r := range st.Rules {
		if r.Backlog != backlog[r.Name] {
			w.Errorf("%s: %+v, want a backlog of %d", when, r, backlog[r.Name])
		}
	}
	if st.SetAside != aside {
		w.Errorf("%s: %d cases stand aside, want %d", when, st.SetAside, aside)
	}
}

// Neither a pass of the engine nor its status goes through what is idle.
func TestIdleCasesAreNotLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorks(t, migrations.SQLite) // PostgreSQL plans by how much there is: see the benchmark
	w.run()
	ctx, sent := store.CountStatements(t.Context())
	if _, err := w.engine.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.Status(ctx); err != nil {
		t.Fatal(err)
	}
	plans := storetest.Plans(t, w.url, sent.List())
	for statement, plan := range plans {
		for _, table := range []string{"cases", "clocks", "events"} {
			if strings.Contains(plan, "SCAN "+table) {
				t.Errorf("%s\ngoes through all %s: %s", statement, table, plan)
			}
		}
	}
	if len(plans) < 8 {
		t.Errorf("only %d statements have plans", len(plans))
	}
}
