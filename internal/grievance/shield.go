package grievance

import (
	"slices"
	"time"
)

// EvShielded is that an accusation was taken away from those whom it is about, to the
// inspectors of a unit above them (Art. 30).
const EvShielded EventKind = "shielded"

// ShieldCause says why a unit is kept from a case.
type ShieldCause string

// The causes: the unit is named, or it is that of the desk at which somebody was
// named whom nobody knows there.
const (
	ShieldNamed      ShieldCause = "named"
	ShieldPrecaution ShieldCause = "precaution"
)

// Shield is a unit that a grievance is about. In an accusation (检举控告) that names
// anybody, the persons named, every unit in which they have held a staff post since,
// the units named, and all below those are barred: they do not see the case, receive
// nothing of it, and stand in for nobody in it (Art. 30).
type Shield struct {
	CaseID CaseID
	UnitID UnitID
	Cause  ShieldCause
	Since  time.Time
}

// barrier is who is barred from one case.
type barrier struct {
	persons []UserID
	units   []*Unit // with all below them
}

// shield keeps that the case is about a unit, and tells whether that is news.
func (c *Case) shield(m Moment, unit UnitID, cause ShieldCause) bool {
	if slices.ContainsFunc(c.supervised.Shields, func(s *Shield) bool { return s.UnitID == unit }) {
		return false
	}
	s := &Shield{CaseID: c.ID, UnitID: unit, Cause: cause, Since: m.Now}
	c.ShieldCount++
	c.supervised.Shields = append(c.supervised.Shields, s)
	c.changes.Shields = append(c.changes.Shields, s)
	return true
}

// Shields gives the units that the case is about, where they were loaded or made.
func (c *Case) Shields() []*Shield { return c.supervised.Shields }

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

var (
	errBarred = Refuse(Conflict, "unit.barred", "检举控告事项不得交由被反映的单位及其下属单位（条例第三十条）")

	errNobodyAbove = Refuse(Conflict, "accusation.nobody_above",
		"被反映的人员或单位之上没有可以受理的纪检人员，请向上一级纪检监察机关反映")
)

// inspectorsDesk is the unit whose inspectors take an accusation: the nearest above
// every unit that is barred, or a department of it (纪检监察机构); where nobody named is
// in office, at or above the desk. Where no inspector is free, the nearest head who is.
func (b *Book) inspectorsDesk(desk UnitID, t time.Time) (*Unit, error) {
	line := b.Ancestors(desk)
	if len(b.bar.units) > 0 {
		line = b.Ancestors(b.bar.units[0].ParentID)
	}
	line = slices.DeleteFunc(line, func(u *Unit) bool {
		return b.bar.holds(u) || slices.ContainsFunc(b.bar.units, func(x *Unit) bool { return !x.Within(u) })
	})
	for _, u := range line {
		for _, seat := range append([]*Unit{u}, b.departments(u.ID)...) {
			if !b.bar.holds(seat) && len(b.Holders(Post{UnitID: seat.ID, Role: RoleInspector}, t)) > 0 {
				return seat, nil
			}
		}
	}
	for _, u := range line {
		if len(b.Holders(Post{UnitID: u.ID, Role: RoleLeader, Head: true}, t)) > 0 {
			return u, nil
		}
	}
	return nil, errNobodyAbove
}

// hasInspectors reports whether a unit is, or ever was, one with inspectors: their desk
// stays theirs while the post is vacant.
func (b *Book) hasInspectors(unit UnitID) bool {
	return slices.ContainsFunc(b.byUnit[unit], func(a Appointment) bool { return a.Role == RoleInspector })
}

// departments are those of a unit itself, by code.
func (b *Book) departments(of UnitID) []*Unit {
	return slices.DeleteFunc(slices.Clone(b.inOrder), func(u *Unit) bool { return u.ParentID != of || u.Kind != "department" || u.EndedAt != nil })
}

// accuses reports whether the case is an accusation that names anybody.
func (c *Case) accuses() bool {
	return c.Nature == Accusation && len(c.supervised.Shields)+len(c.recusedBy(RecusedNamed)) > 0
}

func (c *Case) recusedBy(cause RecusalCause) (who []UserID) {
	for _, r := range c.supervised.Recusals {
		if r.Cause == cause {
			who = append(who, r.UserID)
		}
	}
	return who
}

// deskRole is the role of those who sit at desks in the case that the book is for.
func (b *Book) deskRole() Role {
	if b.bar != nil {
		return RoleInspector
	}
	return RoleClerk
}

// deskRole is the role of those who sit at the case's desk, and workRole of those who
// handle it: of an accusation that is shielded the inspectors do both.
func (c *Case) deskRole() Role {
	if c.Shielded {
		return RoleInspector
	}
	return RoleClerk
}

func (c *Case) workRole() Role {
	if c.Shielded {
		return RoleInspector
	}
	return RoleHandler
}

