package engine_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// outageClocks is how many clocks are due after the outage: HUIYIN_TEST_SCALE=full,
// which .ci/run says, asks for the number that the engine has to show.
func outageClocks() int {
	if os.Getenv("HUIYIN_TEST_SCALE") == "full" {
		return 20_000
	}
	return 3000
}

const outageKills = 3 // at least, while there is work left

// engines is how many processes share a database; SQLite has one writer anyway.
var engines = map[string]int{migrations.Postgres: 3, migrations.SQLite: 1}

// After a long outage thousands of clocks are due. The engines that catch up
// are sent SIGKILL at random, in the middle of their batches, and started anew,
// until nothing is left: every rung is recorded exactly once, those of each case
// in the order in which they were due.
func TestEnginesKilledAtRandomCatchUpOnceAndInOrder(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		p := newProcesses(t, dialect, engines[dialect], func(w *works) []grievance.CaseID {
			first := w.register("clerk")
			return append(storetest.CopyCase(t, w.url, first, outageClocks()-1), first)
		})
		p.advance(40 * day)
		kills := p.harass()
		p.settle()
		if kills < outageKills {
			t.Errorf("%d engines were killed while there was work left, want %d at least", kills, outageKills)
		}
		p.expectCaughtUp()
		t.Logf("%d clocks, %d processes, %d killed while there was work left", len(p.cases), len(p.running), kills)
	})
}

// harass kills one process after another until no clock is due, and tells how
// often it killed one while there was work left. It gives them more and more
// time, or a slow machine would never be done.
func (p *processes) harass() (kills int) {
	p.Helper()
	for p.backlog() > 0 {
		if err := clock.Sleep(p.Context(), time.Duration(50+rand.IntN(200+50*kills))*time.Millisecond); err != nil {
			p.Fatal(err)
		}
		i := rand.IntN(len(p.running))
		p.stop(i)
		if status, ok := p.running[i].ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			p.Fatalf("engine process %d ended by itself: %v\n%s", i, p.running[i].ProcessState, p.running[i].Stderr)
		}
		if p.backlog() > 0 {
			kills++
		}
		p.start(i)
	}
	return kills
}

func (p *processes) backlog() int64 {
	p.Helper()
	st, err := p.engine.Status(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return st.Rule("climb").Backlog
}

// expectCaughtUp reads the whole ledger.
func (p *processes) expectCaughtUp() {
	p.Helper()
	cases := make(map[grievance.CaseID]*record, len(p.cases))
	for _, id := range p.cases {
		cases[id] = &record{}
	}
	last := p.eachOfLedger(func(e grievance.Event) {
		r := cases[e.SubjectID]
		if e.SubjectKind != grievance.SubjectCase || r == nil {
			return
		}
		if e.Seq != int64(len(r.kinds)+1) || e.AboutAt.Before(r.about) {
			p.Errorf("event %d of case %s, about %v, stands behind event %d, about %v", e.Seq, e.SubjectID, e.AboutAt, len(r.kinds), r.about)
		}
		r.kinds, r.about = append(r.kinds, string(e.Kind)), e.AboutAt
	})
	for id, r := range cases {
		if got := strings.Join(r.kinds, " "); got != neglected {
			p.Errorf("case %s has the events %s", id, got)
		}
	}
	var events, rungs, escalations int64
	storetest.Scan(p.T, p.url, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM rungs), (SELECT count(*) FROM escalations)",
		&events, &rungs, &escalations)
	if n := int64(len(p.cases)); events != last || rungs != 5*n || escalations != 3*n {
		p.Errorf("%d cases have %d rungs and %d escalations; of %d events %d stand in the ledger", n, rungs, escalations, events, last)
	}
}

// record is what the ledger has of a case so far.
type record struct {
	kinds []string
	about time.Time
}

// eachOfLedger goes through the ledger, which must have no gaps, and gives its
// last place.
func (p *processes) eachOfLedger(do func(grievance.Event)) (last int64) {
	p.Helper()
	for {
		var events []grievance.Event
		err := p.store.Read(p.Context(), func(s *store.Snapshot) (err error) {
			events, err = s.Ledger(last, 10_000)
			return err
		})
		if err != nil {
			p.Fatal(err)
		}
		for _, e := range events {
			if last++; *e.LedgerPos != last {
				p.Fatalf("place %d of the ledger is followed by %d", last-1, *e.LedgerPos)
			}
			do(e)
		}
		if len(events) == 0 {
			return last
		}
	}
}
