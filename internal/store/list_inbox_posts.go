package store

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Waiting says what waits for a user: the work of the seats that the user fills
// now, and what rises to the user from others by the same book.
type Waiting struct {
	actor grievance.Actor
	seats grievance.Seats
	book  *grievance.Book
	now   time.Time
}

// WaitingOf finds out what waits for an actor, as the book's seats say.
func WaitingOf(a grievance.Actor, b *grievance.Book, now time.Time) Waiting {
	return Waiting{actor: a, seats: b.Seats(a, now), book: b, now: now}
}

// Seats are the posts for whose escalations the user is the one to act: the own
// ones, and those that nobody holds any more and that the user fills by the
// book's rules. It is never nil: who fills none is called on by nothing.
func (w Waiting) Seats() []grievance.Post {
	return append([]grievance.Post{}, w.seats.CalledOn...)
}

// below are the units in whose line of command the user holds a post of one of the
// roles: who holds none there fills no seat of it (grievance.Book.Seats), whoever
// may not.
func (w Waiting) below(roles ...grievance.Role) (ids []grievance.UnitID) {
	for _, u := range w.book.Units() {
		now := w.book.Current(u.ID)
		commands := func(p grievance.Post) bool {
			top := w.book.Unit(p.UnitID)
			return slices.Contains(roles, p.Role) && top != nil && now.Within(top)
		}
		if now != nil && slices.ContainsFunc(w.actor.Posts, commands) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
