package grievance

import (
	"slices"
	"strconv"
	"time"
)

// Assignment hands a case to a unit below the desk, or to a handler there.
type Assignment struct {
	Unit    UnitID // zero for what the responsibility list proposes, else the desk's own unit
	Handler UserID // zero leaves the choice to the unit
	Words   string
}

// Assign hands the case to a handling unit, and to a handler by name where one
// is given (交办). Each assignment has one acknowledgement clock; who answered
// for the case before still does until it is acknowledged.
func (c *Case) Assign(m Moment, in Assignment) error {
	by, err := c.permit(m, OpAssign)
	if err != nil {
		return err
	}
	unit, err := c.assignee(m, by, &in)
	if err != nil {
		return err
	}
	stopped, err := c.stop(m, Cancelled, Acknowledgement)
	if err != nil {
		return err
	}
	if unit.ID != c.HandlingUnitID { // naming another handler gives a unit no time to object again
		c.sent(m, c.SenderUnitID)
	}
	c.Status, c.HandlingUnitID, c.Handler = Assigned, unit.ID, in.Handler
	c.joins(m, unit.ID, PartHandling)
	f := Facts{
		Status: c.Status, Round: c.Round, Unit: unit.ID, Handler: in.Handler, Stopped: stopped,
		Awaiting: c.awaitByStatus(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words}),
	}
	owes := debtor{Post{UnitID: unit.ID, Role: c.workRole()}, in.Handler}
	f.Started = c.start(m, Acknowledgement, m.Now, unit.ID, strconv.FormatInt(c.Seq+1, 10), owes)
	return c.record(m, by, EvAssigned, f)
}

// assignee finds the unit to hand the case to. Everybody hands down: the desk
// within its own subtree, a handling unit within its own, so that nobody below
// the desk passes a case sideways.
func (c *Case) assignee(m Moment, by Post, in *Assignment) (*Unit, error) {
	lead, own := m.Book.Unit(c.LeadUnitID), m.Book.Unit(by.UnitID)
	id := in.Unit
	if proposed := m.Book.Unit(c.ProposedUnitID); id.IsZero() && proposed != nil && proposed.Within(lead) && proposed.Within(own) {
		id = proposed.ID
	}
	if id.IsZero() {
		id = c.actingUnit()
	}
	unit := m.Book.Current(id)
	var f faults
	f.check(unit != nil, "/unit_id", "unit.unknown", "承办单位不存在")
	f.check(unit == nil || unit.Within(lead) && unit.Within(own), "/unit_id", "unit.outside", "承办单位须在本单位管辖范围内，其他单位请用转送")
	if err := f.err(); err != nil {
		return nil, err
	}
	if m.Book.BarsUnit(unit.ID) {
		return nil, errBarred
	}
	fits := in.Handler.IsZero() || slices.Contains(m.Book.Holders(Post{UnitID: unit.ID, Role: c.workRole()}, m.Now), in.Handler)
	f.check(fits, "/handler_id", "handler.unknown", "承办人不在该单位的承办岗位上")
	f.check(c.mayHandle(in.Handler), "/handler_id", "handler.recused", "诉求人、被反映人和已回避的人员不能承办")
	f.checkText(in.Words, "/words", MaxText, false)
	return unit, f.err()
}

// Acknowledging says that somebody has received a case.
type Acknowledging struct{}

