package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Audited is what one batch of the audit came to.
type Audited struct {
	Events   int // of the ledger that were followed
	Findings int // opened, or changed
	SetAside int // cases put off because of an error
	LastErr  error
	More     bool
}

// Look is what the audit rules hold against a dossier.
type Look func(grievance.Dossier) []grievance.Charge

// Audit follows the ledger by up to limit events: it lets the rules look at every
// case in which something happened, with those of the same petitioner, and opens
// a finding for what they hold against a unit; one that is there already gets
// what it rests on besides. One auditor works at a time; any number of them find
// the same, once. Cases whose audit failed and is due again are looked at too.
//
// When a batch fails, each of its cases is tried alone. One that fails again is set
// aside with its error and tried later, with growing delay, and never holds up
// the rest.
func (d *Desk) Audit(ctx context.Context, limit int, look Look) (sum Audited, err error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return sum, err
	}
	a := auditing{desk: d, book: book, limit: limit, look: look}
	err = a.batch(ctx)
	if err == nil || len(a.affected) == 0 || stopped(ctx, err) {
		return a.sum, err
	}
	return a.sum, a.each(ctx)
}

// auditing is one call of Audit. affected are the cases of the batch, aside how
// often each of them failed before.
type auditing struct {
	desk     *Desk
	book     *grievance.Book
	limit    int
	look     Look
	from, to int64
	affected []grievance.CaseID
	aside    map[grievance.CaseID]int
	sum      Audited
}

// batch audits the next events in one transaction.
func (a *auditing) batch(ctx context.Context) error {
	return a.desk.store.Write(ctx, func(tx *store.Tx) (err error) {
		a.sum = Audited{}
		if err := a.next(tx); err != nil || a.to == a.from && len(a.affected) == 0 {
			return err
		}
		if a.sum.Findings, err = a.audit(tx, a.affected); err != nil {
			return err
		}
		return tx.MoveAudit(a.to)
	})
}

// next finds the cases that have to be looked at.
func (a *auditing) next(tx *store.Tx) (err error) {
	a.affected, a.aside = nil, map[grievance.CaseID]int{}
	if a.from, err = tx.LockAudit(); err != nil {
		return err
	}
	events, err := tx.Ledger(a.from, a.limit)
	if err != nil {
		return err
	}
	a.to, a.sum.Events, a.sum.More = a.from+int64(len(events)), len(events), len(events) == a.limit
	again, err := tx.AuditsAside(a.desk.clock.Now(), a.limit)
	if err != nil {
		return err
	}
	for _, c := range again {
		a.affected, a.aside[c.ID] = append(a.affected, c.ID), c.Attempts
	}
	for _, e := range events {
		if e.SubjectKind == grievance.SubjectCase {
			a.affected = append(a.affected, e.SubjectID)
		}
	}
	slices.SortFunc(a.affected, byID)
	a.affected = slices.Compact(a.affected)
	return nil
}

// each audits the cases of a failed batch one by one, sets those aside that fail,
// and then moves on, unless somebody else has.
func (a *auditing) each(ctx context.Context) error {
	for _, id := range a.affected {
		found := 0
		one := a.desk.store.Write(ctx, func(tx *store.Tx) (err error) {
			if _, err := tx.LockAudit(); err != nil {
				return err
			}
			found, err = a.audit(tx, []grievance.CaseID{id})
			return err
		})
		switch {
		case one == nil:
			a.sum.Findings += found
		case stopped(ctx, one):
			return one
		default:
			a.sum.SetAside++
			a.sum.LastErr = one
			if err := a.putOff(ctx, id, one); err != nil {
				return errors.Join(err, one)
			}
		}
	}
	return a.desk.store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.LockAudit()
		if err != nil || now >= a.to {
			return err
		}
		return tx.MoveAudit(a.to)
	})
}

func (a *auditing) putOff(ctx context.Context, id grievance.CaseID, why error) error {
	delay := attempt{id, a.aside[id]}.delay()
	return a.desk.store.Write(ctx, func(tx *store.Tx) error {
		return tx.SetAuditAside(id, a.desk.clock.Now().Add(delay), reason(why))
	})
}

// audit looks at cases and writes what is found, and tells how many findings were
// opened or changed.
func (a *auditing) audit(tx *store.Tx, ids []grievance.CaseID) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	files, err := a.files(tx, ids)
	if err != nil {
		return 0, err
	}
	dossiers := files.dossiers(a.book)
	var charges []grievance.Charge
	err = guard(func() error {
		for _, d := range dossiers {
			charges = append(charges, a.look(d)...)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	known, err := tx.LockFindingsOf(files.ids())
	if err != nil {
		return 0, err
	}
	m := a.desk.moment(Request{Actor: grievance.System}, a.book)
	changed, err := settle(m, dossiers, known, grievance.MergeCharges(charges))
	if err != nil {
		return 0, err
	}
	if err := files.bar(tx, m, changed); err != nil {
		return 0, err
	}
	if len(a.aside) > 0 { // they fail no more
		if err := tx.AuditDone(ids); err != nil {
			return 0, err
		}
	}
	return len(changed), tx.SaveFindings(changed)
}

// settle opens findings for charges, adds to those that are known, and marks those
// that no charge bears any more and whose whole dossier was looked at. It gives
// what changed.
func settle(m grievance.Moment, dossiers []grievance.Dossier, known []*grievance.Finding, charges []grievance.Charge) (changed []*grievance.Finding, err error) {
	byKey := map[grievance.FindingKey]*grievance.Finding{}
	for _, f := range known {
		byKey[f.Key()] = f
	}
	borne := map[grievance.FindingKey]bool{}
	for _, c := range charges {
		borne[c.Key()] = true
		f := byKey[c.Key()]
		if f == nil {
			f, err = grievance.OpenFinding(m, c)
			changed = append(changed, f)
		} else {
			err = f.Found(m, c)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, f := range known {
		judged := func(d grievance.Dossier) bool { return d.Judges(f) }
		if !borne[f.Key()] && slices.ContainsFunc(dossiers, judged) {
			if err := f.Unfound(m); err != nil {
				return nil, err
			}
		}
		if f.Changed() {
			changed = append(changed, f)
		}
	}
	return changed, nil
}
