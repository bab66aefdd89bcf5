package grievance

import (
	"slices"
	"strconv"
)

// Classification decides what a case is; empty fields stay as they are.
type Classification struct {
	Nature         Nature
	Route          int
	Category       string
	Urgency        Urgency
	Petition       *bool
	SimplePetition *bool
	Amount         *int64 // at stake, in yuan
}

// Classify decides or corrects nature, route, category and urgency. The profile
// follows, and running clocks with it, but only to an earlier instant that is
// still ahead.
func (c *Case) Classify(m Moment, in Classification) error {
	by, err := c.permit(m, OpClassify)
	if err != nil {
		return err
	}
	if err := in.validate(m, c); err != nil {
		return err
	}
	if err := c.inspectable(m, in.Nature); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil { // what has passed by the old instants has passed
		return err
	}
	wasUrgent, wasUnrouted := c.Urgency == LifeProperty, c.Unrouted
	c.reclassify(m, in)
	f := Facts{}
	c.classified(&f)
	for _, kind := range []ClockKind{Acceptance, FirstContact, Handling} {
		f.Moved = append(f.Moved, c.shorten(m, kind)...)
	}
	if err := c.record(m, by, EvClassified, f); err != nil {
		return err
	}
	if err := c.tellUnrouted(m, wasUnrouted); err != nil {
		return err
	}
	if err := c.raiseShield(m); err != nil || wasUrgent {
		return err
	}
	return c.callUrgent(m.For(c), by)
}

func (in Classification) validate(m Moment, c *Case) error {
	nature := in.Nature
	if nature == "" {
		nature = c.Nature
	}
	var f faults
	f.check(in != (Classification{}), "", "request.nothing", "没有填写任何修改内容")
	f.check(in.Nature == "" || slices.Contains(Natures, in.Nature), "/nature", "nature.unknown", "诉求性质不在规定范围内")
	f.check(in.Urgency == "" || slices.Contains(Urgencies, in.Urgency), "/urgency", "urgency.unknown", "紧急程度不在规定范围内")
	f.check(in.Amount == nil || *in.Amount >= 0, "/amount", "amount.negative", "金额不能为负数")
	f.check(routeFits(nature, in.Route), "/route", "route.unknown", "只有申诉求决类事项才有办理途径（1 至 6）")
	f.checkCategory(m, in.Category)
	return f.err()
}

func (c *Case) reclassify(m Moment, in Classification) {
	set(&c.Nature, in.Nature)
	set(&c.Route, in.Route)
	set(&c.Category, in.Category)
	set(&c.Urgency, in.Urgency)
	if in.Petition != nil {
		c.Petition = *in.Petition
	}
	if in.SimplePetition != nil {
		c.SimplePetition = *in.SimplePetition
	}
	if in.Amount != nil {
		c.Amount = *in.Amount
	}
	if c.Nature != Demand {
		c.Route = 0
	} else if c.Route == 0 {
		c.Route = PetitionRoute
	}
	c.Profile = c.chooseProfile()
	c.propose(m)
}

// set changes *p to v unless v says nothing.
func set[T comparable](p *T, v T) {
	var none T
	if v != none {
		*p = v
	}
}

// Correction puts right what was written down wrongly; empty fields stay.
type Correction struct {
	Area      UnitID
	Headcount int
	Title     string
	Body      string
}

// Correct puts the registration right. No clock moves.
func (c *Case) Correct(m Moment, in Correction) error {
	by, err := c.permit(m, OpCorrect)
	if err != nil {
		return err
	}
	var f faults
	f.check(in != (Correction{}), "", "request.nothing", "没有填写任何修改内容")
	f.check(in.Area.IsZero() || m.Book.Unit(in.Area) != nil, "/area_id", "unit.unknown", "问题发生地不存在")
	f.check(in.Headcount >= 0, "/headcount", "headcount.negative", "人数不能为负数")
	f.checkText(in.Title, "/title", MaxTitle, false)
	f.checkText(in.Body, "/body", MaxText, false)
	if err := f.err(); err != nil {
		return err
	}
	wasUnrouted := c.Unrouted
	if !in.Area.IsZero() && in.Area != c.AreaID {
		c.AreaID = in.Area
		c.joins(m, in.Area, PartArea)
		c.propose(m)
	}
	set(&c.Headcount, in.Headcount)
	c.GroupPetition = c.Headcount >= minGroup
	texts := c.writeAll(m, true, textIn{TextTitle, in.Title}, textIn{TextBody, in.Body})
	if err := c.record(m, by, EvCorrected, Facts{Area: in.Area, Proposed: c.ProposedUnitID, Headcount: in.Headcount, Texts: texts}); err != nil {
		return err
	}
	return c.tellUnrouted(m, wasUnrouted)
}

// AcceptanceDecision decides to take a case on; Service, where given, is how the
// written notice (受理告知书) was served there and then.
type AcceptanceDecision struct {
	Notice  string // words of the notice beyond its form
	Service *Service
}

