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
	roots  []grievance.UnitID // roots whose unroutable escalations the user takes care of
	admins []grievance.UnitID // roots that the user administers
}

// WaitingOf finds out what waits for an actor. A vacant seat's work waits for
// who fills it in its stead, as the book's rules say.
func WaitingOf(a grievance.Actor, b *grievance.Book, now time.Time) Waiting {
	w := Waiting{user: a.UserID}
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
	if a.Has(grievance.RoleClerk, grievance.RoleLeader) {
		w.standIn(a, b, now)
	}
	return w
}

// standIn adds the vacant seats that the actor fills.
func (w *Waiting) standIn(a grievance.Actor, b *grievance.Book, now time.Time) {
	for _, u := range b.Units() {
		if p, _, ok := b.Seat(u.ID, grievance.RoleLeader, true, now); ok && holdsPost(a, p) {
			w.heads = append(w.heads, u.ID)
		}
		if p, _, ok := b.Seat(u.ID, grievance.RoleLeader, false, now); ok && u.Organ && holdsPost(a, p) {
			w.signs = append(w.signs, u.ID)
		}
		if user, _, ok := b.DutyPerson(u.ID, now); ok && user == a.UserID {
			w.posts = append(w.posts, grievance.Post{UnitID: u.ID, Role: grievance.RoleClerk})
		}
	}
}

func holdsPost(a grievance.Actor, p grievance.Post) bool {
	return slices.ContainsFunc(a.Posts, func(q grievance.Post) bool {
		return q.UnitID == p.UnitID && q.Role == p.Role && (q.Head || !p.Head)
	})
}
