package grievance

import (
	"slices"
	"time"
)

// DeputyRoles lists the roles whose holders may have a deputy: those to whom
// escalations and signatures go, of whom a unit often has one. Clerks and
// handlers stand in for each other as it is.
var DeputyRoles = []Role{RoleLeader, RoleSupervisor}

// IsDeputy reports whether the post is held for somebody else (AB 角).
func (a *Appointment) IsDeputy() bool { return !a.DeputyFor.IsZero() }

// Deputies gives every deputyship that ever rested on an appointment, in the
// order in which they began.
func (b *Book) Deputies(of Appointment) []Appointment {
	return slices.DeleteFunc(slices.Clone(b.byUnit[of.UnitID]), func(a Appointment) bool {
		return of.ID.IsZero() || a.DeputyFor != of.ID
	})
}

// DeputyFor gives for whom a user held a post at t; false where the user held
// no such post then, or in their own right.
func (b *Book) DeputyFor(user UserID, post Post, t time.Time) (UserID, bool) {
	var rests AppointmentID
	for _, a := range b.byUser[user] {
		if a.Post() != post || !a.HeldAt(t) {
			continue
		}
		if !a.IsDeputy() {
			return UserID{}, false
		}
		rests = a.DeputyFor
	}
	for _, a := range b.byUnit[post.UnitID] {
		if a.ID == rests {
			return a.UserID, true
		}
	}
	return UserID{}, false
}
