package intake

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// Rhythm says when the engine of a replay runs. Whatever it is, everything is
// judged about the same instants; only when that is recorded differs.
type Rhythm string

// The rhythms: at each instant at which something is due; at every full hour or
// at midnight (UTC), whether anything is due or not; not once while anything
// happens. After each but the first the engine is silent for ten years from the
// last act, or from when nothing was due any more, and then runs once.
const (
	WhenDue Rhythm = "due"
	Hourly  Rhythm = "hourly"
	Daily   Rhythm = "daily"
	Never   Rhythm = "never"
)

var periods = map[Rhythm]time.Duration{Hourly: time.Hour, Daily: 24 * time.Hour}

// silence is for how many years the engine does not run after the last act.
const silence = 10

// end is the instant at which the clock of a replay stops.
func (r Rhythm) end(last time.Time) time.Time {
	if r == WhenDue || last.IsZero() {
		return last
	}
	return last.AddDate(silence, 0, 0)
}

// passTo lets time pass until an instant, and the engine run in its rhythm.
func (st *stage) passTo(ctx context.Context, to time.Time) error {
	var err error
	switch {
	case st.rhythm == WhenDue:
		err = st.runWhenDue(ctx, to)
	case periods[st.rhythm] > 0:
		err = st.runEvery(ctx, periods[st.rhythm], to, func() (bool, error) { return false, nil })
	}
	if err == nil {
		st.clock.Set(to)
	}
	return err
}

// fallSilent lets the engine end what time alone brings, and rest from then on
// until it runs once more at the end of the replay.
func (st *stage) fallSilent(ctx context.Context, end time.Time) error {
	if every := periods[st.rhythm]; every > 0 {
		err := st.runEvery(ctx, every, end, func() (bool, error) {
			next, err := st.nextDue(ctx, end)
			return next == nil, err
		})
		if err != nil {
			return err
		}
	}
	st.clock.Set(end)
	return st.runEngine(ctx)
}

// runEvery runs the engine at each multiple of a period up to an instant, until
// enough.
func (st *stage) runEvery(ctx context.Context, every time.Duration, to time.Time, enough func() (bool, error)) error {
	for at := st.clock.Now().Truncate(every).Add(every); !at.After(to); at = at.Add(every) {
		if stop, err := enough(); stop || err != nil {
			return err
		}
		st.clock.Set(at)
		if err := st.runEngine(ctx); err != nil {
			return err
		}
	}
	return nil
}

// runWhenDue runs the engine at each instant up to one at which a clock needs
// something.
func (st *stage) runWhenDue(ctx context.Context, to time.Time) error {
	for {
		next, err := st.nextDue(ctx, to)
		if next == nil || err != nil {
			return err
		}
		if next.After(st.clock.Now()) {
			st.clock.Set(*next)
		}
		if err := st.runEngine(ctx); err != nil {
			return err
		}
	}
}

// nextDue is the first instant up to one at which a clock needs something, nil
// where none does.
func (st *stage) nextDue(ctx context.Context, to time.Time) (next *time.Time, err error) {
	err = st.store.Read(ctx, func(s *store.Snapshot) error {
		due, err := s.DueClocks(to)
		if due.N > 0 {
			next = &due.Since
		}
		return err
	})
	return next, err
}
