package store

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Waiting says what waits for a user: the work of which posts, by the seats as
// they are taken now.
type Waiting struct {
	user   grievance.UserID
	posts  []grievance.Post   // own ones, and desks without a clerk for which the user is on duty
	heads  []grievance.UnitID // units whose debtors the user leads
	signs  []grievance.UnitID // units for which the user signs
	seats  []grievance.Post   // posts called on by escalations whose seat the user fills
	below  []grievance.UnitID // units whose superior's supervisor the user is, or stands in for
	roots  []grievance.UnitID // roots whose unroutable escalations the user takes care of
	admins []grievance.UnitID // roots that the user administers
	actor  grievance.Actor
	book   *grievance.Book
	now    time.Time
}

// Seats are the posts for whose escalations the user is the one to act: the own
// ones, and those that nobody holds any more and that the user fills by the
// book's rules.
func (w Waiting) Seats() []grievance.Post { return w.seats }

// WaitingOf finds out what waits for an actor. A vacant seat's work waits for
// who fills it in its stead, as the book's rules say.
func WaitingOf(a grievance.Actor, b *grievance.Book, now time.Time) Waiting {
	w := Waiting{user: a.UserID, seats: []grievance.Post{}, actor: a, book: b, now: now}
	for _, p := range a.Posts {
		u := b.Unit(p.UnitID)
		if u == nil {
			continue
		}
		w.posts = append(w.posts, p)
		if !u.ParentID.IsZero() {
			continue
		}
		switch p.Role {
		case grievance.RoleSupervisor, grievance.RoleLeader:
			w.roots = append(w.roots, u.ID)
		case grievance.RoleAdmin:
			w.admins = append(w.admins, u.ID)
		}
	}
	if a.Has(grievance.RoleClerk, grievance.RoleLeader, grievance.RoleSupervisor) {
		w.standIn()
	}
	return w
}

// standIn adds the vacant seats that the actor fills.
func (w *Waiting) standIn() {
	for _, u := range w.book.Units() {
		if !w.above(u.ID) {
			continue
		}
		if w.fills(u.ID, grievance.RoleLeader, true) {
			w.heads = append(w.heads, u.ID)
			w.seats = append(w.seats, grievance.Post{UnitID: u.ID, Role: grievance.RoleLeader, Head: true})
		}
		if u.Organ && w.fills(u.ID, grievance.RoleLeader, false) {
			w.signs = append(w.signs, u.ID)
		}
		if w.fills(u.ID, grievance.RoleSupervisor, false) {
			w.seats = append(w.seats, grievance.Post{UnitID: u.ID, Role: grievance.RoleSupervisor})
		}
		if w.oversees(u.ID) {
			w.below = append(w.below, u.ID)
		}
		if user, _, ok := w.book.DutyPerson(u.ID, w.now); ok && user == w.user {
			w.posts = append(w.posts, grievance.Post{UnitID: u.ID, Role: grievance.RoleClerk})
		}
	}
}

// above reports whether the user holds a post in the line of command of a unit,
// or of the one that does its work today: who does not fills no seat of it.
func (w *Waiting) above(unit grievance.UnitID) bool {
	u := w.book.Current(unit)
	return u != nil && slices.ContainsFunc(w.actor.Posts, func(p grievance.Post) bool {
		top := w.book.Unit(p.UnitID)
		return top != nil && u.Within(top)
	})
}

// oversees reports whether the user fills the supervisor's seat over a unit, or
// over the one that does its work today.
func (w *Waiting) oversees(unit grievance.UnitID) bool {
	u := w.book.Current(unit)
	return u != nil && !u.ParentID.IsZero() && w.fills(u.ParentID, grievance.RoleSupervisor, false)
}

// fills reports whether the user holds the nearest post with a role, at or above
// a unit, that somebody who is not excluded holds.
func (w *Waiting) fills(unit grievance.UnitID, role grievance.Role, head bool, excluded ...grievance.UserID) bool {
	if !w.actor.Has(role) {
		return false
	}
	p, _, ok := w.book.Seat(unit, role, head, w.now, excluded...)
	return ok && holdsPost(w.actor, p)
}

func holdsPost(a grievance.Actor, p grievance.Post) bool {
	return slices.ContainsFunc(a.Posts, func(q grievance.Post) bool {
		return q.UnitID == p.UnitID && q.Role == p.Role && (q.Head || !p.Head)
	})
}