// Accept takes the case on (受理): the handling and first-contact clocks start.
// The acceptance clock stops when the notice is served (Art. 22, 23).
func (c *Case) Accept(m Moment, in AcceptanceDecision) error {
	by, err := c.permit(m, OpAccept)
	if err != nil {
		return err
	}
	if err := in.validate(m); err != nil {
		return err
	}
	responsible, err := c.takeOver(m, by)
	if err != nil {
		return err
	}
	now := m.Now
	c.Status, c.AcceptedAt = Accepted, &now
	f := Facts{Status: c.Status, Responsible: responsible, Awaiting: c.awaitByStatus(), Profile: c.Profile}
	clerk := c.deskDebtor()
	f.Started = append(c.start(m, FirstContact, now, c.LeadUnitID, "", clerk), c.start(m, Handling, now, c.LeadUnitID, "", clerk)...)
	n, refs := c.issue(m, NoticeOfAcceptance, in.Notice)
	f.Notice, f.Texts = n.fact(), refs
	if err := c.record(m, by, EvAccepted, f); err != nil {
		return err
	}
	return c.serveNow(m, by, n, in.Service)
}

func (in AcceptanceDecision) validate(m Moment) error {
	var f faults
	f.checkText(in.Notice, "/notice", MaxText, false)
	in.Service.check(m, &f, "/service")
	return f.err()
}

// takeOver makes the acting clerk responsible where the case has come from
// another desk, or from a courier, and nobody of this desk has acknowledged it
// yet: deciding on a case is taking it.
func (c *Case) takeOver(m Moment, by Post) (*Holder, error) {
	if c.heldBy(by) {
		return nil, nil
	}
	if _, err := c.Advance(m); err != nil {
		return nil, err
	}
	h := c.answerable(m.By.UserID, by)
	c.owe(debtor{by, m.By.UserID}, Acceptance)
	return h, nil
}

// heldBy reports whether somebody of that post answers for the case.
func (c *Case) heldBy(p Post) bool {
	return c.ResponsiblePost.UnitID == p.UnitID && c.ResponsiblePost.Role == p.Role
}

// Declining refuses a case, subject to a leader's approval. Earlier names, for the
// reason finalised and for no other, the case in which the same facts had their
// last word; Known is that case with its notices, as whoever declines may see it,
// nil where they may not.
type Declining struct {
	Reason  Reason
	Words   string
	Earlier CaseID
	Known   *Case
}

// check adds what is wrong with the earlier case.
func (in Declining) check(f *faults, id CaseID) {
	switch {
	case in.Reason != FinalisedFacts:
		f.check(in.Earlier.IsZero(), "/earlier_case_id", "decline.earlier_unfit", "只有因事项已终结不予受理的，才指明原事项")
	case in.Known == nil || in.Known.ID == id || in.Known.FinalOpinion() == nil:
		f.check(false, "/earlier_case_id", "decline.earlier", "须指明同一事实已经终结、且您可以查看的原事项")
	}
}

// Decline asks a leader to approve that the case is not taken on (不予受理).
// The status stays until then. What is finalised already (Art. 36) is answered with
// the final opinion, to which the notice refers, and still by a leader's decision.
func (c *Case) Decline(m Moment, in Declining) error {
	by, err := c.permit(m, OpDecline)
	if err != nil {
		return err
	}
	var f faults
	f.check(slices.Contains(DeclineReasons, in.Reason), "/reason", "reason.unknown", "不予受理须选择规定的原因")
	f.checkText(in.Words, "/words", MaxText, true)
	in.check(&f, c.ID)
	if err := f.err(); err != nil {
		return err
	}
	asked := SignOff{Kind: SignDecline, Reason: in.Reason}
	if in.Reason == FinalisedFacts {
		asked.EarlierCaseID, asked.EarlierNumber = in.Known.ID, in.Known.FinalOpinion().Number
	}
	return c.request(m, by, asked, EvDeclineRequested, textIn{TextReason, in.Words})
}

// Answering answers an inquiry on the spot.
type Answering struct{ Answer string }

