package grievance

import (
	"slices"
	"time"
)

// Case is a grievance case (诉求 / 信访事项): one matter, one record (一事一记).
// Its exported fields are exactly the columns of its row.
type Case struct {
	ID             CaseID
	Source         string // system that an imported case comes from, "" otherwise
	SourceID       string
	ReceiptNumber  string
	Seq            int64 // of the last event: what compare-and-swap compares
	Version        int64 // seq of the last event that changed what people edit: the ETag
	LastRecordedAt time.Time
	ContentDigest  []byte
	EventsDigest   []byte // over every event after DigestFrom, each with those before it
	DigestFrom     int64  // seq of the last event that the digest leaves out: 0 but for cases older than it

	Status         Status
	Round          int
	Channel        Channel
	Nature         Nature
	ReceivedAs     Nature // its nature when it was received: only an inquiry is answered on the spot
	Route          int    // 1–6 for a demand (Art. 31), else 0
	Category       string
	Urgency        Urgency
	Profile        string
	Petition       bool // marked as a petition (信访)
	SimplePetition bool // a clerk found it simple and the petitioner agreed (简易办理)
	GroupPetition  bool // by five or more together (Art. 20)
	Headcount      int
	Amount         int64 // at stake for the petitioner, in yuan; 0 where nobody has said
	EscalatedLevel int   // the highest that an escalation of it has reached
	Confidential   bool
	Unrouted       bool // no line of the responsibility list names a unit for it

	AreaID          UnitID // where the matter lies
	OriginUnitID    UnitID // whose desk received it
	LeadUnitID      UnitID // whose desk holds it now (首办单位)
	HandlingUnitID  UnitID // the handling unit (承办单位), once assigned
	ProposedUnitID  UnitID // what the responsibility list proposes
	FirstResponder  UserID // who first received it (首问责任人)
	Handler         UserID `gorm:"column:handler_id"`
	Responsible     UserID `gorm:"column:responsible_id"`
	ResponsiblePost Post   `gorm:"embedded;embeddedPrefix:responsible_"`

	AwaitingPost Post   `gorm:"embedded;embeddedPrefix:awaiting_"`
	AwaitingUser UserID `gorm:"column:awaiting_id"`

	PendingSignOff   int // number of the sign-off that is open and that the case waits for, 0 for none
	PendingExtension int // number of the sign-off of an extension that is open, 0 for none
	Suspension       int // number of the suspension that lasts, 0 for none
	SuspendedUntil   *time.Time
	SuspensionCount  int
	SignOffCount     int
	NoticeCount      int
	PartyCount       int
	QueryReissue     int

	PetitionerUserID UserID
	FiledBy          UserID // who sent it in, if a user did

	ReceivedAt   time.Time
	RegisteredAt time.Time
	AcceptedAt   *time.Time
	ClosedAt     *time.Time
	Outcome      Outcome
	DisputedAt   *time.Time
	RatedAt      *time.Time
	Contacted    *bool
	Resolved     *bool
	Satisfied    *bool

	SenderUnitID       UnitID     // whose desk forwarded it to the one that has it, zero where nobody did
	SentAt             *time.Time // when it was last forwarded or assigned, nil where that is beyond objection
	PendingObjection   int        // number of the objection (退单) that is open, 0 for none
	ObjectionCount     int
	CoHandlerCount     int
	OpenCoHandlers     int // how many of the units asked to help have still to answer
	FollowUpCount      int
	FollowUpAttempts   int        // of this round
	FollowUpReopenedAt *time.Time // when a follow-up opened the case again, which it may once
	OpenReview         int        // number of the review or re-review that is open, 0 for none
	ReviewCount        int
	ReviewUnitID       UnitID // the organ that reviews it, or reviewed it last
	Supervision        `gorm:"embedded"`

	clocks      []*Clock
	signOffs    []*SignOff
	notices     []*Notice
	escalations []*Escalation
	suspensions []*Suspension
	objections  []*Objection
	coHandlers  []*CoHandler
	proceedings []*Proceeding
	supervised  SupervisionRows
	changes     Changes
}

// Awaiting says whose move it is: a person where one is named, else a post.
type Awaiting struct {
	Post Post   `json:"post"`
	User UserID `json:"user,omitzero"`
}

// Awaiting gives whose move it is.
func (c *Case) Awaiting() Awaiting { return Awaiting{c.AwaitingPost, c.AwaitingUser} }

// Holder gives who answers for the case now.
func (c *Case) Holder() Holder { return Holder{c.Responsible, c.ResponsiblePost} }

