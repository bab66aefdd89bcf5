package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

const (
	maxRetries   = 3
	firstBackoff = 10 * time.Millisecond
)

// retry runs attempt until it ends in anything but a transient failure, at most
// maxRetries times more, and tells the result as the package promises it.
func retry(ctx context.Context, attempt func() error) error {
	for n := 0; ; n++ {
		err := hide(attempt())
		if !errors.Is(err, ErrTransient) || errors.Is(err, ErrBusy) {
			return refusal(ctx, err)
		}
		if n == maxRetries && errors.Is(err, errStalePlan) {
			return err
		}
		if n == maxRetries {
			return fmt.Errorf("%w: after %d attempts: %w", ErrBusy, n+1, err)
		}
		if err := clock.Sleep(ctx, backoff(n)); err != nil {
			return err
		}
	}
}

// backoff doubles with every retry; the jitter keeps those who collided from
// colliding again.
func backoff(n int) time.Duration {
	return firstBackoff<<n + rand.N(firstBackoff<<n)
}
