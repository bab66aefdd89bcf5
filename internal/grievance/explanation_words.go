package grievance

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// holidays is consecutive days off that belong to one holiday.
type holidays struct {
	name        string
	first, last calendar.Date
	days        int
}

// outline is the days named in a part of a count, as people would tell them.
// Paused days are not among them: the pauses are told by themselves.
type outline struct {
	holidays []holidays
	weekends int // days
	added    []calendar.DayNote
	paused   int // days
}

func outlineOf(notes []calendar.DayNote) (o outline) {
	for _, n := range notes {
		switch n.Cause {
		case calendar.Weekend:
			o.weekends++
		case calendar.Paused:
			o.paused++
		case calendar.MakeUp:
			o.added = append(o.added, n)
		default:
			o.rest(n)
		}
	}
	return o
}

func (o *outline) rest(n calendar.DayNote) {
	if i := len(o.holidays) - 1; i >= 0 && o.holidays[i].name == n.Holiday && o.holidays[i].last.AddDays(1) == n.Date {
		o.holidays[i].last, o.holidays[i].days = n.Date, o.holidays[i].days+1
		return
	}
	o.holidays = append(o.holidays, holidays{n.Holiday, n.Date, n.Date, 1})
}

// origin is what the sentences say of a start: the event that made it where a
// rule's moment says too little, else that moment.
func (x Explanation) origin() string {
	switch x.Start.Event {
	case EvDisputed, EvForwarded, EvResumed, EvHandedOn, EvReturned, EvObjectionConsented, EvDesignated, EvFollowedUp, EvReviewDecided:
		return string(x.Start.Event)
	case EvImported:
		return moments[Acceptance].starts
	}
	return x.Start.Reason
}

// rolled tells the days over which the end was rolled, and the day on which it
// ends where that is a make-up weekend day.
func (x Explanation) rolled() outline { return outlineOf(x.Count.Rolled) }

// unpublished gives the years, from and to, whose arrangements may still move a
// provisional clock.
func (x Explanation) unpublished() (from, to int) {
	on := x.Clock.DueOn
	to = on.Year
	if on.After(calendar.Date{Year: to, Month: time.December, Day: 25}) {
		to++ // which may name the last days of December
	}
	from = x.Calendar.LastYear() + 1
	if x.Calendar.LastYear() == 0 {
		from = to
	}
	return from, max(from, to)
}

// parts gives how the length and, of a clock by day, each extension were counted.
func (x Explanation) parts() (first calendar.Part, more []calendar.Part) {
	return x.Count.Parts[0], x.Count.Parts[1:]
}

// closeCall reports whether the clock was met in the second at which it is due:
// told to the second, the two instants are the same.
func (k *Clock) closeCall() bool {
	return k.MetAt != nil && k.MetAt.Truncate(time.Second).Equal(k.DueAt.Truncate(time.Second)) &&
		k.MetAt.Before(k.DueAt) == (k.BreachedAt == nil)
}

// fromTheStart reports whether a pause begins on the day on which the clock
// started, which a length in days never counts.
func (x Explanation) fromTheStart(p *Pause) bool {
	return !calendar.DateOf(p.FromAt).After(calendar.DateOf(x.Clock.StartedAt))
}

// brief reports whether a pause is too short to be told from when until when.
func (p *Pause) brief() bool { return p.Until.Sub(p.FromAt) < time.Second }

func rebases(moves []Move) []Move {
	return slices.DeleteFunc(slices.Clone(moves), func(m Move) bool { return m.Event != EvRebased })
}
