package grievance

import (
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Pause is a stretch of a clock's time that does not count, from FromAt up to,
// not including, Until: what a suspension that the clock's rule allows to stop it
// took from it, or with Suspension 0 the hearing of a review. Until is fixed in
// advance and may come sooner, never later.
type Pause struct {
	ClockID    ClockID
	N          int
	CaseID     CaseID
	Suspension int
	Cause      PauseCause
	FromAt     time.Time
	Until      time.Time
	ApprovedBy UserID
}

// Extension (延期) is what was added to a clock once, by whom it was approved and
// the number of the notice that tells the petitioner (延期告知书).
type Extension struct {
	ClockID     ClockID
	N           int
	CaseID      CaseID
	SignOff     int
	Length      calendar.Length
	Reason      Reason
	Notice      int
	RequestedBy UserID
	RequestedAt time.Time
	ApprovedBy  UserID
	ApprovedAt  time.Time
}

// term is the clock's whole time under a rule: the due instant is a function of
// it and of the calendar, and of nothing else.
func (k *Clock) term(rule ClockRule) calendar.Term {
	t := calendar.Term{Start: k.StartedAt, Length: k.Length, Roll: rule.Rolls, Pauses: k.stretches()}
	for _, x := range k.extensions {
		t.Extensions = append(t.Extensions, x.Length)
	}
	return t
}

func (k *Clock) stretches() []calendar.Stretch {
	var list []calendar.Stretch
	for _, p := range k.pauses {
		list = append(list, calendar.Stretch{From: p.FromAt, Until: p.Until})
	}
	return list
}

// Days tells which days rest in a pause of a clock by day: from the first through
// the last. There are none where it ends on the day on which it began.
func (p *Pause) Days() (first, last calendar.Date) {
	return calendar.DateOf(p.FromAt), calendar.DateOf(p.Until).AddDays(-1)
}

// DaysOff tells what a pause takes off the count of a clock by day: the days of
// the pause without that on which the clock started, which never counts, and how
// many of them would have counted, working days alone where the length is in them.
func (k *Clock) DaysOff(p *Pause, cal *calendar.Calendar) (days, counted int) {
	first, last := p.Days()
	if next := calendar.DateOf(k.StartedAt).AddDays(1); first.Before(next) {
		first = next
	}
	for d := first; !d.After(last); d = d.AddDays(1) {
		days++
		if k.Length.Unit == calendar.Day || cal.Workday(d) {
			counted++
		}
	}
	return days, counted
}

// Paused sums up the pauses of a clock: by day in the unit of its length, else in
// minutes, of office hours where it counts in them. A pause that lasts counts up
// to its planned end, as the due instant does.
func (k *Clock) Paused(cal *calendar.Calendar) (sum calendar.Length) {
	sum.Unit = calendar.Minute
	switch {
	case k.Length.ByDay():
		sum.Unit = k.Length.Unit
	case k.Length.WorkingMinutes() > 0:
		sum.Unit = calendar.WorkingMinute
	}
	for _, p := range k.pauses {
		switch sum.Unit {
		case calendar.Day, calendar.WorkingDay:
			_, counted := k.DaysOff(p, cal)
			sum.N += counted
		case calendar.WorkingMinute:
			sum.N += cal.WorkingMinutesBetween(p.FromAt, p.Until)
		default:
			sum.N += int(p.Until.Sub(p.FromAt) / time.Minute)
		}
	}
	return sum
}

// PausedUntil gives the instant until which a running clock is paused at now,
// nil where it counts.
func (k *Clock) PausedUntil(now time.Time) *time.Time {
	for _, p := range k.pauses {
		if k.State == Running && !now.Before(p.FromAt) && now.Before(p.Until) {
			until := p.Until
			return &until
		}
	}
	return nil
}

// Pauses gives the clock's pauses, in order, where they were loaded.
func (k *Clock) Pauses() []*Pause { return k.pauses }

// Extensions gives the clock's extensions, in order, where they were loaded.
func (k *Clock) Extensions() []*Extension { return k.extensions }

// keep gives a clock read from the record its ledgers back.
func (k *Clock) keep(pauses []*Pause, extensions []*Extension) {
	for _, p := range pauses {
		if p.ClockID == k.ID {
			k.pauses = append(k.pauses, p)
		}
	}
	for _, x := range extensions {
		if x.ClockID == k.ID {
			k.extensions = append(k.extensions, x)
		}
	}
}

// pause stops a clock for a stretch, whose planned end is known.
func (c *Case) pause(k *Clock, p Pause) {
	k.PauseCount++
	p.ClockID, p.N, p.CaseID = k.ID, k.PauseCount, c.ID
	k.pauses = append(k.pauses, &p)
	c.changes.Pauses = once(c.changes.Pauses, &p)
}

// recount moves a clock to where its term ends now. What it has climbed stays
// climbed, and a rung that lies behind at once is still climbed: none is skipped.
func (c *Case) recount(m Moment, k *Clock) ClockFact {
	rule, _ := m.Book.rule(k)
	was := k.DueAt
	k.setDue(m.Book.CalendarAt(k.CalendarVersion).DueOf(k.term(rule)))
	if !k.DueAt.Equal(was) {
		k.DueVersion++
	}
	c.plan(m.Book, k)
	c.touch(k)
	return ClockFact{ID: k.ID, Kind: k.Kind, Start: k.StartedAt, WasDue: was, DueAt: k.DueAt}
}

// recountAnew is recount for a clock that was given another time: of its ladder
// the rungs before the due instant that lie ahead of at are climbed once more.
// Climbed is what it had climbed of the ladder that it had.
func (c *Case) recountAnew(m Moment, k *Clock, at time.Time, climbed []Rung) ClockFact {
	was := k.DueVersion
	fact := c.recount(m, k)
	k.DueVersion = was + 1
	k.Rung = min(behind(climbed, m.Book.ladder(k)), m.Book.passed(k, at))
	c.plan(m.Book, k)
	return fact
}
