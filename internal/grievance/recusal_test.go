package grievance

import "testing"

// Whoever is named in a case signs nothing of it and takes no escalation.
func TestTheNamedSignNothing(t *testing.T) {
	t.Parallel()
	in := petition()
	in.Others = []Party{{Kind: PersonNamed, User: userID("leader")}}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	if s.c().RecusalCount != 1 || s.c().PartyCount != 1 {
		t.Fatalf("%d named, %d parties", s.c().RecusalCount, s.c().PartyCount)
	}
	s.does("clerk", decline).refuses("leader", "signoff.own_work", approve(1)).does("deputy", sendBack(1))
	s.does("clerk", escalateTo(1))
	if got := s.lastTarget(); got != "leader*@county" {
		t.Errorf("escalated to %s, past the head who is named", got)
	}
	s.refuses("leader", "escalation.not_yours", takeUp(0)).does("county_leader", takeUp(0))
	handled(s)
	s.does("handler", extend(10)).refuses("leader", "signoff.own_work", approve(2)).does("county_leader", approve(2))
}

func TestNamingLater(t *testing.T) {
	t.Parallel()
	s := watched(t).refuses("handler", "case.not_permitted", nameUser("leader")).refuses("clerk", "request.invalid", nameUser("nobody"))
	s.does("clerk", nameUser("leader")).refuses("inspector", "named.already", nameUser("leader"))
	s.does("handler", submit).refuses("leader", "signoff.own_work", approve(1)).does("deputy", approve(1))
}

// The case is taken from a handler whom it is about, and is not given back: neither
// by name nor in a later round.
func TestTheNamedHandleNothing(t *testing.T) {
	t.Parallel()
	s := watched(t).does("clerk", nameUser("handler"))
	if c := s.c(); c.Status != Assigned || !c.Handler.IsZero() || c.Responsible != userID("station_clerk") || len(c.running(Acknowledgement)) != 1 {
		t.Fatalf("named: %s", dump(c))
	}
	s.refuses("handler", "case.recused", acknowledge).refuses("clerk", "request.invalid", assign("station", "handler"))
	s.does("handler_b", acknowledge).does("handler_b", submit).does("leader", approve(1)).does("supervisor", nameUser("handler_b"))
	if c := s.c(); c.Status != Closed || c.Handler != userID("handler_b") {
		t.Errorf("named after the end: %s", dump(c))
	}

	s = begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(s)
	s.does("handler", submit).does("leader", approve(1)).does("clerk", nameUser("handler")).does("petitioner", dispute)
	if c := s.c(); c.Status != Accepted || !c.Handler.IsZero() || c.Responsible != userID("clerk") {
		t.Errorf("handled again: %s", dump(c))
	}
}

// Nor does a handler take on a case of their own.
func TestNobodyHandlesTheirOwnPetition(t *testing.T) {
	t.Parallel()
	in := road()
	in.PetitionerUser = userID("handler")
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in).does("clerk", accept(onTheSpot)).does("clerk", assign("station", ""))
	s.refuses("handler", "case.own_matter", acknowledge).refuses("clerk", "request.invalid", assign("station", "handler")).does("handler_b", acknowledge)
}

func TestOnlyAPersonNamedIsAUser(t *testing.T) {
	t.Parallel()
	s := &story{tb: t, o: newTestOffice(t), now: beijing("2026-11-20 10:00")}
	for _, p := range []Party{{Kind: Representative, Name: "甲", User: userID("leader")}, {Kind: PersonNamed, User: userID("nobody")}} {
		in := petition()
		in.Others = []Party{p}
		if err := s.register("clerk", in); CodeOf(err) != "request.invalid" {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// Only who reported it, and inspectors and supervisors above the unit, learn of
// misconduct; the version of the case does not tell.
func TestMisconductIsForFew(t *testing.T) {
	t.Parallel()
	s := watched(t)
	version := s.c().Version
	s.does("petitioner", misconduct).refuses("handler", "case.not_permitted", misconduct).refuses("leader", "case.not_permitted", misconduct)
	if s.c().Version != version {
		t.Error("the version tells of it")
	}
	unit, reporter := unitID("station"), userID("petitioner")
	for who, want := range map[string]bool{
		"petitioner": true, "inspector": true, "supervisor": true, "city_supervisor": true,
		"handler": false, "station_head": false, "leader": false, "county_leader": false, "clerk": false, "hill_inspector": false,
	} {
		if got := s.o.book.MisconductFor(s.o.book.Actor(userID(who), s.now), reporter, unit); got != want {
			t.Errorf("%s learns of it: %v", who, got)
		}
	}
	if s.o.book.MisconductFor(s.o.book.Actor(userID("inspector"), s.now), reporter, unitID("county")) {
		t.Error("an inspector learns what is reported of the inspector's own unit")
	}
}
