package grievance

import (
	"slices"
	"time"
)

// EvPersonNamed is that one more user of the system is named as a person whom the
// grievance is about; who, stands in a row of its own and in no event.
const EvPersonNamed EventKind = "person_named"

// Named is a user whom the grievance is about: such a person signs nothing of the
// case, handles none of it, and takes no escalation of it and no charge (Art. 28).
type Named struct {
	CaseID CaseID
	UserID UserID
	Since  time.Time
}

// Naming names a user of the system as a person whom the grievance is about.
type Naming struct{ User UserID }

// Name records whom the grievance is about (被反映人), and takes the case out of
// that person's hands and charge. What waited for the person alone passes on.
// Conflict where the person is named already.
func (c *Case) Name(m Moment, in Naming) error {
	by, err := c.permit(m, OpName)
	if err != nil {
		return err
	}
	if m.Book.User(in.User) == nil {
		return InvalidField("/user_id", "user.unknown", "没有这个用户")
	}
	if slices.Contains(c.recusedByName(), in.User) {
		return Refuse(Conflict, "named.already", "该人员已列为被反映人")
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	c.names(m, in.User)
	f := Facts{Named: c.NamedCount}
	if c.Sponsor == in.User {
		c.endSponsorship(m, &f)
	}
	if err := c.record(m, by, EvPersonNamed, f); err != nil {
		return err
	}
	return c.takeFrom(m, in.User)
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

// mayHandle reports whether the case is neither about a user nor the user's own.
func (c *Case) mayHandle(user UserID) bool {
	return user.IsZero() || user != c.PetitionerUserID && !slices.Contains(c.recusedByName(), user)
}

// names keeps that a user is named.
func (c *Case) names(m Moment, user UserID) {
	n := &Named{CaseID: c.ID, UserID: user, Since: m.Now}
	c.NamedCount++
	c.supervised.Named = append(c.supervised.Named, n)
	c.changes.Named = append(c.changes.Named, n)
}

// recusedByName are the users whom the grievance is about.
func (c *Case) recusedByName() (who []UserID) {
	for _, n := range c.supervised.Named {
		who = append(who, n.UserID)
	}
	return who
}
