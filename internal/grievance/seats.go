package grievance

import (
	"slices"
	"time"
)

// Seats says what one person answers for at one instant: the work of the posts
// held, and that of vacant seats below them. A vacant seat is filled by whoever
// holds the nearest such post above it, so that no work is left to nobody.
type Seats struct {
	Own      []Post   // whose moves and clocks are the person's: posts held, and desks without a clerk where the person is on duty
	CalledOn []Post   // whose escalations are the person's
	Leads    []UnitID // units whose debtors the person leads
	Signs    []UnitID // organs for which the person signs
	Oversees []UnitID // units whose superior's supervisor the person is
	Roots    []UnitID // roots whose unroutable escalations the person takes care of
	Admins   []UnitID // roots that the person administers
}

// Seats finds out which seats an actor fills at t: the posts that the actor
// holds then, and vacant ones below. Posts in units that are not in the book,
// and those of the public, are none.
func (b *Book) Seats(a Actor, t time.Time) Seats {
	var s Seats
	var tops []*Unit
	for _, p := range a.Posts {
		if u := b.units[p.UnitID]; u != nil {
			tops = append(tops, u)
			s.hold(p, u)
		}
	}
	if !a.Has(RoleClerk, RoleLeader, RoleSupervisor) {
		return s
	}
	for _, u := range b.inOrder {
		if b.isBelow(u.ID, tops) {
			s.fill(b, a, u, t)
		}
	}
	return s
}

// hold adds a post that is held.
func (s *Seats) hold(p Post, u *Unit) {
	s.Own = append(s.Own, p)
	if !u.ParentID.IsZero() {
		return
	}
	switch p.Role {
	case RoleSupervisor, RoleLeader:
		s.Roots = append(s.Roots, u.ID)
	case RoleAdmin:
		s.Admins = append(s.Admins, u.ID)
	}
}

// fill adds the seats of a unit that the actor fills.
func (s *Seats) fill(b *Book, a Actor, u *Unit, t time.Time) {
	if head := (Post{u.ID, RoleLeader, true}); b.fills(a, head, t) {
		s.Leads = append(s.Leads, u.ID)
		s.CalledOn = append(s.CalledOn, head)
	}
	if u.Organ && b.Signs(a, u.ID, t) {
		s.Signs = append(s.Signs, u.ID)
	}
	if supervisor := (Post{UnitID: u.ID, Role: RoleSupervisor}); b.fills(a, supervisor, t) {
		s.CalledOn = append(s.CalledOn, supervisor)
	}
	if b.oversees(a, u.ID, t) {
		s.Oversees = append(s.Oversees, u.ID)
	}
	if _, own := a.PostAt(u.ID, RoleClerk); own {
		return
	}
	if user, _, ok := b.DutyPerson(u.ID, t); ok && user == a.UserID {
		s.Own = append(s.Own, Post{UnitID: u.ID, Role: RoleClerk})
	}
}

// Signs reports whether the actor is a nearest leader, at or above a unit, who
// is none of the interested: nobody signs their own work, so where it is that of
// all the leaders there it rises to the next.
func (b *Book) Signs(a Actor, unit UnitID, t time.Time, interested ...UserID) bool {
	return !slices.Contains(interested, a.UserID) && b.fills(a, Post{UnitID: unit, Role: RoleLeader}, t, interested...)
}

// CalledOn reports whether the actor is a nearest holder of the seat at which an
// escalation stands who is not recused; for one that nobody could take, of the
// seat at which it would stand now.
func (b *Book) CalledOn(a Actor, e *Escalation, t time.Time, recused ...UserID) bool {
	seat := e.TargetPost
	if e.Unroutable {
		u := b.Current(e.FromUnitID)
		if u != nil && e.Level > 1 {
			u = b.superior(u.ID)
		}
		if u == nil {
			return false
		}
		seat.UnitID = u.ID
	}
	return !slices.Contains(recused, a.UserID) && b.fills(a, seat, t, recused...)
}

// isBelow reports whether a unit, or the one that does its work today, is one of
// some units or below: who holds no post in its line of command fills no seat
// of it.
func (b *Book) isBelow(unit UnitID, tops []*Unit) bool {
	u := b.Current(unit)
	return u != nil && slices.ContainsFunc(tops, u.Within)
}

// oversees reports whether the actor fills the supervisor's seat over a unit, or
// over the one that does its work today.
func (b *Book) oversees(a Actor, unit UnitID, t time.Time) bool {
	u := b.Current(unit)
	return u != nil && !u.ParentID.IsZero() && b.fills(a, Post{UnitID: u.ParentID, Role: RoleSupervisor}, t)
}

// fills reports whether the actor holds the nearest post like the one given, at
// or above its unit, that somebody who is not excluded holds.
func (b *Book) fills(a Actor, seat Post, t time.Time, excluded ...UserID) bool {
	if !a.Has(seat.Role) {
		return false
	}
	taken, _, ok := b.Seat(seat.UnitID, seat.Role, seat.Head, t, excluded...)
	return ok && a.holds(taken)
}

// holds reports whether a post is the actor's.
func (a Actor) holds(p Post) bool {
	_, ok := a.postLike(p)
	return ok
}

// postLike gives the post of the actor's that covers p. A leader who is the
// head's deputy besides holds two posts in one unit, of which one may not do.
func (a Actor) postLike(p Post) (Post, bool) {
	for _, q := range a.Posts {
		if q.Covers(p) {
			return q, true
		}
	}
	return Post{}, false
}
