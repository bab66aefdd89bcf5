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

// lengthOf gives the length that the rule gives a clock of a case: the one that
// it was started with where that was given, else that for the case's urgency.
func (r ClockRule) lengthOf(c *Case, k *Clock) calendar.Length {
	if r.Given {
		return k.Length
	}
	return r.LengthFor(c.Urgency)
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
	p := b.ProfileAt(k.Profile, k.ProfileVersion)
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
// thirty working minutes at night. Pauses are no part of the way.
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
		part := calendar.Length{N: max(1, minutes*percent/100), Unit: calendar.WorkingMinute}
		return cal.DueOf(calendar.Term{Start: from, Length: part, Pauses: k.stretches()}).At
	}
	whole, pauses := k.DueAt.Sub(k.StartedAt), k.stretches()
	for _, p := range pauses {
		whole -= p.Until.Sub(p.From)
	}
	at := from.Add(whole / 100 * time.Duration(percent)).Truncate(time.Microsecond)
	for _, p := range pauses {
		if !p.From.Before(from) && at.After(p.From) {
			at = at.Add(p.Until.Sub(p.From))
		}
	}
	return at
}

// plan sets NextAt of a clock to the instant of its next rung, nil after the
// last; in a suspended case to the end of the suspension where that is sooner.
func (c *Case) plan(b *Book, k *Clock) {
	k.NextAt = nil
	if k.State != Running {
		return
	}
	if at, ok := b.nextRung(k); ok {
		k.NextAt = &at
	}
	if c.SuspendedUntil != nil && (k.NextAt == nil || c.SuspendedUntil.Before(*k.NextAt)) {
		until := *c.SuspendedUntil
		k.NextAt = &until
	}
}

// nextRung gives the instant of a clock's next rung.
func (b *Book) nextRung(k *Clock) (time.Time, bool) {
	rungs := b.ladder(k)
	if k.Rung >= len(rungs) {
		return time.Time{}, false
	}
	return rungs[k.Rung].When(b.CalendarAt(k.CalendarVersion), k), true
}

// climb records one rung of a clock about its own instant.
func (c *Case) climb(m Moment, s step) error {
	k, engine := s.clock, m.asSystem()
	rung := m.Book.ladder(k)[k.Rung]
	k.Rung++
	c.plan(m.Book, k)
	c.touch(k)
	fact := &ClockFact{ID: k.ID, Kind: k.Kind, DueAt: k.DueAt, Rung: k.Rung}
	c.noteRung(engine, k, rung, s.at)
	if rung.Act == Breach && k.BreachedAt == nil {
		due := k.DueAt
		k.BreachedAt = &due
		if err := c.append(engine, systemPost, EvBreached, s.at, Facts{Clock: fact}); err != nil {
			return err
		}
	}
	if rung.Level > 0 {
		return c.escalate(engine, escalation{level: rung.Level, cause: overdue(k.Kind), clock: k, at: s.at, unit: k.DebtorPost.UnitID})
	}
	kind := map[RungAct]EventKind{Remind: EvReminded, Warn: EvWarned}[rung.Act]
	return c.append(engine, systemPost, kind, s.at, Facts{Clock: fact})
}

// passed is how many of a clock's rungs before its due instant lie at or before
// an instant.
func (b *Book) passed(k *Clock, at time.Time) (n int) {
	for _, r := range b.ladder(k) {
		if s, _ := r.step(); s.percent == 0 || r.When(b.CalendarAt(k.CalendarVersion), k).After(at) {
			break
		}
		n++
	}
	return n
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
