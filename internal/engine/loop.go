package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

// Loop calls run, then waits for every to pass or for a wake, until ctx ends. It
// returns when the last run has returned. Wakes that come while run works are
// answered with one more run.
func Loop(ctx context.Context, every time.Duration, wake <-chan struct{}, run func(context.Context)) {
	ticker := clock.NewTicker(every)
	defer ticker.Stop()
	for {
		run(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-wake:
		}
	}
}
