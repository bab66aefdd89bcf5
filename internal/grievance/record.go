package grievance

import (
	"fmt"
	"slices"
	"time"
)

// Record is one case as its events tell it: all that an audit rule or a trace may
// ask, and nothing that stands in no event. It is a pure fold of them, so that
// whoever has the events comes to the same. Instants are those that events are
// about, never those at which they were recorded. Persons are user ids.
type Record struct {
	CaseID       CaseID
	Events       []Told
	ReceivedAt   time.Time
	RegisteredAt time.Time // recorded; what came from another system was received long before
	Channel      Channel
	Desk         UnitID // whose desk received it
	Nature       Nature
	Category     string
	Profile      string
	Leads        []Place // whose desk held it, in order
	Handlings    []Place // which unit handled it, in order
	Heads        []Count // how many petitioners it was said to have, in order; none for one
	Represented  int
	Stretches    []Stretch
	Clocks       []*ClockTold // in the order in which they started
	Assignments  []AssignedTo
	SignOffs     []Signature
	Returns      []Told
	Closures     []Told // closed, answered on the spot, or imported with the answer
	Doubts       []Told // disputes, follow-ups and ratings
	Extensions   []*ExtensionTold
	Suspensions  []*SuspensionTold
	Orders       []OrderTold
	Passes       []Told // objections and assignments
	Rises        []Told // escalations
	Misconduct   []Told
	Declined     Reason // for which it was declined

	status Status
	holder Holder
}

// EventRef names an event: the case's, or that of another that has to do with it.
type EventRef struct {
	CaseID CaseID `json:"case"`
	Seq    int64  `json:"seq"`
}

// Told is an event with what its body says.
type Told struct {
	Event
	Facts Facts
}

// Ref names the event.
func (t Told) Ref() EventRef { return EventRef{t.SubjectID, t.Seq} }

// Place says from when a case was with a unit.
type Place struct {
	Unit UnitID
	From time.Time
}

// Count says from when a number was known.
type Count struct {
	N  int
	By Told
}

// Stretch is a time in which one person answered for the case in one post. Until
// is nil while it lasts. From and To are the numbers of the events that began
// and ended it; To is 0 while it lasts.
type Stretch struct {
	Holder
	From, Until   *time.Time
	FromSeq, Last int64
}

// AssignedTo is an assignment: to which unit, and to whom where one was named.
// Taken is when somebody acknowledged it or it was assigned anew, nil while it waits.
type AssignedTo struct {
	By      Told
	Unit    UnitID
	Handler UserID
	Taken   *time.Time
	LastSeq int64
}

// ClockTold is a clock as the events tell it.
type ClockTold struct {
	ID       ClockID
	Kind     ClockKind
	Start    time.Time
	DueAt    time.Time
	Started  EventRef
	Unit     UnitID // who owes it: the unit, as far as the events tell
	Reminded []Told
	Warned   *Told
	Breach   *Told
	Rises    []Told // escalations because of it
	Stopped  *time.Time
	State    string // met or cancelled, once it has stopped
}

// Late reports whether the clock had run out at an instant and nobody had done
// until then what it times.
func (k *ClockTold) Late(at time.Time) bool {
	return k.Breach != nil && !k.Breach.AboutAt.After(at) && (k.Stopped == nil || k.Stopped.After(at))
}

// Signature is a sign-off as the events tell it. Asked and Decided are the events
// of the request and of the decision; Asked of a later step of several is the
// signature on the one before. Decided is nil while nobody has.
type Signature struct {
	N        int
	Kind     SignOffKind
	Unit     UnitID
	Asked    Told
	By       UserID // who asked
	Decided  *Told
	Approved bool
}

// ExtensionTold is a request for more time: of which clock, when it was due then
// and its yellow warning, nil where none had been given yet. Returned is one that
// was not signed.
type ExtensionTold struct {
	N        int // of the sign-off
	Asked    Told
	Clock    ClockID
	DueAt    time.Time
	Warned   *Told
	Approved *Told
	Returned bool
}

// SuspensionTold is a suspension; Reached are the events in it that show that the
// petitioner could be reached.
type SuspensionTold struct {
	SuspensionFact
	By      Told
	Ended   *Told
	Reached []Told
}

// OrderTold is a supervision order or a recommendation, with the clock of its answer.
type OrderTold struct {
	OrderFact
	By    Told
	Clock ClockID
}

// ReadRecord folds the events of one case, in order. An error says which event
// cannot be read, or that one is missing.
func ReadRecord(events []Event) (*Record, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("a case without events")
	}
	r := &Record{CaseID: events[0].SubjectID}
	for i, e := range events {
		if e.Seq != int64(i+1) || e.SubjectID != r.CaseID {
			return nil, fmt.Errorf("event %d of case %s stands where number %d should", e.Seq, r.CaseID, i+1)
		}
		f, err := ReadFacts(e)
		if err != nil {
			return nil, fmt.Errorf("reading event %d of case %s: %w", e.Seq, r.CaseID, err)
		}
		r.tell(Told{e, f})
	}
	return r, nil
}

// Lead gives whose desk held the case at an instant.
func (r *Record) Lead(at time.Time) UnitID { return placeAt(r.Leads, at) }

// Acting gives the unit that the case was with at an instant: the handling unit,
// before that the lead.
func (r *Record) Acting(at time.Time) UnitID {
	if u := placeAt(r.Handlings, at); !u.IsZero() {
		return u
	}
	return r.Lead(at)
}

func placeAt(list []Place, at time.Time) (unit UnitID) {
	for _, p := range list {
		if !p.From.After(at) {
			unit = p.Unit
		}
	}
	return unit
}

// Late gives the clocks that had run out at an instant and still ran.
func (r *Record) Late(at time.Time) []*ClockTold {
	return slices.DeleteFunc(slices.Clone(r.Clocks), func(k *ClockTold) bool { return !k.Late(at) })
}

// Breached gives the clocks that had run out at an instant, met since or not.
func (r *Record) Breached(at time.Time) []*ClockTold {
	return slices.DeleteFunc(slices.Clone(r.Clocks), func(k *ClockTold) bool { return k.Breach == nil || k.Breach.AboutAt.After(at) })
}

// ClosedBefore gives the newest answer that was given at or before an instant,
// nil where there was none or it had been disputed by then.
func (r *Record) ClosedBefore(at time.Time) *Told {
	var last *Told
	for i, e := range r.Events {
		switch {
		case e.AboutAt.After(at):
		case isClosure(e.Kind, e.Facts):
			last = &r.Events[i]
		case e.Kind == EvDisputed || e.Kind == EvReviewDecided && e.Facts.Status.Open() && e.Facts.Status != "":
			last = nil
		}
	}
	return last
}

// GroupFrom gives the event that first told that the petition was one of a group
// (Art. 20), nil where none did.
func (r *Record) GroupFrom() *Told {
	for i := range r.Heads {
		if r.Heads[i].N >= minGroup {
			return &r.Heads[i].By
		}
	}
	return nil
}

// Before orders cases of one petitioner by receipt.
func (r *Record) Before(o *Record) bool {
	if !r.ReceivedAt.Equal(o.ReceivedAt) {
		return r.ReceivedAt.Before(o.ReceivedAt)
	}
	return r.CaseID.String() < o.CaseID.String()
}

// First gives the event that opened the case.
func (r *Record) First() Told { return r.Events[0] }
