package grievance

import (
	"slices"
	"strconv"
	"time"
)

// ObjectionDecision is the sender's answer to an objection, or the decision of the
// common superior on one that was raised: Consent is the sender's, Unit whom the
// superior designates. Where there is no common superior, Words are the minutes
// of the joint conference (联席会议), and Conference says so.
type ObjectionDecision struct {
	Consent    *bool
	Unit       UnitID
	Words      string
	Conference bool
}

// DecideObjection answers the objection with that number for the sender, or
// decides it for the common superior (Art. 23, 24). Forbidden for who raised or
// refused it, who handles the case and whose matter it is; Conflict when it is
// decided already, and where nobody is on duty in the unit to be designated.
func (c *Case) DecideObjection(m Moment, number int, in ObjectionDecision) error {
	o, by, err := c.judge(m, number)
	if err != nil {
		return err
	}
	if err := in.validate(o); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	switch {
	case o.State == ObjectionRaised:
		return c.designate(m, by, o, in)
	case *in.Consent:
		return c.consent(m, by, o, in)
	}
	return c.refuse(m, by, o, in)
}

func (in ObjectionDecision) validate(o *Objection) error {
	var f faults
	if o.State == ObjectionPending {
		f.check(in.Consent != nil, "/consent", "objection.consent_missing", "请答复是否同意退单")
		f.check(in.Unit.IsZero(), "/unit_id", "objection.not_raised", "退单尚未提请上级，不能指定承办单位")
		f.check(!in.Conference, "/conference", "objection.no_conference", "只有没有共同上级的退单由联席会议决定")
		f.checkText(in.Words, "/words", MaxText, in.Consent != nil && !*in.Consent)
		return f.err()
	}
	f.check(in.Consent == nil, "/consent", "objection.raised", "退单已提请上级决定，原单位不再答复")
	f.check(!in.Unit.IsZero(), "/unit_id", "objection.unit_missing", "请指定承办单位")
	f.check(in.Conference || !o.Conference, "/conference", "objection.conference_needed", "双方没有共同上级，须由联席会议决定并记录会议纪要")
	f.check(!in.Conference || o.Conference, "/conference", "objection.no_conference", "只有没有共同上级的退单由联席会议决定")
	f.checkText(in.Words, "/words", MaxText, true)
	return f.err()
}

// judge finds the open objection and checks that the actor may decide on it now.
func (c *Case) judge(m Moment, number int) (*Objection, Post, error) {
	if err := c.catchUp(m); err != nil {
		return nil, Post{}, err
	}
	o := c.objectionOf(number)
	if o == nil {
		return nil, Post{}, ErrNotFound
	}
	if o.open() {
		by, err := c.permit(m, OpDecideObjection)
		if err != nil {
			return nil, Post{}, err
		}
		if slices.Contains(c.partial(o), m.By.UserID) {
			return nil, Post{}, Refuse(Forbidden, "objection.own_work", "不能答复或裁决本人承办、反映、提出或已答复的退单")
		}
		return o, by, nil
	}
	if _, sender := o.answerer(m); !sender {
		if _, superior := o.arbiter(m); !superior {
			return nil, Post{}, errNotPermitted
		}
	}
	return nil, Post{}, Refuse(Conflict, "objection.decided", "该退单已有决定")
}

// partial are those who decide nothing about an objection: who raised it, who
// refused it, who handles the case and whose matter it is.
func (c *Case) partial(o *Objection) []UserID {
	who := append(c.recused(), o.ObjectedBy)
	if !o.AnsweredBy.IsZero() {
		who = append(who, o.AnsweredBy)
	}
	return who
}

// judging is who may decide on the objection that is open: its sender, once it
// was raised the common superior.
func judging(c *Case, m Moment) (Post, bool) {
	o := c.objection()
	switch {
	case o == nil:
		return Post{}, false
	case o.State == ObjectionPending:
		return o.answerer(m)
	}
	return o.arbiter(m)
}

// answerer is a clerk of the desk that sent the case, or who is on duty for it;
// for an assignment a leader over that desk too.
func (o *Objection) answerer(m Moment) (Post, bool) {
	if by, ok := deskClerk(m, o.SenderUnitID, m.Book.deskRole()); ok || o.On == ByForward {
		return by, ok
	}
	return above(m, o.SenderUnitID, RoleLeader)
}

