package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Each operation below is the method of grievance.Case of the same name, on one
// case, in one transaction: what it does and what it refuses stands there.
// Besides, each refuses with ErrNotFound what the actor may not see, and with
// ErrStale what was made against an older version.

// Classify decides what a case is.
func (d *Desk) Classify(ctx context.Context, req Request, id grievance.CaseID, in grievance.Classification) (Done, error) {
	needs := store.Needs{}
	if in.Nature == grievance.Accusation { // which may be about those who have it
		needs = takenFrom
	}
	return d.change(ctx, req, id, needs, func(c *grievance.Case, m grievance.Moment) error { return c.Classify(m, in) })
}

// Correct puts a registration right.
func (d *Desk) Correct(ctx context.Context, req Request, id grievance.CaseID, in grievance.Correction) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Correct(m, in) })
}

// Accept takes a case on (受理).
func (d *Desk) Accept(ctx context.Context, req Request, id grievance.CaseID, in grievance.AcceptanceDecision) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Accept(m, in) })
}

// Answer answers an inquiry on the spot.
func (d *Desk) Answer(ctx context.Context, req Request, id grievance.CaseID, in grievance.Answering) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Answer(m, in) })
}

// Forward sends a case to another unit's desk (转送).
func (d *Desk) Forward(ctx context.Context, req Request, id grievance.CaseID, in grievance.Forwarding) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Forward(m, in) })
}

// Assign hands a case to a handling unit or a handler (交办).
func (d *Desk) Assign(ctx context.Context, req Request, id grievance.CaseID, in grievance.Assignment) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Assign(m, in) })
}

// Acknowledge records that the actor has received the case (签收). What nobody
// but a leader who now handles it could take has nobody who can.
func (d *Desk) Acknowledge(ctx context.Context, req Request, id grievance.CaseID, in grievance.Acknowledging) (Done, error) {
	needs := store.Needs{Escalations: req.Actor.Has(grievance.DeputyRoles...)}
	return d.change(ctx, req, id, needs, func(c *grievance.Case, m grievance.Moment) error {
		if err := c.Acknowledge(m, in); err != nil {
			return err
		}
		return c.Strand(m)
	})
}

// Contact records a contact with the petitioner.
func (d *Desk) Contact(ctx context.Context, req Request, id grievance.CaseID, in grievance.Contacting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Contact(m, in) })
}

// Note adds a remark.
func (d *Desk) Note(ctx context.Context, req Request, id grievance.CaseID, in grievance.Noting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Note(m, in) })
}

// Extend asks for approval of an extension (延期).
func (d *Desk) Extend(ctx context.Context, req Request, id grievance.CaseID, in grievance.Extending) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Extend(m, in) })
}

// Suspend asks for approval of a suspension (中止).
func (d *Desk) Suspend(ctx context.Context, req Request, id grievance.CaseID, in grievance.Suspending) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Suspend(m, in) })
}

// Resume ends a suspension before its time.
func (d *Desk) Resume(ctx context.Context, req Request, id grievance.CaseID, in grievance.Resuming) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Resume(m, in) })
}

// Submit puts an opinion before a leader.
func (d *Desk) Submit(ctx context.Context, req Request, id grievance.CaseID, in grievance.Submission) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Submit(m, in) })
}

// Withdraw asks for approval of the petitioner's withdrawal.
func (d *Desk) Withdraw(ctx context.Context, req Request, id grievance.CaseID, in grievance.Withdrawal) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Withdraw(m, in) })
}

// Approve signs what was submitted as the case's sign-off n (签批).
func (d *Desk) Approve(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Approval) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Approve(m, n, in) })
}

// Return gives what was submitted as the case's sign-off n back.
func (d *Desk) Return(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Returning) (Done, error) {
	return d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Return(m, n, in) })
}

// Serve records that the case's notice n was served (送达).
func (d *Desk) Serve(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Service) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Notices: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Serve(m, n, in) })
}

// Rate records the petitioner's rating.
func (d *Desk) Rate(ctx context.Context, req Request, id grievance.CaseID, in grievance.Rating) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.Rate(m, in) })
}

