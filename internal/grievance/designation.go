package grievance

import (
	"slices"
	"strconv"
)

// designate decides whose the case is (指定管辖, Art. 24). Where it is the
// objector's it stays; else it goes to the unit designated, as by a forward, or
// within the desk's own subtree by an assignment.
func (c *Case) designate(m Moment, by Post, o *Objection, in ObjectionDecision) error {
	unit, err := c.designee(m, o, in.Unit)
	if err != nil {
		return err
	}
	now, wasUnrouted, kind := m.Now, c.Unrouted, TextReason
	if o.Conference {
		kind = TextMinutes
	}
	o.DecidedBy, o.DecidedAt, o.DesignatedUnitID = m.By.UserID, &now, unit.ID
	f := c.settle(m, o, ObjectionDesignated, Met)
	f.Texts = c.writeAll(m, false, textIn{kind, in.Words})
	f.Unit = unit.ID
	c.hand(m, o, unit, &f)
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	if err := c.record(m, by, EvDesignated, f); err != nil {
		return err
	}
	return c.tellUnrouted(m, wasUnrouted)
}

// hand gives the case to the unit that was designated. A case that was accepted
// stays accepted: the petitioner has been told so, and its time runs on.
func (c *Case) hand(m Moment, o *Objection, unit *Unit, f *Facts) {
	lead := m.Book.Unit(c.LeadUnitID)
	switch {
	case unit.ID == o.UnitID:
	case o.On == ByForward:
		c.moveDesk(m, unit.ID, debtor{post: Post{UnitID: unit.ID, Role: c.deskRole()}}, f)
	case unit.ID != lead.ID && unit.Within(lead):
		c.reassign(m, unit, f)
	default:
		user, post, _ := m.Book.DutyPerson(unit.ID, m.Now) // designee has seen to it
		c.takeBack(m, unit.ID, Holder{user, post}, f)
	}
}

// designee finds the unit to be designated: any with somebody on duty. Outside
// the desk's subtree it is an organ, for stations, villages and grids decide
// nothing.
func (c *Case) designee(m Moment, o *Objection, id UnitID) (*Unit, error) {
	unit := m.Book.Current(id)
	if unit == nil {
		return nil, InvalidField("/unit_id", "unit.unknown", "指定的单位不存在")
	}
	if m.Book.BarsUnit(unit.ID) {
		return nil, errBarred
	}
	below := o.On == ByAssignment && unit.Within(m.Book.Unit(c.LeadUnitID))
	if organ := m.Book.Organ(unit.ID); organ != nil && !below {
		unit = organ
	}
	if _, post, ok := m.Book.DutyPerson(unit.ID, m.Now); unit.ID != o.UnitID && (!ok || post.UnitID != unit.ID) {
		return nil, errUnstaffed
	}
	return unit, nil
}

var errUnstaffed = Refuse(Conflict, "unit.unstaffed", "该单位无人值守，不能承办")

// moveDesk puts a registered case on another desk, where the acceptance clock
// runs anew, as for any unit that receives it (Art. 23).
func (c *Case) moveDesk(m Moment, to UnitID, owes debtor, f *Facts) {
	for _, k := range c.running(Acceptance) {
		f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
	}
	c.handDesk(m, to, f)
	c.propose(m)
	f.Proposed = c.ProposedUnitID
	f.Started = append(f.Started, c.start(m, Acceptance, m.Now, to, strconv.FormatInt(c.Seq+1, 10), owes)...)
}

// handDesk makes a unit the one whose desk holds the case.
func (c *Case) handDesk(m Moment, to UnitID, f *Facts) {
	c.joins(m, c.LeadUnitID, PartSender)
	c.joins(m, to, PartLead)
	f.FromUnit, f.Unit, c.LeadUnitID = c.LeadUnitID, to, to
}

// takeBack puts an accepted case before a desk that has still to assign it. Who
// answers for it there is given, where nobody of that desk answers for it yet.
func (c *Case) takeBack(m Moment, desk UnitID, who Holder, f *Facts) {
	c.dropAcknowledgement(m, f)
	f.FromUnit, f.Unit = c.HandlingUnitID, desk
	c.Status, c.HandlingUnitID, c.Handler = Accepted, UnitID{}, UserID{}
	f.Status = c.Status
	owed := []ClockKind{FirstContact, Handling}
	if desk != c.LeadUnitID {
		c.handDesk(m, desk, f)
		owed = append(owed, Acceptance)
	}
	if c.ResponsiblePost.UnitID != desk {
		f.Responsible = c.answerable(who.User, who.Post)
	}
	c.owe(debtor{c.ResponsiblePost, c.Responsible}, owed...)
}

// reassign assigns the case to a unit that was designated: one below the desk.
func (c *Case) reassign(m Moment, unit *Unit, f *Facts) {
	c.dropAcknowledgement(m, f)
	f.FromUnit = c.HandlingUnitID
	c.Status, c.HandlingUnitID, c.Handler = Assigned, unit.ID, UserID{}
	f.Status, f.Round = c.Status, c.Round
	c.joins(m, unit.ID, PartHandling)
	owes := debtor{post: Post{UnitID: unit.ID, Role: c.workRole()}}
	f.Started = append(f.Started, c.start(m, Acknowledgement, m.Now, unit.ID, strconv.FormatInt(c.Seq+1, 10), owes)...)
}

func (c *Case) dropAcknowledgement(m Moment, f *Facts) {
	for _, k := range c.running(Acknowledgement) {
		f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
	}
}

// Responsibility gives the line of the responsibility list for a category in an
// area, by the area's code, "" for everywhere; false where there is none.
func (b *Book) Responsibility(category, area string) (Responsibility, bool) {
	lines := b.responsible[category]
	i := slices.IndexFunc(lines, func(r Responsibility) bool { return r.Area == area })
	if i < 0 {
		return Responsibility{}, false
	}
	return lines[i], true
}

// succeedObjection carries an open objection over to units that do a merged
// unit's work today. It lapses where objector and sender are one now: nobody
// objects to themselves. It tells whether anything moved.
func (c *Case) succeedObjection(m Moment, f *Facts) bool {
	sender, moved := successor(m.Book, c.SenderUnitID)
	c.SenderUnitID = sender
	o := c.objection()
	if o == nil {
		return moved
	}
	for _, unit := range []*UnitID{&o.UnitID, &o.SenderUnitID, &o.SuperiorUnitID} {
		now, gone := successor(m.Book, *unit)
		*unit, moved = now, moved || gone
	}
	switch {
	case !moved:
		return false
	case o.UnitID == o.SenderUnitID:
		over := c.settle(m, o, ObjectionLapsed, Cancelled)
		f.Stopped = append(f.Stopped, over.Stopped...)
	case o.State == ObjectionRaised:
		c.bringBefore(m, o, m.Now)
		c.owe(debtor{post: o.waitsFor(c.deskRole())}, Jurisdiction)
	}
	c.changes.Objections = once(c.changes.Objections, o)
	f.Objection = o.fact()
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	return true
}
