package office_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// FuzzReadProfile looks for a profile that Check lets pass and that the engine
// could not follow to the end, or that is another one when it was stored.
func FuzzReadProfile(f *testing.F) {
	list, err := office.EmbeddedProfiles()
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range list {
		body, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := office.ReadProfile(text)
		if err != nil || p.Check() != nil {
			return
		}
		body, err := json.Marshal(p, json.Deterministic(true))
		must(t, err)
		again, err := office.ReadProfile(body)
		must(t, err)
		must(t, again.Check())
		if second, err := json.Marshal(again, json.Deterministic(true)); err != nil || string(second) != string(body) {
			t.Errorf("stored and read again it is %s, was %s (%v)", second, body, err)
		}
		for _, r := range p.Clocks {
			for _, u := range append([]grievance.Urgency{""}, grievance.Urgencies...) {
				climbs(t, &p, r, u)
			}
		}
	})
}

// climbs checks that a clock ends, and that its rungs come in order, the breach
// at its end and an escalation last.
func climbs(t *testing.T, p *grievance.Profile, r grievance.ClockRule, u grievance.Urgency) {
	t.Helper()
	cal, start := calendar.Embedded(), time.Date(2026, 9, 14, 1, 30, 0, 0, time.UTC)
	length := r.LengthFor(u)
	due := cal.Due(start, length, r.Rolls)
	k := &grievance.Clock{StartedAt: start, Length: length, DueAt: due.At, DueOn: due.On, State: grievance.Running}
	if !due.At.After(start) {
		t.Errorf("%s of %s ends as it starts", r.Kind, length)
	}
	rungs := p.Ladders[r.Ladder]
	if length.ShorterThanDay() {
		rungs = p.Ladders["short"]
	}
	last := start
	for i, rung := range rungs {
		at := rung.When(cal, k)
		if at.Before(last) || rung.Act == grievance.Breach && !at.Equal(k.DueAt) || rung.Act == grievance.Escalate && !at.After(k.DueAt) {
			t.Errorf("%s of %s: rung %d, %s, stands at %v after %v, due %v", r.Kind, length, i, rung.At, at, last, k.DueAt)
		}
		last = at
	}
	if len(rungs) == 0 || rungs[len(rungs)-1].Act != grievance.Escalate {
		t.Errorf("%s of %s ends without an escalation", r.Kind, length)
	}
}