// Unassigned reports whether nobody has taken an open case in hand yet: it has no
// handler, or the one named has not acknowledged it.
func (c *Case) Unassigned() bool {
	return c.Status.Open() && (c.Handler.IsZero() || c.Status == Assigned)
}

// Mint makes what a decision must not make up itself: identifiers in order of
// time, and salts that nobody can guess.
type Mint struct {
	ID   func() [16]byte
	Salt func() [16]byte
}

// Moment is all that a decision may look at besides the case: who acts, the one
// instant of the transaction (UTC, microseconds), and the Book.
type Moment struct {
	By   Actor
	Now  time.Time
	Book *Book
	Mint Mint
}

// asSystem is the same moment with the engine acting.
func (m Moment) asSystem() Moment {
	m.By = System
	return m
}

// Changes is what a decision wants written, beside the case's own row.
type Changes struct {
	Created     bool
	Events      []Event
	Texts       []Text
	Parties     []Party
	Units       []Participation
	Clocks      []*Clock
	SignOffs    []*SignOff
	Notices     []*Notice
	Escalations []*Escalation
	Rungs       []RungRecord
	Suspensions []*Suspension
	Pauses      []*Pause
	Extensions  []*Extension
	Objections  []*Objection
	CoHandlers  []*CoHandler
	FollowUps   []*FollowUp
	Proceedings []*Proceeding
	SupervisionRows
}

// Children are the rows that belong to a case. Which of them were loaded is up
// to the operation; an operation needs those that it reads. The suspensions of a
// suspended case, an open objection, units that have still to help, open duties and
// reminders, whom the case is about or is kept from, and the ledgers of a
// clock and the reviews of a case that has any are always needed.
type Children struct {
	Clocks      []*Clock
	SignOffs    []*SignOff
	Notices     []*Notice
	Escalations []*Escalation
	Suspensions []*Suspension
	Pauses      []*Pause
	Extensions  []*Extension
	Objections  []*Objection
	CoHandlers  []*CoHandler
	Proceedings []*Proceeding
	SupervisionRows
}

// Restore gives a case read from the record its children back.
func Restore(row Case, ch Children) *Case {
	c := row
	c.clocks, c.signOffs, c.notices, c.escalations = ch.Clocks, ch.SignOffs, ch.Notices, ch.Escalations
	c.suspensions, c.objections, c.coHandlers, c.proceedings = ch.Suspensions, ch.Objections, ch.CoHandlers, ch.Proceedings
	c.supervised = ch.SupervisionRows
	for _, k := range c.clocks {
		k.keep(ch.Pauses, ch.Extensions)
	}
	return &c
}

// TakeChanges hands over what is to be written, and forgets it.
func (c *Case) TakeChanges() Changes {
	ch := c.changes
	c.changes = Changes{}
	return ch
}

// Pending gives what is to be written without taking it.
func (c *Case) Pending() Changes { return c.changes }

// Add puts the changes of another case behind these.
func (ch *Changes) Add(more Changes) {
	ch.Events = append(ch.Events, more.Events...)
	ch.Texts = append(ch.Texts, more.Texts...)
	ch.Parties = append(ch.Parties, more.Parties...)
	ch.Units = append(ch.Units, more.Units...)
	ch.Clocks = append(ch.Clocks, more.Clocks...)
	ch.SignOffs = append(ch.SignOffs, more.SignOffs...)
	ch.Notices = append(ch.Notices, more.Notices...)
	ch.Escalations = append(ch.Escalations, more.Escalations...)
	ch.Rungs = append(ch.Rungs, more.Rungs...)
	ch.Suspensions = append(ch.Suspensions, more.Suspensions...)
	ch.Pauses = append(ch.Pauses, more.Pauses...)
	ch.Extensions = append(ch.Extensions, more.Extensions...)
	ch.Objections = append(ch.Objections, more.Objections...)
	ch.CoHandlers = append(ch.CoHandlers, more.CoHandlers...)
	ch.FollowUps = append(ch.FollowUps, more.FollowUps...)
	ch.Proceedings = append(ch.Proceedings, more.Proceedings...)
	ch.SupervisionRows.add(more.SupervisionRows)
}

// Changed reports whether anything is to be written.
func (c *Case) Changed() bool {
	ch := c.changes
	return len(ch.Events)+len(ch.Clocks)+len(ch.SignOffs)+len(ch.Suspensions)+len(ch.Pauses)+len(ch.Extensions) > 0
}

