package grievance

import (
	"errors"
	"slices"
	"testing"
)

// sentTo is a petition that river's desk has sent on to hill's, on Wednesday
// 14 October 2026 at ten.
func sentTo(t *testing.T, o *testOffice) *story {
	t.Helper()
	s := begin(t, o, "2026-10-14 09:00", "clerk", petition())
	return s.at("2026-10-14 10:00").does("clerk", forward("hill"))
}

// running lists the kinds of the clocks that run, with who owes each.
func (s *story) owed() (list []string) {
	for _, k := range s.c().running() {
		who := s.o.user(k.DebtorUser)
		if k.DebtorUser.IsZero() {
			who = s.o.post(k.DebtorPost)
		}
		list = append(list, string(k.Kind)+" "+who)
	}
	return list
}

// wants compares what is said of the case with what should be.
func (s *story) wants(what string, got, want []string) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Fatalf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

// The desk that objects keeps the case and its clocks until the sender consents;
// then the sender's clerk answers for it at once, with fifteen days anew.
func TestAForwardIsTakenBack(t *testing.T) {
	t.Parallel()
	s := sentTo(t, newTestOffice(t))
	s.does("hill_clerk", acknowledge).at("2026-10-16 09:00").does("hill_clerk", object)
	c := s.c()
	if c.LeadUnitID != unitID("hill") || s.o.user(c.Responsible) != "hill_clerk" || s.o.post(c.AwaitingPost) != "clerk@river" || c.PendingObjection != 1 {
		t.Errorf("the objector lost the case: %s", dump(c))
	}
	s.wants("while the sender thinks", s.owed(), []string{"acceptance hill_clerk", "consent clerk@river"})
	for _, do := range []deed{accept(onTheSpot), decline, forward("bureau"), acknowledge, object} {
		s.refuses("hill_clerk", "objection.pending", do)
	}
	s.does("hill_clerk", note)
	since := len(s.rec.events)
	s.at("2026-10-19 09:00").does("clerk_b", agree)
	c = s.c()
	if c.LeadUnitID != unitID("river") || c.Status != Registered || s.o.user(c.Responsible) != "clerk_b" || s.o.post(c.AwaitingPost) != "clerk@river" || c.PendingObjection != 0 {
		t.Errorf("not taken back: %s", dump(c))
	}
	s.wants("taken back", s.owed(), []string{"acceptance clerk_b"})
	s.wants("due", []string{s.dueNow(Acceptance)}, []string{"2026-11-04 00:00"})
	s.wants("told", []string{s.kinds(since)}, []string{"reminded objection_consented"})
	s.refuses("hill_clerk", "case.not_permitted", object)
	s.refuses("clerk", "objection.nothing", object).refuses("clerk", "objection.decided", agree)
	s.does("clerk", accept(onTheSpot))
}

// A unit has five working days from the forward, by the calendar that holds; the
// instant after them is late.
func TestFiveWorkingDaysToObject(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := sentTo(t, o) // Wednesday; the fifth working day is Wednesday 21 October
	copyOf(s).at("2026-10-21 23:59:59").does("hill_clerk", object)
	copyOf(s).at("2026-10-22 00:00").refuses("hill_clerk", "objection.too_late", object)
	o.amends(beijing("2026-10-15 00:00"), "2026-10-19")
	copyOf(s).at("2026-10-22 09:00").does("hill_clerk", object)
	copyOf(s).at("2026-10-23 00:00").refuses("hill_clerk", "objection.too_late", object)
}

