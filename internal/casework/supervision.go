package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The operations of those who watch over cases; what is promised of every
// operation stands in operations.go.

// NameSponsor puts a case into the personal charge of a leader (领导包案).
func (d *Desk) NameSponsor(ctx context.Context, req Request, id grievance.CaseID, in grievance.Sponsoring) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.NameSponsor(m, in) })
}

// ReleaseSponsor ends the personal charge of a leader.
func (d *Desk) ReleaseSponsor(ctx context.Context, req Request, id grievance.CaseID, in grievance.Releasing) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.ReleaseSponsor(m, in) })
}

// DoDuty records that the sponsor has done the case's duty n.
func (d *Desk) DoDuty(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.DutyDoing) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.DoDuty(m, n, in) })
}

// Remind reminds whoever must act (催办).
func (d *Desk) Remind(ctx context.Context, req Request, id grievance.CaseID, in grievance.Reminding) (Done, error) {
	needs := store.Needs{SignOffs: true, Reminders: true}
	return d.change(ctx, req, id, needs, func(c *grievance.Case, m grievance.Moment) error { return c.Remind(m, in) })
}

// Order orders a unit to answer in writing (督办).
func (d *Desk) Order(ctx context.Context, req Request, id grievance.CaseID, in grievance.Ordering) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Orders: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Order(m, in) })
}

// Recommend recommends something to a unit (Art. 40).
func (d *Desk) Recommend(ctx context.Context, req Request, id grievance.CaseID, in grievance.Recommending) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Orders: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Recommend(m, in) })
}

// Reply answers the case's order n.
func (d *Desk) Reply(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Replying) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Orders: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Reply(m, n, in) })
}

// AcceptReply is satisfied with the answer to the case's order n.
func (d *Desk) AcceptReply(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Accepting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Orders: true}, func(c *grievance.Case, m grievance.Moment) error { return c.AcceptReply(m, n, in) })
}

// ReturnReply gives the answer to the case's order n back.
func (d *Desk) ReturnReply(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Rejecting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Orders: true}, func(c *grievance.Case, m grievance.Moment) error { return c.ReturnReply(m, n, in) })
}

// List puts a case on the list of a superior unit (挂牌).
func (d *Desk) List(ctx context.Context, req Request, id grievance.CaseID, in grievance.Listing) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.List(m, in) })
}

// Lift takes a case off the list.
func (d *Desk) Lift(ctx context.Context, req Request, id grievance.CaseID, in grievance.Lifting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Lift(m, in) })
}

// ReportMisconduct records a report of a leak or of retaliation (Art. 46).
func (d *Desk) ReportMisconduct(ctx context.Context, req Request, id grievance.CaseID, in grievance.Misconduct) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.ReportMisconduct(m, in) })
}

// Name records whom a grievance is about. What nobody but that person could take
// has nobody who can.
func (d *Desk) Name(ctx context.Context, req Request, id grievance.CaseID, in grievance.Naming) (Done, error) {
	return d.change(ctx, req, id, takenFrom, func(c *grievance.Case, m grievance.Moment) error {
		if err := c.Name(m, in); err != nil {
			return err
		}
		return c.Strand(m.For(c))
	})
}

// Amend changes the opinion that is before a leader as the case's sign-off n.
func (d *Desk) Amend(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Submission) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Amend(m, n, in) })
}

// TakeDown asks for approval that a post leaves the echo wall.
func (d *Desk) TakeDown(ctx context.Context, req Request, id grievance.CaseID, in grievance.TakingDown) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.TakeDown(m, in) })
}
