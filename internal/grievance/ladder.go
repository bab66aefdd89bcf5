package grievance

import (
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Rule gives the profile's rule for a kind of clock.
func (p *Profile) Rule(kind ClockKind) (ClockRule, bool) {
	if p == nil {
		return ClockRule{}, false
	}
	for _, r := range p.Clocks {
		if r.Kind == kind {
			return r, true
		}
	}
	return ClockRule{}, false
}

// LengthFor gives the length for a grade of urgency.
func (r ClockRule) LengthFor(u Urgency) calendar.Length {
	if l, ok := r.ByGrade[string(u)]; ok {
		return l
	}
	return r.Length
}

// ladder gives the rungs of a clock. A length by urgency may be shorter than a
// day where its rule's default is not; such a clock has the short ladder.
func (b *Book) ladder(k *Clock) []Rung {
	p := b.Profiles[k.Profile]
	rule, ok := p.Rule(k.Kind)
	if !ok {
		return nil
	}
	if k.Length.ShorterThanDay() {
		return p.Ladders[shortLadder]
	}
	return p.Ladders[rule.Ladder]
}

// When gives the instant of a rung of a clock: "50%" of the way from start to
// due; "0d" the due instant; "1wd" the end of the first working day after the
// date due; "1x" as long after the due instant as the clock is long. The way of
// a clock in working minutes or hours is working time: nobody is reminded of
// thirty working minutes at night.
func (r Rung) When(cal *calendar.Calendar, k *Clock) time.Time {
	step, _ := r.step() // profiles are checked when they are loaded
	switch {
	case step.percent > 0:
		return along(cal, k, k.StartedAt, step.percent)
	case step.times > 0:
		return along(cal, k, k.DueAt, 100*step.times)
	case step.workdays > 0:
		return cal.AddWorkdays(k.DueOn, step.workdays).End()
	}
	return k.DueAt
}

// along goes a part of a clock's length, in percent, from an instant.
func along(cal *calendar.Calendar, k *Clock, from time.Time, percent int) time.Time {
	if minutes := k.Length.WorkingMinutes(); minutes > 0 {
		return cal.Due(from, calendar.Length{N: max(1, minutes*percent/100), Unit: calendar.WorkingMinute}, false).At
	}
	whole := k.DueAt.Sub(k.StartedAt)
	return from.Add(whole / 100 * time.Duration(percent)).Truncate(time.Microsecond)
}

// plan sets NextAt to the instant of the next rung, nil after the last.
func (k *Clock) plan(b *Book) {
	k.NextAt = nil
	if rungs := b.ladder(k); k.State == Running && k.Rung < len(rungs) {
		next := rungs[k.Rung].When(b.Calendar, k)
		k.NextAt = &next
	}
}

// Advance records every rung that a clock of the case has passed by now and
// that is not recorded yet, in order of their instants, and tells how many.
// Called twice at one instant it records nothing the second time.
func (c *Case) Advance(m Moment) (int, error) {
	for n := 0; ; n++ {
		k, at := c.nextRung(m)
		if k == nil || at.After(m.Now) {
			c.replan(m)
			return n, nil
		}
		if err := c.climb(m, k, at); err != nil {
			return n, err
		}
	}
}

// replan puts NextAt right on clocks that a failed attempt had set aside, or
// whose ladder has changed.
func (c *Case) replan(m Moment) {
	for _, k := range c.running() {
		was := k.NextAt
		k.plan(m.Book)
		if k.Attempts > 0 || !sameInstant(was, k.NextAt) {
			k.Attempts, k.Error = 0, ""
			c.touch(k)
		}
	}
}

func sameInstant(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// nextRung finds the running clock whose next rung is the earliest.
func (c *Case) nextRung(m Moment) (*Clock, time.Time) {
	var first *Clock
	var when time.Time
	for _, k := range c.running() {
		rungs := m.Book.ladder(k)
		if k.Rung >= len(rungs) {
			continue
		}
		if at := rungs[k.Rung].When(m.Book.Calendar, k); first == nil || at.Before(when) {
			first, when = k, at
		}
	}
	return first, when
}

// climb records one rung of a clock about its own instant.
func (c *Case) climb(m Moment, k *Clock, at time.Time) error {
	engine := m.asSystem()
	rung := m.Book.ladder(k)[k.Rung]
	k.Rung++
	k.plan(m.Book)
	c.touch(k)
	fact := &ClockFact{ID: k.ID, Kind: k.Kind, DueAt: k.DueAt, Rung: k.Rung}
	c.noteRung(engine, k, rung, at)
	if rung.Act == Breach && k.BreachedAt == nil {
		due := k.DueAt
		k.BreachedAt = &due
		if err := c.append(engine, systemPost, EvBreached, at, Facts{Clock: fact}); err != nil {
			return err
		}
	}
	if rung.Level > 0 {
		return c.escalate(engine, escalation{level: rung.Level, cause: overdue(k.Kind), clock: k, at: at, unit: k.DebtorPost.UnitID})
	}
	kind := map[RungAct]EventKind{Remind: EvReminded, Warn: EvWarned}[rung.Act]
	return c.append(engine, systemPost, kind, at, Facts{Clock: fact})
}

var systemPost = Post{Role: RoleSystem}

// RungRecord is what the engine did at one rung of one clock, once: the key is
// clock, due version and rung. It is also the reminder in the inbox of the
// debtor and of the debtor's leader.
type RungRecord struct {
	ClockID    ClockID
	DueVersion int
	Rung       int
	CaseID     CaseID
	EventSeq   int64
	Act        RungAct
	DebtorPost Post   `gorm:"embedded;embeddedPrefix:debtor_"`
	DebtorUser UserID `gorm:"column:debtor_id"`
	LeaderUnit UnitID `gorm:"column:leader_unit_id"` // whose head is reminded too; zero where no head is in office
	AboutAt    time.Time
	RecordedAt time.Time
}

func (c *Case) noteRung(m Moment, k *Clock, rung Rung, at time.Time) {
	leader, _, _ := m.Book.Seat(k.DebtorPost.UnitID, RoleLeader, true, c.known(at))
	c.changes.Rungs = append(c.changes.Rungs, RungRecord{
		ClockID: k.ID, DueVersion: k.DueVersion, Rung: k.Rung, CaseID: c.ID, EventSeq: c.Seq + 1,
		Act: rung.Act, DebtorPost: k.DebtorPost, DebtorUser: k.DebtorUser, LeaderUnit: leader.UnitID,
		AboutAt: at, RecordedAt: m.Now,
	})
}

func days(n int) calendar.Length { return calendar.Length{N: n, Unit: calendar.Day} }
