package grievance

import (
	"slices"
	"testing"
)

func (s *story) duties() (list []string) {
	for _, d := range s.rec.duties {
		list = append(list, string(d.Kind)+" "+string(d.State)+" "+s.o.user(d.Sponsor))
	}
	return list
}

func (s *story) wantDuties(want ...string) {
	s.Helper()
	if got := s.duties(); !slices.Equal(got, want) {
		s.Fatalf("duties %v, want %v", got, want)
	}
}

func TestASponsorOwesDutiesInPerson(t *testing.T) {
	t.Parallel()
	s := watched(t).does("leader", sponsorBy("deputy", DutyGiven{DutyMeet, 5}, DutyGiven{Kind: DutyReport}))
	if c := s.c(); c.Sponsor != userID("deputy") || s.o.post(c.SponsorPost) != "leader@river" {
		t.Fatalf("in charge: %s as %s", s.o.user(c.Sponsor), s.o.post(c.SponsorPost))
	}
	k := s.clock(SponsorDuty)
	if k.DebtorUser != userID("deputy") || k.Length.String() != "10wd" || s.rec.clocks[len(s.rec.clocks)-2].DueOn.String() != "2026-11-27" {
		t.Errorf("%s owes it within %s", s.o.user(k.DebtorUser), k.Length)
	}
	s.refuses("leader", "case.not_permitted", doDuty(1)).refuses("deputy", "not_found", doDuty(3))
	s.at("2026-11-30 10:00").does("deputy", doDuty(1)).refuses("deputy", "duty.over", doDuty(1))
	if met := s.rec.clocks[len(s.rec.clocks)-2]; met.State != Met || met.BreachedAt == nil {
		t.Errorf("done late: %s, breached %v", met.State, met.BreachedAt)
	}
	s.wantDuties("meet done deputy", "report open deputy")
	s.does("handler", submit).does("leader", approve(1))
	s.wantDuties("meet done deputy", "report cancelled deputy")
}

// Without a word the actor takes charge of all three; naming anew cancels them.
func TestNamingAnewCancelsWhatIsOwed(t *testing.T) {
	t.Parallel()
	s := watched(t).does("leader", sponsorBy(""))
	s.wantDuties("meet open leader", "visit open leader", "report open leader")
	s.does("county_leader", sponsorBy("county_leader", DutyGiven{DutyVisit, 3}))
	s.wantDuties("meet cancelled leader", "visit cancelled leader", "report cancelled leader", "visit open county_leader")
	s.refuses("leader", "sponsor.superior", sponsorBy("")).refuses("leader", "sponsor.superior", release)
	s.does("county_leader", release).refuses("county_leader", "sponsor.none", release)
	s.wantDuties("meet cancelled leader", "visit cancelled leader", "report cancelled leader", "visit cancelled county_leader")
}

// Who may be in charge: a leader of the unit that has the case or of one above it,
// up to who names them; nobody with an interest.
func TestWhoMayTakeCharge(t *testing.T) {
	t.Parallel()
	s := watched(t)
	s.refuses("leader", "request.invalid", sponsorBy("hill_leader")).refuses("leader", "request.invalid", sponsorBy("county_leader"))
	s.refuses("leader", "request.invalid", sponsorBy("handler")).refuses("supervisor", "case.not_permitted", sponsorBy(""))
	s.refuses("leader", "request.invalid", sponsorBy("", DutyGiven{DutyMeet, 61})).refuses("leader", "request.invalid", sponsorBy("", DutyGiven{Kind: "dance"}))
	s.does("county_leader", sponsorBy("station_head")).does("inspector", nameUser("deputy")).refuses("leader", "request.invalid", sponsorBy("deputy"))

	own := handledBy(t, newTestOffice(t), "jack_of_all", petition())
	own.refuses("leader", "request.invalid", sponsorBy("jack_of_all"))
}

