// Package clock is the only place in Huiyin that asks what time it is or waits
// for time to pass.
//
// It guarantees that every instant it hands out is in UTC and in whole
// microseconds, which both databases keep exactly: an instant that was stored
// and read again equals itself. Legal time (deadlines, tokens, records) is
// asked of a Clock, which tests replace by Fake or FileFake; the pauses of
// loops use After, NewTicker and Sleep, which follow the machine's time and
// therefore the bubble of testing/synctest.
package clock

import (
	"context"
	"time"
)

// Clock tells the present instant, in UTC and whole microseconds.
type Clock interface {
	Now() time.Time
}

// System is the clock of the machine.
type System struct{}

// Now returns the machine's time, in UTC and whole microseconds. It carries no
// monotonic reading, so it compares with == to what a database gives back.
func (System) Now() time.Time { return Normal(time.Now()) }

// Normal returns t as a Clock would give it: in UTC, cut down to the microsecond.
func Normal(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Since returns the time that has passed on c since start. It is negative when
// the clock was set back in between.
func Since(c Clock, start time.Time) time.Duration { return c.Now().Sub(start) }

// After delivers one value after d of machine time.
func After(d time.Duration) <-chan time.Time { return time.After(d) }

// Ticker delivers a value on C every period of machine time until it is
// stopped; values that nobody takes are dropped.
type Ticker struct {
	C <-chan time.Time
	t *time.Ticker
}

// NewTicker starts a ticker. The period must be positive.
func NewTicker(period time.Duration) *Ticker {
	t := time.NewTicker(period)
	return &Ticker{C: t.C, t: t}
}

// Stop ends the ticker; C is not closed.
func (t *Ticker) Stop() { t.t.Stop() }

// Reset gives the ticker another period, counted from now.
func (t *Ticker) Reset(period time.Duration) { t.t.Reset(period) }

// Sleep waits for d of machine time, or until ctx is done, whose error it then
// returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
