package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// settled is how long after its end an appointment is looked at again: another
// replica may decide on a Book that is a second old.
const settled = 2 * time.Second

// HandOnAll hands on every case of appointments that have ended and of units
// that were merged, at once, and tells how many. What fails is left to the engine.
func (d *Desk) HandOnAll(ctx context.Context) (total int, err error) {
	for {
		n, err := d.HandOnDue(ctx, 100)
		total += n
		if n == 0 || err != nil {
			return total, err
		}
	}
}

// HandOnDue hands on the cases of each appointment that has ended, and of the
// units that were merged, up to limit in a transaction, and tells how many it
// handed on; after every change of the organisation, and when a post begins, also the
// accusations that are with somebody who has come behind their shield. There may be
// more until it tells none. A case that fails, be it that it cannot be read, is tried
// once and keeps neither the others nor other appointments: all of them are handed on
// that can be, and the error tells of it. It stays with whom it is with, and its
// appointment is looked at again by the next call.
func (d *Desk) HandOnDue(ctx context.Context, limit int) (n int, err error) {
	book, ended, err := d.leavers(ctx)
	if err != nil {
		return 0, err
	}
	p := handingOn{desk: d, book: book, limit: limit}
	if merged := mergedUnits(book); len(merged) > 0 {
		p.through(ctx, func(h *handover) (int, error) { return h.merged(merged) })
	}
	for _, a := range ended {
		p.through(ctx, func(h *handover) (int, error) { return h.left(a) })
	}
	if last, now := d.exposed.Load(), d.clock.Now(); last.isOver(book, now) && p.allExposed(ctx) {
		d.exposed.Store(last.then(book, now))
	}
	return p.n, p.result()
}

// leavers gives the appointments that have ended and are not done with, and a
// Book that knows of them.
func (d *Desk) leavers(ctx context.Context) (book *grievance.Book, ended []grievance.Appointment, err error) {
	var version int64
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		if version, err = s.BookVersion(); err != nil {
			return err
		}
		ended, err = s.AppointmentsToHandOn(d.clock.Now(), -1)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	book, err = d.office.BookAt(ctx, version)
	return book, ended, err
}

func mergedUnits(b *grievance.Book) (merged []grievance.UnitID) {
	for _, u := range b.Units() {
		if now := b.Current(u.ID); now != nil && now.ID != u.ID {
			merged = append(merged, u.ID)
		}
	}
	return merged
}

// handingOn is one call of HandOnDue. It remembers which cases failed: they are
// not tried again in it.
type handingOn struct {
	desk    *Desk
	book    *grievance.Book
	limit   int
	n       int // handed on
	aside   []grievance.CaseID
	last    error   // of those aside
	refused []error // of steps that failed as a whole
}

// through does a step again and again, without the cases that failed, until all
// has been handed on that can be.
func (p *handingOn) through(ctx context.Context, step func(*handover) (int, error)) {
	for again := true; again; {
		failed := len(p.aside)
		n, err := p.handOver(ctx, step)
		p.n += n
		if err != nil {
			p.refused = append(p.refused, err)
			return
		}
		again = len(p.aside) > failed || n > 0
	}
}

func (p *handingOn) result() error {
	if len(p.aside) == 0 {
		return errors.Join(p.refused...)
	}
	return errors.Join(append(p.refused, fmt.Errorf("%d cases cannot be handed on, the last: %w", len(p.aside), p.last))...)
}

// handOver does one step in a transaction; when it fails, it tries each of its
// cases alone.
func (p *handingOn) handOver(ctx context.Context, step func(*handover) (int, error)) (n int, err error) {
	var h *handover
	d := p.desk
	err = d.onBook(ctx, p.book, func(book *grievance.Book) error {
		return d.store.Write(ctx, func(tx *store.Tx) (err error) {
			m := d.moment(Request{Actor: grievance.System}, book)
			h = &handover{tx: tx, m: m, some: store.Some{Limit: p.limit, But: p.aside}}
			n, err = step(h)
			return err
		})
	})
	if err == nil {
		return n, nil
	}
	if h == nil || len(h.looked) == 0 || stopped(ctx, err) {
		return 0, err
	}
	return p.each(ctx, h.looked)
}

// each hands cases on one by one, and tells how many changed.
func (p *handingOn) each(ctx context.Context, ids []grievance.CaseID) (n int, err error) {
	for _, id := range ids {
		changed := false
		err := p.desk.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{id}, handOnNeeds,
			func(c *grievance.Case, m grievance.Moment) error {
				err := handOnOne(c, m)
				changed = c.Changed()
				return err
			}, nil)
		switch {
		case err == nil && changed:
			n++
		case err != nil && stopped(ctx, err):
			return n, err
		case err != nil:
			p.aside = append(p.aside, id)
			p.last = fmt.Errorf("case %s: %w", id, err)
		}
	}
	return n, nil
}