// Dispute opens a case again as a further round.
func (d *Desk) Dispute(ctx context.Context, req Request, id grievance.CaseID, in grievance.Disputing) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Notices: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Dispute(m, in) })
}

// Escalate opens an escalation by hand.
func (d *Desk) Escalate(ctx context.Context, req Request, id grievance.CaseID, in grievance.EscalationRequest) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Escalations: true}, func(c *grievance.Case, m grievance.Moment) error { return c.EscalateByHand(m, in) })
}

// AcknowledgeEscalation records that the level reached has taken note.
func (d *Desk) AcknowledgeEscalation(ctx context.Context, req Request, id grievance.CaseID, e grievance.EscalationID) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Escalations: true}, func(c *grievance.Case, m grievance.Moment) error { return c.AcknowledgeEscalation(m, e) })
}

// ResolveEscalation records how the level reached has dealt with it.
func (d *Desk) ResolveEscalation(ctx context.Context, req Request, id grievance.CaseID, e grievance.EscalationID, words string) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Escalations: true}, func(c *grievance.Case, m grievance.Moment) error { return c.ResolveEscalation(m, e, words) })
}

// Object objects to the forward or assignment by which a case came (退单).
func (d *Desk) Object(ctx context.Context, req Request, id grievance.CaseID, in grievance.Objecting) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Objections: true}, func(c *grievance.Case, m grievance.Moment) error { return c.Object(m, in) })
}

// DecideObjection answers the case's objection n, or designates a unit (Art. 23, 24).
func (d *Desk) DecideObjection(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.ObjectionDecision) (Done, error) {
	return d.change(ctx, req, id, store.Needs{Objections: true}, func(c *grievance.Case, m grievance.Moment) error { return c.DecideObjection(m, n, in) })
}

// AskCoHandler asks a unit to help (协办).
func (d *Desk) AskCoHandler(ctx context.Context, req Request, id grievance.CaseID, in grievance.CoHandlingRequest) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.AskCoHandler(m, in) })
}

// AnswerCoHandler answers for the case's co-handling unit n.
func (d *Desk) AnswerCoHandler(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.CoHandlerAnswer) (Done, error) {
	return d.change(ctx, req, id, store.Needs{CoHandlers: true}, func(c *grievance.Case, m grievance.Moment) error { return c.AnswerCoHandler(m, n, in) })
}

// ReleaseCoHandler lets the case's co-handling unit n go.
func (d *Desk) ReleaseCoHandler(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.CoHandlerRelease) (Done, error) {
	return d.change(ctx, req, id, store.Needs{CoHandlers: true}, func(c *grievance.Case, m grievance.Moment) error { return c.ReleaseCoHandler(m, n, in) })
}

// Reveal records that the actor is shown parties in clear, and gives what of them
// may be shown.
func (d *Desk) Reveal(ctx context.Context, req Request, id grievance.CaseID, in grievance.Revealing) (shown grievance.Shown, err error) {
	_, err = d.change(ctx, req, id, store.Needs{SignOffs: true}, func(c *grievance.Case, m grievance.Moment) (err error) {
		shown, err = c.Reveal(m, in)
		return err
	})
	return shown, err
}

// Address records that the actor is shown the case's notice n with its addressee
// in clear, and gives what of the addressee may be shown.
func (d *Desk) Address(ctx context.Context, req Request, id grievance.CaseID, n int, in grievance.Revealing) (shown grievance.Shown, err error) {
	_, err = d.change(ctx, req, id, store.Needs{Notices: true}, func(c *grievance.Case, m grievance.Moment) (err error) {
		shown, err = c.Address(m, n, in)
		return err
	})
	return shown, err
}

// ReissueQueryCode gives the petitioner's case a new query code.
func (d *Desk) ReissueQueryCode(ctx context.Context, req Request, id grievance.CaseID) (Done, error) {
	return d.change(ctx, req, id, store.Needs{}, func(c *grievance.Case, m grievance.Moment) error { return c.ReissueQueryCode(m) })
}