// Acknowledge records that the actor has received the case (签收) and answers
// for it from now on: a handler what was assigned, a clerk what was forwarded.
// Its clock does not wait for a leader, so neither does it. Conflict when
// nothing waits to be acknowledged by the actor; Forbidden for whom the case is
// about, and whose it is.
func (c *Case) Acknowledge(m Moment, _ Acknowledging) error {
	by, err := c.permit(m, OpAcknowledge)
	if err != nil {
		return err
	}
	if c.Status == Registered {
		return c.acknowledgeForward(m, by)
	}
	if by.Role != c.workRole() {
		return Refuse(Forbidden, "case.not_assigned", "该事项没有交办给您，不能签收")
	}
	if !c.mayHandle(m.By.UserID) {
		return Refuse(Forbidden, "case.own_matter", "您是该事项的诉求人，应当回避，不能承办")
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	c.owe(debtor{by, m.By.UserID}, Acknowledgement) // by which everybody who handled the case stays known
	stopped, err := c.stop(m, Met, Acknowledgement)
	if err != nil {
		return err
	}
	c.Status, c.Handler = InHandling, m.By.UserID
	c.owe(debtor{by, m.By.UserID}, FirstContact, Handling)
	f := Facts{Status: c.Status, Handler: c.Handler, Stopped: stopped, Responsible: c.answerable(m.By.UserID, by)}
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	return c.record(m, by, EvAcknowledged, f)
}

func (c *Case) acknowledgeForward(m Moment, by Post) error {
	if c.heldBy(by) {
		return Refuse(Conflict, "case.nothing_to_acknowledge", "该事项没有等待您签收的转送")
	}
	responsible, err := c.takeOver(m, by)
	if err != nil {
		return err
	}
	f := Facts{Responsible: responsible}
	if c.PendingSignOff == 0 {
		f.Awaiting = c.await(by, m.By.UserID)
	}
	return c.record(m, by, EvAcknowledged, f)
}

// Contacting says how the petitioner was contacted.
type Contacting struct{ Words string }

// Contact records that the petitioner was contacted; the first stops the
// first-contact clock.
func (c *Case) Contact(m Moment, in Contacting) error {
	by, err := c.permit(m, OpContact)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	stopped, err := c.stop(m, Met, FirstContact)
	if err != nil {
		return err
	}
	return c.record(m, by, EvContacted, Facts{Stopped: stopped, Texts: c.writeAll(m, false, textIn{TextContact, in.Words})})
}

// Noting is a remark on a case, for the staff or for the petitioner too.
type Noting struct {
	Words        string
	ToPetitioner bool
}

// Note adds a remark. It never moves a clock.
func (c *Case) Note(m Moment, in Noting) error {
	by, err := c.permit(m, OpNote)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	texts := c.writeAll(m, in.ToPetitioner, textIn{TextNote, in.Words})
	return c.record(m, by, EvNoted, Facts{ToPetitioner: in.ToPetitioner, Texts: texts})
}

// Submission is the outcome and the opinion document, in its four fixed parts.
type Submission struct {
	Outcome    Outcome
	Request    string
	Facts      string
	Opinion    string
	LegalBasis string
}

// Submit puts the handler's opinion before a leader (提请签批). The handling
// clock runs on until it is approved.
func (c *Case) Submit(m Moment, in Submission) error {
	by, err := c.permit(m, OpSubmit)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	return c.request(m, by, SignOff{Kind: SignClosure, Outcome: in.Outcome}, EvSubmitted, in.texts()...)
}

func (in Submission) check() error {
	var f faults
	f.check(slices.Contains(Outcomes, in.Outcome), "/outcome", "outcome.unknown", "请选择办理结果")
	f.checkText(in.Request, "/request", MaxText, true)
	f.checkText(in.Facts, "/facts", MaxText, true)
	f.checkText(in.Opinion, "/opinion", MaxText, true)
	f.checkText(in.LegalBasis, "/legal_basis", MaxText, true)
	return f.err()
}

func (in Submission) texts() []textIn {
	return []textIn{{TextRequest, in.Request}, {TextFacts, in.Facts}, {TextOpinion, in.Opinion}, {TextLegalBasis, in.LegalBasis}}
}

// HandOn passes a case to who is on duty when the person who answers for it has
// left the post, takes a person who cannot act any more out of what waits for
// them, and moves a case out of a unit that was merged into another; an open
// sign-off still waits for its leader. It changes nothing where everybody is
// still in office, or nobody is up to the root: then the last name stands.
//
// What people left is handed on by Advance, about the instant at which they did.
// What is left to hand on now is what moves with a merged unit, and what names
// somebody who never held the post.
func (c *Case) HandOn(m Moment) error {
	if _, err := c.Advance(m); err != nil {
		return err
	}
	var f Facts
	changed := c.succeed(m, &f) // of a case that is over too: it may be disputed yet, or a notice of it served
	if c.owed() {
		gone := func(user UserID, post Post) bool { return !user.IsZero() && !m.Book.holds(user, post, m.Now) }
		changed = c.handOver(m, m.Now, &f, gone) || changed
	}
	if changed {
		if err := c.record(m.asSystem(), systemPost, EvHandedOn, f); err != nil {
			return err
		}
	}
	if err := c.raiseShield(m); err != errNobodyAbove { //nolint:errorlint // the very one: then the last desk keeps it
		return err
	}
	return nil
}

// handOver passes what those have who are gone to who is on duty at an instant,
// and tells whether anything passed.
func (c *Case) handOver(m Moment, at time.Time, f *Facts, gone func(UserID, Post) bool) (changed bool) {
	if gone(c.Responsible, c.ResponsiblePost) {
		if user, post, ok := m.Book.DutyPerson(c.ResponsiblePost.UnitID, at); ok && !gone(user, post) {
			f.Responsible, changed = c.answerable(user, post), true
		}
	}
	handling := gone(c.Handler, Post{UnitID: c.HandlingUnitID, Role: c.workRole()})
	if handling {
		c.orphan(m, at, f)
	}
	if c.PendingSignOff == 0 && (handling || gone(c.AwaitingUser, c.AwaitingPost)) {
		was := c.Awaiting()
		f.Awaiting = c.awaitByStatus()
		changed = changed || was != c.Awaiting()
	}
	sponsored := gone(c.Sponsor, c.SponsorPost) && c.passSponsorship(m, at, f)
	owed := c.bequeath(m, at, gone)
	return changed || handling || sponsored || owed
}

// bequeath passes what people owe who have gone to who is on duty where they
// sat, but for acknowledging, which the post owes: only who is assigned can do
// it; and for what a leader in charge owes, which goes with the charge. It tells
// whether any debt passed.
func (c *Case) bequeath(m Moment, at time.Time, gone func(UserID, Post) bool) (passed bool) {
	for _, k := range c.running() {
		if k.Kind == SponsorDuty || !gone(k.DebtorUser, k.DebtorPost) {
			continue
		}
		user, post, ok := m.Book.DutyPerson(k.DebtorPost.UnitID, at)
		switch {
		case k.Kind == Acknowledgement:
			k.DebtorUser = UserID{}
		case ok && !gone(user, post):
			k.DebtorPost, k.DebtorUser = post, user
		default:
			continue
		}
		c.touch(k)
		passed = true
	}
	return passed
}

// orphan takes the handler out of a case: another of the unit has to
// acknowledge it.
func (c *Case) orphan(m Moment, at time.Time, f *Facts) {
	c.Handler = UserID{}
	c.owe(debtor{post: Post{UnitID: c.HandlingUnitID, Role: c.workRole()}}, Acknowledgement)
	if c.Status == InHandling {
		c.unassign(m, at, f)
	}
}

// unassign puts a case back before its handling unit, with a new clock from an
// instant on to acknowledge it.
func (c *Case) unassign(m Moment, at time.Time, f *Facts) {
	c.Status, f.Status = Assigned, Assigned
	owes := debtor{post: Post{UnitID: c.HandlingUnitID, Role: c.workRole()}}
	f.Started = c.start(m, Acknowledgement, at, c.HandlingUnitID, strconv.FormatInt(c.Seq+1, 10), owes)
}
