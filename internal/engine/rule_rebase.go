package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// rebase lets running clocks follow newer versions of the calendar, and of a
// profile where somebody ordered it. It asks one small question where there are
// none.
var rebase = Rule{
	Name: "rebase",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		done, err := e.desk.Rebase(ctx, e.store.Batch())
		return Batch{Done: done.Cases, SetAside: done.SetAside, Why: done.LastErr}, err
	},
	Due: func(s *store.Snapshot, _ time.Time) (store.Pending, error) { return s.VersionsToFollow() },
}
