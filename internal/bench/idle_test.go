package bench

import (
	"context"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

const (
	fewIdle  = 10_000
	manyIdle = 1_000_000
	passes   = 10 // a round on each side
	idleGoal = 1.2
)

// BenchmarkEngineIdle compares what the engine takes to find nothing due among
// a million idle open cases with what it takes among ten thousand.
func BenchmarkEngineIdle(b *testing.B) {
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		b.Run(dialect, func(b *testing.B) {
			sizes := []*idle{newIdle(b, dialect, fewIdle), newIdle(b, dialect, manyIdle)}
			for b.Loop() {
				for round := range warmUp + rounds {
					for i := range sizes {
						sizes[(i+round)%2].round(b, round >= warmUp)
					}
				}
			}
			tellIdle(b, dialect, sizes[0], sizes[1])
		})
	}
}

// idle is a database of open cases of which none is due. The sides are measured
// in passes a second.
type idle struct {
	*works
	pass, status side
}

func newIdle(b *testing.B, dialect string, n int) *idle {
	b.Helper()
	w := newWorks(b, dialect, engineStarts)
	first := w.register(b, engineStarts)
	w.run(b) // which gives its event a place in the ledger, and so the copies'
	started := clock.System{}.Now()
	storetest.CopyCase(b, w.url, first, n-1)
	w.exec(b, allAudited)
	w.analyse(b)
	b.Logf("%s: %d cases made in %v", dialect, n, clock.Since(clock.System{}, started).Round(time.Second))
	w.clock.Set(engineStarts.Add(24 * time.Hour))
	return &idle{works: w}
}

func (w *idle) round(b *testing.B, counts bool) {
	b.Helper()
	measure := func(s *side, do func(context.Context) error) {
		started, used := clock.System{}.Now(), processorTime()
		for range passes {
			if err := do(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if took := clock.Since(clock.System{}, started); counts {
			s.add(passes, took, processorTime()-used)
		}
	}
	measure(&w.pass, func(ctx context.Context) error {
		sum, err := w.engine.RunOnce(ctx)
		if err == nil && !sum.Idle() {
			b.Fatalf("something was due: %+v", sum)
		}
		return err
	})
	measure(&w.status, func(ctx context.Context) error {
		_, err := w.engine.Status(ctx)
		return err
	})
}

func tellIdle(b *testing.B, dialect string, few, many *idle) {
	b.Helper()
	var passRatio float64
	for _, m := range []struct {
		what      string
		few, many *side
	}{{"status and metrics", &few.status, &many.status}, {"empty pass", &few.pass, &many.pass}} {
		ratios := m.few.over(m.many) // rates: the time of many by that of few
		b.Logf("%s: %-18s %.2f ms among %d cases, %.2f ms among %d   ratio %.2f (half of the rounds: %.2f to %.2f)",
			dialect, m.what, 1000/median(m.few.rates), fewIdle, 1000/median(m.many.rates), manyIdle,
			median(ratios), ratios[len(ratios)/4], ratios[len(ratios)*3/4])
		passRatio = median(ratios)
	}
	b.Logf("goal: empty pass ≤ %.1f: %s", idleGoal, map[bool]string{true: "met", false: "missed"}[passRatio <= idleGoal])
	b.ReportMetric(passRatio, "ratio")
	b.ReportMetric(0, "ns/op")
}
