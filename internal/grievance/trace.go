package grievance

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Trace is the two-way back-trace (两倒查) of a case: the unit line says who should
// have done it, stretch by stretch; the leadership line who should have led them,
// and what each of those knew. It is drawn from the events and the appointments
// of their time alone: drawn a year later it names the people of that time.
type Trace struct {
	Units      []UnitStretch
	Leaders    []Leading
	Petitioner UserID // whose account brought the case, if any
}

// Deed is an event by which somebody did something.
type Deed struct {
	Seq  int64
	Kind EventKind
	At   time.Time
}

func deedOf(e Told) Deed { return Deed{e.Seq, e.Kind, e.AboutAt} }

// PartInTrace says what put somebody into a trace.
type PartInTrace string

// The parts: who answered for the case; to whom it was assigned and who had not
// acknowledged it yet; the head of the unit that answered for it, and of those
// above it; the leader in charge (包案); who was asked to sign; whom an escalation,
// or an objection that was brought before them, called on; whom an order was sent
// to.
const (
	PartResponsible PartInTrace = "responsible"
	PartAssigned    PartInTrace = "assigned"
	PartHead        PartInTrace = "head"
	PartSuperior    PartInTrace = "superior"
	PartSponsor     PartInTrace = "sponsor"
	PartSigner      PartInTrace = "signer"
	PartCalled      PartInTrace = "called"
)

// UnitStretch is a stretch of the unit line: who had the case, in which post, from
// when until when, for how many minutes of office hours; what they did, what ran
// out meanwhile that they owed, and of what they were reminded and did nothing
// after. Until is nil while it lasts. User is zero where an assignment named
// nobody.
type UnitStretch struct {
	Part           PartInTrace
	Holder         Holder
	DeputyFor      UserID
	From           time.Time
	Until          *time.Time
	WorkingMinutes int
	Did            []Deed
	Missed         []Missed
	Unheeded       []Deed // reminders and warnings
}

// Missed is a clock that ran out.
type Missed struct {
	Clock ClockID
	Kind  ClockKind
	DueAt time.Time
	Seq   int64 // of the event of the breach
}

// Leading is one person's share in the leadership line, in one post: why they are
// in it, over which time, what they knew and what they did.
type Leading struct {
	Part           PartInTrace
	Holder         Holder
	DeputyFor      UserID
	From, Until    time.Time
	WorkingMinutes int
	Knew           []Deed
	Did            []Deed
}

// TraceOf draws both lines of a case, up to an instant. Office hours are those of
// the calendar.
func TraceOf(r *Record, b *Book, cal *calendar.Calendar, until time.Time) Trace {
	t := tracing{r: r, b: b, cal: cal, until: until}
	t.unitLine()
	t.leadershipLine()
	return Trace{Units: t.units, Leaders: t.sorted()}
}

// Names reports whether a person stands in either line.
func (t Trace) Names(who UserID) bool {
	if who.IsZero() {
		return false
	}
	return slices.ContainsFunc(t.Units, func(s UnitStretch) bool { return s.Holder.User == who }) ||
		slices.ContainsFunc(t.Leaders, func(l Leading) bool { return l.Holder.User == who })
}

// Before gives the trace as far as it reached before an instant: whoever came into
// it with, or after, what a finding is about had no part in what led there. Of
// whom an escalation called on, being called is what brings them in.
func (t Trace) Before(at time.Time) Trace {
	t.Units = slices.DeleteFunc(slices.Clone(t.Units), func(s UnitStretch) bool { return !s.From.Before(at) })
	t.Leaders = slices.DeleteFunc(slices.Clone(t.Leaders), func(l Leading) bool { return !l.From.Before(at) })
	return t
}

// tracing is a trace being drawn.
type tracing struct {
	r     *Record
	b     *Book
	cal   *calendar.Calendar
	until time.Time
	units []UnitStretch
	heads []*Leading
}

// unitLine draws who had the case, stretch by stretch.
func (t *tracing) unitLine() {
	for _, s := range t.r.Stretches {
		t.units = append(t.units, t.stretch(PartResponsible, s.Holder, *s.From, s.Until, s.FromSeq, s.Last, responsibleOwe))
	}
	for _, a := range t.r.Assignments {
		last := cmp.Or(a.LastSeq, t.r.Events[len(t.r.Events)-1].Seq)
		who := Holder{a.Handler, Post{UnitID: a.Unit, Role: RoleHandler}}
		t.units = append(t.units, t.stretch(PartAssigned, who, a.By.AboutAt, a.Taken, a.By.Seq, last, assignedOwe))
	}
	slices.SortStableFunc(t.units, func(x, y UnitStretch) int { return x.From.Compare(y.From) })
}

