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

// HandOnDue hands on up to limit cases of each appointment that has ended, and
// of the units that were merged, and tells how many it handed on. There may be
// more until it tells none. A case that fails does not keep the others; the
// error tells of it.
func (d *Desk) HandOnDue(ctx context.Context, limit int) (n int, err error) {
	book, ended, err := d.leavers(ctx, limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	try := func(step func(*handover) (int, error)) {
		one, err := d.handOver(ctx, book, limit, step)
		n += one
		failed = append(failed, err)
	}
	if merged := mergedUnits(book); len(merged) > 0 {
		try(func(h *handover) (int, error) { return h.merged(merged) })
	}
	for _, a := range ended {
		try(func(h *handover) (int, error) { return h.left(a) })
	}
	return n, errors.Join(failed...)
}

// leavers gives the appointments that have ended and are not done with, and a
// Book that knows of them.
func (d *Desk) leavers(ctx context.Context, limit int) (book *grievance.Book, ended []grievance.Appointment, err error) {
	var version int64
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		if version, err = s.BookVersion(); err != nil {
			return err
		}
		ended, err = s.AppointmentsToHandOn(d.clock.Now(), limit)
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

// handover is one transaction in which cases are handed on. It remembers which
// it looked at, so that they can be tried one by one.
type handover struct {
	tx     *store.Tx
	m      grievance.Moment
	limit  int
	looked []grievance.CaseID
}

// handOver does one step in a transaction; when it fails, it tries each of its
// cases alone.
func (d *Desk) handOver(ctx context.Context, book *grievance.Book, limit int, step func(*handover) (int, error)) (n int, err error) {
	var h *handover
	err = d.onBook(ctx, book, func(book *grievance.Book) error {
		return d.store.Write(ctx, func(tx *store.Tx) (err error) {
			h = &handover{tx: tx, m: d.moment(Request{Actor: grievance.System}, book), limit: limit}
			n, err = step(h)
			return err
		})
	})
	if err == nil {
		return n, nil
	}
	if h == nil || len(h.looked) == 0 || ctx.Err() != nil || grievance.KindOf(err) == grievance.Unavailable {
		return 0, err
	}
	return d.handOverEach(ctx, h.looked)
}

func (d *Desk) handOverEach(ctx context.Context, ids []grievance.CaseID) (n int, last error) {
	failed := 0
	for _, id := range ids {
		err := d.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{id}, store.Needs{SignOffs: true, Escalations: true}, handOnOne, nil)
		if err == nil {
			n++
			continue
		}
		failed++
		last = err
	}
	if failed == 0 {
		return n, nil
	}
	return n, fmt.Errorf("%d cases cannot be handed on, the last: %w", failed, last)
}

func handOnOne(c *grievance.Case, m grievance.Moment) error {
	return guard(func() error {
		if err := c.HandOn(m); err != nil {
			return err
		}
		return c.Strand(m)
	})
}

// merged moves the next cases out of units that were merged into others.
func (h *handover) merged(units []grievance.UnitID) (int, error) {
	cases, err := h.tx.LockIn(units, h.limit)
	if err != nil {
		return 0, err
	}
	return h.each(cases)
}

// left hands on the next cases of one ended appointment. It is done with the
// appointment when no case is left that somebody else could take.
func (h *handover) left(a grievance.Appointment) (int, error) {
	cases, err := h.tx.LockHeldBy(a.UserID, a.UnitID, a.Role, h.limit)
	if err != nil {
		return 0, err
	}
	held, err := h.each(cases)
	if err != nil || held > 0 {
		return held, err
	}
	stranded, err := h.strand(a)
	if err != nil || stranded > 0 || h.m.Now.Before(a.Until.Add(settled)) {
		return stranded, err
	}
	return 0, h.tx.MarkHandedOn(a.ID, h.m.Now)
}

// strand raises the alarm for escalations that the end of an appointment leaves
// with nobody up to the root.
func (h *handover) strand(a grievance.Appointment) (int, error) {
	if a.Role != grievance.RoleLeader && a.Role != grievance.RoleSupervisor {
		return 0, nil
	}
	if vacant := h.m.Book.Stranded(a.UnitID, a.Role, h.m.Now); len(vacant) > 0 {
		cases, err := h.tx.LockCallingOn(vacant, a.Role, h.limit)
		if err != nil {
			return 0, err
		}
		if n, err := h.each(cases); err != nil || n > 0 {
			return n, err
		}
	}
	return h.strandOwn(a.Role)
}

// strandOwn raises it for those that are left with nobody but the recused.
func (h *handover) strandOwn(role grievance.Role) (int, error) {
	calls, err := h.tx.OwnCalls(role)
	if err != nil {
		return 0, err
	}
	var ids []grievance.CaseID
	recused := store.RecusedOf(calls)
	for _, c := range calls {
		p := c.TargetPost
		_, _, filled := h.m.Book.Seat(p.UnitID, p.Role, p.Head, h.m.Now, recused[c.ID]...)
		if !filled && !slices.Contains(ids, c.CaseID) && len(ids) < h.limit {
			ids = append(ids, c.CaseID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	cases, err := h.tx.LockCases(ids, store.ViewerOf(grievance.System, h.m.Book), store.Needs{SignOffs: true, Escalations: true})
	if err != nil {
		return 0, err
	}
	return h.each(cases)
}

// each hands on each case, saves those that changed, and tells how many.
func (h *handover) each(cases []*grievance.Case) (int, error) {
	for _, c := range cases {
		h.looked = append(h.looked, c.ID)
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
