package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FindingRequest is what a caller brings to an operation on a finding: what
// Request is for a case.
type FindingRequest struct {
	Actor     grievance.Actor
	IfVersion *int64
	Key       string
	Digest    []byte
	Render    func(SeenFinding) (Response, error)
}

// SeenFinding is a finding with those of its cases, by receipt number, that who
// acted on it may see.
type SeenFinding struct {
	*grievance.Finding
	Cases map[grievance.CaseID]string
}

// FindingDone is what an operation on a finding leaves. A replay has no finding.
type FindingDone struct {
	Finding  *grievance.Finding
	Response Response
}

// ErrFindingStale refuses what was asked against an older version of a finding.
var ErrFindingStale = grievance.Refuse(grievance.Stale, "finding.stale", "问题线索已被他人更新，请刷新后重试")

// ExplainFinding gives the unit's explanation of a finding.
func (d *Desk) ExplainFinding(ctx context.Context, req FindingRequest, id grievance.FindingID, in grievance.Explaining) (FindingDone, error) {
	return d.changeFinding(ctx, req, id, func(_ *store.Tx, f *grievance.Finding, m grievance.Moment) error { return f.Explain(m, in) })
}

// DecideFinding decides a finding.
func (d *Desk) DecideFinding(ctx context.Context, req FindingRequest, id grievance.FindingID, in grievance.FindingDecision) (FindingDone, error) {
	return d.changeFinding(ctx, req, id, func(tx *store.Tx, f *grievance.Finding, m grievance.Moment) error {
		t, err := Trace(tx, f.CaseID, m)
		if err != nil {
			return err
		}
		return f.Decide(m, t, in)
	})
}

// AppealFinding appeals against the measures of a finding.
func (d *Desk) AppealFinding(ctx context.Context, req FindingRequest, id grievance.FindingID, in grievance.Appealing) (FindingDone, error) {
	return d.changeFinding(ctx, req, id, func(_ *store.Tx, f *grievance.Finding, m grievance.Moment) error { return f.Appeal(m, in) })
}

// DecideAppeal decides an appeal and closes its finding.
func (d *Desk) DecideAppeal(ctx context.Context, req FindingRequest, id grievance.FindingID, in grievance.AppealDecision) (FindingDone, error) {
	return d.changeFinding(ctx, req, id, func(tx *store.Tx, f *grievance.Finding, m grievance.Moment) error {
		t, err := Trace(tx, f.CaseID, m)
		if err != nil {
			return err
		}
		return f.DecideAppeal(m, t, in)
	})
}

// changeFinding lets decide change one finding, in one transaction.
func (d *Desk) changeFinding(ctx context.Context, req FindingRequest, id grievance.FindingID,
	decide func(*store.Tx, *grievance.Finding, grievance.Moment) error,
) (FindingDone, error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return FindingDone{}, err
	}
	asked := answer.Request[SeenFinding]{Actor: req.Actor, Key: req.Key, Digest: req.Digest, Render: req.Render}
	f, r, err := answer.Once(ctx, d.store, d.clock.Now(), asked, func(keep answer.Keep[SeenFinding]) error {
		return d.store.Write(ctx, func(tx *store.Tx) error {
			m := d.moment(Request{Actor: req.Actor}, book)
			viewer := store.FindingViewerOf(m.By, book, m.Now)
			f, err := tx.LockFinding(id, viewer)
			if err != nil {
				return err
			}
			if req.IfVersion != nil && *req.IfVersion != f.Version {
				return ErrFindingStale
			}
			if err := decide(tx, f, m); err != nil {
				return err
			}
			if err := tx.SaveFindings([]*grievance.Finding{f}); err != nil {
				return err
			}
			seen, err := tx.CasesOfFindings(viewer, f)
			if err != nil {
				return err
			}
			return keep(tx, SeenFinding{f, seen})
		})
	})
	return FindingDone{f.Finding, r}, err
}

// caseRecord is what a trace is drawn from.
type caseRecord interface {
	EventsOfCases(ids []grievance.CaseID) (map[grievance.CaseID][]grievance.Event, error)
	PetitionerOf(id grievance.CaseID) (grievance.UserID, error)
}

// Trace draws both lines of a case as it stands in a snapshot or a transaction.
func Trace(from caseRecord, id grievance.CaseID, m grievance.Moment) (t grievance.Trace, err error) {
	events, err := from.EventsOfCases([]grievance.CaseID{id})
	if err != nil {
		return t, err
	}
	record, err := grievance.ReadRecord(events[id])
	if err != nil {
		return t, err
	}
	t = grievance.TraceOf(record, m.Book, m.Book.Calendar, m.Now)
	t.Petitioner, err = from.PetitionerOf(id)
	return t, err
}

// AdvanceFindings does what time alone does to up to limit findings, and tells how
// many there were.
func (d *Desk) AdvanceFindings(ctx context.Context, limit int) (n int, err error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return 0, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		m := d.moment(Request{Actor: grievance.System}, book)
		due, err := tx.LockDueFindings(m.Now, limit)
		if err != nil {
			return err
		}
		n = len(due)
		for _, f := range due {
			if err := f.Advance(m); err != nil {
				return err
			}
		}
		return tx.SaveFindings(due)
	})
	return n, err
}
