package grievance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Explanation tells why a clock is due when it is: the rule that set it, what
// started it, and everything that somebody with a wall calendar and a pencil
// needs in order to count it again. It holds only what is stored.
type Explanation struct {
	Case     *Case
	Clock    *Clock
	Rule     ClockRule
	Grade    Urgency // that the length was chosen by; "" where the rule knows one length alone
	Articles []int   // of the Regulations (信访工作条例) that the length rests on; none for practice
	Calendar CalendarVersion
	Start    Origin
	Count    calendar.Counting
	Moves    []Move // found by Trace

	book *Book
	// For whom a deputy signed, by the number of the suspension and of the sign-off;
	// found by Trace.
	restFor, moreFor map[int]UserID
}

// Origin is why a clock started: the moment that its rule names and, once Trace
// has found it, the event that started it.
type Origin struct {
	Reason string
	Event  EventKind
	Seq    int64
}

// Move is one time that a clock was counted again, with the event that did it.
// Calendar and Profile are the versions that it followed from then on, 0 where
// it kept them.
type Move struct {
	Event    EventKind
	Seq      int64
	At       time.Time
	WasDue   time.Time
	DueAt    time.Time
	Calendar int
	Profile  int
}

// Explain counts a clock of a case again, by the versions that it was set by and
// from its own ledgers. The error is internal, and an alarm: the clock follows
// versions that the book does not have, its row does not agree with its rule or
// its ledgers, or what is stored is not what the recount gives.
func Explain(b *Book, c *Case, k *Clock) (Explanation, error) {
	x := Explanation{Case: c, Clock: k, book: b}
	rule, known := b.rule(k)
	version, published := b.publication(k.CalendarVersion)
	switch {
	case !known || !published:
		return x, fmt.Errorf("explaining clock %s: it follows version %d of %s and version %d of the calendar, which are not known", k.ID, k.ProfileVersion, k.Profile, k.CalendarVersion)
	case len(k.pauses) != k.PauseCount || len(k.extensions) != k.ExtensionCount:
		return x, fmt.Errorf("explaining clock %s: %d of %d pauses and %d of %d extensions are known", k.ID, len(k.pauses), k.PauseCount, len(k.extensions), k.ExtensionCount)
	}
	grade, ok := rule.gradeOf(c.Urgency, k.Length)
	if !ok {
		return x, fmt.Errorf("explaining clock %s: its rule has no length of %s", k.ID, k.Length)
	}
	x.Rule, x.Grade, x.Articles, x.Calendar = rule, grade, rule.articles(c), version
	x.Start.Reason = rule.Starts
	x.Count = version.Explain(k.term(rule))
	return x, x.agrees()
}

// agrees refuses a recount that differs from what is stored.
func (x Explanation) agrees() error {
	k := x.Clock
	stored := calendar.Due{At: k.DueAt, On: k.DueOn, UnrolledOn: k.DueUnrolled, Provisional: k.Provisional}
	again := x.Count.Due
	if !stored.At.Equal(again.At) || stored.On != again.On || stored.UnrolledOn != again.UnrolledOn || stored.Provisional != again.Provisional {
		return fmt.Errorf("explaining clock %s: it is stored as %+v and counted again as %+v", k.ID, stored, again)
	}
	return nil
}

func (b *Book) publication(version int) (CalendarVersion, bool) {
	i := slices.IndexFunc(b.calendars, func(v CalendarVersion) bool { return v.Version() == version })
	if i < 0 {
		return CalendarVersion{}, false
	}
	return b.calendars[i], true
}

// gradeOf tells by which grade a rule gives a length: that of the case if it
// does, for a case may have been graded anew without its clocks moving.
func (r ClockRule) gradeOf(now Urgency, l calendar.Length) (Urgency, bool) {
	if r.Given {
		return "", true
	}
	grades := append([]Urgency{now}, Urgencies...)
	for _, u := range grades {
		if given, ok := r.ByGrade[string(u)]; ok && given == l {
			return u, true
		}
	}
	return "", l == r.Length
}

// onlyRoute follows the articles of a rule that holds for demands on the
// regulation's own route alone; for all else its length is the house's.
const onlyRoute = " for route 31(6)"

