package engine

import "context"

const forgetBatch = 500

// forget drops kept answers whose time is over.
var forget = Rule{Name: "forget_answers", Step: func(ctx context.Context, e *Engine) (Batch, error) {
	n, err := e.desk.ForgetAnswers(ctx, forgetBatch)
	return Batch{Done: n, More: n == forgetBatch}, err
}}
