package bench

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/migrations"
)

const (
	cohort = 1000 // due clocks that each side handles in a round
	pairs  = 8    // of cohorts, each of which climbs its ladder
	// Two hundred, as the engine takes them, is slower for the floor.
	floorBatch = 2 * cohort
	climbGoal  = 0.3
)

// The engine's cohorts start on one day, the floor's on another, later than the
// last rung of the engine's: neither side sees what is due on the other.
var (
	engineStarts = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	floorStarts  = time.Date(2026, 5, 11, 2, 0, 0, 0, time.UTC)
)

// BenchmarkEngine lets the engine handle what is due, and a floor of set-based
// statements that leaves the same rows.
func BenchmarkEngine(b *testing.B) {
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		b.Run(dialect, func(b *testing.B) {
			w := newWorks(b, dialect, engineStarts)
			c := w.newContest(b, floorBatch)
			for b.Loop() {
				for range pairs {
					c.pair(b, cohort)
				}
			}
			c.tell(b)
		})
	}
}

// contest is the engine and the floor on one database, in turns.
type contest struct {
	*works
	floor  *climbFloor
	steps  []time.Time // at which the engine's cohorts are due
	rounds int
	// climb is the rule alone, placed with the ledger that follows it, as the floor
	// does it, and whole the run with everything around it, the audit included.
	climb, placed, whole [2]*side
}

func (w *works) newContest(b testing.TB, limit int) *contest {
	b.Helper()
	scout := w.fly(b, engineStarts, time.Time{})
	last := scout.steps[len(scout.steps)-1].at
	p := w.fly(b, floorStarts, last)
	if !p.steps[0].at.After(last) {
		b.Fatalf("the floor's cohorts are due at %v, the engine's until %v", p.steps[0].at, last)
	}
	c := &contest{works: w, floor: w.newClimbFloor(b, p, limit)}
	for _, s := range scout.steps {
		c.steps = append(c.steps, s.at)
	}
	for i, name := range []string{"floor", "engine"} {
		c.climb[i], c.placed[i], c.whole[i] = &side{name: name}, &side{name: name}, &side{name: name}
	}
	return c
}

// pair lets two cohorts of n climb their ladders, rung by rung in turns.
func (c *contest) pair(b testing.TB, n int) {
	b.Helper()
	c.cohort(b, engineStarts, n)
	c.cohort(b, floorStarts, n)
	c.analyse(b)
	sides := []func(testing.TB, int, int){c.floorStep, c.engineStep}
	for i := range c.steps {
		for turn := range sides {
			sides[(c.rounds+turn)%2](b, i, n)
		}
		c.rounds++
	}
}

func (c *contest) engineStep(b testing.TB, i, n int) {
	b.Helper()
	c.clock.Set(c.steps[i])
	started, used := clock.System{}.Now(), processorTime()
	sum := c.run(b)
	whole := clock.Since(clock.System{}, started)
	used = processorTime() - used
	var climbed, placed time.Duration
	for _, r := range sum.Rules {
		switch {
		case r.Name == "climb" && r.Done != n:
			b.Fatalf("the engine recorded %d rungs of %d", r.Done, n)
		case r.Name == "climb":
			climbed = r.Took
		case r.Name == "sequence":
			placed = r.Took
		}
	}
	c.climb[1].add(n, climbed, used)
	c.placed[1].add(n, climbed+placed, used)
	c.whole[1].add(n, whole, used)
}

func (c *contest) floorStep(b testing.TB, i, n int) {
	b.Helper()
	s := c.floor.pilot.steps[i]
	started, used := clock.System{}.Now(), processorTime()
	done, err := c.floor.climb(b.Context(), s)
	if err != nil || done != int64(n) {
		b.Fatalf("the floor handled %d clocks of %d (%v)", done, n, err)
	}
	climbed := clock.Since(clock.System{}, started)
	if err := c.floor.sequence(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	used = processorTime() - used
	c.climb[0].add(n, climbed, used)
	c.placed[0].add(n, clock.Since(clock.System{}, started), used)
	c.whole[0].add(n, clock.Since(clock.System{}, started), used)
}

// add notes one round.
func (s *side) add(n int, took, used time.Duration) {
	s.rates = append(s.rates, float64(n)/took.Seconds())
	s.costs = append(s.costs, used.Seconds()*1000/float64(n))
}

func (c *contest) tell(b *testing.B) {
	b.Helper()
	b.Logf("%s: %d due clocks a round, %d processors, %d rounds, the floor in transactions of %d; %s",
		c.store.Dialect(), cohort, runtime.GOMAXPROCS(0), c.rounds, c.floor.limit, remarks[c.store.Dialect()])
	for _, m := range []struct {
		what  string
		sides [2]*side
	}{{"climb alone", c.climb}, {"with ledger", c.placed}, {"whole run", c.whole}} {
		ratios := m.sides[1].over(m.sides[0])
		b.Logf("%-11s floor %6.0f, engine %6.0f clocks/s   ratio %.2f (half of the rounds: %.2f to %.2f)   %s",
			m.what, median(m.sides[0].rates), median(m.sides[1].rates), median(ratios),
			ratios[len(ratios)/4], ratios[len(ratios)*3/4], c.byRung(m.sides))
	}
	b.Logf("%.3f ms of processors a clock in this process, the floor %.3f", median(c.whole[1].costs), median(c.whole[0].costs))
	ratio := median(c.climb[1].over(c.climb[0]))
	b.Logf("goal: engine / floor ≥ %.1f: %s", climbGoal, map[bool]string{true: "met", false: "missed"}[ratio >= climbGoal])
	b.ReportMetric(median(c.climb[1].rates), "clocks/s")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(0, "ns/op")
}

// byRung gives the ratio at each rung of the ladder.
func (c *contest) byRung(sides [2]*side) string {
	text := "by rung:"
	for i := range c.steps {
		var ratios []float64
		for r := i; r < c.rounds; r += len(c.steps) {
			ratios = append(ratios, sides[1].rates[r]/sides[0].rates[r])
		}
		text += fmt.Sprintf(" %.2f", median(ratios))
	}
	return text
}
