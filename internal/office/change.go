package office

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// change is one change of the organisation under way: the transaction, one
// instant for the whole of it, and the organisation as the transaction found
// it. Nobody else changes the organisation until it ends.
type change struct {
	tx   *store.Tx
	by   grievance.Actor
	now  time.Time
	book *grievance.Book // without profiles and calendar
	ids  *uuid.Gen
	log  *changes.Log
}

// change is the only way to change the organisation.
func (o *Office) change(ctx context.Context, by grievance.Actor, decide func(*change) error) error {
	err := o.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.BumpBook(); err != nil {
			return err
		}
		rows, err := tx.Office()
		if err != nil {
			return err
		}
		c := &change{tx: tx, by: by, now: o.clock.Now(), book: withoutRules(rows), ids: uuid.NewGen()}
		c.log = changes.Within(tx, by, c.now)
		if err := decide(c); err != nil {
			return err
		}
		return c.log.Write()
	})
	o.forget() // even after an error: it may be that nobody knows the outcome
	if err != nil && grievance.KindOf(err) == "" {
		return fmt.Errorf("changing the organisation: %w", err)
	}
	return err
}

// Changed is what a change was about, as the change leaves it, and the
// organisation as it is then, without profiles and calendar.
type Changed[T any] struct {
	Of   T
	Book *grievance.Book
}

// Keep is what a caller of an operation may add to have it answered once: it is
// called with what was changed, in the same transaction (see answer.Once).
type Keep[T any] = answer.Keep[Changed[T]]

// changeOne is change for what is about one T.
func changeOne[T any](ctx context.Context, o *Office, by grievance.Actor, keep []Keep[T], decide func(*change) (T, error)) (of T, err error) {
	err = o.change(ctx, by, func(c *change) error {
		if of, err = decide(c); err != nil || len(keep) == 0 {
			return err
		}
		rows, err := c.tx.Office()
		if err != nil {
			return err
		}
		now := Changed[T]{of, withoutRules(rows)}
		for _, k := range keep {
			if err := k(c.tx, now); err != nil {
				return err
			}
		}
		return nil
	})
	return of, err
}

// newID makes an identifier of the change's instant; those of one change are in
// the order in which they were made.
func newID[T any](c *change) (grievance.ID[T], error) {
	id, err := c.ids.NewV7AtTime(c.now)
	if err != nil {
		return grievance.ID[T]{}, fmt.Errorf("making an id: %w", err)
	}
	return grievance.ID[T](id), nil
}

var errNotYours = grievance.Refuse(grievance.Forbidden, "office.forbidden", "只能管理本单位及下级单位的机构和人员")

// administers refuses an actor who is neither the system nor an administrator
// of the unit or of one above it. No unit means the organisation as a whole,
// which the administrators of a root have.
func (c *change) administers(unit *grievance.Unit) error {
	if !administers(c.by, c.book, unit) {
		return errNotYours
	}
	return nil
}

func administers(by grievance.Actor, book *grievance.Book, unit *grievance.Unit) bool {
	if by.IsSystem() {
		return true
	}
	for _, p := range by.Posts {
		u := book.Unit(p.UnitID)
		if p.Role != grievance.RoleAdmin || u == nil {
			continue
		}
		if unit == nil && u.ParentID.IsZero() || unit != nil && unit.Within(u) {
			return true
		}
	}
	return false
}

// unit finds a unit that the actor administers.
func (c *change) unit(id grievance.UnitID) (*grievance.Unit, error) {
	u := c.book.Unit(id)
	if u == nil {
		return nil, errUnitUnknown
	}
	return u, c.administers(u)
}

// livingUnit finds a unit that the actor administers and that was not merged
// into another.
func (c *change) livingUnit(id grievance.UnitID) (*grievance.Unit, error) {
	u, err := c.unit(id)
	if err == nil && u.EndedAt != nil {
		err = errUnitEnded
	}
	return u, err
}