func TestAnObjectionRestsOnTheResponsibilityList(t *testing.T) {
	t.Parallel()
	s := sentTo(t, newTestOffice(t))
	with := func(in Objecting) deed { return func(c *Case, m Moment) error { return c.Object(m, in) } }
	whole := Objecting{Reason: "other_area", Words: "不属本乡", Category: "0101", Area: "990121101"}
	for pointer, in := range map[string]Objecting{
		"/reason": {Reason: "other", Words: "x", Category: "01"}, "/words": {Reason: "other_area", Words: " ", Category: "01"},
		"/category": {Reason: "other_area", Words: "x", Category: "0101", Area: "990121102"},
	} {
		err, ok := errors.AsType[*Error](s.try("hill_clerk", with(in)))
		if !ok || err.Kind != Invalid || err.Fields[0].Pointer != pointer {
			t.Errorf("%+v: %v", in, err)
		}
	}
	s.does("hill_clerk", with(whole))
	if o := s.rec.objections[0]; o.Category != "0101" || o.Area != "990121101" || o.State != ObjectionPending || o.SenderUnitID != unitID("river") {
		t.Errorf("kept %+v", o)
	}
}

// Taken back, an assigned case is the desk's to assign anew; who handled it no
// longer answers for it, and the sixty days run on.
func TestAnAssignmentIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, acknowledged := range []bool{false, true} {
		s := begin(t, newTestOffice(t), "2026-10-14 09:00", "clerk", petition())
		s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler"))
		if acknowledged {
			s.does("handler", acknowledge)
		}
		due := s.dueNow(Handling)
		s.does("station_clerk", object).refuses("clerk", "objection.pending", assign("willow", ""))
		if acknowledged {
			s.refuses("handler", "objection.pending", submit).refuses("handler", "objection.pending", suspendFor(ForceMajeure, "2026-10-20"))
		} else {
			s.refuses("handler", "objection.pending", acknowledge)
		}
		s.refuses("station_head", "case.not_permitted", agree).does("leader", agree)
		c := s.c()
		who := map[bool]string{false: "clerk", true: "leader"}[acknowledged]
		if c.Status != Accepted || !c.HandlingUnitID.IsZero() || !c.Handler.IsZero() || s.o.user(c.Responsible) != who {
			t.Errorf("taken back: %s", dump(c))
		}
		s.wants("owed", s.owed(), []string{"first_contact " + who, "handling " + who})
		s.wants("due", []string{s.dueNow(Handling)}, []string{due})
		s.does("clerk", assign("station", "handler_b")).does("station_clerk", object)
	}
}

// Nobody objects to themselves, and naming another handler is no new assignment.
func TestNothingToObjectTo(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-10-14 09:00", "clerk", petition())
	s.refuses("clerk", "objection.nothing", object)
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("river", "")).refuses("clerk", "objection.nothing", object)
	s.does("clerk", assign("station", ""))
	s.at("2026-10-20 09:00").does("station_clerk", assign("station", "handler_b"))
	s.at("2026-10-22 00:00").refuses("handler_b", "objection.too_late", object)
	s.does("clerk", assign("willow", "")).does("clerk", assign("station", "")).does("station_clerk", object)
}

// Who handles, objected or refused decides nothing about it.
func TestNobodyJudgesTheirOwnObjection(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-10-14 09:00", "clerk", petition())
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "")).does("jack_of_all", object)
	s.refuses("jack_of_all", "objection.own_work", agree)
	s.does("clerk", refuse).refuses("clerk", "case.not_permitted", designate("bureau"))

	o := newTestOffice(t)
	o.promotes("clerk", "county", longAgo)
	s = sentTo(t, o).does("hill_clerk", object).does("clerk", refuse)
	s.refuses("clerk", "objection.own_work", designate("bureau")).does("county_leader", designate("bureau"))
}