// Answer closes an inquiry (咨询) that the counter or the hotline answers on the
// spot: the one closure without a sign-off. Who answers it answers for it.
// Conflict for any other nature.
func (c *Case) Answer(m Moment, in Answering) error {
	by, err := c.permit(m, OpAnswer)
	if err != nil {
		return err
	}
	if c.Nature != Inquiry || c.ReceivedAs != Inquiry || c.Round > 1 {
		return Refuse(Conflict, "case.not_inquiry", "只有登记时即为咨询的事项可以当场答复办结，其他事项须经领导签批")
	}
	var f faults
	f.checkText(in.Answer, "/answer", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	facts := Facts{Responsible: c.answerable(m.By.UserID, by), Texts: c.writeAll(m, true, textIn{TextAnswer, in.Answer})}
	answered := ending{status: Closed, outcome: Explained, met: []ClockKind{Acceptance, FirstContact, Handling}}
	return c.end(m, by, EvAnswered, answered, facts)
}

// end ends a round of the case in a final status. The clocks named are met, one
// kept runs on, and every other is no longer owed.
func (c *Case) end(m Moment, by Post, kind EventKind, to ending, f Facts) error {
	if _, err := c.Advance(m); err != nil {
		return err
	}
	if to.status != Closed {
		c.lapse(m, SignTakeDown) // it leaves the wall anyhow
	}
	f.Stopped = append(f.Stopped, c.dropDuties(m)...)
	for _, k := range c.running() {
		switch {
		case slices.Contains(to.met, k.Kind):
			f.Stopped = append(f.Stopped, c.stopOne(k, Met, m.Now))
		case k.Kind != to.keeps && k.Kind != OrderReply && !c.timesTakeDown(k): // a superior is owed an answer all the same
			f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
		}
	}
	c.lapse(m, SignExtension)
	c.lapse(m, SignRecusal)
	c.lapseObjection(m)
	c.lapseCoHandlers()
	f.Moved = append(f.Moved, c.endSuspension(m, m.Now, &f)...)
	c.replan(m) // of what runs on
	now := m.Now
	c.Status, c.Outcome, c.ClosedAt = to.status, to.outcome, &now
	f.Status, f.Outcome, f.Awaiting = to.status, to.outcome, c.awaitByStatus()
	return c.record(m, by, kind, f)
}

// ending says how a round ends.
type ending struct {
	status  Status
	outcome Outcome
	met     []ClockKind
	keeps   ClockKind
}

// Forwarding sends a case to the unit whose duty it is.
type Forwarding struct {
	Unit   UnitID
	Reason Reason
	Words  string
}

// Forward sends the case to another unit's desk (转送), where it is registered
// anew: the acceptance clock runs anew there (Art. 23). The sender's person
// answers for it until the receiving clerk acknowledges. The petitioner is told
// where it went by a notice (转送告知书) of the sender's (Art. 23).
func (c *Case) Forward(m Moment, in Forwarding) error {
	by, err := c.permit(m, OpForward)
	if err != nil {
		return err
	}
	to, err := c.destination(m, in)
	if err != nil {
		return err
	}
	stopped, err := c.stop(m, Met, Acceptance)
	if err != nil {
		return err
	}
	responsible, err := c.takeOver(m, by) // it is this desk's person who answers until the other acknowledges
	if err != nil {
		return err
	}
	n, _ := c.issue(m, NoticeOfForward, "")
	n.OtherUnitID, n.OtherName = to.ID, m.Book.FullName(to.ID)
	from, wasUnrouted := c.LeadUnitID, c.Unrouted
	c.joins(m, from, PartSender)
	c.joins(m, to.ID, PartLead)
	c.LeadUnitID = to.ID
	c.sent(m, from)
	c.propose(m)
	f := Facts{
		Unit: to.ID, FromUnit: from, Reason: in.Reason, Stopped: stopped, Proposed: c.ProposedUnitID,
		Responsible: responsible, Awaiting: c.awaitByStatus(), Notice: n.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words}),
	}
	receipt := strconv.FormatInt(c.Seq+1, 10) // a desk may receive a case more than once
	f.Started = c.start(m, Acceptance, m.Now, to.ID, receipt, debtor{post: Post{UnitID: to.ID, Role: c.deskRole()}})
	if err := c.record(m, by, EvForwarded, f); err != nil {
		return err
	}
	return c.tellUnrouted(m, wasUnrouted)
}

// destination is the desk that a forward reaches: like a registration it climbs
// from a unit without anybody on duty to the one that is on duty for it.
func (c *Case) destination(m Moment, in Forwarding) (*Unit, error) {
	var f faults
	to := m.Book.Current(in.Unit)
	f.check(to != nil, "/unit_id", "unit.unknown", "转送的单位不存在")
	f.check(slices.Contains(ForwardReasons, in.Reason), "/reason", "reason.unknown", "请选择转送原因")
	f.checkText(in.Words, "/words", MaxText, false)
	if err := f.err(); err != nil {
		return nil, err
	}
	if m.Book.BarsUnit(to.ID) {
		return nil, errBarred
	}
	organ := m.Book.Organ(to.ID) // stations, villages and grids decide nothing
	if organ == nil {
		organ = to
	}
	_, post, ok := m.Book.DutyPerson(organ.ID, m.Now)
	if !ok {
		return nil, Refuse(Conflict, "unit.nobody", "该单位及其上级均无人值守，无法转送")
	}
	f.check(post.UnitID != c.LeadUnitID, "/unit_id", "unit.same", "事项已在该单位")
	return m.Book.Unit(post.UnitID), f.err()
}
