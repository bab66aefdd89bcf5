package grievance

import (
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Suspension (中止) is a stretch in which a case rests, with a coded cause and an
// end fixed in advance. It stops only the clocks whose rules say so: in a petition
// every clock of the handling runs on. EndedBy is zero where it ended by itself.
type Suspension struct {
	CaseID     CaseID
	N          int
	SignOff    int
	Cause      PauseCause
	FromAt     time.Time
	Until      time.Time
	ApprovedBy UserID
	EndedAt    *time.Time
	EndedBy    UserID
}

func (s *Suspension) fact() *SuspensionFact {
	return &SuspensionFact{N: s.N, Cause: s.Cause, From: s.FromAt, Until: s.Until}
}

// pause is what the suspension takes from a clock, from an instant on.
func (s *Suspension) pause(from time.Time) Pause {
	return Pause{Suspension: s.N, Cause: s.Cause, FromAt: from, Until: s.Until, ApprovedBy: s.ApprovedBy}
}

// Suspensions gives the suspensions of the case that were loaded or made.
func (c *Case) Suspensions() []*Suspension { return c.suspensions }

// suspension gives the one that lasts, or nil.
func (c *Case) suspension() *Suspension {
	for _, s := range c.suspensions {
		if s.N == c.Suspension {
			return s
		}
	}
	return nil
}

// Suspending asks for a suspension through a day, that day included.
type Suspending struct {
	Cause PauseCause
	Until calendar.Date
	Words string
}

// Suspend asks a leader to approve that the case rests. The status stays until
// then. Invalid for a cause that the profile does not know, and for an end past
// or beyond the cause's own limit, which counts from the request.
func (c *Case) Suspend(m Moment, in Suspending) error {
	by, err := c.permit(m, OpSuspend)
	if err != nil {
		return err
	}
	limit, known := m.Book.Profiles[c.Profile].limit(in.Cause)
	var f faults
	f.check(known, "/cause", "suspension.cause", "该类事项不能因此中止")
	f.check(in.Until.End().After(m.Now), "/until", "suspension.past", "中止的截止日期须在今天或以后")
	if known {
		last := m.Book.Calendar.Due(m.Now, limit, false).On
		f.check(!in.Until.After(last), "/until", "suspension.too_long", fmt.Sprintf("因此中止最迟到 %s", last))
	}
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	until := in.Until.End()
	asked := SignOff{Kind: SignSuspension, Reason: Reason(in.Cause), Until: &until}
	return c.request(m, by, asked, EvSuspensionRequested, textIn{TextReason, in.Words})
}

func (p *Profile) limit(cause PauseCause) (calendar.Length, bool) {
	if p == nil {
		return calendar.Length{}, false
	}
	l, ok := p.Suspensions[cause]
	return l, ok
}

// suspend lets the case rest from now on, and stops the clocks in time whose
// rules the cause stops.
func (c *Case) suspend(m Moment, by Post, o *SignOff, f Facts) error {
	c.SuspensionCount++
	s := &Suspension{
		CaseID: c.ID, N: c.SuspensionCount, SignOff: o.N, Cause: PauseCause(o.Reason),
		FromAt: m.Now, Until: *o.Until, ApprovedBy: m.By.UserID,
	}
	c.suspensions = append(c.suspensions, s)
	c.changes.Suspensions = once(c.changes.Suspensions, s)
	c.Status, c.Suspension, c.SuspendedUntil = Suspended, s.N, &s.Until
	for _, k := range c.running() {
		rule, _ := m.Book.rule(k)
		if k.BreachedAt == nil && slices.Contains(rule.Pauses, s.Cause) {
			c.pause(k, s.pause(m.Now))
			f.Moved = append(f.Moved, c.recount(m, k))
		}
	}
	c.replan(m)
	f.Status, f.Suspension, f.Awaiting = c.Status, s.fact(), c.awaitByStatus()
	return c.record(m, by, EvSuspended, f)
}

// Resuming ends a suspension before its time.
type Resuming struct{ Words string }

// Resume lets the handling go on, and the clocks that were stopped with it.
func (c *Case) Resume(m Moment, in Resuming) error {
	by, err := c.permit(m, OpResume)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	f := Facts{Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	return c.resume(m, by, m.Now, f)
}

// expire ends a suspension whose time is over.
func (c *Case) expire(m Moment, s step) error {
	return c.resume(m.asSystem(), systemPost, s.at, Facts{})
}

// resume ends the suspension at an instant: now, or its planned end.
func (c *Case) resume(m Moment, by Post, at time.Time, f Facts) error {
	f.Moved = c.endSuspension(m, at, &f)
	c.Status = InHandling
	if c.Handler.IsZero() { // left while it rested
		c.unassign(m, at, &f)
	}
	f.Status = c.Status
	if c.PendingSignOff == 0 {
		f.Awaiting = c.awaitByStatus()
	}
	c.replan(m)
	return c.recordAbout(m, by, EvResumed, at, f)
}

// endSuspension ends the suspension that lasts, if one does, and with it the
// pauses of the clocks that it stopped; those that it frees sooner are counted
// again.
func (c *Case) endSuspension(m Moment, at time.Time, f *Facts) (moved []ClockFact) {
	s := c.suspension()
	if s == nil {
		return nil
	}
	s.EndedAt, s.EndedBy = &at, m.By.UserID
	c.changes.Suspensions = once(c.changes.Suspensions, s)
	c.Suspension, c.SuspendedUntil = 0, nil
	f.Suspension = s.fact()
	for _, k := range c.running() {
		for _, p := range k.pauses {
			if p.Suspension == s.N && at.Before(p.Until) {
				p.Until = latest(at, p.FromAt)
				c.changes.Pauses = once(c.changes.Pauses, p)
				moved = append(moved, c.recount(m, k))
			}
		}
	}
	return moved
}