// What is owed by whom a case is assigned to and who has not acknowledged it, and
// what by who answers for it.
var (
	assignedOwe    = []ClockKind{Acknowledgement}
	responsibleOwe = []ClockKind{Acceptance, FirstContact, Handling, Review, ReReview, CoHandling, Consent}
)

func (t *tracing) stretch(part PartInTrace, who Holder, from time.Time, until *time.Time, first, last int64, owed []ClockKind) UnitStretch {
	s := UnitStretch{Part: part, Holder: who, From: from, Until: until}
	s.DeputyFor, _ = t.b.DeputyFor(who.User, who.Post, from)
	s.WorkingMinutes = t.cal.WorkingMinutesBetween(from, t.end(until))
	for _, e := range t.r.Events {
		if e.Seq < first || e.Seq > last {
			continue
		}
		t.note(&s, e, owed)
	}
	return s
}

// note adds what an event says of a stretch. Whoever does something after a
// reminder has heeded it.
func (t *tracing) note(s *UnitStretch, e Told, owed []ClockKind) {
	k := e.Facts.Clock
	theirs := k != nil && slices.Contains(owed, k.Kind)
	switch {
	case !e.ActorID.IsZero() && e.ActorID == s.Holder.User:
		s.Did = append(s.Did, deedOf(e))
		s.Unheeded = nil
	case theirs && e.Kind == EvBreached:
		s.Missed = append(s.Missed, Missed{k.ID, k.Kind, k.DueAt, e.Seq})
	case theirs && (e.Kind == EvReminded || e.Kind == EvWarned), e.Kind == EvUrged:
		s.Unheeded = append(s.Unheeded, deedOf(e))
	}
}

func (t *tracing) end(until *time.Time) time.Time {
	if until != nil && until.Before(t.until) {
		return *until
	}
	return t.until
}

// leadershipLine draws who should have led: the heads of each stretch's unit and
// of those above it up to the highest that the case reached, the sponsor, and
// those whom signatures, escalations and orders were brought before.
func (t *tracing) leadershipLine() {
	top := t.top()
	for _, s := range t.units {
		for i, u := range t.b.line(s.Holder.Post.UnitID, s.From) {
			part := PartHead
			if i > 0 {
				part = PartSuperior
			}
			t.holders(part, Post{UnitID: u.ID, Role: RoleLeader, Head: true}, s.From, t.end(s.Until))
			if top == nil || len(u.Path) <= len(top.Path) {
				break
			}
		}
	}
	for _, e := range t.r.Events {
		t.knew(e)
	}
	for _, l := range t.heads {
		t.did(l)
	}
}

// top is the highest unit that the case reached: by an escalation, a signature or
// a desk that held it.
func (t *tracing) top() (top *Unit) {
	reach := func(id UnitID) {
		if u := t.b.Unit(id); u != nil && (top == nil || len(u.Path) < len(top.Path)) {
			top = u
		}
	}
	for _, e := range t.r.Rises {
		reach(e.Facts.Escalation.Target.UnitID)
	}
	for _, s := range t.r.SignOffs {
		reach(s.Unit)
	}
	for _, p := range t.r.Leads {
		reach(p.Unit)
	}
	return top
}

// holders adds everybody who held a post in some part of a time, each over theirs.
func (t *tracing) holders(part PartInTrace, p Post, from, until time.Time) {
	for _, a := range t.b.Appointments(p.UnitID) {
		if a.Role != p.Role || p.Head && !a.Head {
			continue
		}
		begin, end := latest(from, a.From), until
		if a.Until != nil && a.Until.Before(end) {
			end = *a.Until
		}
		if begin.Before(end) {
			t.lead(part, Holder{a.UserID, p}, begin, end)
		}
	}
}

// lead finds somebody's share in the line, or adds it, and makes it reach over a
// time.
func (t *tracing) lead(part PartInTrace, who Holder, from, until time.Time) *Leading {
	for _, l := range t.heads {
		if l.Holder.User == who.User && l.Holder.Post.Covers(who.Post) {
			if from.Before(l.From) {
				l.From = from
			}
			l.WorkingMinutes += t.beyond(l.Until, from, until)
			l.Until = latest(l.Until, until)
			return l
		}
	}
	l := &Leading{Part: part, Holder: who, From: from, Until: until, WorkingMinutes: t.cal.WorkingMinutesBetween(from, until)}
	l.DeputyFor, _ = t.b.DeputyFor(who.User, who.Post, from)
	t.heads = append(t.heads, l)
	return l
}

// beyond is how many minutes of office hours a time adds to those that end at another.
func (t *tracing) beyond(end, from, until time.Time) int {
	return t.cal.WorkingMinutesBetween(latest(end, from), until)
}

