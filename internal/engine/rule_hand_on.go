package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

const handOnBatch = 100

// handOn passes the open cases of ended appointments and disabled users to who
// is on duty, so that no case is ever ownerless.
var handOn = Rule{
	Name: "hand_on",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		n, err := e.desk.HandOnDue(ctx, handOnBatch)
		return Batch{Done: n, More: n > 0}, err
	},
	Due: func(s *store.Snapshot, now time.Time) (store.Pending, error) { return s.LeaversToHandOn(now) },
}
