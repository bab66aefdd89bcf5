package grievance

import (
	"cmp"
	"slices"
	"time"
)

// tell adds an event to the record.
func (r *Record) tell(e Told) {
	if len(r.Events) == 0 {
		r.ReceivedAt, r.RegisteredAt = e.AboutAt, e.RecordedAt
		r.Channel, r.Desk, r.Represented = e.Facts.Channel, e.Facts.Unit, e.Facts.Represented
	}
	r.Events = append(r.Events, e)
	r.tellWhat(e)
	r.tellWhere(e)
	r.tellWho(e)
	r.tellClocks(e)
	r.tellSignOff(e)
	r.tellSuspension(e)
	r.tellRest(e)
}

// tellWhat keeps what the case is.
func (r *Record) tellWhat(e Told) {
	f := e.Facts
	if e.Kind == EvRegistered || e.Kind == EvClassified {
		r.Nature, r.Category, r.Profile = f.Nature, f.Category, f.Profile
	}
	if f.Headcount > 0 && (e.Kind == EvRegistered || e.Kind == EvCorrected) {
		r.Heads = append(r.Heads, Count{f.Headcount, e})
	}
	if e.Kind == EvDeclined {
		r.Declined = f.Reason
	}
}

// tellWhere keeps which unit the case is with. A case that is handled again
// without its handler is with the desk.
func (r *Record) tellWhere(e Told) {
	f := e.Facts
	switch e.Kind {
	case EvRegistered, EvForwarded, EvDesignated, EvShielded:
		if !f.Unit.IsZero() {
			r.Leads = append(r.Leads, Place{f.Unit, e.AboutAt})
		}
	case EvObjectionConsented:
		if !f.Unit.IsZero() {
			r.Leads = append(r.Leads, Place{f.Unit, e.AboutAt})
		}
	case EvAssigned:
		r.Handlings = append(r.Handlings, Place{f.Unit, e.AboutAt})
		return
	case EvHandedOn:
		r.succeeded(e)
	}
	if f.Status == Registered || f.Status == Accepted {
		if n := len(r.Handlings); n > 0 && !r.Handlings[n-1].Unit.IsZero() {
			r.Handlings = append(r.Handlings, Place{From: e.AboutAt})
		}
	}
}

// succeeded follows a case out of a unit that was merged.
func (r *Record) succeeded(e Told) {
	f := e.Facts
	if f.Unit.IsZero() {
		return
	}
	if !f.FromUnit.IsZero() {
		r.Leads = append(r.Leads, Place{f.Unit, e.AboutAt})
	} else {
		r.Handlings = append(r.Handlings, Place{f.Unit, e.AboutAt})
	}
}

// tellWho keeps who answers for the case, from when until when. When a round has
// ended nobody does, until the case is handled again.
func (r *Record) tellWho(e Told) {
	if e.Facts.Status != "" {
		r.status = e.Facts.Status
	}
	over := r.status != "" && !r.status.Open()
	moved := e.Facts.Responsible != nil && *e.Facts.Responsible != r.holder
	if moved {
		r.holder = *e.Facts.Responsible
	}
	n, at := len(r.Stretches), e.AboutAt
	runs := n > 0 && r.Stretches[n-1].Until == nil
	if runs {
		r.Stretches[n-1].Last = e.Seq
	}
	if runs && (over || moved) {
		r.Stretches[n-1].Until, runs = &at, false
	}
	if !runs && !over && !r.holder.User.IsZero() {
		r.Stretches = append(r.Stretches, Stretch{Holder: r.holder, From: &at, FromSeq: e.Seq, Last: e.Seq})
	}
}