// knew adds what an event let leaders know. Whom it calls on to act stands in the
// line until it is settled.
func (t *tracing) knew(e Told) {
	f := e.Facts
	if part, post, settles := calls(e); settles != nil {
		t.tell(part, post, e, t.settled(e, settles))
		return
	}
	switch {
	case e.Kind == EvReminded || e.Kind == EvWarned || e.Kind == EvUrged:
		if seat, _, ok := t.b.Seat(t.owing(e), RoleLeader, true, t.r.known(e.AboutAt)); ok {
			t.tell(PartHead, seat, e, e.AboutAt)
		}
	case f.Sponsor != nil && e.Kind == EvSponsored:
		l := t.lead(PartSponsor, *f.Sponsor, e.AboutAt, t.settled(e, func(o Told) bool {
			return o.Kind == EvSponsorReleased || o.Kind == EvSponsored
		}))
		l.Knew = append(l.Knew, deedOf(e))
	}
}

// calls tells on whom an event calls to act, and what settles it: an escalation
// resolved, a unit designated, a signature given or returned, an order answered.
// Nothing settles an event that calls on nobody.
func calls(e Told) (part PartInTrace, p Post, settles func(Told) bool) {
	f := e.Facts
	switch {
	case e.Kind == EvEscalated && !f.Escalation.Unroutable:
		solved := func(o Told) bool { return o.Kind == EvEscalationSolved && o.Facts.Escalation.ID == f.Escalation.ID }
		return PartCalled, f.Escalation.Target, solved
	case e.Kind == EvObjectionRaised && f.Objection != nil:
		return PartCalled, Post{UnitID: f.Objection.Superior, Role: RoleLeader}, func(o Told) bool { return o.Kind == EvDesignated }
	case f.SignOff != nil && slices.Contains(requests, e.Kind):
		decided := func(o Told) bool { return o.Facts.SignOff != nil && o.Facts.SignOff.Kind == f.SignOff.Kind }
		return PartSigner, Post{UnitID: f.SignOff.Unit, Role: RoleLeader}, decided
	case f.Order != nil && e.Kind == EvOrdered:
		answered := func(o Told) bool { return o.Kind == EvOrderAnswered && o.Facts.Order.N == f.Order.N }
		return PartHead, Post{UnitID: f.Order.Unit, Role: RoleLeader, Head: true}, answered
	}
	return "", Post{}, nil
}

// settled is the instant of the first event after one that settles it; the end of
// the trace while none has.
func (t *tracing) settled(e Told, settles func(Told) bool) time.Time {
	for _, later := range t.r.Events {
		if later.Seq > e.Seq && settles(later) {
			return later.AboutAt
		}
	}
	return t.until
}

// owing is the unit that an event of a clock is about.
func (t *tracing) owing(e Told) UnitID {
	if e.Facts.Clock != nil {
		if k := t.r.Clock(e.Facts.Clock.ID); k != nil {
			return t.r.Owes(k, e.AboutAt)
		}
	}
	return t.r.Acting(e.AboutAt)
}

// tell lets everybody know who held a post at the instant at which it could first
// be known. Whom it brings into the line stands in it from then on, until it is
// settled.
func (t *tracing) tell(part PartInTrace, p Post, e Told, settled time.Time) {
	at := t.r.known(e.AboutAt)
	for _, who := range t.b.Holders(p, at) {
		l := t.lead(part, Holder{who, p}, at, latest(at, settled))
		l.Knew = append(l.Knew, deedOf(e))
	}
}

// known is the instant at which somebody could first have acted on what is about
// an instant.
func (r *Record) known(about time.Time) time.Time { return latest(about, r.RegisteredAt) }

// did adds what somebody of the line did as a leader. It makes their time in it
// reach as far.
func (t *tracing) did(l *Leading) {
	for _, e := range t.r.Events {
		if e.ActorID == l.Holder.User && e.Post.UnitID == l.Holder.Post.UnitID && e.Post.Role == l.Holder.Post.Role {
			l.Did = append(l.Did, deedOf(e))
			l.WorkingMinutes += t.beyond(l.Until, l.Until, e.AboutAt)
			l.Until = latest(l.Until, e.AboutAt)
		}
	}
}

// sorted puts the line in order: from the unit up, then by time.
func (t *tracing) sorted() (line []Leading) {
	depth := func(l *Leading) int {
		if u := t.b.Unit(l.Holder.Post.UnitID); u != nil {
			return strings.Count(u.Path, "/")
		}
		return 0
	}
	slices.SortStableFunc(t.heads, func(x, y *Leading) int { return cmp.Or(depth(y)-depth(x), x.From.Compare(y.From)) })
	for _, l := range t.heads {
		line = append(line, *l)
	}
	return line
}