// The charge of who leaves passes to the head, with what is owed; where there is
// no head up to the root the last name stands, until there is one.
func TestTheChargePassesToTheHead(t *testing.T) {
	t.Parallel()
	s := watched(t).does("leader", sponsorBy("deputy", DutyGiven{DutyMeet, 9}))
	s.o.leaves("deputy", beijing("2026-11-23 10:00"))
	s.engine("2026-11-24 10:00")
	c := s.c()
	if c.Sponsor != userID("leader") || s.clock(SponsorDuty).DebtorUser != userID("leader") || s.clock(SponsorDuty).State != Running {
		t.Errorf("in charge %s, %s owes", s.o.user(c.Sponsor), s.o.user(s.clock(SponsorDuty).DebtorUser))
	}
	if e := s.rec.events[len(s.rec.events)-1]; e.Kind != EvHandedOn || !e.AboutAt.Equal(beijing("2026-11-23 10:00")) {
		t.Errorf("%s about %s", e.Kind, inBeijing(e.AboutAt))
	}
	s.wantDuties("meet open leader")
	for _, name := range []string{"leader", "county_leader", "city_leader"} {
		s.o.leaves(name, s.now)
	}
	s.does("system", handOn)
	s.wantDuties("meet open leader")
	s.o.appoints("deputy", "leader county head")
	s.engine("2026-11-25 10:00")
	s.wantDuties("meet open deputy")
}

// Who is named in the case is in charge of it no more.
func TestTheNamedLoseTheCharge(t *testing.T) {
	t.Parallel()
	s := watched(t).does("leader", sponsorBy("deputy")).does("inspector", nameUser("deputy"))
	if c := s.c(); !c.Sponsor.IsZero() || c.OpenDuties != 0 || s.clock(SponsorDuty).State != Cancelled {
		t.Errorf("in charge %s, %d duties", s.o.user(c.Sponsor), c.OpenDuties)
	}
}

// signedBySponsor is a petition of which the leader in charge signs the closure.
func signedBySponsor(t *testing.T, sponsor string) *story {
	t.Helper()
	o := newTestOffice(t)
	o.profile(ProfilePetition, func(p *Profile) {
		p.SignOffs = []SigningRule{{Kinds: []SignOffKind{SignClosure}, Chain: []Signer{SignerSponsor}, Source: "test"}}
	})
	s := begin(t, o, "2026-09-30 09:00", "clerk", petition())
	handled(s)
	if sponsor != "" {
		s.does("county_leader", sponsorBy(sponsor))
	}
	return s
}

func TestTheSponsorSignsInPerson(t *testing.T) {
	t.Parallel()
	s := signedBySponsor(t, "deputy").does("handler", submit)
	if got := s.o.post(s.c().AwaitingPost); got != "leader@river" || s.rec.signOffs[0].Chain != SigningChain("sponsor:"+unitID("river").String()) {
		t.Fatalf("awaiting %s, chain %s", got, s.rec.signOffs[0].Chain)
	}
	s.refuses("leader", "case.not_permitted", approve(1)).refuses("county_leader", "case.not_permitted", approve(1))
	s.does("supervisor", remind)
	if to := s.openReminders(); len(to) != 1 || to[0] != "deputy" {
		t.Errorf("reminded %v", to)
	}
	if s.does("deputy", approve(1)); s.c().Status != Closed {
		t.Errorf("signed: %s", s.c().Status)
	}
}

// Without a sponsor, or with one who may not sign, the head does.
func TestTheHeadSignsForASponsorWhoMayNot(t *testing.T) {
	t.Parallel()
	s := signedBySponsor(t, "").does("handler", submit).refuses("deputy", "case.not_permitted", approve(1)).does("leader", approve(1))
	if s.c().Status != Closed {
		t.Errorf("without a sponsor: %s", s.c().Status)
	}
	s = signedBySponsor(t, "station_head").does("handler", submit) // a station is no organ
	s.refuses("station_head", "case.not_permitted", approve(1)).does("leader", approve(1))

	s = signedBySponsor(t, "deputy").does("handler", submit).does("inspector", nameUser("deputy"))
	s.refuses("deputy", "signoff.own_work", approve(1)).does("leader", approve(1))

	s = signedBySponsor(t, "deputy").does("handler", submit)
	s.o.leaves("deputy", s.now)
	if s.does("leader", approve(1)); s.c().Status != Closed {
		t.Errorf("after the sponsor has left: %s", s.c().Status)
	}
}
