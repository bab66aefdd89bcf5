package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/store"
)

// Status is how the engine stands: its last run in this process, and what waits
// in the database.
type Status struct {
	Last       Summary
	Rules      []RuleStatus // in the order in which they run
	SetAside   int          // cases that stand aside because of an error
	Unroutable int64        // unresolved escalations that no post up to the root can take
}

// RuleStatus is how one rule stands: what waits for it, how long the first of
// that has waited, and what the rule has done in this process.
type RuleStatus struct {
	Name    string
	Backlog int64
	Lag     time.Duration
	Totals
}

// Totals is what a rule came to in all runs of this process.
type Totals struct {
	Runs, Done, SetAside, Errors int64
	Took                         time.Duration
}

// Rule gives how a rule stands.
func (s Status) Rule(name string) RuleStatus {
	for _, r := range s.Rules {
		if r.Name == name {
			return r
		}
	}
	return RuleStatus{Name: name}
}

// keep remembers a run.
func (e *Engine) keep(sum Summary) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = sum
	for _, r := range sum.Rules {
		t := e.totals[r.Name]
		t.Runs++
		t.Done += int64(r.Done)
		t.SetAside += int64(r.SetAside)
		t.Took += r.Took
		if r.Error != "" {
			t.Errors++
		}
		e.totals[r.Name] = t
	}
}

// remembered is what this process knows by itself.
func (e *Engine) remembered() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	st := Status{Last: e.last}
	for _, r := range rules {
		st.Rules = append(st.Rules, RuleStatus{Name: r.Name, Totals: e.totals[r.Name]})
	}
	return st
}

// Status looks up how the engine stands, all of it at one instant. What that
// costs follows what waits, not how many cases there are. With an error it gives
// what this process knows by itself.
func (e *Engine) Status(ctx context.Context) (Status, error) {
	st := e.remembered()
	now := e.clock.Now()
	err := e.store.Read(ctx, func(s *store.Snapshot) (err error) {
		for i, r := range rules {
			w, err := r.Due(s, now)
			if err != nil {
				return err
			}
			st.Rules[i].Backlog, st.Rules[i].Lag = w.N, 0
			if w.N > 0 {
				st.Rules[i].Lag = max(0, now.Sub(w.Since))
			}
		}
		if st.SetAside, err = s.CasesAside(now.Add(casework.LongestDelay)); err != nil {
			return err
		}
		st.Unroutable, err = s.Unroutable()
		return err
	})
	return st, err
}
