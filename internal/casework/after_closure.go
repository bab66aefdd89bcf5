package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FollowUp records a call on the petitioner after closure (回访).
func (d *Desk) FollowUp(ctx context.Context, req Request, id grievance.CaseID, in grievance.FollowingUp) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true, Notices: true}, func(c *grievance.Case, m grievance.Moment) error { return c.RecordFollowUp(m, in) })
}

// RequestReview asks the organ above for a review (复查) or a re-review (复核).
func (d *Desk) RequestReview(ctx context.Context, req Request, id grievance.CaseID, in grievance.ReviewRequest) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Notices: true}, func(c *grievance.Case, m grievance.Moment) error { return c.RequestReview(m, in) })
}

// SubmitReview puts the opinion of the case's review n before a leader.
func (d *Desk) SubmitReview(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.ReviewOpinion) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.SubmitReview(m, n, in) })
}

// OrderHearing orders a hearing (听证) on the case's review n.
func (d *Desk) OrderHearing(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.HearingOrder) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.OrderHearing(m, n, in) })
}

// RecordHearing files the record of the hearing on the case's review n.
func (d *Desk) RecordHearing(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.HearingRecord) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.RecordHearing(m, n, in) })
}

// Decline asks for approval to refuse a case (不予受理). The earlier case that the
// reason may name is read before the transaction: what is final stays as it is.
func (d *Desk) Decline(ctx context.Context, req Request, id grievance.CaseID, in grievance.Declining) (Done, error) {
	return d.once(ctx, req, func(keep answer.Keep[*grievance.Case]) error {
		if err := d.findEarlier(ctx, req, &in); err != nil {
			return err
		}
		return d.changeAll(ctx, req, []grievance.CaseID{id}, store.Needs{SignOffs: true},
			func(c *grievance.Case, m grievance.Moment) error { return c.Decline(m, in) },
			func(tx *store.Tx, cases []*grievance.Case) error { return keep(tx, cases[0]) })
	})
}

// findEarlier reads the earlier case that a decline names, as the actor sees it.
func (d *Desk) findEarlier(ctx context.Context, req Request, in *grievance.Declining) error {
	if in.Earlier.IsZero() {
		return nil
	}
	book, err := d.office.Book(ctx)
	if err != nil {
		return err
	}
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		in.Known, err = s.Case(in.Earlier, store.ViewerOf(d.moment(req, book).By, book), store.Needs{Notices: true})
		return err
	})
	if grievance.KindOf(err) == grievance.NotFound {
		return nil
	}
	return err
}
