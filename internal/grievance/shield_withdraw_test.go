package grievance

import "testing"

// accusedAtCounty is an accusation of the head of river, accepted by the county's inspectors.
func accusedAtCounty(t *testing.T, o *testOffice) *story {
	t.Helper()
	s := begin(t, o, "2026-11-20 10:00", "clerk", accusing(Party{User: userID("leader")}))
	return s.does("inspector", accept(onTheSpot))
}

// outOfReach fails where anybody whom the case bars has anything of it.
func outOfReach(t *testing.T, s *story) {
	t.Helper()
	c := s.c()
	m := s.o.moment("system", s.now).For(c)
	for _, who := range []UserID{c.Responsible, c.Handler, c.AwaitingUser, c.Sponsor} {
		if m.Book.Bars(who, s.now) {
			t.Errorf("%s has it still: %s", s.o.user(who), dump(c))
		}
	}
	for _, at := range []UnitID{c.LeadUnitID, c.HandlingUnitID, c.AwaitingPost.UnitID, c.ResponsiblePost.UnitID} {
		if m.Book.BarsUnit(at) {
			t.Errorf("it is with %s: %s", s.o.post(Post{UnitID: at}), dump(c))
		}
	}
	for _, k := range c.running() {
		if m.Book.BarsUnit(k.DebtorPost.UnitID) || m.Book.Bars(k.DebtorUser, s.now) {
			t.Errorf("%s is owed by %s", k.Kind, s.o.post(k.DebtorPost))
		}
	}
	for _, h := range c.asked() {
		if !m.Book.BarsUnit(h.UnitID) {
			continue
		}
		t.Errorf("%s is asked to help", s.o.post(Post{UnitID: h.UnitID}))
	}
}

// What inspectors have handed out they take back when it turns out to be about those
// who have it, or about whoever has signed nothing yet.
func TestNamingMoreTakesBackWhatWasHandedOut(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]deed{
		"the unit": nameUnit("hill"), "its head": nameUser("hill_leader"), "who handles it": nameUser("hill_inspector"),
	} {
		for stage, tell := range map[string]func(*story){
			"assigned": func(*story) {},
			"in hand":  func(s *story) { s.does("hill_inspector", acknowledge) },
			"to be signed": func(s *story) {
				s.does("hill_inspector", acknowledge).does("hill_inspector", contact).does("hill_inspector", submit)
			},
		} {
			s := accusedAtCounty(t, newTestOffice(t)).does("inspector", assign("hill", "hill_inspector")).does("inspector", askToHelp("bureau"))
			tell(s)
			s.does("inspector", more)
			if c := s.c(); c.LeadUnitID != unitID("county") || c.Status != Accepted || c.Responsible != userID("inspector") || c.PendingSignOff != 0 {
				t.Errorf("%s named, %s: %s", name, stage, dump(c))
			}
			outOfReach(t, s)
		}
	}
}

// A unit that helps helps no more once the case is about it; who handles it goes on.
func TestNamingWhoHelps(t *testing.T) {
	t.Parallel()
	s := accusedAtCounty(t, newTestOffice(t)).does("inspector", assign("county", "inspector")).does("inspector", acknowledge)
	s.does("inspector", askToHelp("bureau")).does("inspector", nameUser("bureau_head"))
	if c := s.c(); c.Status != InHandling || c.Handler != userID("inspector") || c.OpenCoHandlers != 0 || len(c.running(CoHandling)) != 0 {
		t.Errorf("%s", dump(c))
	}
	outOfReach(t, s)
}

// Who comes to a post behind the shield answers for nothing before it.
func TestComingBehindTheShield(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.employ("inspector_b", []string{"inspector county"})
	o.book = NewBook(o.data)
	s := accusedAtCounty(t, o).does("inspector", assign("county", "inspector")).does("inspector", acknowledge)
	o.employ("inspector", []string{"handler station"})
	o.book = NewBook(o.data)
	s.does("system", func(c *Case, m Moment) error { return c.HandOn(m.For(c)) })
	if c := s.c(); c.Responsible != userID("inspector_b") || !c.Handler.IsZero() {
		t.Errorf("%s", dump(c))
	}
	outOfReach(t, s)
}

// An accusation of before there were shields goes to inspectors wherever it stands,
// also where those whom it names hold no post any more.
func TestAnOldAccusationGoesToInspectors(t *testing.T) {
	t.Parallel()
	for _, named := range []string{"leader", "other_petitioner"} {
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
		s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler")).does("handler", acknowledge).does("clerk", nameUser(named))
		s.rec.row.Nature, s.rec.row.Shielded = Accusation, true // as the migration leaves it
		s.does("system", func(c *Case, m Moment) error { return c.HandOn(m.For(c)) })
		if c := s.c(); c.LeadUnitID != unitID("county") || c.Responsible != userID("inspector") || c.Status != Accepted {
			t.Errorf("of %s: %s", named, dump(c))
		}
		outOfReach(t, s)
	}
}

// The head of the inspectors' unit who also holds a post behind the shield is not
// called on, be it in the first instant.
func TestUrgentAccusationsCallOnTheFree(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.employ("county_leader", []string{"leader station"})
	o.book = NewBook(o.data)
	in := accusing(Party{User: userID("leader")})
	in.Urgency = LifeProperty
	s := begin(t, o, "2026-11-20 10:00", "clerk", in)
	if e := s.rec.escalations; len(e) != 1 || e[0].TargetPost.UnitID != unitID("city") {
		t.Errorf("%+v", e)
	}
	m := o.moment("system", s.now)
	desk, err := Desk(m, in)
	if err != nil {
		t.Fatal(err)
	}
	in.Source, in.SourceID, in.ID = "12345", "1", CaseID(m.Mint.ID())
	c, err := Import(m, in, desk, Receipt{N: 1}, History{})
	if err != nil || len(c.escalations) != 1 || c.escalations[0].TargetPost.UnitID != unitID("city") {
		t.Errorf("imported: %v %+v", err, c)
	}
}

// Nobody is ordered to answer for a case that does not exist for them.
func TestTheAccusedAnswerNoRecommendation(t *testing.T) {
	t.Parallel()
	s := accusedAtCounty(t, newTestOffice(t)).does("inspector", assign("hill", "hill_inspector")).does("hill_inspector", acknowledge)
	s.does("hill_inspector", contact).does("hill_inspector", submit).does("hill_leader", approve(1)).does("inspector", nameUnit("hill"))
	s.refuses("inspector", "unit.barred", func(c *Case, m Moment) error {
		return c.Recommend(m, Recommending{Kind: HoldToAccount, Ordering: Ordering{Words: "问责"}})
	})
}

// Where nobody is left who is free, the last name stands, and nothing happens time and
// again.
func TestNobodyIsLeftWhoIsFree(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := accusedAtCounty(t, o).does("inspector", assign("hill", "hill_inspector")).does("hill_inspector", acknowledge)
	for _, who := range []string{"inspector", "county_clerk", "county_leader", "city_leader"} {
		o.employ(who, []string{"handler station"})
	}
	o.employ("leader", []string{"handler hill"})
	o.book = NewBook(o.data)
	handOn := func(c *Case, m Moment) error { return c.HandOn(m.For(c)) }
	s.does("system", handOn)
	before := len(s.rec.events)
	s.does("system", handOn).does("system", handOn)
	if n := len(s.rec.events); n != before {
		t.Errorf("%d events more: %s", n-before, dump(s.c()))
	}
}
