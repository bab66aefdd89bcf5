package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// climb records the rungs that clocks have passed: reminders, warnings, breaches
// and escalations, of assigned and unassigned cases alike.
var climb = Rule{
	Name: "climb",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		done, err := e.desk.AdvanceDue(ctx, e.store.Batch())
		return Batch{Done: done.Rungs, More: done.Cases > 0, SetAside: done.SetAside, Why: done.LastErr}, err
	},
	Due: func(s *store.Snapshot, now time.Time) (store.Pending, error) { return s.DueClocks(now) },
}
