package grievance

import (
	"slices"
	"time"
)

// barrier is who is barred from one case.
type barrier struct {
	persons []UserID
	units   []*Unit // with all below them
}

// barrier finds who is barred from a shielded case by the organisation as it is.
func (c *Case) barrier(b *Book) *barrier {
	bar := &barrier{}
	for _, s := range c.supervised.Shields {
		bar.close(b, s.UnitID)
	}
	for _, r := range c.supervised.Recusals {
		if r.Cause != RecusedNamed {
			continue
		}
		bar.persons = append(bar.persons, r.UserID)
		for _, a := range b.byUser[r.UserID] {
			if a.Role != RoleCourier && (a.Until == nil || a.Until.After(r.Since)) {
				bar.close(b, a.UnitID)
			}
		}
	}
	return bar
}

// close bars a unit, and the one that does its work today.
func (bar *barrier) close(b *Book, id UnitID) {
	for _, u := range []*Unit{b.Unit(id), b.Current(id)} {
		if u != nil && !slices.Contains(bar.units, u) {
			bar.units = append(bar.units, u)
		}
	}
}

func (bar *barrier) holds(u *Unit) bool {
	return slices.ContainsFunc(bar.units, u.Within)
}

// For is the book as it is for one case: who is barred from it holds no post and can
// do nothing, and where it is an accusation the inspectors are its desk. Whatever a
// decision looks for in it, a barred person is not found.
func (b *Book) For(c *Case) *Book {
	if !c.Shielded {
		return b
	}
	own := *b
	own.bar = c.barrier(b)
	return &own
}

// For is the moment as a decision about one case may look at it (see Book.For).
func (m Moment) For(c *Case) Moment {
	m.Book = m.Book.For(c)
	if m.Book.Bars(m.By.UserID, m.Now) {
		m.By.Posts = nil
	}
	return m
}

// HiddenFrom reports whether the shield keeps the actor from the case altogether. Its
// petitioner it keeps from nothing.
func (c *Case) HiddenFrom(m Moment) bool {
	_, own := thePetitioner(c, m)
	return !own && m.Book.For(c).Bars(m.By.UserID, m.Now)
}

// Bars reports whether a user is barred from the case that the book is for.
func (b *Book) Bars(user UserID, t time.Time) bool {
	if b.bar == nil || user.IsZero() {
		return false
	}
	return slices.Contains(b.bar.persons, user) || slices.ContainsFunc(b.byUser[user], func(a Appointment) bool {
		return a.HeldAt(t) && b.BarsUnit(a.UnitID)
	})
}

// BarsUnit reports whether a unit is barred from the case that the book is for.
func (b *Book) BarsUnit(id UnitID) bool {
	u := b.units[id]
	return b.bar != nil && u != nil && b.bar.holds(u)
}

// Lines gives the units of the actor's posts, all those above them, and every unit
// whose work one of these does today: an actor is barred by what bars any of them.
func (b *Book) Lines(a Actor) (ids []UnitID) {
	for _, p := range slices.Concat(a.Posts, a.held) {
		for _, u := range b.Ancestors(p.UnitID) {
			if !slices.Contains(ids, u.ID) {
				ids = append(append(ids, u.ID), b.merged[u.ID]...)
			}
		}
	}
	return ids
}
