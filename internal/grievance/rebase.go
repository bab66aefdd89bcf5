package grievance

import (
	"slices"
	"time"
)

// nextMove finds the earliest move of an open clock to a newer version of the
// calendar, at the instant of its publication, or of its profile, at the instant
// at which somebody ordered it. A breach that has happened stays as it was
// judged, and no move makes a clock late that was in time: such a clock stays
// with the version it has.
func (c *Case) nextMove(m Moment) (first step, found bool) {
	for _, k := range c.clocks {
		if k.State != Running || k.BreachedAt != nil {
			continue
		}
		for _, s := range []step{m.Book.newerCalendar(k), c.orderedProfile(m.Book, k)} {
			if s.take != nil && (!found || s.at.Before(first.at)) {
				first, found = s, true
			}
		}
	}
	return first, found
}

func (b *Book) newerCalendar(k *Clock) (s step) {
	rule, _ := b.rule(k)
	for _, v := range b.calendars {
		if v.Version() <= k.CalendarVersion {
			continue
		}
		at := latest(v.PublishedAt, k.StartedAt)
		if v.DueOf(k.term(rule)).At.After(at) {
			return step{at: at, take: (*Case).moveToCalendar, clock: k, version: v.Version()}
		}
	}
	return step{}
}

func (c *Case) orderedProfile(b *Book, k *Clock) (s step) {
	for _, p := range b.profiles[k.Profile] {
		rule, ok := p.Rule(k.Kind)
		if p.Version <= k.ProfileVersion || p.RebaseAt == nil || !ok {
			continue
		}
		moved := *k
		moved.Length = rule.lengthOf(c, k)
		at := latest(*p.RebaseAt, k.StartedAt)
		if b.CalendarAt(k.CalendarVersion).DueOf(moved.term(rule)).At.After(at) {
			return step{at: at, take: (*Case).moveToProfile, clock: k, version: p.Version}
		}
	}
	return step{}
}

// moveToCalendar counts a clock again by a newer version of the calendar. It is
// an event where anything comes of it: another due instant, or a provisional one
// made final.
func (c *Case) moveToCalendar(m Moment, s step) error {
	was := s.clock.Provisional
	s.clock.CalendarVersion = s.version
	fact := c.recount(m, s.clock)
	if fact.DueAt.Equal(fact.WasDue) && s.clock.Provisional == was {
		return nil
	}
	fact.Calendar = s.version
	return c.append(m.asSystem(), systemPost, EvRebased, s.at, Facts{Clock: &fact})
}

// moveToProfile counts a clock again by a newer version of its profile.
func (c *Case) moveToProfile(m Moment, s step) error {
	rule, _ := m.Book.ProfileAt(s.clock.Profile, s.version).Rule(s.clock.Kind)
	climbed := m.Book.ladder(s.clock)[:s.clock.Rung]
	s.clock.ProfileVersion, s.clock.Length = s.version, rule.lengthOf(c, s.clock)
	fact := c.recountAnew(m, s.clock, s.at, climbed)
	fact.Profile = s.version
	return c.append(m.asSystem(), systemPost, EvRebased, s.at, Facts{Clock: &fact})
}

func latest(instants ...time.Time) time.Time { return slices.MaxFunc(instants, time.Time.Compare) }
