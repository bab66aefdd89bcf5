package casework

import (
	"context"
	"errors"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Advanced is what one batch of due clocks came to.
type Advanced struct {
	Cases    int // locked and looked at
	Rungs    int // recorded
	SetAside int // put off because of an error
	LastErr  error
}

// AdvanceDue records the rungs that are due at this instant for up to limit
// cases, those due first first, in one transaction. When the batch fails, each
// of its cases is tried alone; one that fails again is set aside with its error
// and tried later, with growing delay, and never holds up the rest.
func (d *Desk) AdvanceDue(ctx context.Context, limit int) (Advanced, error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return Advanced{}, err
	}
	var sum Advanced
	var batch []*grievance.Case
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		m := d.moment(Request{Actor: grievance.System}, book)
		due, err := tx.LockDue(m.Now, limit)
		sum, batch = Advanced{Cases: len(due)}, due
		if err != nil {
			return err
		}
		for _, c := range due {
			n, err := c.Advance(m)
			sum.Rungs += n
			if err != nil {
				return err
			}
		}
		return tx.SaveCases(changedOf(due))
	})
	if err == nil || len(batch) == 0 || ctx.Err() != nil || grievance.KindOf(err) == grievance.Unavailable {
		return sum, err
	}
	return d.advanceEach(ctx, batch)
}

func changedOf(cases []*grievance.Case) []*grievance.Case {
	var changed []*grievance.Case
	for _, c := range cases {
		if c.Changed() {
			changed = append(changed, c)
		}
	}
	return changed
}

// advanceEach tries the cases of a failed batch one by one.
func (d *Desk) advanceEach(ctx context.Context, batch []*grievance.Case) (sum Advanced, err error) {
	sum.Cases = len(batch)
	for _, c := range batch {
		rungs := 0
		one := d.changeAll(ctx, Request{Actor: grievance.System}, []grievance.CaseID{c.ID}, store.Needs{},
			func(c *grievance.Case, m grievance.Moment) (err error) {
				rungs, err = c.Advance(m)
				return err
			}, nil)
		if one == nil {
			sum.Rungs += rungs
			continue
		}
		sum.SetAside++
		sum.LastErr = one
		if aside := d.setAside(ctx, c, one); aside != nil {
			return sum, errors.Join(aside, one)
		}
	}
	return sum, nil
}

// The delay of a case that was set aside doubles from the first to the last.
const (
	firstDelay = time.Minute
	lastDelay  = 6 * time.Hour
)

func (d *Desk) setAside(ctx context.Context, c *grievance.Case, why error) error {
	attempts := 0
	for _, k := range c.Clocks() {
		attempts = max(attempts, k.Attempts)
	}
	delay := min(firstDelay<<min(attempts, 16), lastDelay)
	return d.store.Write(ctx, func(tx *store.Tx) error {
		now := d.clock.Now()
		return tx.SetAside(c.ID, now, now.Add(delay), why.Error())
	})
}

// settled is how long after its end an appointment is looked at again: another
// replica may decide on a Book that is a second old.
const settled = 2 * time.Second

// HandOnDue hands on up to limit cases of each appointment that has ended, and
// of the units that were merged, and tells how many it handed on. There may be
// more until it tells none.
func (d *Desk) HandOnDue(ctx context.Context, limit int) (n int, err error) {
	book, err := d.newestBook(ctx)
	if err != nil {
		return 0, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		m := d.moment(Request{Actor: grievance.System}, book)
		ended, err := tx.AppointmentsToHandOn(m.Now, limit)
		if err != nil {
			return err
		}
		n, err = d.handOnMerged(tx, m, limit)
		for i := 0; err == nil && i < len(ended); i++ {
			var one int
			one, err = d.handOn(tx, m, ended[i], limit)
			n += one
		}
		return err
	})
	return n, err
}

// newestBook never misses an appointment that another replica has just ended.
func (d *Desk) newestBook(ctx context.Context) (*grievance.Book, error) {
	var version int64
	err := d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		version, err = s.BookVersion()
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.office.BookAt(ctx, version)
}

// handOnMerged moves the next cases out of units that were merged into others.
func (d *Desk) handOnMerged(tx *store.Tx, m grievance.Moment, limit int) (int, error) {
	var merged []grievance.UnitID
	for _, u := range m.Book.Units() {
		if now := m.Book.Current(u.ID); now != nil && now.ID != u.ID {
			merged = append(merged, u.ID)
		}
	}
	if len(merged) == 0 {
		return 0, nil
	}
	cases, err := tx.LockIn(merged, limit)
	if err != nil {
		return 0, err
	}
	return decideEach(tx, cases, func(c *grievance.Case) error { return c.HandOn(m) })
}

// handOn hands on the next cases of one ended appointment. It is done with the
// appointment when no case is left that somebody else could take.
func (d *Desk) handOn(tx *store.Tx, m grievance.Moment, a grievance.Appointment, limit int) (int, error) {
	cases, err := tx.LockHeldBy(a.UserID, a.UnitID, a.Role, limit)
	if err != nil {
		return 0, err
	}
	held, err := decideEach(tx, cases, func(c *grievance.Case) error { return c.HandOn(m) })
	if err != nil || held > 0 {
		return held, err
	}
	stranded, err := d.strand(tx, m, a, limit)
	if err != nil || stranded > 0 || m.Now.Before(a.Until.Add(settled)) {
		return stranded, err
	}
	return 0, tx.MarkHandedOn(a.ID, m.Now)
}

// strand raises the alarm for escalations that the end of an appointment leaves
// with nobody up to the root.
func (d *Desk) strand(tx *store.Tx, m grievance.Moment, a grievance.Appointment, limit int) (int, error) {
	if a.Role != grievance.RoleLeader && a.Role != grievance.RoleSupervisor {
		return 0, nil
	}
	vacant := m.Book.Stranded(a.UnitID, a.Role, m.Now)
	if len(vacant) == 0 {
		return 0, nil
	}
	cases, err := tx.LockCallingOn(vacant, a.Role, limit)
	if err != nil {
		return 0, err
	}
	return decideEach(tx, cases, func(c *grievance.Case) error { return c.Strand(m) })
}

// decideEach lets decide change each case, saves those that changed, and tells
// how many.
func decideEach(tx *store.Tx, cases []*grievance.Case, decide func(*grievance.Case) error) (int, error) {
	for _, c := range cases {
		if err := decide(c); err != nil {
			return 0, err
		}
	}
	changed := changedOf(cases)
	return len(changed), tx.SaveCases(changed)
}

// Sequence gives up to limit committed events their place in the ledger.
func (d *Desk) Sequence(ctx context.Context, limit int) (n int, err error) {
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.Sequence(limit)
		return err
	})
	return n, err
}

// HandOnAll hands on every open case of appointments that have ended, at once,
// and tells how many. What fails is left to the engine.
func (d *Desk) HandOnAll(ctx context.Context) (total int, err error) {
	for {
		n, err := d.HandOnDue(ctx, 100)
		total += n
		if n == 0 || err != nil {
			return total, err
		}
	}
}
