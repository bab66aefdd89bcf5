package grievance

import "time"

// step is one thing that time alone does to a case: a rung of a clock, a clock's
// move to a newer version of the calendar or of its profile, the end of a
// suspension, the end of the sender's time to answer an objection, somebody's
// leaving.
type step struct {
	at      time.Time // the instant that it is about
	take    func(*Case, Moment, step) error
	clock   *Clock
	version int // of what the clock moves to
}

// Advance takes every step that lies at or before now and is not recorded yet,
// in order of their instants, each about its own, and tells how many. So no
// figure depends on how often it is called: it may be after ten years. Called
// twice at one instant it records nothing the second time.
//
// That somebody left a post is such a step, and of several at one instant the
// last: what is due at an instant is told of who was there until then.
func (c *Case) Advance(m Moment) (n int, err error) {
	leaving, left := c.nextLeaving(m) // where all are in office now, no step names somebody who is not
	for ; ; n++ {
		s, ok := c.nextStep(m)
		ok = ok && !s.at.After(m.Now)
		if left && (!ok || leaving.Before(s.at)) {
			s, ok = step{at: leaving, take: (*Case).leave}, true
		}
		if !ok {
			c.replan(m)
			return n, nil
		}
		if err := s.take(c, m, s); err != nil {
			return n, err
		}
		if left {
			leaving, left = c.nextLeaving(m)
		}
	}
}

// nextStep finds the earliest; of two at one instant a rung, for what is due at
// an instant is late at it.
func (c *Case) nextStep(m Moment) (first step, found bool) {
	consider := func(s step, ok bool) {
		if ok && (!found || s.at.Before(first.at)) {
			first, found = s, true
		}
	}
	for _, k := range c.clocks {
		if k.State != Running {
			continue
		}
		at, ok := m.Book.nextRung(k)
		consider(step{at: at, take: (*Case).climb, clock: k}, ok)
	}
	consider(c.nextMove(m))
	if c.SuspendedUntil != nil {
		consider(step{at: *c.SuspendedUntil, take: (*Case).expire}, true)
	}
	if k := c.consentClock(); k != nil {
		consider(step{at: k.DueAt, take: (*Case).expireConsent, clock: k}, true)
	}
	return first, found
}

// replan puts NextAt right on clocks that a failed attempt had set aside, or for
// which what comes next has changed.
func (c *Case) replan(m Moment) {
	for _, k := range c.running() {
		was := k.NextAt
		c.plan(m.Book, k)
		if k.Attempts > 0 || !sameInstant(was, k.NextAt) {
			k.Attempts, k.Error = 0, ""
			c.touch(k)
		}
	}
}

func sameInstant(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}
