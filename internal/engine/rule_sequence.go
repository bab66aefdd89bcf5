package engine

import "context"

const sequenceBatch = 1000

// sequence gives committed events their place in the ledger.
var sequence = Rule{Name: "sequence", Step: func(ctx context.Context, e *Engine) (Batch, error) {
	n, err := e.desk.Sequence(ctx, sequenceBatch)
	return Batch{Done: n, More: n == sequenceBatch}, err
}}
