package auth

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

// However many log in, only as many passwords as there are slots are checked at
// once; the others wait, and give up after five seconds.
func TestPasswordsAreCheckedOnlyInASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Service{slots: make(chan struct{}, 1)}
		s.slots <- struct{}{}
		start := clock.System{}.Now()
		if _, err := s.checkPassword(t.Context(), "password", nobodysHash); !errors.Is(err, ErrBusy) {
			t.Errorf("without a slot: %v", err)
		}
		if waited := clock.Since(clock.System{}, start); waited != slotPatience {
			t.Errorf("waited %v", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.checkPassword(ctx, "password", nobodysHash); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a client that went away: %v", err)
		}
		<-s.slots
		for range 2 {
			if _, err := s.checkPassword(t.Context(), "password", nobodysHash); err != nil {
				t.Errorf("with a slot: %v", err)
			}
		}
	})
}

func TestWaitGrowsToAMinute(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int64]time.Duration{
		0: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 10: 32 * time.Second, 11: time.Minute, 1 << 40: time.Minute,
	} {
		if got := wait(failures); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}
