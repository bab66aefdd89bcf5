package bench

import (
	"cmp"
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
	rounds     = 7               // odd, for the median
	roundTakes = 2 * time.Second // on each side
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

// compare lets the sides work in turns, each round in another order. The first,
// shorter round fills caches and counts for nothing.
func compare(b *testing.B, sides []*side) {
	b.Helper()
	for round := range rounds + 1 {
		takes := roundTakes
		if round == 0 {
			takes /= 2
		}
		for i := range sides {
			s := sides[(i+round)%len(sides)]
			rate, cost, err := s.run(b.Context(), takes)
			if err != nil {
				b.Fatalf("%s: %v", s.name, err)
			}
			if round > 0 {
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

// over gives the ratio to another side, round by round: what slowed one of them
// slowed both.
func (s *side) over(floor *side) (middle, least, most float64) {
	ratios := make([]float64, len(s.rates))
	for i := range s.rates {
		ratios[i] = s.rates[i] / floor.rates[i]
	}
	return median(ratios), slices.Min(ratios), slices.Max(ratios)
}

func median[T cmp.Ordered](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
