package grievance

import (
	"slices"
	"testing"
)

// accusing is an accusation that names some, by user, by unit or in words.
func accusing(others ...Party) Registration {
	in := petition()
	in.Nature, in.Others = Accusation, others
	for i := range in.Others {
		in.Others[i].Kind = PersonNamed
	}
	return in
}

// An accusation goes from its first instant to the inspectors of the nearest unit
// above all whom it names, however they are named (Art. 30).
func TestAnAccusationGoesAboveThoseItNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		others []Party
		by     string
		desk   string
	}{
		"a person by id":                  {[]Party{{User: userID("leader")}}, "clerk", "county"},
		"a unit by id":                    {[]Party{{Unit: unitID("willow")}}, "clerk", "county"},
		"a person by name":                {[]Party{{Name: " village _head"}}, "hill_clerk", "hill"},
		"a unit by name":                  {[]Party{{Name: "station"}}, "clerk", "county"},
		"somebody nobody knows":           {[]Party{{Name: "某某某"}}, "clerk", "county"},
		"one below an inspector":          {[]Party{{User: userID("village_head")}}, "hill_clerk", "hill"},
		"two under different townships":   {[]Party{{User: userID("village_head")}, {User: userID("handler")}}, "clerk", "county"},
		"one of the county":               {[]Party{{User: userID("supervisor")}}, "clerk", "city"},
		"the inspector of the next level": {[]Party{{User: userID("inspector")}}, "clerk", "city"},
		"a citizen who holds no post":     {[]Party{{User: userID("other_petitioner")}}, "clerk", "county"},
	} {
		for i := range c.others {
			if c.others[i].Name == " village _head" {
				c.others[i].Name = testName("village_head")
			}
		}
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", c.by, accusing(c.others...))
		got := s.c()
		if !got.Shielded || got.LeadUnitID != unitID(c.desk) || got.OriginUnitID != unitID(c.desk) {
			t.Errorf("%s: shielded %t, at %s", name, got.Shielded, s.o.post(Post{UnitID: got.LeadUnitID}))
		}
		m := s.o.moment("system", s.now).For(got)
		if m.Book.Bars(got.Responsible, s.now) || got.ResponsiblePost.UnitID != unitID(c.desk) {
			t.Errorf("%s: %s answers for it as %s", name, s.o.user(got.Responsible), s.o.post(got.ResponsiblePost))
		}
		for _, u := range s.rec.units {
			if m.Book.BarsUnit(u.UnitID) && u.Part != PartArea {
				t.Errorf("%s: %s takes part as %s", name, s.o.post(Post{UnitID: u.UnitID}), u.Part)
			}
		}
	}
}

// testName is what a person of the test office is called.
func testName(who string) string { return newTestOffice(fatal{}).book.User(userID(who)).Name }

// fatal is a tb for what cannot fail.
type fatal struct{}

func (fatal) Helper()               {}
func (fatal) Fatal(...any)          { panic("fatal") }
func (fatal) Fatalf(string, ...any) { panic("fatal") }

// Above the highest unit there is nobody who could take what is said of it, and what
// nobody can take is refused before anything is kept.
func TestNobodyIsAboveTheRoot(t *testing.T) {
	t.Parallel()
	s := &story{tb: t, o: newTestOffice(t), now: beijing("2026-11-20 10:00")}
	if err := s.register("clerk", accusing(Party{User: userID("city_leader")})); CodeOf(err) != "accusation.nobody_above" {
		t.Errorf("accusing the root: %v", err)
	}
	s = begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", accusing(Party{User: userID("leader")}))
	s.refuses("inspector", "accusation.nobody_above", nameUser("city_leader"))
	demand := petition()
	demand.Others = []Party{{Kind: PersonNamed, User: userID("city_leader")}}
	begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", demand).
		refuses("clerk", "accusation.nobody_above", classify(Classification{Nature: Accusation}))
}

// Whoever bears the name is meant, but not beyond the neighbourhood of the desk; and
// the desk itself is meant only where somebody is above it.
func TestNamesAreMatchedNearby(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	for i := range o.data.Users {
		if o.data.Users[i].ID == userID("hill_handler") || o.data.Users[i].ID == userID("handler") {
			o.data.Users[i].Name = "王伟"
		}
	}
	o.book = NewBook(o.data)
	for desk, want := range map[string][]UserID{"river": {userID("handler")}, "hill": {userID("hill_handler")}} {
		if users, units := o.book.called("王 伟", unitID(desk)); !slices.Equal(users, want) || len(units) > 0 {
			t.Errorf("near %s: %v %v", desk, users, units)
		}
	}
	if users, _ := o.book.called("王伟", unitID("bureau")); len(users) != 2 {
		t.Errorf("from beside both: %v", users)
	}
	if c := begin(t, o, "2026-11-20 10:00", "system", accusing(Party{Name: "某某某"})).c(); len(c.Shields()) > 1 {
		t.Errorf("shields %+v", c.Shields())
	}
}

