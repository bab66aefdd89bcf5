package grievance

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// EventKind names what happened.
type EventKind string

// The events of a case.
const (
	EvRegistered          EventKind = "registered"
	EvImported            EventKind = "imported"
	EvUnrouted            EventKind = "unrouted"
	EvClassified          EventKind = "classified"
	EvCorrected           EventKind = "corrected"
	EvAccepted            EventKind = "accepted"
	EvDeclineRequested    EventKind = "decline_requested"
	EvDeclined            EventKind = "declined"
	EvAnswered            EventKind = "answered"
	EvForwarded           EventKind = "forwarded"
	EvAssigned            EventKind = "assigned"
	EvAcknowledged        EventKind = "acknowledged"
	EvContacted           EventKind = "contacted"
	EvNoted               EventKind = "noted"
	EvSubmitted           EventKind = "submitted"
	EvSigned              EventKind = "signed"
	EvReturned            EventKind = "returned"
	EvClosed              EventKind = "closed"
	EvWithdrawalRequested EventKind = "withdrawal_requested"
	EvWithdrawn           EventKind = "withdrawn"
	EvServed              EventKind = "served"
	EvRated               EventKind = "rated"
	EvDisputed            EventKind = "disputed"
	EvHandedOn            EventKind = "handed_on"
	EvExtensionRequested  EventKind = "extension_requested"
	EvExtended            EventKind = "extended"
	EvSuspensionRequested EventKind = "suspension_requested"
	EvSuspended           EventKind = "suspended"
	EvResumed             EventKind = "resumed"
	EvRebased             EventKind = "rebased"
	EvReissued            EventKind = "query_code_reissued"
	EvRevealed            EventKind = "parties_revealed"
	EvReminded            EventKind = "reminded"
	EvWarned              EventKind = "warned"
	EvBreached            EventKind = "breached"
	EvEscalated           EventKind = "escalated"
	EvUnroutable          EventKind = "escalation_unroutable"
	EvEscalationTaken     EventKind = "escalation_acknowledged"
	EvEscalationSolved    EventKind = "escalation_resolved"
)

// SubjectCase is the subject kind of a case's events.
const SubjectCase = "case"

// Event is one fact of the record. Events of one subject are numbered from 1
// without gaps and are never changed or deleted. AboutAt is the instant that it
// is about, RecordedAt the one at which it was written down. Body is Facts as
// JSON; it holds no personal data and no free text.
type Event struct {
	SubjectKind string
	SubjectID   CaseID
	Seq         int64
	Kind        EventKind
	ActorID     UserID // zero for the engine and for anonymous petitioners
	Post        Post   `gorm:"embedded;embeddedPrefix:post_"`
	AboutAt     time.Time
	RecordedAt  time.Time
	Body        []byte
	LedgerPos   *int64
}

// Chain gives the digest over an event and all before it, of which the digest is
// given, nil for none: who has seen the one has seen, digest for digest, the
// record so far.
func (e Event) Chain(before []byte) []byte {
	return digest(e.SubjectID, string(before), fmt.Sprintf("|%d|%s|%s|%s|%s|%t|%s|%s|", e.Seq, e.Kind, e.ActorID, e.Post.UnitID, e.Post.Role, e.Post.Head,
		e.AboutAt.UTC().Format(time.RFC3339Nano), e.RecordedAt.UTC().Format(time.RFC3339Nano)), string(e.Body))
}

// Holder is the person who answers for a case, with the post held in doing so.
type Holder struct {
	User UserID `json:"user"`
	Post Post   `json:"post"`
}

// TextRef names a text without its words: the digest, salted with the text's
// own salt, proves that the words have not changed since.
type TextRef struct {
	ID     TextID   `json:"id"`
	Kind   TextKind `json:"kind"`
	Digest []byte   `json:"digest"`
}

// ClockFact is what an event says of one clock.
type ClockFact struct {
	ID    ClockID   `json:"id"`
	Kind  ClockKind `json:"kind"`
	Start time.Time `json:"start,omitzero"`
	DueAt time.Time `json:"due_at,omitzero"`
	At    time.Time `json:"at,omitzero"` // when it stopped
	State string    `json:"state,omitempty"`
	Rung  int       `json:"rung,omitempty"` // from 1, in the ladder's order

	WasDue   time.Time `json:"was_due,omitzero"`           // of a clock that was counted again
	Calendar int       `json:"calendar_version,omitempty"` // that it was counted again by
	Profile  int       `json:"profile_version,omitempty"`  // that it was counted again by
}