// tellClocks keeps which clocks run, and what became of each.
func (r *Record) tellClocks(e Told) {
	f := e.Facts
	for _, k := range f.Started {
		r.Clocks = append(r.Clocks, &ClockTold{ID: k.ID, Kind: k.Kind, Start: k.Start, DueAt: k.DueAt, Started: e.Ref(), Unit: r.debtorUnit(k.Kind, e)})
	}
	for _, k := range f.Moved {
		if told := r.Clock(k.ID); told != nil {
			told.DueAt = k.DueAt
		}
	}
	for _, k := range f.Stopped {
		if told := r.Clock(k.ID); told != nil {
			at := k.At
			told.Stopped, told.State = &at, k.State
		}
	}
	if f.Clock == nil {
		return
	}
	k := r.Clock(f.Clock.ID)
	if k == nil {
		return
	}
	switch e.Kind {
	case EvReminded:
		k.Reminded = append(k.Reminded, e)
	case EvWarned:
		k.Warned = &e
	case EvBreached:
		k.Breach = &e
	case EvEscalated:
		k.Rises = append(k.Rises, e)
	}
}

// debtorUnit is the unit that owes a clock when it starts, as far as the event
// tells of whom something was asked; none where the case's own unit owes it.
func (r *Record) debtorUnit(kind ClockKind, e Told) (unit UnitID) {
	f := e.Facts
	if f.Order != nil && kind == OrderReply {
		unit = f.Order.Unit
	}
	if f.CoHandler != nil && kind == CoHandling {
		unit = f.CoHandler.Unit
	}
	if f.Review != nil && slices.Contains([]ClockKind{Review, ReReview}, kind) {
		unit = f.Review.Unit
	}
	if f.SignOff != nil && kind == SignOffStep {
		unit = f.SignOff.Unit
	}
	if f.Sponsor != nil && kind == SponsorDuty {
		unit = f.Sponsor.Post.UnitID
	}
	if o := f.Objection; o != nil {
		unit = cmp.Or(unit, map[ClockKind]UnitID{Consent: o.Sender, Jurisdiction: o.Superior}[kind])
	}
	return unit
}