// In an accusation nobody who is barred can do anything, or be given anything, and
// the inspectors do what a desk and its handlers do.
func TestBehindTheShield(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "courier", accusing(Party{User: userID("leader")}))
	for _, who := range []string{"clerk", "station_clerk", "handler", "leader", "deputy", "station_head", "courier", "grid_worker"} {
		for op, do := range operations(s.c()) {
			if err := s.try(who, do); KindOf(err) != Forbidden && KindOf(err) != NotFound {
				t.Errorf("%s may %s: %v", who, op, err)
			}
		}
	}
	s.refuses("county_clerk", "case.not_permitted", accept(onTheSpot)).does("inspector", accept(onTheSpot))
	s.refuses("inspector", "unit.barred", assign("river", "")).refuses("inspector", "unit.barred", assign("station", "handler"))
	s.refuses("inspector", "unit.barred", askToHelp("station")).does("inspector", askToHelp("bureau")).does("bureau_handler", help(1))
	s.does("inspector", assign("county", "inspector")).does("inspector", acknowledge).does("inspector", contact).does("inspector", submit)
	s.refuses("leader", "signoff.own_work", approve(1)).refuses("deputy", "case.not_permitted", approve(1)).does("county_leader", approve(1))
	if c := s.c(); c.Status != Closed || c.Responsible != userID("inspector") {
		t.Fatalf("%s", dump(c))
	}
	s.at("2026-11-20 12:00").does("petitioner", rate)
}

// What time brings goes past whoever is barred.
func TestEscalationsPassTheAccused(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", accusing(Party{User: userID("hill_leader")}))
	s.engine("2027-03-01 10:00")
	m := s.o.moment("system", s.now).For(s.c())
	if len(s.rec.escalations) == 0 {
		t.Fatal("nothing was escalated")
	}
	for _, e := range s.rec.escalations {
		if m.Book.BarsUnit(e.TargetPost.UnitID) || e.Unroutable {
			t.Errorf("an escalation stands at %s", s.o.post(e.TargetPost))
		}
	}
}

// Wherever a case stands when it turns out to be an accusation of those who have it,
// it is theirs no more: nothing that waits, waits for them.
func TestTheShieldRisesInEveryState(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		s := begin(t, newTestOffice(t), "2026-09-30 09:00", "clerk", petition())
		sc.tell(s.at("2026-09-30 09:30"))
		s.does("system", escalateNow)
		status := s.c().Status
		s.does("inspector", nameUnit("river"))
		s.rec.row.Nature = Accusation // by an inspector who may not reclassify in every state
		s.does("inspector", nameUser("deputy"))
		c := s.c()
		m := s.o.moment("system", s.now).For(c)
		if !c.Shielded || c.LeadUnitID != unitID("county") || c.Responsible != userID("inspector") {
			t.Errorf("%s: %s", sc.name, dump(c))
		}
		if status.Open() != c.Status.Open() || c.PendingSignOff+c.PendingExtension+c.PendingObjection+c.OpenCoHandlers+c.Suspension != 0 {
			t.Errorf("%s: was %s, is %s, waits for %d %d %d %d", sc.name, status, c.Status, c.PendingSignOff, c.PendingExtension, c.PendingObjection, c.OpenCoHandlers)
		}
		for _, k := range c.running() {
			if m.Book.BarsUnit(k.DebtorPost.UnitID) || m.Book.Bars(k.DebtorUser, s.now) {
				t.Errorf("%s: %s is owed by %s", sc.name, k.Kind, s.o.post(k.DebtorPost))
			}
		}
		for _, e := range s.rec.escalations {
			if e.State != EscalationResolved && m.Book.BarsUnit(e.TargetPost.UnitID) {
				t.Errorf("%s: an escalation stands at %s", sc.name, s.o.post(e.TargetPost))
			}
		}
		if m.Book.BarsUnit(c.AwaitingPost.UnitID) || m.Book.Bars(c.AwaitingUser, s.now) || m.Book.Bars(c.Handler, s.now) && c.Status.Open() {
			t.Errorf("%s: awaiting %s of %s", sc.name, s.o.user(c.AwaitingUser), s.o.post(c.AwaitingPost))
		}
	}
}

