package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
)

func TestTheLoopRunsOnTicksAndWakesUntilCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake := make(chan struct{}, 1)
		var runs atomic.Int32
		done := make(chan struct{})
		go func() {
			defer close(done)
			engine.Loop(ctx, time.Minute, wake, func(context.Context) { runs.Add(1) })
		}()
		expect := func(when string, want int32) {
			t.Helper()
			synctest.Wait()
			if got := runs.Load(); got != want {
				t.Errorf("%s: %d runs, want %d", when, got, want)
			}
		}
		expect("at the start", 1)
		wait(t, 59*time.Second)
		expect("before the first tick", 1)
		wait(t, 2*time.Second)
		expect("after the first tick", 2)
		wake <- struct{}{}
		expect("woken", 3)
		cancel()
		<-done
		expect("cancelled", 3)
	})
}

func TestALoopFinishesItsRunBeforeItReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		finished := false
		cancel()
		engine.Loop(ctx, time.Minute, nil, func(context.Context) {
			wait(t, time.Second)
			finished = true
		})
		if !finished {
			t.Error("the loop returned in the middle of a run")
		}
	})
}

func wait(t *testing.T, d time.Duration) {
	t.Helper()
	if err := clock.Sleep(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}