// AsRegistered reports whether nobody has changed the case since it was registered.
func (c *Case) AsRegistered() bool { return c.Version == 1 }

// Clocks gives the clocks of the case, in the order in which they started.
func (c *Case) Clocks() []*Clock { return c.clocks }

// Notices gives the notices of the case that were loaded or made.
func (c *Case) Notices() []*Notice { return c.notices }

// SignOffs gives the sign-offs of the case that were loaded or made.
func (c *Case) SignOffs() []*SignOff { return c.signOffs }

// record appends an event by the actor about this instant, which changes what
// people edit.
func (c *Case) record(m Moment, by Post, kind EventKind, f Facts) error {
	return c.recordAbout(m, by, kind, m.Now, f)
}

// recordAbout is record for an event about another instant than this.
func (c *Case) recordAbout(m Moment, by Post, kind EventKind, about time.Time, f Facts) error {
	if err := c.append(m, by, kind, about, f); err != nil {
		return err
	}
	c.Version = c.Seq
	c.heed(m, by)
	return nil
}

func (c *Case) append(m Moment, by Post, kind EventKind, about time.Time, f Facts) error {
	body, err := f.encode()
	if err != nil {
		return err
	}
	recorded := m.Now
	if recorded.Before(c.LastRecordedAt) { // replicas' clocks differ; the record's order must not
		recorded = c.LastRecordedAt
	}
	c.Seq++
	c.LastRecordedAt = recorded
	e := Event{
		SubjectKind: SubjectCase, SubjectID: c.ID, Seq: c.Seq, Kind: kind,
		ActorID: m.By.UserID, Post: by, AboutAt: about, RecordedAt: recorded, Body: body,
	}
	c.EventsDigest = e.Chain(c.EventsDigest)
	c.changes.Events = append(c.changes.Events, e)
	return nil
}

// answerable makes somebody the one responsible person and gives the fact for
// the event, nil when nothing moved.
func (c *Case) answerable(user UserID, post Post) *Holder {
	if c.Responsible == user && c.ResponsiblePost == post {
		return nil
	}
	c.Responsible, c.ResponsiblePost = user, post
	return &Holder{user, post}
}

// await sets whose move it is and gives the fact for the event.
func (c *Case) await(post Post, user UserID) *Awaiting {
	c.AwaitingPost, c.AwaitingUser = post, user
	return &Awaiting{post, user}
}

// awaitByStatus sets whose move it is when no sign-off is open.
func (c *Case) awaitByStatus() *Awaiting {
	if o := c.objection(); o != nil {
		return c.await(o.waitsFor(c.deskRole()), UserID{})
	}
	switch c.Status {
	case Registered, Accepted:
		return c.await(Post{UnitID: c.LeadUnitID, Role: c.deskRole()}, UserID{})
	case Closed:
		if c.OpenReview != 0 {
			return c.await(Post{UnitID: c.ReviewUnitID, Role: c.deskRole()}, UserID{})
		}
	case Suspended:
		if s := c.suspension(); s != nil && s.Cause == WaitingPetitioner {
			return c.await(Post{Role: RolePetitioner}, UserID{})
		}
		fallthrough
	case Assigned, InHandling:
		return c.await(Post{UnitID: c.HandlingUnitID, Role: c.workRole()}, c.Handler)
	}
	return c.await(Post{}, UserID{})
}

// joins makes a unit take part in the case, which is how it comes to see it.
func (c *Case) joins(m Moment, unit UnitID, as Part) {
	u := m.Book.Unit(unit)
	p := Participation{CaseID: c.ID, UnitID: unit, UnitPath: u.Path, Part: as, Since: m.Now}
	same := func(q Participation) bool { return q.UnitID == unit && q.Part == as }
	if !slices.ContainsFunc(c.changes.Units, same) {
		c.changes.Units = append(c.changes.Units, p)
	}
}

// Part is how a unit takes part in a case.
type Part string

// The parts of units in a case.
const (
	PartOrigin    Part = "origin"
	PartSender    Part = "sender"
	PartLead      Part = "lead"
	PartHandling  Part = "handling"
	PartArea      Part = "area"
	PartCoHandler Part = "co_handler" // asked to help (协办)
	PartReviewer  Part = "reviewer"   // the organ that reviews (复查、复核)
	PartOrdering  Part = "ordering"   // from where an order or a recommendation came
)

// Participation says that a unit takes part in a case since an instant.
type Participation struct {
	CaseID   CaseID
	UnitID   UnitID
	UnitPath string
	Part     Part
	Since    time.Time
}