// An objection that the sender does not answer is raised at the instant at which
// the time for it is over, whenever the engine runs; the breach comes first.
func TestSilenceRaisesAnObjection(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"2026-10-17 00:00", "2026-10-20 10:00"} {
		s := sentTo(t, newTestOffice(t)).does("hill_clerk", object) // Wednesday: two working days end on Friday
		since := len(s.rec.events)
		s.at(run).refuses("clerk", "case.not_permitted", agree).does("system", advance)
		want := []string{
			"reminded 2026-10-15 17:00 consent", "warned 2026-10-16 11:36 consent", "breached 2026-10-17 00:00 consent",
			"escalated 2026-10-17 00:00 consent leader*@river", "objection_raised 2026-10-17 00:00",
		}
		if got := s.told(since); !slices.Equal(got, want) {
			t.Errorf("run at %s:\ngot  %q\nwant %q", run, got, want)
		}
		o := s.rec.objections[0]
		if o.State != ObjectionRaised || !o.RaisedAt.Equal(beijing("2026-10-17 00:00")) || !o.AnsweredBy.IsZero() || o.SuperiorUnitID != unitID("county") {
			t.Errorf("raised as %+v", o)
		}
		s.wants("owed", s.owed(), []string{"acceptance clerk@hill", "jurisdiction leader@county"})
		s.wants("due", []string{s.dueNow(Jurisdiction)}, []string{"2026-10-24 00:00"})
	}
	s := sentTo(t, newTestOffice(t)).does("hill_clerk", object).at("2026-10-19 09:00")
	s.does("county_leader", designate("hill")) // what time has done is recorded with it
	if got := s.kinds(len(s.rec.events) - 2); got != "objection_raised unit_designated" {
		t.Errorf("told %s", got)
	}
}

// While a leader has a withdrawal to sign, the objection waits beside it.
func TestAnObjectionBesideASignature(t *testing.T) {
	t.Parallel()
	s := sentTo(t, newTestOffice(t)).does("hill_clerk", object).does("petitioner", withdraw)
	s.refuses("hill_clerk", "case.signoff_pending", object)
	s.wants("awaiting", []string{s.o.post(s.c().AwaitingPost)}, []string{"leader@hill"})
	back := copyOf(s).does("hill_leader", sendBack(1))
	back.wants("sent back", []string{back.o.post(back.c().AwaitingPost)}, []string{"clerk@river"})
	ended := copyOf(s).does("hill_leader", approve(1))
	if o := ended.rec.objections[0]; o.State != ObjectionLapsed || ended.c().PendingObjection != 0 || len(ended.owed()) != 0 {
		t.Errorf("after the withdrawal: %+v, %v", o, ended.owed())
	}
	kept := copyOf(s).does("clerk", refuse)
	kept.wants("raised beside it", []string{kept.o.post(kept.c().AwaitingPost)}, []string{"leader@hill"})
	kept.does("county_leader", designate("river")).does("hill_leader", sendBack(1))
	kept.wants("designated beside it", []string{kept.o.post(kept.c().AwaitingPost)}, []string{"clerk@river"})
}

// A unit that does a merged unit's work today takes its place; where objector and
// sender become one there is nothing left to object to.
func TestObjectionsOfMergedUnits(t *testing.T) {
	t.Parallel()
	one := newTestOffice(t)
	s := sentTo(t, one).does("hill_clerk", object)
	one.merges("hill", "river", beijing("2026-10-15 09:00"))
	s.at("2026-10-15 09:00").does("system", handOn)
	if o := s.rec.objections[0]; o.State != ObjectionLapsed || s.c().LeadUnitID != unitID("river") {
		t.Errorf("of one unit: %+v", o)
	}
	s.wants("owed", s.owed(), []string{"acceptance clerk@river"})

	two := newTestOffice(t)
	s = sentTo(t, two).does("hill_clerk", object)
	two.merges("river", "bureau", beijing("2026-10-15 09:00"))
	s.at("2026-10-15 09:00").does("system", handOn)
	if o := s.rec.objections[0]; o.State != ObjectionPending || o.SenderUnitID != unitID("bureau") {
		t.Errorf("of another sender: %+v", o)
	}
	s.wants("owed", s.owed(), []string{"acceptance clerk@hill", "consent clerk@bureau"})
	s.does("bureau_clerk", refuse)

	three := newTestOffice(t)
	s = sentTo(t, three).does("hill_clerk", object).does("clerk", refuse)
	three.merges("county", "city", beijing("2026-10-15 09:00"))
	s.at("2026-10-15 09:00").does("system", handOn)
	s.wants("owed", s.owed(), []string{"acceptance clerk@hill", "jurisdiction leader@city"})
	s.does("city_leader", designate("hill"))
}
