package grievance

import (
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The events of objections (退单) and of what comes of them.
const (
	EvObjected           EventKind = "objected"
	EvObjectionConsented EventKind = "objection_consented"
	EvObjectionRefused   EventKind = "objection_refused"
	EvObjectionRaised    EventKind = "objection_raised" // before the common superior, refused or unanswered
	EvDesignated         EventKind = "unit_designated"
)

// ObjectionFact is what an event says of an objection. Unit is whose desk
// objects, Sender whose consent it needs; Category and Area name the line of the
// responsibility list that it rests on.
type ObjectionFact struct {
	N        int      `json:"n"`
	On       Transfer `json:"on"`
	Unit     UnitID   `json:"unit"`
	Sender   UnitID   `json:"sender"`
	Category string   `json:"category,omitempty"`
	Area     string   `json:"area,omitempty"`
	Superior UnitID   `json:"superior,omitzero"` // who decides; none: the joint conference (联席会议)
	ByTime   bool     `json:"by_time,omitempty"` // raised because nobody answered
}

// Transfer says how a case came to the unit that objects to it.
type Transfer string

// The transfers that a unit may object to.
const (
	ByForward    Transfer = "forward"
	ByAssignment Transfer = "assignment"
)

// ObjectionState says how an objection stands.
type ObjectionState string

// The states of an objection. One is raised when the sender refuses it or does
// not answer in time, and lapses when what it was about is over.
const (
	ObjectionPending    ObjectionState = "pending" // before the sender
	ObjectionRaised     ObjectionState = "raised"  // before the common superior, or the joint conference
	ObjectionConsented  ObjectionState = "consented"
	ObjectionDesignated ObjectionState = "designated"
	ObjectionLapsed     ObjectionState = "lapsed"
)

// ObjectionReasons lists the reasons for which a unit objects.
var ObjectionReasons = []Reason{"not_our_duty", "other_area", "superior_matter", "needs_joint_handling"}

// objectionTime is how long a unit may object to what was sent to it (Art. 23).
var objectionTime = calendar.Length{N: 5, Unit: calendar.WorkingDay}

// Objection (退单) says that a case which was forwarded or assigned to a unit is
// not that unit's. The unit keeps the case, and every clock runs on, until the
// sender consents or the common superior designates a unit (Art. 23, 24).
// SuperiorUnitID is whose leader decides; Conference says that no superior is
// common, so that a joint conference (联席会议) does, which that unit convenes.
type Objection struct {
	ID               ObjectionID
	CaseID           CaseID
	N                int
	Round            int
	On               Transfer `gorm:"column:transfer"`
	UnitID           UnitID   // who objects
	SenderUnitID     UnitID
	SentAt           time.Time
	Reason           Reason
	Category         string
	Area             string
	State            ObjectionState
	ObjectedBy       UserID
	ObjectedAt       time.Time
	AnsweredBy       UserID // of the sender; zero where nobody answered in time
	AnsweredAt       *time.Time
	RaisedAt         *time.Time
	SuperiorUnitID   UnitID
	Conference       bool
	DecidedBy        UserID
	DecidedAt        *time.Time
	DesignatedUnitID UnitID
}

func (o *Objection) open() bool { return o.State == ObjectionPending || o.State == ObjectionRaised }

func (o *Objection) fact() *ObjectionFact {
	f := &ObjectionFact{N: o.N, On: o.On, Unit: o.UnitID, Sender: o.SenderUnitID, Category: o.Category, Area: o.Area}
	if !o.Conference {
		f.Superior = o.SuperiorUnitID
	}
	return f
}

// waitsFor is the post whose move an open objection is.
func (o *Objection) waitsFor(desk Role) Post {
	if o.State == ObjectionPending {
		return Post{UnitID: o.SenderUnitID, Role: desk}
	}
	return Post{UnitID: o.SuperiorUnitID, Role: RoleLeader}
}

// Objections gives the objections of the case that were loaded or made.
func (c *Case) Objections() []*Objection { return c.objections }

func (c *Case) objectionOf(number int) *Objection {
	for _, o := range c.objections {
		if o.N == number {
			return o
		}
	}
	return nil
}

// objection gives the one that is open, or nil.
func (c *Case) objection() *Objection {
	if c.PendingObjection == 0 {
		return nil
	}
	return c.objectionOf(c.PendingObjection)
}

// Objecting says why a case is not the unit's, and on which line of the
// responsibility list that rests: Area is a unit's code, "" for a line that holds
// everywhere.
type Objecting struct {
	Reason   Reason
	Words    string
	Category string
	Area     string
}

// Object objects to the forward or the assignment by which the case came to the
// unit (退单). The unit keeps it, and every clock runs on. Conflict where nobody
// sent it, for a unit that was designated, and once five working days are over
// (Art. 23).
func (c *Case) Object(m Moment, in Objecting) error {
	by, err := c.permit(m, OpObject)
	if err != nil {
		return err
	}
	o, err := c.objectable(m)
	if err != nil {
		return err
	}
	if err := in.validate(m); err != nil {
		return err
	}
	c.ObjectionCount++
	c.PendingObjection = c.ObjectionCount
	o.ID, o.CaseID, o.N, o.Round, o.State = m.Mint.ID(), c.ID, c.ObjectionCount, c.Round, ObjectionPending
	o.Reason, o.Category, o.Area = in.Reason, in.Category, in.Area
	o.ObjectedBy, o.ObjectedAt = m.By.UserID, m.Now
	c.objections = append(c.objections, o)
	c.changes.Objections = once(c.changes.Objections, o)
	f := Facts{Objection: o.fact(), Reason: in.Reason, Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	f.Started = c.start(m, Consent, m.Now, o.SenderUnitID, strconv.Itoa(o.N), debtor{post: o.waitsFor(c.deskRole())})
	f.Awaiting = c.awaitByStatus()
	return c.record(m, by, EvObjected, f)
}

func (in Objecting) validate(m Moment) error {
	var f faults
	f.check(slices.Contains(ObjectionReasons, in.Reason), "/reason", "reason.unknown", "请选择退单原因")
	_, listed := m.Book.Responsibility(in.Category, in.Area)
	f.check(listed, "/category", "responsibility.unknown", "权责清单中没有该类别和地域的条目")
	f.checkText(in.Words, "/words", MaxText, true)
	return f.err()
}

// sent notes that the case has come to another unit, which may object from now
// on; from is whose desk forwarded it to the desk that has it.
func (c *Case) sent(m Moment, from UnitID) {
	now := m.Now
	c.SenderUnitID, c.SentAt = from, &now
}

// objectable gives the objection that the unit which has the case could raise.
func (c *Case) objectable(m Moment) (*Objection, error) {
	sender, _ := successor(m.Book, c.SenderUnitID)
	o := &Objection{On: ByForward, UnitID: c.LeadUnitID, SenderUnitID: sender}
	if c.Status != Registered {
		o.On, o.UnitID, o.SenderUnitID = ByAssignment, c.HandlingUnitID, c.LeadUnitID
	}
	switch {
	case c.designated(m.Book, o.UnitID):
		return nil, Refuse(Conflict, "objection.designated", "本单位系上级指定承办，不能再次退单")
	case c.SentAt == nil || o.SenderUnitID.IsZero() || o.SenderUnitID == o.UnitID:
		return nil, Refuse(Conflict, "objection.nothing", "该事项不是其他单位转送或交办来的，不能退单")
	case !m.Now.Before(m.Book.Calendar.Due(*c.SentAt, objectionTime, true).At):
		return nil, Refuse(Conflict, "objection.too_late", "已超过收到转送或交办之日起五个工作日，不能退单")
	}
	o.SentAt = *c.SentAt
	return o, nil
}

// designated reports whether a superior has designated the unit for the case, or
// one whose work it does today: the decision binds it.
func (c *Case) designated(b *Book, unit UnitID) bool {
	return slices.ContainsFunc(c.objections, func(o *Objection) bool {
		u := b.Current(o.DesignatedUnitID)
		return u != nil && u == b.Current(unit)
	})
}

// settle ends an objection that is open. What time alone has done up to now must
// have been recorded before.
func (c *Case) settle(m Moment, o *Objection, state ObjectionState, clock ClockState) Facts {
	o.State = state
	c.changes.Objections = once(c.changes.Objections, o)
	c.PendingObjection, c.SenderUnitID, c.SentAt = 0, UnitID{}, nil
	f := Facts{Objection: o.fact()}
	for _, k := range c.running(Consent, Jurisdiction) {
		f.Stopped = append(f.Stopped, c.stopOne(k, clock, m.Now))
	}
	return f
}

// lapseObjection ends what a unit may object to, and an objection that is open,
// with the round.
func (c *Case) lapseObjection(m Moment) {
	c.SentAt = nil
	if o := c.objection(); o != nil {
		c.settle(m, o, ObjectionLapsed, Cancelled)
	}
}
