package grievance

import (
	"slices"
	"time"
)

// Cause says why a case was escalated.
type Cause string

// The causes of escalations.
const (
	OverdueAcceptance      Cause = "overdue_acceptance"
	OverdueAcknowledgement Cause = "overdue_acknowledgement"
	OverdueFirstContact    Cause = "overdue_first_contact"
	OverdueHandling        Cause = "overdue_handling"
	OverdueSignOff         Cause = "overdue_sign_off"
	OverdueReview          Cause = "overdue_review"
	OverdueReReview        Cause = "overdue_re_review"
	OverdueConsent         Cause = "overdue_consent"
	OverdueJurisdiction    Cause = "overdue_jurisdiction"
	OverdueCoHandling      Cause = "overdue_co_handling"
	OverdueOrder           Cause = "overdue_order"
	OverdueDuty            Cause = "overdue_duty"
	Urgent                 Cause = "urgent"     // life and property, at once (Art. 25)
	DisputeRaised          Cause = "dispute"    // the petitioner disputes the answer, or calls the matter unresolved at a follow-up
	Reported               Cause = "reported"   // the unit cannot solve it (上报)
	Supervised             Cause = "supervised" // a supervisor stepped in
)

// Causes lists them.
var Causes = []Cause{
	OverdueAcceptance, OverdueAcknowledgement, OverdueFirstContact, OverdueHandling,
	OverdueSignOff, OverdueReview, OverdueReReview, OverdueConsent, OverdueJurisdiction, OverdueCoHandling, OverdueOrder, OverdueDuty,
	Urgent, DisputeRaised, Reported, Supervised,
}

func overdue(kind ClockKind) Cause { return Cause("overdue_" + string(kind)) }

// EscalationState says how far an escalation has been dealt with.
type EscalationState string

// The states of an escalation. Acknowledging stops no clock.
const (
	EscalationOpen         EscalationState = "open"
	EscalationAcknowledged EscalationState = "acknowledged"
	EscalationResolved     EscalationState = "resolved"
)

// EscalationStates lists them in their order.
var EscalationStates = []EscalationState{EscalationOpen, EscalationAcknowledged, EscalationResolved}

// MaxLevel is the highest level of escalation: the level above the superior's.
const MaxLevel = 3

// Escalation (升级) calls on a post because a case is late or in need. Level 1
// is the head of the unit that owes, 2 the superior unit's supervisor, 3 the
// next level's. It targets a post that somebody holds who is not recused; where
// nobody up to the root can take it, it stands at the root as Unroutable. It
// stays open until somebody resolves it.
type Escalation struct {
	ID             EscalationID
	CaseID         CaseID
	ClockID        ClockID // zero for an escalation that a person or a state of the case caused
	DueVersion     int
	Rung           int
	Level          int
	Cause          Cause
	FromUnitID     UnitID // the unit that owes
	FromPath       string
	TargetPost     Post `gorm:"embedded;embeddedPrefix:target_"`
	Unroutable     bool
	State          EscalationState
	OpenedAt       time.Time // the instant it is about
	RecordedAt     time.Time
	AcknowledgedAt *time.Time
	AcknowledgedBy UserID
	ResolvedAt     *time.Time
	ResolvedBy     UserID
}

// escalation is what opening one needs to know.
type escalation struct {
	level  int
	cause  Cause
	clock  *Clock
	at     time.Time
	unit   UnitID
	by     Post
	reason Reason
	texts  []TextRef
}

