package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/store"
)

const forgetBatch = 500

// forget drops kept answers whose time is over.
var forget = Rule{
	Name: "forget_answers",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		n, err := e.desk.ForgetAnswers(ctx, forgetBatch)
		return Batch{Done: n, More: n == forgetBatch}, err
	},
	Due: func(s *store.Snapshot, now time.Time) (store.Pending, error) {
		old, err := s.OldAnswers(now.Add(-casework.AnswersKeptFor))
		if old.N > 0 {
			old.Since = old.Since.Add(casework.AnswersKeptFor)
		}
		return old, err
	},
}
