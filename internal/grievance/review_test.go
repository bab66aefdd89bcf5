package grievance

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// What a reader of the first version found by trying to break it.

func TestACaseMayComeBackToADesk(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk", road())
	s.does("clerk", forward("hill")).does("hill_clerk", forward("river")).does("clerk", forward("hill"))
	seen := map[[2]string]bool{}
	for _, k := range s.c().Clocks() {
		identity := [2]string{o.names[k.UnitID.String()], k.Subject}
		if k.Kind != Acceptance || seen[identity] {
			t.Errorf("two clocks are %v", identity)
		}
		seen[identity] = true
	}
}

func TestReclassifyingIsNoWayAroundTheSignature(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk", road())
	s.does("clerk", classify(Classification{Nature: Inquiry})).refuses("clerk", "case.not_inquiry", answer)
}

func TestAnEarlierAuthorSignsNothing(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o).does("handler", submit).does("leader", sendBack(1))
	o.promotes("handler", "river", s.now)
	s.does("clerk", assign("station", "handler_b")).does("handler_b", acknowledge).does("handler_b", submit)
	s.refuses("handler", "signoff.own_work", approve(2)).does("leader", approve(2))
}

func TestNobodyPassesACaseSideways(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o)
	s.refuses("station_clerk", "request.invalid", assign("river", "")).does("station_clerk", assign("station", "handler_b"))
}

func TestWhoLeavesOwesNothingAnyMore(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk_b", road()).does("clerk_b", decline).does("leader", approve(1))
	o.leaves("clerk_b", s.now)
	s.does("system", handOn)
	k := s.clock(Acceptance)
	if got := o.user(k.DebtorUser); got != "clerk" || o.user(s.c().Responsible) != "clerk" {
		t.Errorf("the notice of the decline is owed by %s, answered for by %s", got, o.user(s.c().Responsible))
	}
}

func TestAnOldReceiptCallsOnThePeopleOfToday(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	in := road()
	in.ReceivedAt = beijing("2009-03-02 10:00")
	s := begin(t, o, "2026-11-20 10:00", "clerk", in).engine("2026-11-20 10:01")
	for _, e := range s.rec.escalations {
		if e.Unroutable {
			t.Errorf("level %d is unroutable although every seat is taken", e.Level)
		}
	}
	in.ReceivedAt = beijing("1999-12-31 23:59")
	if _, err := Register(o.moment("clerk", s.now), in, o.book.Unit(unitID("river")), Receipt{N: 1}); CodeOf(err) != "request.invalid" {
		t.Errorf("received in another century: %v", err)
	}
}

func TestClosingDoesNotServeTheNotice(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk", road()).does("clerk", accept(AcceptanceDecision{}))
	s.does("clerk", assign("station", "handler")).does("handler", acknowledge).does("handler", submit).does("leader", approve(1))
	if k := s.clock(Acceptance); k.State != Running {
		t.Errorf("closed without a word to the petitioner, the acceptance clock is %s", k.State)
	}
	s.does("clerk", serve(2))
	if k := s.clock(Acceptance); k.State != Met {
		t.Errorf("told the answer, the petitioner's acceptance clock is %s", k.State)
	}
}

func TestAnEscalationWhoseLastSeatEmptiesRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o).engine("2026-12-31 00:00")
	unroutable := func() (n int) {
		for _, e := range s.c().escalations {
			if e.Unroutable {
				n++
			}
		}
		return n
	}
	o.leaves("supervisor", s.now)
	if s.does("system", strand); unroutable() != 0 {
		t.Errorf("%d unroutable while the city's supervisor can take them", unroutable())
	}
	o.leaves("city_supervisor", s.now)
	if s.does("system", strand); unroutable() != 2 {
		t.Errorf("%d unroutable with every supervisor gone, want levels 2 and 3", unroutable())
	}
	if got := o.book.Stranded(unitID("county"), RoleSupervisor, s.now); !slices.Contains(got, unitID("river")) {
		t.Errorf("stranded below the county: %v", got)
	}
}

func TestAClosedCaseFollowsItsUnitsSuccessor(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	in := road()
	in.Channel = ByApp
	s := begin(t, o, "2026-11-20 10:00", "clerk", in).does("clerk", accept(AcceptanceDecision{}))
	s.does("clerk", assign("station", "handler")).does("handler", acknowledge).does("handler", submit).does("leader", approve(1))
	o.merges("river", "hill", s.now)
	s.does("system", handOn)
	if got := o.names[s.c().LeadUnitID.String()]; got != "hill" {
		t.Fatalf("after the merger the closed case is with %s", got)
	}
	s.does("hill_clerk", serve(2))
}

func TestTheOnlyLeaderIsNotAskedToSignTheirOwnEarlierWork(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := inHandling(t, o)
	for _, name := range []string{"leader", "deputy", "jack_of_all"} {
		o.leaves(name, s.now)
	}
	o.promotes("handler", "river", s.now)
	s.does("handler", submit).does("county_leader", sendBack(1))
	s.does("clerk", assign("station", "handler_b")).does("handler_b", acknowledge).does("handler_b", submit)
	if got := o.post(s.c().AwaitingPost); got != "leader@county" {
		t.Errorf("the second opinion is put before %s", got)
	}
}

func TestAnAcceptanceIsToldAllItsFaultsAtOnce(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	c := s.c()
	err := c.Accept(s.o.moment("clerk", s.now), AcceptanceDecision{Notice: strings.Repeat("字", MaxText+1), Service: &Service{How: "pigeon"}})
	refusal, ok := errors.AsType[*Error](err)
	if !ok || len(refusal.Fields) != 2 {
		t.Errorf("told %v, want the notice and the way of its service", err)
	}
}

func TestASignOffMovesWithTheUnitThatIsToSignIt(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk", road()).does("clerk", decline)
	o.merges("river", "hill", s.now)
	s.does("system", handOn)
	if got := o.names[s.c().signOffs[0].UnitID.String()]; got != "hill" {
		t.Errorf("the sign-off is still with %s", got)
	}
	s.does("hill_leader", approve(1))
}
