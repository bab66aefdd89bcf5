package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

const sequenceBatch = 1000

// sequence gives committed events their place in the ledger.
var sequence = Rule{
	Name: "sequence",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		n, err := e.desk.Sequence(ctx, sequenceBatch)
		return Batch{Done: n, More: n == sequenceBatch}, err
	},
	Due: func(s *store.Snapshot, _ time.Time) (store.Pending, error) { return s.UnplacedEvents() },
}
