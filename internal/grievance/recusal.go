package grievance

import (
	"slices"
	"time"
)

// The events of recusal (回避). Who is recused, or named, stands in rows of its own and
// in no event.
const (
	EvNamed            EventKind = "person_named" // a person or a unit
	EvInterestDeclared EventKind = "interest_declared"
	EvRecusalDemanded  EventKind = "recusal_demanded"
	EvRecusalGranted   EventKind = "recusal_granted"
	EvAccessRefused    EventKind = "access_refused"
)

// RecusalCause says why a person is kept from a case.
type RecusalCause string

// The causes: the grievance is about the person, the person has declared an
// interest, or a leader has granted what the petitioner demanded (Art. 28).
const (
	RecusedNamed    RecusalCause = "named"
	RecusedDeclared RecusalCause = "declared"
	RecusedGranted  RecusalCause = "granted"
)

// Recusal (回避) is that a person does nothing to a case: signs nothing of it,
// handles none of it, and takes no escalation of it and no charge (Art. 28).
type Recusal struct {
	CaseID CaseID
	UserID UserID
	Cause  RecusalCause
	Since  time.Time
}

// ErrRecused refuses an act on a case from which the actor is kept.
var ErrRecused = Refuse(Forbidden, "case.recused", "您与该事项有利害关系，应当回避，不能办理")

// recusedUsers are those who are kept from the case for one of the causes, or for
// whatever cause where none is given.
func (c *Case) recusedUsers(causes ...RecusalCause) (who []UserID) {
	for _, r := range c.supervised.Recusals {
		if len(causes) == 0 || slices.Contains(causes, r.Cause) {
			who = append(who, r.UserID)
		}
	}
	return who
}

// Recused reports whether a user is kept from the case, for whatever cause.
func (c *Case) Recused(user UserID) bool { return slices.Contains(c.recusedUsers(), user) }

// Recusals gives who is kept from the case, where they were loaded or made.
func (c *Case) Recusals() []*Recusal { return c.supervised.Recusals }

// keptFrom reports whether somebody may do nothing to the case. The petitioner's own
// word is not taken from anybody.
func (c *Case) keptFrom(by Actor) bool {
	own := by.Proved == c.ID || c.PetitionerUserID == by.UserID
	return !by.UserID.IsZero() && !own && c.Recused(by.UserID)
}

// mayHandle reports whether the case is not the user's own, and nothing keeps the user
// from it.
func (c *Case) mayHandle(user UserID) bool {
	return user.IsZero() || user != c.PetitionerUserID && !c.Recused(user)
}

// recuse keeps a user from the case, and tells whether that is news.
func (c *Case) recuse(m Moment, user UserID, cause RecusalCause) bool {
	if c.Recused(user) {
		return false
	}
	r := &Recusal{CaseID: c.ID, UserID: user, Cause: cause, Since: m.Now}
	c.RecusalCount++
	c.supervised.Recusals = append(c.supervised.Recusals, r)
	c.changes.Recusals = append(c.changes.Recusals, r)
	return true
}

// recordRecused records why users are recused from now on. The charge of the case goes
// from them with that event; what else they had passes on by an event of its own.
func (c *Case) recordRecused(m Moment, by Post, kind EventKind, f Facts, users ...UserID) error {
	if !c.Sponsor.IsZero() && slices.Contains(users, c.Sponsor) {
		c.endSponsorship(m, &f)
	}
	if err := c.record(m, by, kind, f); err != nil {
		return err
	}
	for _, user := range users {
		if err := c.takeFrom(m, user); err != nil {
			return err
		}
	}
	return nil
}

// takeFrom hands on what a person has of a case who is recused from now on, as if
// the person had left; where nobody else is on duty the last name stands.
func (c *Case) takeFrom(m Moment, user UserID) error {
	var f Facts
	gone := func(who UserID, _ Post) bool { return who == user }
	if !c.owed() || !c.handOver(m, m.Now, &f, gone) {
		return nil
	}
	return c.record(m.asSystem(), systemPost, EvHandedOn, f)
}

// Declaring is why somebody of the staff has an interest in a case.
type Declaring struct{ Words string }

// DeclareInterest records that the actor, of whatever unit that takes part, has an
// interest in the case and is recused from now on (Art. 28). Conflict for who is
// recused already.
func (c *Case) DeclareInterest(m Moment, in Declaring) error {
	by, err := c.permit(m, OpDeclareInterest)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	f := Facts{Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	c.recuse(m, m.By.UserID, RecusedDeclared)
	return c.recordRecused(m, by, EvInterestDeclared, f, m.By.UserID)
}

// staffMember is anybody of the staff who sees the case.
func staffMember(_ *Case, m Moment) (Post, bool) {
	return m.By.firstPost(RoleClerk, RoleHandler, RoleLeader, RoleSupervisor, RoleInspector)
}

// Demanding is whom a petitioner wants kept from the case, and why.
type Demanding struct {
	User  UserID
	Words string
}

// DemandRecusal asks a leader to keep somebody of the staff from the case (申请回避,
// Art. 28): the head over the unit that has it, past whom is demanded. Until then
// nothing changes. Conflict while a demand is open, and for who is recused already.
func (c *Case) DemandRecusal(m Moment, in Demanding) error {
	by, err := c.permit(m, OpDemandRecusal)
	if err != nil {
		return err
	}
	var f faults
	f.check(len(m.Book.AppointmentsOf(in.User)) > 0, "/user_id", "user.unknown", "没有这个工作人员")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	switch {
	case c.Recused(in.User):
		return errRecusedAlready
	case c.PendingRecusal != 0:
		return Refuse(Conflict, "recusal.pending", "已有回避申请等待决定")
	}
	return c.request(m, by, SignOff{Kind: SignRecusal, Recuse: in.User}, EvRecusalDemanded, textIn{TextReason, in.Words})
}

var errRecusedAlready = Refuse(Conflict, "recusal.already", "该人员已经回避")

// grantRecusal keeps from the case whom the petitioner has demanded.
func (c *Case) grantRecusal(m Moment, by Post, s *SignOff, f Facts) error {
	c.recuse(m, s.Recuse, RecusedGranted)
	return c.recordRecused(m, by, EvRecusalGranted, f, s.Recuse)
}

// Attempt is what somebody tried who is kept from a case.
type Attempt string

// The attempts.
const (
	AttemptToRead Attempt = "read"
	AttemptToAct  Attempt = "act"
)

// RefuseAccess records that somebody tried to open or to work on a case from which
// the shield or recusal keeps them. Nothing that people edit changes.
func (c *Case) RefuseAccess(m Moment, what Attempt) error {
	by, _ := m.By.firstPost(StaffRoles...)
	return c.append(m, by, EvAccessRefused, m.Now, Facts{Attempt: what})
}
