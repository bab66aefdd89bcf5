package grievance

import "testing"

// raised is an objection to a forward from river to hill that river has refused.
func raised(t *testing.T, o *testOffice) *story {
	t.Helper()
	return sentTo(t, o).does("hill_clerk", object).at("2026-10-15 09:00").does("clerk", refuse)
}

// Whomever the common superior designates has the case, and cannot object to it
// again; whoever answered for it does until the unit has acknowledged it.
func TestTheCommonSuperiorDesignates(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]struct{ desk, owes string }{
		"hill":   {"hill", "acceptance clerk@hill"},     // it stays
		"stone":  {"hill", "acceptance clerk@hill"},     // a village decides nothing
		"river":  {"river", "acceptance clerk@river"},   // back to the sender
		"bureau": {"bureau", "acceptance clerk@bureau"}, // a third
	} {
		s := raised(t, newTestOffice(t))
		s.wants("owed", s.owed(), []string{"acceptance clerk@hill", "jurisdiction leader@county"})
		s.wants("awaiting", []string{s.o.post(s.c().AwaitingPost)}, []string{"leader@county"})
		s.at("2026-10-16 09:00").does("county_leader", designate(unit))
		c := s.c()
		if c.LeadUnitID != unitID(want.desk) || c.Status != Registered || s.o.user(c.Responsible) != "clerk" || s.rec.objections[0].DesignatedUnitID != unitID(want.desk) {
			t.Errorf("%s: %s", unit, dump(c))
		}
		s.wants(unit, s.owed(), []string{want.owes})
		clerk := map[string]string{"hill": "hill_clerk", "river": "clerk", "bureau": "bureau_clerk"}[want.desk]
		s.refuses(clerk, "objection.designated", object).does(clerk, accept(onTheSpot))
	}
}

// A designation binds the unit whenever the case comes to it again.
func TestADesignationBindsForGood(t *testing.T) {
	t.Parallel()
	s := raised(t, newTestOffice(t)).does("county_leader", designate("bureau")).does("bureau_clerk", forward("hill"))
	s.does("hill_clerk", object).does("bureau_clerk", agree).does("bureau_clerk", forward("river"))
	s.does("clerk", forward("bureau")).refuses("bureau_clerk", "objection.designated", object)
	if c := s.c(); c.ObjectionCount != 2 || len(s.rec.objections) != 2 {
		t.Errorf("%d objections counted, %d kept", c.ObjectionCount, len(s.rec.objections))
	}
}

// A dispute over an assignment is decided above the desk, which would judge itself
// else. An accepted case stays accepted, and its sixty days run on.
func TestDesignationOfAnAssignedCase(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]struct {
		status         Status
		lead, handling string
		owes           []string
	}{
		"station": {InHandling, "river", "station", []string{"first_contact handler", "handling handler"}},
		"river":   {Accepted, "river", "-", []string{"first_contact clerk", "handling clerk"}},
		"bureau":  {Accepted, "bureau", "-", []string{"first_contact bureau_clerk", "handling bureau_clerk"}},
		"willow":  {Assigned, "river", "willow", []string{"first_contact handler", "handling handler", "acknowledgement handler@willow"}},
	} {
		o := newTestOffice(t)
		o.employs("village_head", "willow", RoleClerk, longAgo)
		s := begin(t, o, "2026-10-14 09:00", "clerk", petition())
		handled(s)
		due := s.dueNow(Handling)
		s.does("handler", object).refuses("county_leader", "request.invalid", designate("station")).does("clerk", refuse)
		s.refuses("leader", "case.not_permitted", designate("river"))
		s.does("county_leader", designate(unit))
		c := s.c()
		if c.Status != want.status || s.o.names[c.LeadUnitID.String()] != want.lead || s.o.names[c.HandlingUnitID.String()] != want.handling {
			t.Errorf("%s: %s", unit, dump(c))
		}
		s.wants(unit, s.owed(), want.owes)
		s.wants("due", []string{s.dueNow(Handling)}, []string{due})
	}
}

func TestDesignationsRefused(t *testing.T) {
	t.Parallel()
	s := sentTo(t, newTestOffice(t)).refuses("clerk", "not_found", agree).does("hill_clerk", object)
	for _, do := range []deed{designate("bureau"), decideOn(func(*ObjectionDecision) {}), confer("bureau")} {
		s.refuses("clerk", "request.invalid", do)
	}
	s.refuses("county_leader", "case.not_permitted", designate("bureau"))
	s.does("clerk", refuse)
	for _, do := range []deed{agree, confer("bureau"), designate("nowhere"), decideOn(func(*ObjectionDecision) {})} {
		s.refuses("county_leader", "request.invalid", do)
	}
	s.refuses("leader", "case.not_permitted", designate("river")).refuses("supervisor", "case.not_permitted", designate("river"))
	s.o.leaves("bureau_clerk", s.now)
	s.o.leaves("bureau_head", s.now)
	s.refuses("county_leader", "unit.unstaffed", designate("bureau"))
	s.does("city_leader", designate("hill")).refuses("county_leader", "objection.decided", designate("river"))
}

// A superior whose only leader may not judge leaves it to the next organ above.
func TestTheNextOrganDecidesForALeaderWhoMayNot(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	in := petition()
	in.PetitionerUser = userID("county_leader")
	s := begin(t, o, "2026-10-14 09:00", "clerk", in).does("clerk", forward("hill")).does("hill_clerk", object).does("clerk", refuse)
	s.wants("owed", s.owed(), []string{"acceptance clerk@hill", "jurisdiction leader@city"})
	s.refuses("county_leader", "case.not_permitted", designate("hill")).does("city_leader", designate("hill"))
}

// Nobody is above two roots, nor above a root: a joint conference decides, and its
// minutes are kept.
func TestTheJointConference(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.founds("province", "zone")
	o.promotes("other_petitioner", "province", longAgo)
	o.employs("hill_inspector", "zone", RoleClerk, longAgo)
	s := begin(t, o, "2026-10-14 09:00", "clerk", petition()).does("clerk", forward("zone")).does("hill_inspector", object).does("clerk", refuse)
	s.wants("owed", s.owed(), []string{"acceptance clerk@zone", "jurisdiction leader@city"})
	s.refuses("county_leader", "case.not_permitted", confer("hill")).refuses("city_leader", "request.invalid", designate("hill"))
	copyOf(s).does("city_supervisor", confer("hill"))
	s.does("other_petitioner", confer("zone"))
	last := s.rec.texts[len(s.rec.texts)-1]
	if x := s.rec.objections[0]; !x.Conference || x.SuperiorUnitID != unitID("city") || last.Kind != TextMinutes {
		t.Errorf("decided as %+v with %s", x, last.Kind)
	}

	above := newTestOffice(t)
	above.employs("admin", "city", RoleClerk, longAgo)
	s = begin(t, above, "2026-10-14 09:00", "clerk", petition()).does("clerk", forward("city")).does("admin", forward("hill"))
	s.does("hill_clerk", object).does("admin", refuse).does("city_leader", confer("hill"))
}
