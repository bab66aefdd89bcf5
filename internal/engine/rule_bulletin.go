package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// issue issues the bulletins of the months, quarters and years that are over, one
// period at a time, the first due first.
var issue = Rule{
	Name: "issue_bulletins",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		done, err := e.desk.IssueBulletins(ctx)
		return Batch{Done: done.Issued, More: done.More && err == nil}, err
	},
	Due: func(s *store.Snapshot, now time.Time) (store.Pending, error) { return s.DueBulletins(now) },
}
