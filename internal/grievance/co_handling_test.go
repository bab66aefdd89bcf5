package grievance

import "testing"

// helped is a handled petition for which the bureau and hill are asked to help.
func helped(t *testing.T) *story {
	t.Helper()
	s := begin(t, newTestOffice(t), "2026-10-14 09:00", "clerk", petition())
	handled(s)
	tenDays := func(c *Case, m Moment) error {
		return c.AskCoHandler(m, CoHandlingRequest{Unit: unitID("hill"), Days: 10, Words: "请协助调查"})
	}
	return s.does("handler", askToHelp("bureau")).does("leader", tenDays)
}

// Several units help, each in its own time; one that is late is late.
func TestCoHandlersHaveClocksOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := helped(t)
	s.wants("owed", s.owed(), []string{"first_contact handler", "handling handler", "co_handling handler@bureau", "co_handling handler@hill"})
	s.wants("due", []string{inBeijing(s.rec.clocks[len(s.rec.clocks)-2].DueAt), s.dueNow(CoHandling)}, []string{"2026-10-22 00:00", "2026-10-29 00:00"})
	s.at("2026-10-23 09:00").does("bureau_clerk", help(1))
	if k := s.rec.clocks[len(s.rec.clocks)-2]; k.State != Met || k.BreachedAt == nil {
		t.Errorf("answered late: %+v", k)
	}
	s.refuses("bureau_clerk", "co_handler.over", help(1)).refuses("bureau_clerk", "case.not_permitted", help(2))
	s.does("hill_handler", help(2))
	if c := s.c(); c.OpenCoHandlers != 0 || c.CoHandlerCount != 2 || s.clock(CoHandling).BreachedAt != nil || c.Status != InHandling {
		t.Errorf("all answered: %s", dump(c))
	}
	s.does("clerk", askToHelp("bureau")) // once more, with another question
}

func TestCoHandlersAreLetGo(t *testing.T) {
	t.Parallel()
	s := helped(t).refuses("bureau_handler", "case.not_permitted", letGo(1)).does("clerk", letGo(1))
	if h := s.rec.coHandlers[0]; h.State != CoHandlerReleased || h.ReleasedBy != userID("clerk") || s.c().OpenCoHandlers != 1 {
		t.Errorf("let go: %+v", h)
	}
	s.refuses("bureau_handler", "co_handler.over", help(1)).refuses("clerk", "co_handler.over", letGo(1)).refuses("clerk", "not_found", letGo(3))
	s.does("handler", submit).does("hill_handler", help(2)) // the opinion does not wait for them, nor they for it
}

// What was asked ends with the round.
func TestCoHandlingEndsWithTheRound(t *testing.T) {
	t.Parallel()
	s := helped(t).does("handler", submit).does("leader", approve(1))
	for _, h := range s.rec.coHandlers {
		if h.State != CoHandlerLapsed {
			t.Errorf("closed: %+v", h)
		}
	}
	if c := s.c(); c.OpenCoHandlers != 0 || len(c.running(CoHandling)) != 0 {
		t.Errorf("closed: %s", dump(c))
	}
	s.refuses("bureau_handler", "co_handler.over", help(1))
}

func TestCoHandlersRefused(t *testing.T) {
	t.Parallel()
	s := helped(t)
	ask := func(in CoHandlingRequest) deed { return func(c *Case, m Moment) error { return c.AskCoHandler(m, in) } }
	for _, in := range []CoHandlingRequest{
		{Unit: unitID("station"), Words: "x"}, {Unit: unitID("nowhere"), Words: "x"}, {Unit: unitID("county")},
		{Unit: unitID("county"), Words: "x", Days: 31}, {Unit: unitID("county"), Words: "x", Days: -1},
	} {
		s.refuses("clerk", "request.invalid", ask(in))
	}
	s.refuses("clerk", "co_handler.asked", askToHelp("bureau")).refuses("clerk", "unit.unstaffed", askToHelp("grid"))
	s.refuses("bureau_handler", "case.not_permitted", askToHelp("county")).refuses("bureau_handler", "request.invalid", func(c *Case, m Moment) error {
		return c.AnswerCoHandler(m, 1, CoHandlerAnswer{})
	})
}

// Who has handled a case signs nothing of it, whoever handles it since.
func TestWhoHandledSignsNothing(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "")).does("jack_of_all", acknowledge)
	s.does("clerk", assign("station", "handler")).does("handler", acknowledge).does("handler", submit)
	s.refuses("jack_of_all", "signoff.own_work", approve(1)).refuses("jack_of_all", "signoff.own_work", sendBack(1))
	s.does("leader", approve(1))
}

// Who has answered for a unit that helps has written a part of what is signed, in
// that round and in later ones.
func TestWhoHelpedSignsNothing(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(s)
	s.does("handler", askToHelp("river")).does("jack_of_all", help(1)).does("handler", submit)
	s.refuses("jack_of_all", "signoff.own_work", approve(1)).refuses("jack_of_all", "signoff.own_work", sendBack(1))
	s.does("deputy", approve(1)).does("petitioner", dispute).does("handler", submit)
	s.refuses("jack_of_all", "signoff.own_work", approve(2)).does("leader", approve(2))
}

// A unit that does a merged unit's work today helps in its place.
func TestCoHandlersOfMergedUnits(t *testing.T) {
	t.Parallel()
	s := helped(t)
	s.o.merges("bureau", "county", beijing("2026-10-15 09:00"))
	s.at("2026-10-15 09:00").does("system", handOn).does("county_clerk", help(1))
	if h := s.rec.coHandlers[0]; h.UnitID != unitID("county") {
		t.Errorf("handed on: %+v", h)
	}
}
