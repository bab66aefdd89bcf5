package store

import (
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