// Clock gives a clock by its id, or nil.
func (r *Record) Clock(id ClockID) *ClockTold {
	for _, k := range r.Clocks {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// Owes gives the unit that owed a clock at an instant.
func (r *Record) Owes(k *ClockTold, at time.Time) UnitID {
	switch {
	case !k.Unit.IsZero():
		return k.Unit
	case k.Kind == Acceptance:
		return r.Lead(at)
	}
	return r.Acting(at)
}

// requests are the events by which something is put before a leader.
var requests = []EventKind{
	EvSubmitted, EvDeclineRequested, EvWithdrawalRequested, EvExtensionRequested, EvSuspensionRequested,
	EvReviewSubmitted, EvTakeDownRequested, EvAmended, EvRecusalDemanded,
}

// tellSignOff keeps what was put before leaders and how they decided.
func (r *Record) tellSignOff(e Told) {
	s := e.Facts.SignOff
	if s == nil {
		return
	}
	if slices.Contains(requests, e.Kind) {
		r.asked(e, s)
		return
	}
	o := r.signature(s)
	if o == nil {
		return
	}
	o.Decided, o.Approved = &e, e.Kind != EvReturned
	if e.Kind == EvReturned {
		r.Returns = append(r.Returns, e)
	}
	for _, x := range r.Extensions {
		if x.N == s.Asked() {
			r.decideMore(x, e)
		}
	}
}

// asked keeps what was put before a leader. What was changed meanwhile was put
// there by its change.
func (r *Record) asked(e Told, s *SignOffFact) {
	for i := range r.SignOffs {
		if r.SignOffs[i].N == s.N {
			r.SignOffs[i].Asked, r.SignOffs[i].By = e, e.ActorID
			return
		}
	}
	r.SignOffs = append(r.SignOffs, Signature{N: s.N, Kind: s.Kind, Unit: s.Unit, Asked: e, By: e.ActorID})
	if s.Kind == SignExtension {
		r.askMore(e, s.N)
	}
}

// signature finds what a decision is about. A later step of several was put
// before its leader by the signature on the step before.
func (r *Record) signature(s *SignOffFact) *Signature {
	for i := range r.SignOffs {
		if r.SignOffs[i].N == s.N {
			return &r.SignOffs[i]
		}
	}
	for _, o := range slices.Backward(r.SignOffs) {
		if o.Decided != nil && o.Decided.Kind == EvSigned && o.Decided.Facts.SignOff.Asked() == s.Asked() {
			r.SignOffs = append(r.SignOffs, Signature{N: s.N, Kind: s.Kind, Unit: s.Unit, Asked: *o.Decided, By: o.By})
			return &r.SignOffs[len(r.SignOffs)-1]
		}
	}
	return nil
}

// askMore keeps a request for more time. Which clock is meant the approval tells;
// before it the handling's is taken for it.
func (r *Record) askMore(e Told, n int) {
	x := &ExtensionTold{N: n, Asked: e}
	for _, k := range r.Clocks {
		if k.Kind == Handling && k.Stopped == nil {
			x.Clock, x.DueAt, x.Warned = k.ID, k.DueAt, k.Warned
		}
	}
	r.Extensions = append(r.Extensions, x)
}

// warnedBefore gives the newest warning of a clock if it was given before an event.
func (k *ClockTold) warnedBefore(e Told) *Told {
	if k == nil || k.Warned == nil || k.Warned.Seq > e.Seq {
		return nil
	}
	return k.Warned
}

func (r *Record) decideMore(x *ExtensionTold, e Told) {
	switch e.Kind {
	case EvReturned:
		x.Returned = true
	case EvExtended:
		x.Approved = &e
		for _, moved := range e.Facts.Moved {
			if k := r.Clock(moved.ID); moved.ID != x.Clock {
				x.Warned = k.warnedBefore(x.Asked)
			}
			x.Clock, x.DueAt = moved.ID, moved.WasDue
		}
	}
}

// tellSuspension keeps when the case rested, and when the petitioner could be
// reached meanwhile.
func (r *Record) tellSuspension(e Told) {
	if e.Kind == EvSuspended && e.Facts.Suspension != nil {
		r.Suspensions = append(r.Suspensions, &SuspensionTold{SuspensionFact: *e.Facts.Suspension, By: e})
		return
	}
	n := len(r.Suspensions)
	if n == 0 || r.Suspensions[n-1].Ended != nil {
		return
	}
	s := r.Suspensions[n-1]
	if e.Facts.Suspension != nil && e.Facts.Suspension.N == s.N {
		s.Ended = &e
	} else if e.Kind == EvContacted || e.Post.Role == RolePetitioner {
		s.Reached = append(s.Reached, e)
	}
}

// tellRest keeps the events that rules look at as they are.
func (r *Record) tellRest(e Told) {
	f := e.Facts
	switch e.Kind {
	case EvAssigned:
		r.assigned(e)
	case EvAcknowledged:
		r.taken(e)
	case EvObjected:
		r.Passes = append(r.Passes, e)
	case EvDisputed, EvRated, EvFollowedUp:
		r.Doubts = append(r.Doubts, e)
	case EvEscalated:
		r.Rises = append(r.Rises, e)
	case EvMisconductReported:
		r.Misconduct = append(r.Misconduct, e)
	case EvOrdered:
		if f.Order != nil {
			r.Orders = append(r.Orders, orderTold(e))
		}
	}
	if isClosure(e.Kind, f) {
		r.Closures = append(r.Closures, e)
	}
}

func (r *Record) assigned(e Told) {
	r.taken(e)
	r.Passes = append(r.Passes, e)
	r.Assignments = append(r.Assignments, AssignedTo{By: e, Unit: e.Facts.Unit, Handler: e.Facts.Handler})
}

// taken ends the waiting of the newest assignment.
func (r *Record) taken(e Told) {
	if n := len(r.Assignments); n > 0 && r.Assignments[n-1].Taken == nil {
		at := e.AboutAt
		r.Assignments[n-1].Taken, r.Assignments[n-1].LastSeq = &at, e.Seq
	}
}

func orderTold(e Told) OrderTold {
	o := OrderTold{OrderFact: *e.Facts.Order, By: e}
	for _, k := range e.Facts.Started {
		if k.Kind == OrderReply {
			o.Clock = k.ID
		}
	}
	return o
}

// isClosure reports whether an event answers the petitioner and ends a round.
func isClosure(kind EventKind, f Facts) bool {
	return kind == EvClosed || (kind == EvAnswered || kind == EvImported) && f.Status == Closed
}
