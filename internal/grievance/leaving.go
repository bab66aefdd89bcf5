package grievance

import (
	"fmt"
	"slices"
	"time"
)

// nextLeaving finds the earliest instant, up to now, at which somebody whom a
// case names left the post that it names them in, and at which somebody else can
// take over what nobody may be without. It finds none where everybody is in
// office, which costs a few look-ups, and in a case of which nothing is owed.
//
// Who left and is back at now is not found: was nothing recorded in between, the
// case never noticed.
func (c *Case) nextLeaving(m Moment) (first time.Time, found bool) {
	if !c.owed() {
		return first, false
	}
	sooner := func(at time.Time, ok bool) {
		if ok && (!found || at.Before(first)) {
			first, found = at, true
		}
	}
	consider := func(user UserID, post Post, inherited bool) {
		at, ok := c.leftAt(m, user, post)
		if ok && inherited {
			at, ok = m.Book.onDutyFrom(post.UnitID, at, m.Now)
		}
		sooner(at, ok)
	}
	consider(c.Responsible, c.ResponsiblePost, true)
	consider(c.Handler, Post{UnitID: c.HandlingUnitID, Role: c.workRole()}, false)
	if c.PendingSignOff == 0 {
		consider(c.AwaitingUser, c.AwaitingPost, false)
	}
	sooner(c.sponsorLeft(m))
	for _, k := range c.clocks {
		if k.State == Running && k.Kind != SponsorDuty { // which goes with the charge
			consider(k.DebtorUser, k.DebtorPost, k.Kind != Acknowledgement)
		}
	}
	return first, found
}

// owed reports whether anybody owes anything of the case.
func (c *Case) owed() bool {
	return c.Status.Open() || slices.ContainsFunc(c.clocks, func(k *Clock) bool { return k.State == Running })
}

// leftAt gives the instant at which somebody left a post for good. It lies no
// earlier than the start of what is owed now. False for who holds the post at
// now, who never did, and who lost it when the unit was merged: with the unit
// the case moves, which is HandOn's.
func (c *Case) leftAt(m Moment, user UserID, post Post) (time.Time, bool) {
	if user.IsZero() || m.Book.holds(user, post, m.Now) {
		return time.Time{}, false
	}
	end, ok := m.Book.lastEnd(user, post, m.Now)
	if u := m.Book.Unit(post.UnitID); !ok || u == nil || !u.SuccessorID.IsZero() && (u.EndedAt == nil || !end.Before(*u.EndedAt)) {
		return time.Time{}, false
	}
	for _, k := range c.clocks {
		if k.State == Running && k.StartedAt.After(end) {
			end = k.StartedAt
		}
	}
	return end, true
}

// leave hands a case on about the instant at which somebody left.
func (c *Case) leave(m Moment, s step) error {
	var f Facts
	left := func(user UserID, post Post) bool {
		at, ok := c.leftAt(m, user, post)
		return ok && !at.After(s.at)
	}
	if !c.handOver(m, s.at, &f, left) { // or Advance would never end
		return fmt.Errorf("handing on at %s: nobody takes over", s.at)
	}
	return c.recordAbout(m.asSystem(), systemPost, EvHandedOn, s.at, f)
}

// catchUp records what has changed who may do what, though nobody has recorded
// it yet: the end of a suspension or of the time to answer an objection, people
// who have left.
func (c *Case) catchUp(m Moment) error {
	over := c.SuspendedUntil != nil && !m.Now.Before(*c.SuspendedUntil)
	if k := c.consentClock(); k != nil {
		over = over || !m.Now.Before(k.DueAt)
	}
	if _, left := c.nextLeaving(m); !over && !left {
		return nil
	}
	_, err := c.Advance(m)
	return err
}

// holds reports whether a user holds a post at t and can act; a leader's whether
// or not as the head.
func (b *Book) holds(user UserID, post Post, t time.Time) bool {
	held := b.byUser[user]
	for i := range held {
		if held[i].UnitID == post.UnitID && held[i].Role == post.Role && held[i].HeldAt(t) {
			return b.CanAct(user, t)
		}
	}
	return false
}

// lastEnd gives the last instant, up to t, at which a user who does not hold a
// post at t stopped holding it.
func (b *Book) lastEnd(user UserID, post Post, t time.Time) (last time.Time, found bool) {
	u, held := b.users[user], b.byUser[user]
	if u == nil {
		return last, false
	}
	for i := range held {
		a := &held[i]
		end := a.Until
		if u.DisabledAt != nil && (end == nil || u.DisabledAt.Before(*end)) {
			end = u.DisabledAt
		}
		same := a.UnitID == post.UnitID && a.Role == post.Role
		if same && end != nil && a.From.Before(*end) && !end.After(t) && (!found || last.Before(*end)) {
			last, found = *end, true
		}
	}
	return last, found
}

// onDutyFrom gives the first instant from one until another at which somebody
// answers for what reaches a unit.
func (b *Book) onDutyFrom(unit UnitID, from, until time.Time) (time.Time, bool) {
	return b.firstTime(unit, from, until, func(t time.Time) bool {
		_, _, ok := b.DutyPerson(unit, t)
		return ok
	})
}

// firstTime gives the first instant from one until another at which something is
// so that depends on the clerks and leaders of a unit and of those above it.
func (b *Book) firstTime(unit UnitID, from, until time.Time, so func(time.Time) bool) (time.Time, bool) {
	if so(from) {
		return from, true
	}
	var begins []time.Time
	for _, u := range slices.Concat(b.line(unit, from), b.line(unit, until)) {
		for _, a := range b.byUnit[u.ID] {
			if (a.Role == RoleClerk || a.Role == RoleLeader || a.Role == RoleInspector) && a.From.After(from) && !a.From.After(until) {
				begins = append(begins, a.From)
			}
		}
	}
	slices.SortFunc(begins, time.Time.Compare)
	i := slices.IndexFunc(begins, so)
	if i < 0 {
		return time.Time{}, false
	}
	return begins[i], true
}
