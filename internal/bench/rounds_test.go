package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

const (
	// Many short rounds: a machine that others use is as busy on one side of a
	// round as on the other.
	rounds     = 41                     // odd, for the median
	roundTakes = 400 * time.Millisecond // on each side
	warmUp     = 4                      // rounds before
)

// intake is how one worker takes cases in; n is another number each time.
type intake struct {
	once  func(ctx context.Context, n int64) error
	close func() error
}

// side is one of the ways to take cases in that are compared. start is called
// for each worker.
type side struct {
	name  string
	start func(context.Context) (intake, error)
	rates []float64 // intakes a second, by round
	costs []float64 // milliseconds of this process's processors for each, by round
}

// numbers makes sure that no two intakes of a process have the same.
var numbers atomic.Int64

// compare lets the sides work in turns, each round in another order. The first
// few rounds fill caches and count for nothing.
func compare(b *testing.B, sides []*side) {
	b.Helper()
	for round := range warmUp + rounds {
		for i := range sides {
			s := sides[(i+round)%len(sides)]
			rate, cost, err := s.run(b.Context(), roundTakes)
			if err != nil {
				b.Fatalf("%s: %v", s.name, err)
			}
			if round >= warmUp {
				s.rates, s.costs = append(s.rates, rate), append(s.costs, cost)
			}
		}
	}
}

// run lets the workers take cases in for a while, and gives how many they took
// in a second and what each cost this process.
func (s *side) run(ctx context.Context, takes time.Duration) (rate, cost float64, err error) {
	var (
		wait  sync.WaitGroup
		over  atomic.Bool
		count atomic.Int64
		errs  = make([]error, workers)
	)
	start, used := clock.System{}.Now(), processorTime()
	for w := range workers {
		wait.Go(func() {
			errs[w] = s.work(ctx, &over, &count)
			if errs[w] != nil {
				over.Store(true)
			}
		})
	}
	err = clock.Sleep(ctx, takes)
	over.Store(true)
	wait.Wait()
	seconds := clock.Since(clock.System{}, start).Seconds()
	used = processorTime() - used
	n := float64(count.Load())
	return n / seconds, used.Seconds() * 1000 / n, errors.Join(append(errs, err)...)
}

// processorTime is what this process has used so far, in user and kernel mode:
// unlike the rates, it hardly depends on what else the machine does.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (s *side) work(ctx context.Context, over *atomic.Bool, count *atomic.Int64) error {
	in, err := s.start(ctx)
	if err != nil {
		return err
	}
	for !over.Load() {
		if err := in.once(ctx, numbers.Add(1)); err != nil {
			return errors.Join(err, in.close())
		}
		count.Add(1)
	}
	return in.close()
}

// over gives the ratios to another side, round by round, in order of size: what
// slowed one of them slowed both.
func (s *side) over(floor *side) []float64 {
	ratios := make([]float64, len(s.rates))
	for i := range s.rates {
		ratios[i] = s.rates[i] / floor.rates[i]
	}
	slices.Sort(ratios)
	return ratios
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
