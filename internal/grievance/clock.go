package grievance

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// ClockState says whether a clock runs.
type ClockState string

// The states of a clock. A clock that was met late is met and breached: the
// state never hides a breach.
const (
	Running   ClockState = "running"
	Met       ClockState = "met"
	Cancelled ClockState = "cancelled" // what it timed is no longer owed
)

// Clock is one running deadline (限时办结), a stored fact: which rule of which
// profile set it, when it started, how long it is, when it is due, who owes it.
// DueAt is exclusive: acting at that instant is late. NextAt is the next instant
// at which the clock needs anything, nil when it needs nothing more.
type Clock struct {
	ID      ClockID
	CaseID  CaseID
	Kind    ClockKind
	Round   int
	UnitID  UnitID
	Subject string // which of several of a kind: the sign-off's number, the assignment's

	Profile         string
	ProfileVersion  int
	CalendarVersion int
	DebtorPost      Post   `gorm:"embedded;embeddedPrefix:debtor_"`
	DebtorUser      UserID `gorm:"column:debtor_id"`

	StartedAt   time.Time
	Length      calendar.Length
	DueUnrolled calendar.Date
	DueAt       time.Time
	DueOn       calendar.Date // the Chinese calendar's date of the last moment in time
	DueVersion  int
	Provisional bool // reaches past the arrangements published so far

	State      ClockState
	MetAt      *time.Time
	BreachedAt *time.Time
	Rung       int // rungs recorded so far
	NextAt     *time.Time
	Attempts   int
	Error      string

	PauseCount     int
	ExtensionCount int

	pauses     []*Pause
	extensions []*Extension
}

// Late reports whether the clock was breached, or stands breached at now though
// nobody has recorded it yet.
func (k *Clock) Late(now time.Time) bool {
	return k.BreachedAt != nil || k.State == Running && !now.Before(k.DueAt)
}

// debtor is who owes a clock.
type debtor struct {
	post Post
	user UserID
}

// start starts a clock by the rule that the case's profile has for the kind; a
// profile without one starts nothing.
func (c *Case) start(m Moment, kind ClockKind, at time.Time, unit UnitID, subject string, owes debtor) []ClockFact {
	return c.startFor(m, kind, at, unit, subject, owes, calendar.Length{})
}

// startFor is start with a length that whoever starts the clock gives, where its
// rule lets them; the zero length is the rule's.
func (c *Case) startFor(m Moment, kind ClockKind, at time.Time, unit UnitID, subject string, owes debtor, given calendar.Length) []ClockFact {
	p, cal := c.rules(m, at)
	rule, ok := p.Rule(kind)
	if !ok {
		return nil
	}
	length := rule.LengthFor(c.Urgency)
	if rule.Given && given.Valid() {
		length = given
	}
	k := &Clock{
		ID: m.Mint.ID(), CaseID: c.ID, Kind: kind, Round: c.Round, UnitID: unit, Subject: subject,
		Profile: p.Name, ProfileVersion: p.Version, CalendarVersion: cal.Version(),
		DebtorPost: owes.post, DebtorUser: owes.user,
		StartedAt: at, Length: length, DueVersion: 1, State: Running,
	}
	if s := c.suspension(); s != nil && slices.Contains(rule.Pauses, s.Cause) && at.Before(s.Until) {
		c.pause(k, s.pause(at))
	}
	k.setDue(cal.DueOf(k.term(rule)))
	c.plan(m.Book, k)
	c.clocks = append(c.clocks, k)
	c.touch(k)
	return []ClockFact{{ID: k.ID, Kind: kind, Start: at, DueAt: k.DueAt}}
}

func (k *Clock) setDue(d calendar.Due) {
	k.DueAt, k.DueOn, k.DueUnrolled, k.Provisional = d.At, d.On, d.UnrolledOn, d.Provisional
}

// touch marks a clock as to be written, once.
func (c *Case) touch(k *Clock) { c.changes.Clocks = once(c.changes.Clocks, k) }

// running gives the running clocks of the kinds, of every kind where none is named.
func (c *Case) running(kinds ...ClockKind) []*Clock {
	var out []*Clock
	for _, k := range c.clocks {
		if k.State == Running && (len(kinds) == 0 || slices.Contains(kinds, k.Kind)) {
			out = append(out, k)
		}
	}
	return out
}

// stop stops the running clocks of the kinds named now, as met or as cancelled. First
// it records every rung that all clocks of the case have passed, each about its
// own instant, so that no figure depends on how often the engine ran.
func (c *Case) stop(m Moment, state ClockState, kinds ...ClockKind) ([]ClockFact, error) {
	if _, err := c.Advance(m); err != nil {
		return nil, err
	}
	var facts []ClockFact
	for _, k := range c.running(kinds...) {
		facts = append(facts, c.stopOne(k, state, m.Now))
	}
	return facts, nil
}

func (c *Case) stopOne(k *Clock, state ClockState, at time.Time) ClockFact {
	k.State, k.NextAt, k.MetAt = state, nil, nil
	if state == Met {
		k.MetAt = &at
	}
	c.touch(k)
	return ClockFact{ID: k.ID, Kind: k.Kind, At: at, State: string(state)}
}

// owe makes somebody else the debtor of the running clocks of the kinds. The
// rungs passed must have been recorded before: they name who owed then.
func (c *Case) owe(owes debtor, kinds ...ClockKind) {
	for _, k := range c.running(kinds...) {
		if k.DebtorPost != owes.post || k.DebtorUser != owes.user {
			k.DebtorPost, k.DebtorUser = owes.post, owes.user
			c.touch(k)
		}
	}
}

// shorten moves the running clocks of a kind to what the case's profile says
// now, but only to an earlier instant that is still ahead: reclassifying never
// lengthens a clock, and never makes one late that was in time.
func (c *Case) shorten(m Moment, kind ClockKind) []ClockFact {
	p := m.Book.Profiles[c.Profile]
	rule, ok := p.Rule(kind)
	if !ok {
		return nil
	}
	var facts []ClockFact
	for _, k := range c.running(kind) {
		next := *k
		next.Length, next.Profile, next.ProfileVersion = rule.LengthFor(c.Urgency), p.Name, p.Version
		next.CalendarVersion = m.Book.Calendar.Version()
		due := m.Book.Calendar.DueOf(next.term(rule))
		if !due.At.Before(k.DueAt) || !due.At.After(m.Now) {
			continue
		}
		was := k.DueAt
		next.Rung = behind(m.Book.ladder(k)[:k.Rung], m.Book.ladder(&next))
		next.DueVersion++
		next.setDue(due)
		*k = next
		c.plan(m.Book, k)
		c.touch(k)
		facts = append(facts, ClockFact{ID: k.ID, Kind: kind, Start: k.StartedAt, WasDue: was, DueAt: k.DueAt})
	}
	return facts
}

// behind says how many rungs of a ladder are behind a clock that has climbed
// some of another before its due instant: those no further on the way to due.
// So no breach is skipped where the two ladders differ.
func behind(climbed, ladder []Rung) (n int) {
	if len(climbed) == 0 {
		return 0
	}
	last, _ := climbed[len(climbed)-1].step()
	for _, r := range ladder {
		if s, _ := r.step(); s.percent > 0 && s.percent <= last.percent {
			n++
		}
	}
	return n
}

// once appends x unless it is there: a row is written once a transaction.
func once[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}