// arbiter is a leader of the common superior or above; where there is none, a
// leader or supervisor at the root of either side, who records the conference.
func (o *Objection) arbiter(m Moment) (Post, bool) {
	if !o.Conference {
		return above(m, o.SuperiorUnitID, RoleLeader)
	}
	for _, side := range []UnitID{o.SenderUnitID, o.UnitID} {
		if root := m.Book.Root(side); root != nil {
			if by, ok := m.By.PostAt(root.ID, RoleLeader, RoleSupervisor); ok {
				return by, true
			}
		}
	}
	return Post{}, false
}

// consent sends the case back to the sender, who answers for it at once: on a
// forward to be decided on anew, on an assignment to be assigned anew.
func (c *Case) consent(m Moment, by Post, o *Objection, in ObjectionDecision) error {
	now, wasUnrouted := m.Now, c.Unrouted
	o.AnsweredBy, o.AnsweredAt = m.By.UserID, &now
	f := c.settle(m, o, ObjectionConsented, Met)
	f.Texts = c.writeAll(m, false, textIn{TextReason, in.Words})
	who := Holder{m.By.UserID, by}
	if o.On == ByForward {
		c.moveDesk(m, o.SenderUnitID, debtor{by, m.By.UserID}, &f)
		f.Responsible = c.answerable(who.User, who.Post)
	} else {
		c.takeBack(m, o.SenderUnitID, who, &f)
	}
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	if err := c.record(m, by, EvObjectionConsented, f); err != nil {
		return err
	}
	return c.tellUnrouted(m, wasUnrouted)
}

// refuse brings the objection before the common superior.
func (c *Case) refuse(m Moment, by Post, o *Objection, in ObjectionDecision) error {
	now := m.Now
	o.AnsweredBy, o.AnsweredAt = m.By.UserID, &now
	c.changes.Objections = once(c.changes.Objections, o)
	f := Facts{Objection: o.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	for _, k := range c.running(Consent) {
		f.Stopped = append(f.Stopped, c.stopOne(k, Met, now))
	}
	if err := c.record(m, by, EvObjectionRefused, f); err != nil {
		return err
	}
	return c.raise(m, by, o, now, Facts{Objection: o.fact()})
}

// expireConsent raises an objection that the sender has not answered in time: it
// is no longer the sender's to answer.
func (c *Case) expireConsent(m Moment, s step) error {
	o := c.objection()
	f := Facts{Objection: o.fact(), Stopped: []ClockFact{c.stopOne(s.clock, Cancelled, s.at)}}
	f.Objection.ByTime = true
	return c.raise(m.asSystem(), systemPost, o, s.at, f)
}

// consentClock is the running clock of an objection that waits for its sender, or
// nil.
func (c *Case) consentClock() *Clock {
	for _, k := range c.running(Consent) {
		return k
	}
	return nil
}

// raise puts an objection before the common superior about an instant.
func (c *Case) raise(m Moment, by Post, o *Objection, at time.Time, f Facts) error {
	o.State, o.RaisedAt = ObjectionRaised, &at
	c.bringBefore(m, o, at)
	f.Objection.Superior = o.fact().Superior
	f.Started = c.start(m, Jurisdiction, at, o.SuperiorUnitID, strconv.Itoa(o.N), debtor{post: o.waitsFor(c.deskRole())})
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	return c.recordAbout(m, by, EvObjectionRaised, at, f)
}

// bringBefore finds who decides: the common superior, or the next organ above it
// that has a leader who may; where no superior is common, the sender's root
// convenes the conference.
func (c *Case) bringBefore(m Moment, o *Objection, at time.Time) {
	c.changes.Objections = once(c.changes.Objections, o)
	superior := m.Book.commonSuperior(o.UnitID, o.SenderUnitID)
	if o.Conference = superior == nil; o.Conference {
		o.SuperiorUnitID = m.Book.Root(o.SenderUnitID).ID
		return
	}
	o.SuperiorUnitID = superior.ID
	then := m
	then.Now = at
	if seat, ok := c.seatAt(then, superior.ID, false, c.partial(o)...); ok {
		o.SuperiorUnitID = seat.UnitID
	}
}

// commonSuperior is who decides between two units (Art. 24): the lowest organ
// above both, and neither of them, for nobody judges their own cause. Nil where
// there is none.
func (b *Book) commonSuperior(one, other UnitID) *Unit {
	line := b.Ancestors(other)
	for _, u := range b.Ancestors(one) {
		if now := b.Current(u.ID); slices.Contains(line, u) && now.Organ && now.ID != one && now.ID != other {
			return now
		}
	}
	return nil
}