// Facts is the body of every event; which fields an event of a kind has is
// shown by its golden file. V is the version of this shape.
type Facts struct {
	V            int             `json:"v"`
	Status       Status          `json:"status,omitempty"`
	Round        int             `json:"round,omitempty"`
	Responsible  *Holder         `json:"responsible,omitempty"` // set when it moved
	Awaiting     *Awaiting       `json:"awaiting,omitempty"`
	Unit         UnitID          `json:"unit,omitzero"`
	FromUnit     UnitID          `json:"from_unit,omitzero"`
	Handler      UserID          `json:"handler,omitzero"`
	Receipt      string          `json:"receipt,omitempty"`
	Source       string          `json:"source,omitempty"`
	Channel      Channel         `json:"channel,omitempty"`
	Nature       Nature          `json:"nature,omitempty"`
	Route        int             `json:"route,omitempty"`
	Category     string          `json:"category,omitempty"`
	Urgency      Urgency         `json:"urgency,omitempty"`
	Amount       int64           `json:"amount,omitempty"`
	Profile      string          `json:"profile,omitempty"`
	Area         UnitID          `json:"area,omitzero"`
	Proposed     UnitID          `json:"proposed,omitzero"`
	Reason       Reason          `json:"reason,omitempty"`
	Outcome      Outcome         `json:"outcome,omitempty"`
	OnBehalf     bool            `json:"on_behalf,omitempty"`
	ToPetitioner bool            `json:"to_petitioner,omitempty"`
	Notice       *NoticeFact     `json:"notice,omitempty"`
	SignOff      *SignOffFact    `json:"sign_off,omitempty"`
	Clock        *ClockFact      `json:"clock,omitempty"`
	Started      []ClockFact     `json:"started,omitempty"`
	Stopped      []ClockFact     `json:"stopped,omitempty"`
	Moved        []ClockFact     `json:"moved,omitempty"`
	Extended     string          `json:"extended,omitempty"` // by how much
	Suspension   *SuspensionFact `json:"suspension,omitempty"`
	Escalation   *EscalFact      `json:"escalation,omitempty"`
	Rating       *Rating         `json:"rating,omitempty"`
	Headcount    int             `json:"headcount,omitempty"`       // where there are several
	Represented  int             `json:"representatives,omitempty"` // how many speak for them
	Objection    *ObjectionFact  `json:"objection,omitempty"`
	CoHandler    *CoHandlerFact  `json:"co_handler,omitempty"`
	Sponsor      *Holder         `json:"sponsor,omitempty"` // of nobody: the sponsorship has ended
	Duty         *DutyFact       `json:"duty,omitempty"`
	Duties       []DutyFact      `json:"duties,omitempty"` // that began, in the order of their clocks
	Urged        *Awaiting       `json:"urged,omitempty"`  // who was reminded
	Voided       *SignOffFact    `json:"voided,omitempty"` // the request whose signatures are void
	Named        int             `json:"named,omitempty"`  // how many are named by now; whom, no event tells
	Order        *OrderFact      `json:"order,omitempty"`
	FollowUp     *FollowUpFact   `json:"follow_up,omitempty"`
	Review       *ReviewFact     `json:"review,omitempty"`
	Earlier      CaseID          `json:"earlier,omitzero"`  // a case of the same facts
	Attempt      Attempt         `json:"attempt,omitempty"` // of who is kept from the case
	Texts        []TextRef       `json:"texts,omitempty"`
	Shown        *Shown          `json:"shown,omitempty"` // which fields of which parties somebody was shown, and none of their words
}

// NoticeFact is what an event says of a notice.
type NoticeFact struct {
	N        int        `json:"n"`
	Kind     NoticeKind `json:"kind"`
	Number   string     `json:"number"`
	ServedAt time.Time  `json:"served_at,omitzero"`
	How      string     `json:"how,omitempty"`
	RefersTo string     `json:"refers_to,omitempty"`
}

// SignOffFact is what an event says of a sign-off.
type SignOffFact struct {
	N      int         `json:"n"`
	Kind   SignOffKind `json:"kind"`
	Unit   UnitID      `json:"unit"`
	Digest []byte      `json:"digest,omitempty"` // of what was to be signed

	Request  int    `json:"request,omitempty"`   // number of the first of several steps
	Step     int    `json:"step,omitempty"`      // of several
	Steps    int    `json:"steps,omitempty"`     // where there are several
	SeenSeq  int64  `json:"seen_seq,omitempty"`  // of a decision: the last event before it
	SeenHash []byte `json:"seen_hash,omitempty"` // over the events up to it
}

// SuspensionFact is what an event says of a suspension.
type SuspensionFact struct {
	N     int        `json:"n"`
	Cause PauseCause `json:"cause"`
	From  time.Time  `json:"from"`
	Until time.Time  `json:"until"`
}

// Asked gives the number under which what was to be signed was put before
// leaders: that of the first step.
func (f *SignOffFact) Asked() int { return cmp.Or(f.Request, f.N) }

// EscalFact is what an event says of an escalation.
type EscalFact struct {
	ID         EscalationID `json:"id"`
	Level      int          `json:"level"`
	Cause      Cause        `json:"cause"`
	Target     Post         `json:"target"`
	Unroutable bool         `json:"unroutable,omitempty"`
}

// encode gives the canonical JSON of f: fields in the order of the type,
// nothing that is empty, times in UTC.
func (f Facts) encode() ([]byte, error) {
	f.V = 1
	return json.Marshal(f)
}

// ReadFacts decodes the body of an event.
func ReadFacts(e Event) (Facts, error) {
	var f Facts
	err := json.Unmarshal(e.Body, &f)
	return f, err
}

func digest(salt [16]byte, parts ...string) []byte {
	h := sha256.New()
	h.Write(salt[:])
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