// escalate opens an escalation at the post that its level reaches.
func (c *Case) escalate(m Moment, in escalation) error {
	post, ok := target(m.Book, in.unit, in.level, c.known(in.at), c.recused()...)
	e := &Escalation{
		ID: m.Mint.ID(), CaseID: c.ID, Level: in.level, Cause: in.cause,
		FromUnitID: in.unit, TargetPost: post, Unroutable: !ok,
		State: EscalationOpen, OpenedAt: in.at, RecordedAt: m.Now,
	}
	if u := m.Book.Unit(in.unit); u != nil {
		e.FromPath = u.Path
	}
	f := Facts{Escalation: e.fact(), Reason: in.reason, Texts: in.texts}
	if in.clock != nil {
		e.ClockID, e.DueVersion, e.Rung = in.clock.ID, in.clock.DueVersion, in.clock.Rung
		f.Clock = &ClockFact{ID: in.clock.ID, Kind: in.clock.Kind, DueAt: in.clock.DueAt, Rung: in.clock.Rung}
	}
	c.EscalatedLevel = max(c.EscalatedLevel, in.level)
	c.escalations = append(c.escalations, e)
	c.changes.Escalations = once(c.changes.Escalations, e)
	by := in.by
	if by.IsZero() {
		by = systemPost
	}
	return c.append(m, by, EvEscalated, in.at, f)
}

// known is the instant at which somebody could first have acted on what is
// about an instant: a case received long before it was registered calls on the
// people of today.
func (c *Case) known(about time.Time) time.Time {
	if about.Before(c.RegisteredAt) {
		return c.RegisteredAt
	}
	return about
}

func (e *Escalation) fact() *EscalFact {
	return &EscalFact{ID: e.ID, Level: e.Level, Cause: e.Cause, Target: e.TargetPost, Unroutable: e.Unroutable}
}

// recused are those whom nothing about a case is put before for judgement (回避):
// who handles it, whose matter it is, and who is kept from it.
func (c *Case) recused() []UserID {
	who := c.recusedUsers()
	for _, id := range []UserID{c.Handler, c.PetitionerUserID} {
		if !id.IsZero() {
			who = append(who, id)
		}
	}
	return who
}

// target finds the post that a level reaches: a seat that is vacant, or that
// only those hold who are recused, passes to the next superior's, and the next
// level is counted from the seat that was reached.
// Where the tree ends before the levels do, the highest seat found has it; where
// no seat up to the root is taken, it is the root's, and ok is false.
func target(b *Book, unit UnitID, level int, at time.Time, recused ...UserID) (p Post, ok bool) {
	if level <= 1 {
		if p, _, ok = b.Seat(unit, RoleLeader, true, at, recused...); ok {
			return p, true
		}
		return rootSeat(b, unit, RoleLeader), false
	}
	p, above := rootSeat(b, unit, RoleSupervisor), unit
	for range level - 1 {
		superior := b.superior(above)
		if superior == nil {
			break
		}
		seat, _, found := b.Seat(superior.ID, RoleSupervisor, false, at, recused...)
		if !found {
			break
		}
		p, ok, above = seat, true, seat.UnitID
	}
	return p, ok
}

func rootSeat(b *Book, unit UnitID, role Role) Post {
	p := Post{Role: role, Head: role == RoleLeader}
	if root := b.Root(unit); root != nil {
		p.UnitID = root.ID
	}
	return p
}

// superior gives the unit above, or nil at the root.
func (b *Book) superior(id UnitID) *Unit {
	if line := b.Ancestors(id); len(line) > 1 {
		return line[1]
	}
	return nil
}

// EscalationRequest asks for an escalation by hand.
type EscalationRequest struct {
	Level  int
	Reason Reason
	Words  string
}

// EscalateByHand opens an escalation that a person asks for: the handler or the
// clerk because the matter cannot be solved here (上报), a supervisor because
// nothing moves. Conflict while such an escalation, as high or higher, is not
// resolved.
func (c *Case) EscalateByHand(m Moment, in EscalationRequest) error {
	by, err := c.permit(m, OpEscalate)
	if err != nil {
		return err
	}
	var f faults
	f.check(in.Level >= 1 && in.Level <= MaxLevel, "/level", "escalation.level", "升级层级须为 1 至 3")
	f.check(slices.Contains(EscalationReasons, in.Reason), "/reason", "reason.unknown", "请选择升级原因")
	f.checkText(in.Words, "/words", MaxText, false)
	if err := f.err(); err != nil {
		return err
	}
	for _, e := range c.escalations {
		if e.ClockID.IsZero() && e.Level >= in.Level && slices.Contains([]Cause{Reported, Supervised}, e.Cause) && e.State != EscalationResolved {
			return Refuse(Conflict, "escalation.pending", "同级或更高级的升级事项尚未处理完毕，无需重复升级")
		}
	}
	cause := Reported
	if by.Role == RoleSupervisor || by.Role == RoleInspector {
		cause = Supervised
	}
	texts := c.writeAll(m, false, textIn{TextReason, in.Words})
	err = c.escalate(m, escalation{
		level: in.Level, cause: cause, at: m.Now, unit: c.actingUnit(), by: by, reason: in.Reason, texts: texts,
	})
	c.Version = c.Seq // what a person asks for changes what people edit
	return err
}