// A review goes on behind the shield: its opinion, which was before a leader, is written
// anew by inspectors of the organ, and signed.
func TestAReviewGoesOnBehindTheShield(t *testing.T) {
	t.Parallel()
	s := answered(t, petition())
	s.does("petitioner", askReview).does("county_clerk", review(1, Upheld)).does("inspector", nameUnit("river"))
	s.rec.row.Nature = Accusation
	s.does("inspector", nameUser("deputy"))
	if p := s.rec.proceedings[0]; p.State != ProceedingOpen || s.c().PendingSignOff != 0 {
		t.Fatalf("the review is %s, sign-off %d is open", p.State, s.c().PendingSignOff)
	}
	s.does("inspector", review(1, Changed)).does("county_leader", approve(3))
	if p, c := s.rec.proceedings[0], s.c(); p.State != ProceedingDecided || !c.Status.Open() || !c.Shielded {
		t.Errorf("%s of a case that is %s", p.State, c.Status)
	}
}

// Who takes an accusation where the last inspector has left owes what they answer for.
func TestWhoStandsInForInspectorsOwes(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", accusing(Party{User: userID("leader")}))
	s.o.leaves("inspector", s.now)
	s.does("county_clerk", accept(AcceptanceDecision{}))
	if c, k := s.c(), s.clock(Handling); c.Responsible != userID("county_clerk") || k.DebtorUser != c.Responsible {
		t.Errorf("%s answers, %s owes", s.o.user(c.Responsible), s.o.user(k.DebtorUser))
	}
}

func escalateNow(c *Case, m Moment) error {
	return c.escalate(m, escalation{level: 1, cause: Urgent, at: m.Now, unit: unitID("river")})
}

// A name that nobody bears takes nothing from inspectors who have the case; one that
// somebody bears takes it from theirs.
func TestNamesGivenLater(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", accusing(Party{User: userID("leader")}))
	s.does("inspector", nameWord("某某某"))
	if c := s.c(); c.LeadUnitID != unitID("county") || len(c.Shields()) != 0 || c.PartyCount != 2 {
		t.Fatalf("%s", dump(c))
	}
	s.does("inspector", nameWord("county"))
	if c := s.c(); c.LeadUnitID != unitID("city") || c.Responsible != userID("city_leader") {
		t.Errorf("%s", dump(c))
	}
}

// Reclassifying raises the shield and lifts it; persons named stay recused (Art. 28).
func TestTheShieldFollowsTheNature(t *testing.T) {
	t.Parallel()
	in := petition()
	in.Others = []Party{{Kind: PersonNamed, User: userID("station_head")}}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	if s.c().Shielded || s.c().LeadUnitID != unitID("river") {
		t.Fatal("a demand is shielded")
	}
	s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler")).does("handler", acknowledge)
	s.does("clerk", classify(Classification{Nature: Accusation}))
	if c := s.c(); !c.Shielded || c.LeadUnitID != unitID("county") || c.Status != Accepted {
		t.Fatalf("an accusation: %s", dump(c))
	}
	s.refuses("handler", "case.not_permitted", note).does("inspector", classify(Classification{Nature: Demand}))
	if c := s.c(); c.Shielded || c.LeadUnitID != unitID("county") {
		t.Fatalf("a demand again: %s", dump(c))
	}
	s.does("county_clerk", assign("station", "")).does("handler", acknowledge).refuses("station_head", "case.recused", note)
}

// A person named who comes to another post takes the shield there.
func TestTheShieldFollowsThePerson(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := begin(t, o, "2026-11-20 10:00", "clerk", accusing(Party{User: userID("village_head")}))
	if m := o.moment("system", s.now).For(s.c()); m.Book.BarsUnit(unitID("station")) || !m.Book.BarsUnit(unitID("stone")) {
		t.Fatal("the wrong units are barred")
	}
	o.employ("village_head", []string{"leader station"})
	o.book = NewBook(o.data)
	if m := o.moment("system", s.now).For(s.c()); !m.Book.BarsUnit(unitID("station")) || !m.Book.Bars(userID("handler"), s.now) {
		t.Error("the new unit is not barred")
	}
}

// The petitioner's own word counts, whoever is named; a petitioner who works for the
// accused does nothing else to the case.
func TestAPetitionerWhoWorksForTheAccused(t *testing.T) {
	t.Parallel()
	in := accusing(Party{User: userID("county_leader")})
	in.PetitionerUser = userID("leader")
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	s.does("leader", withdraw).refuses("leader", "case.not_permitted", escalate)
}
