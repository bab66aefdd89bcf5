package grievance

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// chained is a group petition that the station's handler has, in an office whose
// petitions are signed by these leaders.
func chained(t *testing.T, chain ...Signer) *story {
	t.Helper()
	o := newTestOffice(t)
	o.profile(ProfilePetition, func(p *Profile) {
		p.SignOffs = []SigningRule{{Kinds: []SignOffKind{SignClosure}, Group: true, Chain: chain, Source: "test"}}
	})
	in := petition()
	in.Headcount = 12
	s := begin(t, o, "2026-09-30 09:00", "clerk", in)
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler")).does("handler", acknowledge)
	return s
}

func TestAChainIsSignedStepByStep(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerHead, SignerSuperior).does("handler", submit)
	s.refuses("county_leader", "not_found", approve(2)).refuses("county_leader", "case.not_permitted", approve(1))
	s.does("deputy", approve(1))
	if c := s.c(); c.Status != AwaitingSignOff || c.PendingSignOff != 2 || s.o.post(c.AwaitingPost) != "leader*@river" {
		t.Fatalf("after the first signature %s, sign-off %d, awaiting %s", c.Status, c.PendingSignOff, s.o.post(c.AwaitingPost))
	}
	s.refuses("deputy", "signoff.decided", approve(1)).refuses("deputy", "signoff.signed_before", approve(2))
	s.does("leader", approve(2)).refuses("leader", "signoff.signed_before", approve(3))
	s.refuses("handler", "signoff.own_work", approve(3)).does("county_leader", approve(3))
	if c := s.c(); c.Status != Closed || c.PendingSignOff != 0 {
		t.Errorf("after the last signature %s, sign-off %d", c.Status, c.PendingSignOff)
	}
	for i, o := range s.rec.signOffs {
		if o.Request != 1 || o.Step != i+1 || o.State != SignOffApproved || len(o.SeenDigest) == 0 || !slices.Equal(o.Digest, s.rec.signOffs[0].Digest) {
			t.Errorf("step %d: %+v", i+1, o)
		}
	}
}

// A leader at any step returns the whole; what is submitted again begins anew.
func TestAChainIsReturnedAsAWhole(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerSuperior).does("handler", submit).does("leader", approve(1)).does("county_leader", sendBack(2))
	if c := s.c(); c.Status != InHandling || c.PendingSignOff != 0 {
		t.Fatalf("returned: %s, sign-off %d", c.Status, c.PendingSignOff)
	}
	s.does("handler", submit).does("leader", approve(3)).does("county_leader", approve(4))
	if c := s.c(); c.Status != Closed || c.SignOffCount != 4 {
		t.Errorf("at last %s after %d steps", c.Status, c.SignOffCount)
	}
}

// What a leader saw can be proved: the digest covers every event up to its own.
func TestASignatureSaysWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader).does("handler", submit).does("leader", approve(1))
	var digest []byte
	for _, e := range s.rec.events[:s.rec.signOffs[0].SeenSeq] {
		digest = e.Chain(digest)
	}
	if !slices.Equal(digest, s.rec.signOffs[0].SeenDigest) {
		t.Error("the digest of what was seen is not that of the events before the decision")
	}
	for _, e := range s.rec.events[s.rec.signOffs[0].SeenSeq:] {
		digest = e.Chain(digest)
	}
	if !slices.Equal(digest, s.rec.row.EventsDigest) {
		t.Error("the case's digest is not that of all its events")
	}
}

func signers(list []Signer) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func TestWhoSignsIsData(t *testing.T) {
	t.Parallel()
	p := &Profile{SignOffs: []SigningRule{
		{Kinds: []SignOffKind{SignClosure}, Amount: 100_000, Chain: []Signer{SignerHead, SignerSuperior}},
		{Kinds: []SignOffKind{SignClosure}, Outcomes: []Outcome{NotSupported}, Chain: []Signer{SignerHead}},
		{Level: 3, Chain: []Signer{SignerSuperior}},
		{Urgencies: []Urgency{LifeProperty}, Chain: []Signer{SignerHead, SignerSuperior}},
	}}
	for _, x := range []struct {
		is   string
		c    Case
		s    SignOff
		want string
	}{
		{"a plain closure", Case{}, SignOff{Kind: SignClosure}, "leader"},
		{"an extension", Case{}, SignOff{Kind: SignExtension}, "head"},
		{"much at stake", Case{Amount: 100_000}, SignOff{Kind: SignClosure}, "head superior"},
		{"much at stake, declined", Case{Amount: 100_000}, SignOff{Kind: SignDecline}, "leader"},
		{"not supported", Case{}, SignOff{Kind: SignClosure, Outcome: NotSupported}, "head"},
		{"escalated to the third level", Case{EscalatedLevel: 3}, SignOff{Kind: SignWithdrawal}, "superior"},
		{"danger", Case{Urgency: LifeProperty}, SignOff{Kind: SignSuspension}, "head superior"},
	} {
		if got := signers(p.Chain(&x.c, x.s)); got != x.want {
			t.Errorf("%s: %s, want %s", x.is, got, x.want)
		}
	}
}

