package grievance

import (
	"strings"
	"testing"
)

// watched is a petition that the station's handler has.
func watched(t *testing.T) *story {
	t.Helper()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	handled(s)
	return s
}

func TestAnOrderIsAnsweredInWriting(t *testing.T) {
	t.Parallel()
	s := watched(t).does("supervisor", orderOf("station", 3))
	k := s.clock(OrderReply)
	if got := s.o.post(k.DebtorPost); got != "leader*@station" || k.DueOn.String() != "2026-11-25" || s.c().OpenOrders != 1 {
		t.Fatalf("%s owes the answer by %s, %d open", got, k.DueOn, s.c().OpenOrders)
	}
	s.refuses("handler", "case.not_permitted", reply(1)).refuses("leader", "case.not_permitted", reply(1)).refuses("station_head", "not_found", reply(2))
	s.refuses("supervisor", "order.state", acceptReply(1))
	s.at("2026-11-24 10:00").does("station_head", reply(1)).refuses("station_head", "order.state", reply(1))
	if k := s.clock(OrderReply); k.State != Met || k.BreachedAt != nil {
		t.Errorf("answered in time the clock is %s, breached %v", k.State, k.BreachedAt)
	}
	s.refuses("station_head", "case.not_permitted", acceptReply(1)).refuses("inspector", "case.not_permitted", acceptReply(1))
	s.does("county_leader", acceptReply(1)).refuses("supervisor", "order.state", returnReply(1))
	if o := s.rec.orders[0]; o.State != OrderAccepted || s.c().OpenOrders != 0 {
		t.Errorf("%+v, %d open", o, s.c().OpenOrders)
	}
}

// What is returned is owed again, within as long as the first time; what was late
// stays late.
func TestAReturnedAnswerIsOwedAgain(t *testing.T) {
	t.Parallel()
	s := watched(t).does("supervisor", orderOf("", 3)).at("2026-11-30 10:00").does("station_head", reply(1))
	late := s.clock(OrderReply)
	if late.BreachedAt == nil || late.State != Met {
		t.Errorf("late: %s, breached %v", late.State, late.BreachedAt)
	}
	overdue := 0
	for _, e := range s.rec.escalations {
		if e.Cause == OverdueOrder && s.o.names[e.FromUnitID.String()] == "station" {
			overdue++
		}
	}
	if overdue == 0 {
		t.Error("an order that is not answered escalates nothing")
	}
	s.does("supervisor", returnReply(1))
	k := s.clock(OrderReply)
	if k.Subject != "1/2" || k.DueOn.String() != "2026-12-03" || s.rec.orders[0].Returns != 1 {
		t.Errorf("%q due %s after %d returns", k.Subject, k.DueOn, s.rec.orders[0].Returns)
	}
	s.does("station_head", reply(1)).does("supervisor", acceptReply(1))
}

// Only from above: nobody orders their own unit, or one beside or above it.
func TestOrdersComeFromAbove(t *testing.T) {
	t.Parallel()
	s := watched(t)
	s.refuses("station_head", "case.not_permitted", orderOf("", 3)).refuses("hill_leader", "case.not_permitted", orderOf("", 3))
	s.refuses("leader", "order.not_superior", orderOf("river", 3)).refuses("supervisor", "request.invalid", orderOf("bureau", 3))
	s.refuses("supervisor", "request.invalid", orderOf("", 31)).refuses("inspector", "case.not_permitted", orderOf("", 3))
	s.does("leader", orderOf("station", 3)).does("supervisor", orderOf("river", 3)).does("city_supervisor", orderOf("", 0))
	for i, want := range []string{"station by river", "river by county", "station by city"} {
		o := s.rec.orders[i]
		if got := s.o.names[o.UnitID.String()] + " by " + s.o.names[o.IssuerPost.UnitID.String()]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	var joined []string
	for _, p := range s.rec.units {
		if p.Part == PartOrdering {
			joined = append(joined, s.o.names[p.UnitID.String()])
		}
	}
	if strings.Join(joined, " ") != "river county city" {
		t.Errorf("%v take part by their orders", joined)
	}
	if k := s.clock(OrderReply); k.Length.String() != "5wd" { // the profile's own
		t.Errorf("with nothing said it lasts %s", k.Length)
	}
}

// A superior is owed an answer though the case has ended.
func TestAnOrderOutlivesTheCase(t *testing.T) {
	t.Parallel()
	s := watched(t).does("supervisor", orderOf("", 3)).does("handler", submit).does("leader", approve(1))
	if k := s.clock(OrderReply); s.c().Status != Closed || k.State != Running {
		t.Fatalf("%s, the answer's clock is %s", s.c().Status, k.State)
	}
	s.does("supervisor", orderOf("river", 3)).does("leader", reply(2)).does("station_head", reply(1))
	s.engine("2026-12-20 10:00")
}

func TestRecommendationsAreTheInspectors(t *testing.T) {
	t.Parallel()
	s := watched(t)
	s.refuses("supervisor", "case.not_permitted", recommend).refuses("hill_inspector", "case.not_permitted", recommend)
	s.refuses("inspector", "request.invalid", func(c *Case, m Moment) error {
		return c.Recommend(m, Recommending{Kind: SupervisionOrder, Ordering: Ordering{Words: "x"}})
	})
	s.does("inspector", recommend)
	if o, k := s.rec.orders[0], s.clock(OrderReply); o.Kind != ImproveWork || k.Length.String() != "30wd" {
		t.Errorf("%s within %s", o.Kind, k.Length)
	}
	s.does("station_head", reply(1)).refuses("supervisor", "case.not_permitted", acceptReply(1)).does("inspector", acceptReply(1))
}

// Where the head's seat is vacant, who fills it answers, and then judges nothing.
func TestNobodyJudgesTheirOwnAnswer(t *testing.T) {
	t.Parallel()
	s := watched(t)
	for _, name := range []string{"station_head", "leader", "deputy", "jack_of_all"} {
		s.o.leaves(name, s.now)
	}
	s.does("county_leader", orderOf("", 3)).does("county_leader", reply(1)).refuses("county_leader", "order.own_answer", acceptReply(1))
	s.does("supervisor", acceptReply(1))
}
