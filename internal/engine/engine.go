// Package engine does what is due: it records the rungs of clocks, hands cases
// on, and gives events their place in the ledger.
//
// It guarantees that everything due is done, oldest first, however long nobody
// ran it; that any number of engines on one database do each thing once; and
// that one bad case never holds up the rest. There is no leader: every replica
// runs an engine and they share the work, divided by the rows they lock. Its
// cost follows what is due; idle cases cost nothing.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
)

// Rule is one thing that the engine does. Step does one batch; it is run until
// there is no more. Due tells what waits for the rule, and since when it has
// been due.
type Rule struct {
	Name string
	Step func(ctx context.Context, e *Engine) (Batch, error)
	Due  func(s *store.Snapshot, now time.Time) (store.Pending, error)
}

// Batch is what one step of a rule came to.
type Batch struct {
	Done     int
	More     bool // there may be more to do
	SetAside int  // cases put off because of an error
	Why      error
}

// rules is what the engine does; their order is the policy: people before
// clocks, so that a rung never reaches somebody who has left; new versions before
// the rungs, whose instants they may move; clocks before the ledger, so that what
// they record is placed in the same run; the audit after the ledger, which it
// follows; bulletins after both, for they count what stands in them.
var rules = []Rule{
	handOn,
	rebase,
	climb,
	sequence,
	audit,
	issue,
	forget,
}

// ruleLimit is how long one rule may work in one run; what is left is first in
// the next.
const ruleLimit = 5 * time.Minute

// Engine runs the rules. It is safe for concurrent use; runs of one Engine are
// one after another.
type Engine struct {
	desk  *casework.Desk
	store *store.Store
	clock clock.Clock
	log   *slog.Logger

	running sync.Mutex
	mu      sync.Mutex // of what follows
	last    Summary
	totals  map[string]Totals // by rule
}

// New makes an Engine.
func New(desk *casework.Desk, st *store.Store, ck clock.Clock, log *slog.Logger) *Engine {
	return &Engine{desk: desk, store: st, clock: ck, log: log, totals: map[string]Totals{}}
}

// Summary is what one run did.
type Summary struct {
	StartedAt  time.Time
	FinishedAt time.Time
	Rules      []RuleSummary
}

// RuleSummary is what one rule did in one run.
type RuleSummary struct {
	Name     string
	Done     int
	Took     time.Duration
	SetAside int // cases put off because of an error
	Error    string
	why      error // the last case was set aside for
}

// Idle reports whether the run found nothing to do.
func (s Summary) Idle() bool {
	for _, r := range s.Rules {
		if r.Done > 0 || r.Error != "" {
			return false
		}
	}
	return true
}

// RunOnce runs every rule once, until nothing is due, and tells what it did. An
// error of one rule does not keep the others from running; the first is returned.
func (e *Engine) RunOnce(ctx context.Context) (Summary, error) {
	e.running.Lock()
	defer e.running.Unlock()
	sum := Summary{StartedAt: e.clock.Now()}
	var first error
	for _, r := range rules {
		one, err := e.run(ctx, r)
		sum.Rules = append(sum.Rules, one)
		if err != nil && first == nil {
			first = fmt.Errorf("rule %s: %w", r.Name, err)
		}
	}
	sum.FinishedAt = e.clock.Now()
	e.keep(sum)
	return sum, first
}

// run runs one rule until it has nothing more to do. A panic ends the rule, not
// the engine.
func (e *Engine) run(ctx context.Context, r Rule) (sum RuleSummary, err error) {
	started := clock.System{}.Now()
	ctx, cancel := context.WithTimeout(ctx, ruleLimit)
	defer cancel()
	sum.Name = r.Name
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		sum.Took = clock.Since(clock.System{}, started)
		e.report(ctx, &sum, err)
	}()
	for more := true; more; {
		var b Batch
		b, err = r.Step(ctx, e)
		more = b.More
		sum.Done += b.Done
		sum.SetAside += b.SetAside
		if b.Why != nil {
			sum.why = b.Why
		}
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func (e *Engine) report(ctx context.Context, sum *RuleSummary, err error) {
	switch {
	case err != nil && context.Cause(ctx) == nil:
		sum.Error = err.Error()
		e.log.ErrorContext(ctx, "engine rule failed", "rule", sum.Name, "done", sum.Done, "error", err)
	case err != nil:
		sum.Error = err.Error()
		e.log.WarnContext(ctx, "engine rule interrupted", "rule", sum.Name, "done", sum.Done, "error", err)
	case sum.SetAside > 0:
		e.log.WarnContext(ctx, "engine set cases aside", "rule", sum.Name, "done", sum.Done, "set_aside", sum.SetAside, "error", sum.why)
	case sum.Done > 0:
		e.log.InfoContext(ctx, "engine rule", "rule", sum.Name, "done", sum.Done, "took", sum.Took)
	}
}