// handover is one transaction in which some cases are handed on. It remembers
// which it looked at, so that they can be tried one by one.
type handover struct {
	tx     *store.Tx
	m      grievance.Moment
	some   store.Some
	looked []grievance.CaseID
}

var handOnNeeds = store.Needs{SignOffs: true, Escalations: true}

func handOnOne(c *grievance.Case, m grievance.Moment) error {
	return guard(func() error {
		if err := c.HandOn(m.For(c)); err != nil {
			return err
		}
		return c.Strand(m.For(c))
	})
}

// merged moves the next cases out of units that were merged into others.
func (h *handover) merged(units []grievance.UnitID) (int, error) {
	ids, err := h.tx.LockIn(units, h.some)
	if err != nil {
		return 0, err
	}
	return h.each(ids)
}

// left hands on the next cases of one ended appointment. It is done with the
// appointment when no case is left that somebody else could take, and none that
// failed.
func (h *handover) left(a grievance.Appointment) (int, error) {
	ids, err := h.tx.LockHeldBy(a.UserID, a.UnitID, a.Role, h.some)
	if err != nil {
		return 0, err
	}
	held, err := h.each(ids)
	if err != nil || held > 0 {
		return held, err
	}
	stranded, err := h.strand(a)
	if err != nil || stranded > 0 || h.m.Now.Before(a.Until.Add(settled)) {
		return stranded, err
	}
	if failed, err := h.keeps(a); err != nil || failed {
		return 0, err
	}
	return 0, h.tx.MarkHandedOn(a.ID, h.m.Now)
}

// keeps reports whether an appointment has to be looked at again for a case that
// failed: one that is with it, or one that may call on it.
func (h *handover) keeps(a grievance.Appointment) (bool, error) {
	if len(h.some.But) == 0 {
		return false, nil
	}
	if a.Role == grievance.RoleLeader || a.Role == grievance.RoleSupervisor {
		return true, nil
	}
	ids, err := h.tx.LockHeldBy(a.UserID, a.UnitID, a.Role, store.Some{Limit: -1})
	return slices.ContainsFunc(ids, func(id grievance.CaseID) bool { return slices.Contains(h.some.But, id) }), err
}

// strand raises the alarm for escalations that the end of an appointment leaves
// with nobody up to the root.
func (h *handover) strand(a grievance.Appointment) (int, error) {
	if a.Role != grievance.RoleLeader && a.Role != grievance.RoleSupervisor {
		return 0, nil
	}
	if vacant := h.m.Book.Stranded(a.UnitID, a.Role, h.m.Now); len(vacant) > 0 {
		ids, err := h.tx.LockCallingOn(vacant, a.Role, h.some)
		if err != nil {
			return 0, err
		}
		if n, err := h.each(ids); err != nil || n > 0 {
			return n, err
		}
	}
	return h.strandOwn(a.Role)
}

// strandOwn raises it for those that are left with nobody but the recused.
func (h *handover) strandOwn(role grievance.Role) (int, error) {
	calls, err := h.tx.OwnCalls(role)
	if err != nil { // one of them cannot be read: each is looked at alone
		ids, lookErr := h.tx.OwnCallCases(role)
		h.looked = slices.DeleteFunc(ids, h.failed)
		return 0, errors.Join(err, lookErr)
	}
	var ids []grievance.CaseID
	recused := store.RecusedOf(calls)
	for _, c := range calls {
		p := c.TargetPost
		_, _, filled := h.m.Book.Seat(p.UnitID, p.Role, p.Head, h.m.Now, recused[c.ID]...)
		if !filled && !h.failed(c.CaseID) && !slices.Contains(ids, c.CaseID) && len(ids) < h.some.Limit {
			ids = append(ids, c.CaseID)
		}
	}
	return h.each(ids)
}

func (h *handover) failed(id grievance.CaseID) bool { return slices.Contains(h.some.But, id) }

// each hands on each case, saves those that changed, and tells how many.
func (h *handover) each(ids []grievance.CaseID) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	h.looked = append(h.looked, ids...)
	cases, err := h.tx.LockCases(ids, store.ViewerOf(h.m.By, h.m.Book), handOnNeeds)
	if err != nil {
		return 0, err
	}
	for _, c := range cases {
		if !h.m.Book.Knows(c) {
			return 0, errOldBook
		}
		if err := handOnOne(c, h.m); err != nil {
			return 0, err
		}
	}
	changed := changedOf(cases)
	return len(changed), h.tx.SaveCases(changed)
}