// actingUnit is the unit that the case is with: the handling unit, before that the lead.
func (c *Case) actingUnit() UnitID {
	if !c.HandlingUnitID.IsZero() {
		return c.HandlingUnitID
	}
	return c.LeadUnitID
}

// AcknowledgeEscalation records that the level reached has taken note. It stops
// no clock. Conflict unless the escalation is open.
func (c *Case) AcknowledgeEscalation(m Moment, id EscalationID) error {
	e, by, err := c.takeEscalation(m, id)
	if err != nil {
		return err
	}
	if e.State != EscalationOpen {
		return Refuse(Conflict, "escalation.not_open", "该升级事项已签收或已处理")
	}
	now := m.Now
	e.State, e.AcknowledgedAt, e.AcknowledgedBy = EscalationAcknowledged, &now, m.By.UserID
	c.changes.Escalations = once(c.changes.Escalations, e)
	return c.append(m, by, EvEscalationTaken, m.Now, Facts{Escalation: e.fact()})
}

// ResolveEscalation records how the level reached has dealt with it. Conflict
// when it is resolved already; Invalid without words.
func (c *Case) ResolveEscalation(m Moment, id EscalationID, words string) error {
	e, by, err := c.takeEscalation(m, id)
	if err != nil {
		return err
	}
	if e.State == EscalationResolved {
		return Refuse(Conflict, "escalation.resolved", "该升级事项已处理完毕")
	}
	if err := checkWords(words, true); err != nil {
		return err
	}
	now := m.Now
	e.State, e.ResolvedAt, e.ResolvedBy = EscalationResolved, &now, m.By.UserID
	c.changes.Escalations = once(c.changes.Escalations, e)
	texts := c.writeAll(m, false, textIn{TextReason, words})
	return c.append(m, by, EvEscalationSolved, m.Now, Facts{Escalation: e.fact(), Texts: texts})
}

// takeEscalation finds an escalation and checks that the actor holds the post
// it reached, or the same role at a superior unit, and is not recused. For a
// merged unit its successor's line answers. What nobody could take when it was
// opened, whoever has been appointed since above the unit that owes may.
func (c *Case) takeEscalation(m Moment, id EscalationID) (*Escalation, Post, error) {
	if err := c.catchUp(m); err != nil {
		return nil, Post{}, err
	}
	for _, e := range c.escalations {
		if e.ID != id {
			continue
		}
		for _, u := range e.takers(m) {
			seat := Post{UnitID: u.ID, Role: e.TargetPost.Role, Head: e.TargetPost.Head}
			if p, ok := m.By.postLike(seat); ok {
				return e, p, c.checkRecused(m.By)
			}
		}
		return nil, Post{}, Refuse(Forbidden, "escalation.not_yours", "该升级事项不由您的岗位办理")
	}
	return nil, Post{}, ErrNotFound
}

func (c *Case) checkRecused(by Actor) error {
	if slices.Contains(c.recused(), by.UserID) {
		return Refuse(Forbidden, "escalation.own_work", "不能处理本人承办或反映的事项的升级")
	}
	return nil
}

// takers are the units in which an escalation may be taken.
func (e *Escalation) takers(m Moment) []*Unit {
	units := m.Book.line(e.TargetPost.UnitID, m.Now)
	if from := m.Book.line(e.FromUnitID, m.Now); e.Unroutable && e.Level == 1 {
		units = append(units, from...)
	} else if e.Unroutable && len(from) > 1 {
		units = append(units, from[1:]...)
	}
	return units
}
