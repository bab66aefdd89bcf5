package api

import (
	"encoding/hex"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FactsView is what an event says; it has what its kind calls for.
type FactsView struct {
	Status grievance.Status `json:"status,omitempty" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	Round  *int             `json:"round,omitempty"`
	// Who answers for the case from now on, when that moved.
	Responsible *HolderView       `json:"responsible,omitempty"`
	Awaiting    *HolderView       `json:"awaiting,omitempty"`
	Unit        *UnitRef          `json:"unit,omitempty"`
	FromUnit    *UnitRef          `json:"from_unit,omitempty"`
	Handler     *PersonRef        `json:"handler,omitempty"`
	Receipt     string            `json:"receipt_number,omitempty"`
	Source      string            `json:"source,omitempty"`
	Channel     grievance.Channel `json:"channel,omitempty" swaggertype:"string" enums:"visit,letter,hotline,app,wechat,web,wall,grid,courier"`
	Nature      grievance.Nature  `json:"nature,omitempty" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	Route       *int              `json:"route,omitempty"`
	Category    string            `json:"category,omitempty"`
	Urgency     grievance.Urgency `json:"urgency,omitempty" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	Profile     string            `json:"profile,omitempty"`
	Area        *UnitRef          `json:"area,omitempty"`
	Proposed    *UnitRef          `json:"proposed_unit,omitempty"`
	Reason      grievance.Reason  `json:"reason,omitempty" swaggertype:"string"`
	Outcome     grievance.Outcome `json:"outcome,omitempty" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	// Done for the petitioner by somebody else.
	OnBehalf bool `json:"on_behalf,omitempty,omitzero"`
	// Of a note: the petitioner sees it too.
	ToPetitioner bool             `json:"to_petitioner,omitempty,omitzero"`
	Notice       *NoticeFactView  `json:"notice,omitempty"`
	SignOff      *SignOffFactView `json:"sign_off,omitempty"`
	Clock        *ClockFactView   `json:"clock,omitempty"`
	Started      []ClockFactView  `json:"started,omitempty"`
	Stopped      []ClockFactView  `json:"stopped,omitempty"`
	Moved        []ClockFactView  `json:"moved,omitempty"`
	// By how much a deadline was extended.
	Extended   string              `json:"extended,omitempty" example:"30d"`
	Suspension *SuspensionFactView `json:"suspension,omitempty"`
	Escalation *EscalFactView      `json:"escalation,omitempty"`
	Rating     *RatingView         `json:"rating,omitempty"`
	Objection  *ObjectionFactView  `json:"objection,omitempty"`
	CoHandler  *CoHandlerFactView  `json:"co_handler,omitempty"`
	FollowUp   *FollowUpFactView   `json:"follow_up,omitempty"`
	Review     *ReviewFactView     `json:"review,omitempty"`
	// Of a decline: the case of the same facts; absent for who may not see it.
	EarlierCaseID string `json:"earlier_case_id,omitempty" format:"uuid"`
	// The leader in charge (包案) from now on.
	Sponsor *HolderView    `json:"sponsor,omitempty"`
	Duty    *DutyFactView  `json:"duty,omitempty"`
	Duties  []DutyFactView `json:"duties,omitempty"`
	Order   *OrderFactView `json:"order,omitempty"`
	// Who was reminded (催办).
	Urged *HolderView `json:"urged,omitempty"`
	// The request whose signatures are void.
	Voided *SignOffFactView `json:"voided,omitempty"`
	// What somebody tried who is kept from the case.
	Attempt grievance.Attempt `json:"attempt,omitempty" swaggertype:"string" enums:"read,act"`
	// How many persons and units the grievance names by now.
	Named int           `json:"named,omitempty,omitzero"`
	Texts []TextRefView `json:"texts,omitempty"`
	// Which fields of which parties somebody was shown in clear.
	Shown *ShownView `json:"shown,omitempty"`
} // @name Facts

// NoticeFactView is what an event says of a notice.
type NoticeFactView struct {
	N        int                  `json:"n"`
	Kind     grievance.NoticeKind `json:"kind" swaggertype:"string" enums:"acceptance,decline,forward,extension,opinion,review,re_review"`
	Number   string               `json:"number"`
	ServedAt *time.Time           `json:"served_at,omitempty"`
	How      string               `json:"how,omitempty"`
	RefersTo string               `json:"refers_to,omitempty"`
} // @name NoticeFact

// SignOffFactView is what an event says of a sign-off.
type SignOffFactView struct {
	N    int                   `json:"n"`
	Kind grievance.SignOffKind `json:"kind" swaggertype:"string" enums:"closure,decline,withdrawal,extension,suspension,review,take_down,recusal"`
	Unit UnitRef               `json:"unit"`
	// SHA-256 of what was to be signed, in hexadecimal.
	Digest string `json:"digest,omitempty"`
	// Where several leaders sign: the number of the first step, and which step of
	// how many this is.
	Request int `json:"request,omitempty,omitzero"`
	Step    int `json:"step,omitempty,omitzero"`
	Steps   int `json:"steps,omitempty,omitzero"`
	// Of a decision: the last event before it, and SHA-256 over all up to that one.
	SeenSeq    int64  `json:"seen_seq,omitempty,omitzero"`
	SeenDigest string `json:"seen_digest,omitempty"`
} // @name SignOffFact

// ClockFactView is what an event says of one clock.
type ClockFactView struct {
	ID        string              `json:"id" format:"uuid"`
	Kind      grievance.ClockKind `json:"kind" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	StartedAt *time.Time          `json:"started_at,omitempty"`
	DueAt     *time.Time          `json:"due_at,omitempty"`
	StoppedAt *time.Time          `json:"stopped_at,omitempty"`
	State     string              `json:"state,omitempty" enums:"met,cancelled"`
	// The rung of its ladder, from 1.
	Rung *int `json:"rung,omitempty"`
	// Of one that was counted again: when it was due before, and the version of the
	// calendar or of its profile that it follows from now on.
	WasDueAt        *time.Time `json:"was_due_at,omitempty"`
	CalendarVersion *int       `json:"calendar_version,omitempty"`
	ProfileVersion  *int       `json:"profile_version,omitempty"`
} // @name ClockFact

// SuspensionFactView is what an event says of a suspension (中止).
type SuspensionFactView struct {
	N     int                  `json:"n"`
	Cause grievance.PauseCause `json:"cause" swaggertype:"string" enums:"hearing,expert_opinion,force_majeure,petitioner"`
	From  time.Time            `json:"from"`
	// When it ends, or would have ended, by itself.
	Until time.Time `json:"until"`
} // @name SuspensionFact

// EscalFactView is what an event says of an escalation.
type EscalFactView struct {
	ID         string          `json:"id" format:"uuid"`
	Level      int             `json:"level"`
	Cause      grievance.Cause `json:"cause" swaggertype:"string" enums:"overdue_acceptance,overdue_acknowledgement,overdue_first_contact,overdue_handling,overdue_sign_off,overdue_review,overdue_re_review,overdue_consent,overdue_jurisdiction,overdue_co_handling,overdue_order,overdue_duty,urgent,dispute,reported,supervised"`
	Target     HolderView      `json:"target"`
	Unroutable bool            `json:"unroutable"`
} // @name EscalationFact

// ObjectionFactView is what an event says of an objection (退单).
type ObjectionFactView struct {
	N        int                `json:"n"`
	On       grievance.Transfer `json:"on" swaggertype:"string" enums:"forward,assignment"`
	Unit     UnitRef            `json:"unit"`
	Sender   UnitRef            `json:"sender"`
	Category string             `json:"category,omitempty"`
	Area     string             `json:"area,omitempty"`
	// Who decides; absent for a joint conference.
	Superior *UnitRef `json:"superior,omitempty"`
	// Raised because nobody answered.
	ByTime bool `json:"by_time,omitempty,omitzero"`
} // @name ObjectionFact

// CoHandlerFactView is what an event says of a co-handling unit (协办).
type CoHandlerFactView struct {
	N    int     `json:"n"`
	Unit UnitRef `json:"unit"`
} // @name CoHandlerFact

// TextRefView names a text; the digest, salted, proves that its words have not
// changed since.
type TextRefView struct {
	ID     string             `json:"id" format:"uuid"`
	Kind   grievance.TextKind `json:"kind" swaggertype:"string" enums:"title,body,note,contact,answer,opinion_request,opinion_facts,opinion,opinion_legal_basis,reason,proof,dispute,notice,minutes,co_handling,follow_up,review_request,agreement,order,order_reply,misconduct"`
	Digest string             `json:"digest"`
	// The words, where the reader may see them.
	Body string `json:"body,omitempty"`
} // @name TextRef

// factsView shows what an event says, with the names of now.
func factsView(f grievance.Facts, open openCases, book *grievance.Book, readable words) FactsView {
	v := FactsView{
		Status: f.Status, Round: unlessZero(f.Round), Unit: optionalUnit(book, f.Unit), FromUnit: optionalUnit(book, f.FromUnit),
		Handler: optionalPerson(book, f.Handler), Receipt: f.Receipt, Source: f.Source, Channel: f.Channel,
		Nature: f.Nature, Route: unlessZero(f.Route), Category: f.Category, Urgency: f.Urgency, Profile: f.Profile,
		Area: optionalUnit(book, f.Area), Proposed: optionalUnit(book, f.Proposed), Reason: f.Reason, Outcome: f.Outcome,
		OnBehalf: f.OnBehalf, ToPetitioner: f.ToPetitioner, Extended: f.Extended, EarlierCaseID: open.name(f.Earlier),
		FollowUp: followUpFact(f.FollowUp), Review: reviewFact(f.Review, book),
		Started: clockFacts(f.Started), Stopped: clockFacts(f.Stopped), Moved: clockFacts(f.Moved), Texts: textRefs(f.Texts, readable),
	}
	if f.Responsible != nil {
		v.Responsible = optionalHolder(book, f.Responsible.Post, f.Responsible.User)
	}
	if f.Awaiting != nil {
		v.Awaiting = optionalHolder(book, f.Awaiting.Post, f.Awaiting.User)
	}
	if n := f.Notice; n != nil {
		v.Notice = &NoticeFactView{n.N, n.Kind, n.Number, unlessZero(n.ServedAt), n.How, open.number(f.Earlier, n.RefersTo)}
	}
	v.SignOff, v.Voided = signOffFactView(f.SignOff, book), signOffFactView(f.Voided, book)
	v.Named, v.Attempt, v.Shown = f.Named, f.Attempt, (*ShownView)(f.Shown)
	v.addSupervision(f, book)
	if x := f.Suspension; x != nil {
		v.Suspension = &SuspensionFactView{x.N, x.Cause, x.From, x.Until}
	}
	if f.Clock != nil {
		v.Clock = &clockFacts([]grievance.ClockFact{*f.Clock})[0]
	}
	if e := f.Escalation; e != nil {
		v.Escalation = &EscalFactView{e.ID.String(), e.Level, e.Cause, holderView(book, e.Target, grievance.UserID{}), e.Unroutable}
	}
	if r := f.Rating; r != nil {
		v.Rating = &RatingView{r.Contacted, r.Resolved, r.Satisfied}
	}
	if o := f.Objection; o != nil {
		v.Objection = &ObjectionFactView{
			o.N, o.On, unitRef(book, o.Unit), unitRef(book, o.Sender), o.Category, o.Area, optionalUnit(book, o.Superior), o.ByTime,
		}
	}
	if h := f.CoHandler; h != nil {
		v.CoHandler = &CoHandlerFactView{h.N, unitRef(book, h.Unit)}
	}
	return v
}

// addSupervision adds what those who watch over the case did.
func (v *FactsView) addSupervision(f grievance.Facts, book *grievance.Book) {
	v.Order, v.Duties = orderFactView(f.Order, book), dutyFactViews(f.Duties)
	if f.Sponsor != nil {
		v.Sponsor = optionalHolder(book, f.Sponsor.Post, f.Sponsor.User)
	}
	if f.Duty != nil {
		v.Duty = &DutyFactView{f.Duty.N, f.Duty.Kind}
	}
	if f.Urged != nil {
		v.Urged = optionalHolder(book, f.Urged.Post, f.Urged.User)
	}
}

func signOffFactView(x *grievance.SignOffFact, book *grievance.Book) *SignOffFactView {
	if x == nil {
		return nil
	}
	return &SignOffFactView{
		x.N, x.Kind, unitRef(book, x.Unit), hex.EncodeToString(x.Digest), x.Request, x.Step, x.Steps, x.SeenSeq, hex.EncodeToString(x.SeenHash),
	}
}

func clockFacts(facts []grievance.ClockFact) []ClockFactView {
	views := make([]ClockFactView, len(facts))
	for i, k := range facts {
		views[i] = ClockFactView{
			ID: k.ID.String(), Kind: k.Kind, StartedAt: unlessZero(k.Start), DueAt: unlessZero(k.DueAt),
			StoppedAt: unlessZero(k.At), State: k.State, Rung: unlessZero(k.Rung),
			WasDueAt: unlessZero(k.WasDue), CalendarVersion: unlessZero(k.Calendar), ProfileVersion: unlessZero(k.Profile),
		}
	}
	return views
}

func textRefs(refs []grievance.TextRef, readable words) []TextRefView {
	views := make([]TextRefView, len(refs))
	for i, t := range refs {
		views[i] = TextRefView{t.ID.String(), t.Kind, hex.EncodeToString(t.Digest), readable[t.ID].Body}
	}
	return views
}
