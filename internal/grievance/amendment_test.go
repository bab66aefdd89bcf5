package grievance

import (
	"slices"
	"testing"
)

// An opinion changed while it waits begins its way anew, with a clock of its own;
// who has signed the one before may sign it.
func TestAnAmendedOpinionVoidsItsSignatures(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerSuperior).does("handler", submit).does("leader", approve(1))
	handling := s.clock(Handling)
	s.at("2026-10-08 10:00").refuses("handler", "signoff.not_amendable", amend(1)).refuses("handler_b", "case.not_permitted", amend(2))
	s.refuses("handler", "not_found", amend(9)).refuses("handler", "request.invalid", func(c *Case, m Moment) error { return c.Amend(m, 2, Submission{}) })
	s.does("handler", amend(2))
	var states []SignOffState
	for _, o := range s.rec.signOffs {
		states = append(states, o.State)
	}
	if !slices.Equal(states, []SignOffState{SignOffVoided, SignOffVoided, SignOffPending}) || s.c().PendingSignOff != 3 {
		t.Fatalf("states %v, pending %d", states, s.c().PendingSignOff)
	}
	third, was := s.rec.signOffs[2], s.rec.signOffs[1]
	if third.Request != 3 || third.Step != 1 || third.Outcome != Explained || slices.Equal(third.Digest, was.Digest) || s.o.post(s.c().AwaitingPost) != "leader@river" {
		t.Errorf("the new request: %+v", third)
	}
	e := s.rec.events[len(s.rec.events)-1]
	f, err := ReadFacts(e)
	if err != nil || e.Kind != EvAmended || f.Voided.N != 2 || f.Voided.Asked() != 1 || !slices.Equal(f.Voided.Digest, was.Digest) || !slices.Equal(f.SignOff.Digest, third.Digest) {
		t.Errorf("%s says %+v instead of %+v, %v", e.Kind, f.SignOff, f.Voided, err)
	}
	if k := s.clock(Handling); !k.DueAt.Equal(handling.DueAt) || k.DueVersion != handling.DueVersion || k.State != Running {
		t.Errorf("the handling clock noticed: %+v", k)
	}
	steps := 0
	for _, k := range s.c().running() {
		if k.Kind == SignOffStep {
			steps++
		}
	}
	if steps != 1 || s.clock(SignOffStep).Subject != "3" {
		t.Errorf("%d clocks of signatures run, the newest for %s", steps, s.clock(SignOffStep).Subject)
	}
	s.refuses("county_leader", "signoff.decided", approve(2)).does("leader", approve(3)).does("county_leader", approve(4))
	if c := s.c(); c.Status != Closed || c.Outcome != Explained {
		t.Errorf("%s, %s", c.Status, c.Outcome)
	}
}

// Where nobody can sign any more, the opinion stays as it was.
func TestAnAmendmentThatNobodyCanSignChangesNothing(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader).does("handler", submit)
	for _, name := range []string{"leader", "deputy", "jack_of_all", "county_leader", "city_leader"} {
		s.o.leaves(name, s.now)
	}
	s.refuses("handler", "signoff.nobody", amend(1))
}
