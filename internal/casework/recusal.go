package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// takenFrom is what is read of a case that may be taken from those who have it.
var takenFrom = store.Needs{SignOffs: true, Escalations: true, Objections: true, CoHandlers: true}

// DeclareInterest records that the actor has an interest in the case.
func (d *Desk) DeclareInterest(ctx context.Context, req Request, id grievance.CaseID, in grievance.Declaring) (Done, error) {
	return d.change(ctx, req, id, takenFrom, func(c *grievance.Case, m grievance.Moment) error {
		if err := c.DeclareInterest(m, in); err != nil {
			return err
		}
		return c.Strand(m)
	})
}

// DemandRecusal asks a leader to keep somebody from the case (申请回避).
func (d *Desk) DemandRecusal(ctx context.Context, req Request, id grievance.CaseID, in grievance.Demanding) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.DemandRecusal(m, in) })
}

// RefuseAccess records that the actor tried to open or to work on a case from which
// they are kept, and tells nobody: the case need not be one that the actor may see.
// The engine's own request brings the actor in by.
func (d *Desk) RefuseAccess(ctx context.Context, by grievance.Actor, id grievance.CaseID, what grievance.Attempt) error {
	return d.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{id}, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error {
		m.By = by
		return c.RefuseAccess(m, what)
	}, nil)
}
