package retrace

import (
	"cmp"
	"time"
)

var east8 = time.FixedZone("UTC+8", 8*60*60)

// run is how a clock ran: until when is zero while it does.
type run struct {
	clock
	until time.Time
}

// late reports whether it had run out at an instant while nobody had done what it
// times: to act at the due instant is late.
func (r run) late(at time.Time) bool {
	return !r.DueAt.After(at) && (r.until.IsZero() || r.until.After(at))
}

// breached reports whether it had run out at an instant, or when it stopped before.
func (r run) breached(at time.Time) bool {
	if !r.until.IsZero() && r.until.Before(at) {
		at = r.until
	}
	return !r.DueAt.After(at)
}

// runs gives the clocks of a case, in the order in which they started, as the
// first n events leave them.
func (f *file) runs(n int) (list []*run) {
	of := map[string]*run{}
	for _, e := range f.events[:n] {
		for _, k := range e.Body.Started {
			of[k.ID] = &run{clock: k}
			list = append(list, of[k.ID])
		}
		moved := e.Body.Moved
		if e.Kind == "rebased" && e.Body.Clock != nil {
			moved = append(moved, *e.Body.Clock)
		}
		for _, k := range moved {
			of[k.ID].DueAt = k.DueAt
		}
		for _, k := range e.Body.Stopped {
			of[k.ID].until, of[k.ID].State = k.At, k.State
		}
	}
	return list
}

// overdue are the rules of clocks whose ladder was climbed to its end.
var overdue = map[string]string{
	"acceptance": "overdue_acceptance", "handling": "overdue_closure", "first_contact": "no_first_contact",
}

// overdue finds the clocks that were late by three working days, or, if they are
// shorter than a day, by as much as they are long: a finding opens with the last
// rung.
func (f *file) overdue(in Inspection) (list []Finding) {
	for _, k := range f.runs(len(f.events)) {
		rule, audited := overdue[k.Kind]
		if !audited || !k.breached(in.Until) {
			continue
		}
		k.DueAt = f.topRung(k, in.Works)
		if k.breached(in.Until) {
			list = append(list, Finding{rule, f.id, k.DueAt})
		}
	}
	return list
}

// topRung is the end of the third working day after the day due, whose last moment
// the due instant ends. The first contact of a township is the one clock audited
// that is counted in office hours.
func (f *file) topRung(k *run, works func(time.Time) bool) time.Time {
	switch {
	case k.Kind == "first_contact" && f.profile() == "township":
		return atWork(k.DueAt, twoHours, works)
	case k.DueAt.Sub(k.Start) < 24*time.Hour:
		return k.DueAt.Add(k.DueAt.Sub(k.Start))
	}
	day := midnight(k.DueAt.Add(-1)).AddDate(0, 0, 1)
	for left := 3; left > 0; day = day.AddDate(0, 0, 1) {
		if works(day) {
			left--
		}
	}
	return day.UTC()
}

// twoHours is how long a township has for its first contact.
const twoHours = 2 * time.Hour

// atWork is when an office has been open for so long since an instant: from 9 to 12
// and from 14 to half past 17.
func atWork(since time.Time, left time.Duration, works func(time.Time) bool) time.Time {
	for day := midnight(since); ; day = day.AddDate(0, 0, 1) {
		for _, open := range [][2]time.Duration{{9 * time.Hour, 12 * time.Hour}, {14 * time.Hour, 17*time.Hour + 30*time.Minute}} {
			from, until := day.Add(open[0]), day.Add(open[1])
			if from.Before(since) {
				from = since
			}
			if !works(day) || !from.Before(until) {
				continue
			}
			if until.Sub(from) >= left {
				return from.Add(left).UTC()
			}
			left -= until.Sub(from)
		}
	}
}

func midnight(at time.Time) time.Time {
	y, m, d := at.In(east8).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, east8)
}

// profile is the one under which a case is handled: the last that its events name.
func (f *file) profile() (name string) {
	for _, e := range f.events {
		name = cmp.Or(e.Body.Profile, name)
	}
	return name
}

// orders finds the orders whose answer did not come in time.
func (f *file) orders(in Inspection) (list []Finding) {
	for _, k := range f.runs(len(f.events)) {
		if k.Kind == "order" && k.breached(in.Until) && f.events[f.began(k.ID)].Kind == "ordered" {
			list = append(list, Finding{"order_unanswered", f.id, k.DueAt})
		}
	}
	return list
}

// began gives the place of the event that started a clock.
func (f *file) began(id string) int {
	for i, e := range f.events {
		for _, k := range e.Body.Started {
			if k.ID == id {
				return i
			}
		}
	}
	return 0
}

// extensions finds those that were asked for in the last three days or after the
// yellow warning, and all but the first of those that were not returned.
func (f *file) extensions() (list []Finding) {
	before := 0
	for i, e := range f.events {
		if e.Kind != "extension_requested" {
			continue
		}
		due, returned := f.asked(i)
		if !returned {
			before++
		}
		late := !due.IsZero() && due.Sub(e.AboutAt) <= 3*24*time.Hour
		if late || f.warned(i) || before > 1 && !returned {
			list = append(list, Finding{"late_or_repeated_extension", f.id, e.AboutAt})
		}
	}
	return list
}

// asked tells when what a request would move was due, and whether it was returned.
func (f *file) asked(i int) (due time.Time, returned bool) {
	for _, k := range f.runs(i) {
		if k.Kind == "handling" && k.until.IsZero() {
			due = k.DueAt
		}
	}
	request := f.events[i].Body.SignOff.N
	for _, e := range f.events[i+1:] {
		if s := e.Body.SignOff; s == nil || s.first() != request {
			continue
		}
		returned = returned || e.Kind == "returned"
		for _, k := range e.Body.Moved {
			due = k.WasDue
		}
	}
	return due, returned
}

// warned reports whether the handling that ran at an event had its yellow warning.
func (f *file) warned(i int) bool {
	running := ""
	for _, k := range f.runs(i) {
		if k.Kind == "handling" && k.until.IsZero() {
			running = k.ID
		}
	}
	for _, e := range f.events[:i] {
		if e.Kind == "warned" && e.Body.Clock.ID == running {
			return true
		}
	}
	return false
}