// The head who signs as any leader of the organ has signed as its head too.
func TestOneSignatureIsEnoughForEverySeatOfThePost(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerHead, SignerSuperior).does("handler", submit).does("leader", approve(1))
	if c := s.c(); c.Status != AwaitingSignOff || s.o.post(c.AwaitingPost) != "leader*@county" {
		t.Fatalf("after the head's signature %s, awaiting %s", c.Status, s.o.post(c.AwaitingPost))
	}
	if s.does("county_leader", approve(2)); s.c().Status != Closed {
		t.Errorf("after both %s", s.c().Status)
	}
}

// A step passes to the next superior when its seat becomes vacant; with nobody
// left the request can be returned, and goes its way anew.
func TestAVacantStepRisesAndNoneIsSkipped(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerSuperior).does("handler", submit)
	s.o.leaves("county_leader", s.now)
	s.does("leader", approve(1))
	if c := s.c(); s.o.post(c.AwaitingPost) != "leader*@city" {
		t.Fatalf("awaiting %s", s.o.post(c.AwaitingPost))
	}
	s.does("city_leader", sendBack(2)).does("handler", submit)
	s.o.leaves("city_leader", s.now)
	s.refuses("leader", "signoff.nobody_next", approve(3)).does("leader", sendBack(3))
	if s.does("handler", submit).does("leader", approve(4)); s.c().Status != Closed {
		t.Errorf("with nobody above %s", s.c().Status)
	}
}

// At the root there is no superior: the step falls away. Where nobody of the
// organ can sign, its step rises to the organ above, whose head signs for both.
func TestStepsWithoutASeatOfTheirOwnFallAway(t *testing.T) {
	t.Parallel()
	s := chained(t, SignerLeader, SignerSuperior)
	for _, name := range []string{"county_leader", "city_leader"} {
		s.o.leaves(name, s.now)
	}
	s.does("handler", submit).does("leader", approve(1))
	if c := s.c(); c.Status != Closed {
		t.Errorf("with nobody above: %s", c.Status)
	}
	s = chained(t, SignerLeader, SignerSuperior)
	for _, name := range []string{"leader", "deputy", "jack_of_all"} {
		s.o.leaves(name, s.now)
	}
	s.o.promotes("county_clerk", "county", s.now)
	s.does("handler", submit).refuses("county_clerk", "case.not_permitted", approve(1)).does("county_leader", approve(1))
	if c := s.c(); c.Status != Closed || c.SignOffCount != 1 {
		t.Errorf("with nobody in the organ: %s after %d steps", c.Status, c.SignOffCount)
	}
}

func TestCheckOfSigningRules(t *testing.T) {
	t.Parallel()
	for code, rule := range map[string]SigningRule{
		"profile.chain_length":   {Source: "x"},
		"profile.signer_unknown": {Chain: []Signer{"mayor"}, Source: "x"},
		"profile.chain_order":    {Chain: []Signer{SignerSuperior, SignerHead}, Source: "x"},
		"outcome.unknown":        {Outcomes: []Outcome{"not_suported"}, Chain: []Signer{SignerHead}, Source: "x"},
		"profile.grade_unknown":  {Urgencies: []Urgency{"urgent"}, Chain: []Signer{SignerHead}, Source: "x"},
		"profile.source_missing": {Chain: []Signer{SignerHead}},
		"profile.chain_head":     {Chain: []Signer{SignerLeader}, Source: "x"},
		"profile.kind_unknown":   {Kinds: []SignOffKind{"holiday"}, Chain: []Signer{SignerHead}, Source: "x"},
		"profile.chain_level":    {Level: 4, Chain: []Signer{SignerHead}, Source: "x"},
		"profile.chain_amount":   {Amount: -1, Chain: []Signer{SignerHead}, Source: "x"},
	} {
		p := *readProfiles(t)[ProfilePetition]
		p.SignOffs = []SigningRule{rule}
		err, ok := errors.AsType[*Error](p.Check())
		if !ok || !slices.ContainsFunc(err.Fields, func(f FieldError) bool { return f.Code == code }) {
			t.Errorf("%s: %v", code, err)
		}
	}
}