// articles reads at the beginning of a rule's source which articles its length
// rests on, "Art. 22, 23"; none where it rests on practice.
func (r ClockRule) articles(c *Case) (list []int) {
	rest, ok := strings.CutPrefix(r.Source, "Art. ")
	for ok {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil {
			return nil
		}
		list = append(list, n)
		rest, ok = strings.CutPrefix(rest[digits:], ", ")
	}
	if strings.HasPrefix(rest, onlyRoute) && (c.Nature != Demand || c.Route != PetitionRoute) {
		return nil
	}
	return list
}

// ClockEvents are the events that may start a clock or move it.
var ClockEvents = []EventKind{
	EvRegistered, EvImported, EvAccepted, EvForwarded, EvAssigned, EvHandedOn, EvSubmitted, EvSigned, EvReturned, EvDeclineRequested,
	EvWithdrawalRequested, EvExtensionRequested, EvSuspensionRequested, EvDisputed,
	EvClassified, EvCorrected, EvExtended, EvSuspended, EvResumed, EvRebased,
	EvObjected, EvObjectionConsented, EvObjectionRaised, EvDesignated, EvCoHandlerAsked, EvSponsored, EvOrdered, EvOrderReturned,
	EvAmended, EvReviewRequested, EvReviewSubmitted, EvReviewDecided, EvHearingOrdered, EvHearingHeld, EvFollowedUp, EvTakeDownRequested,
	EvRecusalDemanded, EvShielded,
}

// Trace finds among the events of the case, in order, the one that started the
// clock and those that moved it, and whoever was signed for by a deputy.
func (x *Explanation) Trace(events []Event) error {
	due := x.Clock.StartedAt
	x.restFor, x.moreFor = map[int]UserID{}, map[int]UserID{}
	for _, e := range events {
		f, err := ReadFacts(e)
		if err != nil {
			return fmt.Errorf("reading event %d of case %s: %w", e.Seq, e.SubjectID, err)
		}
		x.traceDeputy(e, f)
		for _, s := range f.Started {
			if s.ID == x.Clock.ID {
				x.Start.Event, x.Start.Seq, due = e.Kind, e.Seq, s.DueAt
			}
		}
		moved := f.Moved
		if e.Kind == EvRebased && f.Clock != nil {
			moved = append(slices.Clone(moved), *f.Clock)
		}
		for _, s := range moved {
			if s.ID == x.Clock.ID {
				x.Moves = append(x.Moves, Move{Event: e.Kind, Seq: e.Seq, At: e.AboutAt, WasDue: due, DueAt: s.DueAt, Calendar: s.Calendar, Profile: s.Profile})
				due = s.DueAt
			}
		}
	}
	return nil
}

// traceDeputy notes for whom the actor of an event held the post of the signature
// at the time.
func (x *Explanation) traceDeputy(e Event, f Facts) {
	leader, deputy := x.book.DeputyFor(e.ActorID, e.Post, e.RecordedAt)
	switch {
	case !deputy:
	case e.Kind == EvSuspended && f.Suspension != nil:
		x.restFor[f.Suspension.N] = leader
	case e.Kind == EvExtended && f.SignOff != nil:
		x.moreFor[f.SignOff.N] = leader
	}
}

// PauseSignedFor gives for whom a deputy approved the pause; none where the leader
// did, and before Trace.
func (x Explanation) PauseSignedFor(p *Pause) UserID { return x.restFor[p.Suspension] }

// ExtensionSignedFor is PauseSignedFor of an extension.
func (x Explanation) ExtensionSignedFor(e *Extension) UserID { return x.moreFor[e.SignOff] }

// signer names who approved a pause or an extension, and by the format, such as
// " for %s", for whom a deputy did.
func (x Explanation) signer(by, leader UserID, format string) string {
	if leader.IsZero() {
		return x.person(by)
	}
	return x.person(by) + fmt.Sprintf(format, x.person(leader))
}

func (x Explanation) person(id UserID) string {
	if u := x.book.User(id); u != nil {
		return u.Name
	}
	return id.String()
}
