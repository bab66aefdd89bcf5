package engine

import "context"

// climb records the rungs that clocks have passed: reminders, warnings, breaches
// and escalations, of assigned and unassigned cases alike.
var climb = Rule{Name: "climb", Step: func(ctx context.Context, e *Engine) (int, bool, error) {
	done, err := e.desk.AdvanceDue(ctx, e.store.Batch())
	asideOf(ctx, done.SetAside)
	return done.Rungs, done.Cases > 0, err
}}
