package retrace

import (
	"fmt"
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

// overdue finds the clocks that were late by three working days: a finding opens
// with the last rung.
func (f *file) overdue(in Inspection) (list []Finding, err error) {
	for _, k := range f.runs(len(f.events)) {
		rule, audited := overdue[k.Kind]
		if !audited || !k.breached(in.Until) {
			continue
		}
		top, err := topRung(k.DueAt, in.Works)
		if err != nil {
			return nil, fmt.Errorf("the clock of %s: %w", k.Kind, err)
		}
		k.DueAt = top
		if k.breached(in.Until) {
			list = append(list, Finding{rule, f.id, top})
		}
	}
	return list, nil
}

// topRung is the end of the third working day after the day due.
func topRung(due time.Time, works func(time.Time) bool) (time.Time, error) {
	day := due.In(east8) // the first instant of the day after the day due
	if h, m, s := day.Clock(); h+m+s > 0 {
		return due, fmt.Errorf("it was due in the middle of a day, at %s, and not met", due)
	}
	for left := 3; left > 0; day = day.AddDate(0, 0, 1) {
		if works(day) {
			left--
		}
	}
	return day.UTC(), nil
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