// raiseShield takes the case away from those whom it is about, if it has become an
// accusation that names them, or names more of them; and lifts the shield where it is
// an accusation no more. An accusation that inspectors have who are not barred stays
// with them, but nothing of it with anybody whom it bars.
func (c *Case) raiseShield(m Moment) error {
	was := c.Shielded
	c.Shielded = c.accuses()
	m = m.For(c)
	switch {
	case !c.Shielded:
		return nil
	case was && !m.Book.BarsUnit(c.LeadUnitID) && m.Book.hasInspectors(c.LeadUnitID):
		return c.withdraw(m)
	}
	desk, err := m.Book.inspectorsDesk(c.LeadUnitID, m.Now)
	if err != nil {
		return err
	}
	if was && desk.ID == c.LeadUnitID { // the head has it, for want of inspectors
		return c.withdraw(m)
	}
	user, post, ok := m.Book.DutyPerson(desk.ID, m.Now)
	if !ok {
		return errNobodyAbove
	}
	f := c.surrender(m, desk.ID, Holder{user, post})
	return c.record(m.asSystem(), systemPost, EvShielded, f)
}

// inspectable refuses what would make the case an accusation that nobody could take:
// one of another nature, or about more than now.
func (c *Case) inspectable(m Moment, nature Nature, more ...Party) error {
	if nature != Accusation {
		return nil
	}
	then := &Case{ID: c.ID, Nature: nature, LeadUnitID: c.LeadUnitID}
	then.Shielded = c.Shielded
	then.supervised.Recusals, then.supervised.Shields = slices.Clone(c.supervised.Recusals), slices.Clone(c.supervised.Shields)
	then.concernsAll(m, c.LeadUnitID, more)
	if then.Shielded = then.accuses(); !then.Shielded {
		return nil
	}
	_, err := m.Book.For(then).inspectorsDesk(c.LeadUnitID, m.Now)
	return err
}

// surrender gives the case to the inspectors' desk, whole: what was asked for or
// under way where it was is over, its time runs on.
func (c *Case) surrender(m Moment, desk UnitID, who Holder) (f Facts) {
	c.breakOff(m, &f)
	switch {
	case c.Status == Registered:
		c.moveDesk(m, desk, debtor{who.Post, who.User}, &f)
	case c.Status.Open():
		c.takeBack(m, desk, who, &f)
	default:
		c.handDesk(m, desk, &f)
	}
	if c.OpenReview != 0 && m.Book.BarsUnit(c.ReviewUnitID) {
		c.ReviewUnitID = desk
		c.joins(m, desk, PartReviewer)
	}
	c.SenderUnitID = UnitID{}
	if h := c.answerable(who.User, who.Post); h != nil {
		f.Responsible = h
	}
	c.owe(debtor{who.Post, who.User}, Acceptance, FirstContact, Handling)
	for _, k := range c.running() {
		if m.Book.BarsUnit(k.DebtorPost.UnitID) || m.Book.Bars(k.DebtorUser, m.Now) {
			k.DebtorPost, k.DebtorUser = who.Post, who.User
			c.touch(k)
		}
	}
	c.turnEscalations(m)
	f.Status, f.Awaiting = c.Status, c.awaitByStatus()
	return f
}

// breakOff ends what was asked for or under way.
func (c *Case) breakOff(m Moment, f *Facts) {
	for _, s := range c.signOffs {
		if s.State == SignOffPending {
			f.Stopped = append(f.Stopped, c.stopStep(s, Cancelled, m.Now)...)
			c.lapse(m, s.Kind)
		}
	}
	if o := c.objection(); o != nil {
		f.Stopped = append(f.Stopped, c.settle(m, o, ObjectionLapsed, Cancelled).Stopped...)
	}
	for _, k := range c.running(CoHandling) {
		f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
	}
	c.lapseCoHandlers()
	f.Moved = append(f.Moved, c.endSuspension(m, m.Now, f)...)
	if !c.Sponsor.IsZero() && m.Book.Bars(c.Sponsor, m.Now) {
		c.endSponsorship(m, f)
	}
}

// turnEscalations puts what stands before barred posts before those who are free, and
// tells whether anything did.
func (c *Case) turnEscalations(m Moment) (turned bool) {
	for _, e := range c.escalations {
		if e.State == EscalationResolved || !m.Book.BarsUnit(e.TargetPost.UnitID) {
			continue
		}
		post, ok := target(m.Book, e.FromUnitID, e.Level, m.Now, c.recused()...)
		e.TargetPost, e.Unroutable, turned = post, !ok, true
		c.changes.Escalations = once(c.changes.Escalations, e)
	}
	return turned
}

// Lines gives the units of the actor's posts, all those above them, and every unit
// whose work one of these does today: an actor is barred by what bars any of them.
func (b *Book) Lines(a Actor) (ids []UnitID) {
	seen := map[UnitID]bool{}
	for _, p := range slices.Concat(a.Posts, a.held) {
		for _, u := range b.Ancestors(p.UnitID) {
			seen[u.ID] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	for _, u := range b.inOrder {
		if now := b.Current(u.ID); seen[u.ID] || now != nil && seen[now.ID] {
			ids = append(ids, u.ID)
		}
	}
	return ids
}
