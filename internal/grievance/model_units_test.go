package grievance

import (
	"slices"

	"pgregory.net/rapid"
)

// disputes adds what units do with one another about a case.
func (m *model) disputes(t *rapid.T, ops map[string]deed) {
	unit := rapid.SampledFrom([]string{"river", "hill", "bureau", "station", "willow", "county"}).Draw(t, "unit")
	days := rapid.IntRange(0, 31).Draw(t, "working days")
	which := rapid.IntRange(1, max(1, m.rec.row.CoHandlerCount)).Draw(t, "co-handler")
	ops["object"], ops["consent"], ops["refuse"] = object, agree, refuse
	ops["designate"], ops["confer"] = designate(unit), confer(unit)
	ops["ask to help"] = func(c *Case, m Moment) error {
		return c.AskCoHandler(m, CoHandlingRequest{Unit: unitID(unit), Days: days, Words: "请协助"})
	}
	ops["help"], ops["let go"] = help(which), letGo(which)
}

// disputed is what takes an objection on that is open.
func (m *model) disputed() []string {
	o := m.c().objection()
	switch {
	case o == nil:
		return nil
	case o.State == ObjectionPending:
		return []string{"consent", "refuse", "refuse"}
	}
	return []string{"designate", "designate", "confer"}
}

// An objection is open alone, and its clock runs exactly while it waits; the
// objector keeps the case until it is settled, and who was designated is bound.
func (m *model) checkObjections(t *rapid.T) {
	c := m.c()
	var open []*Objection
	for i, o := range c.objections {
		if o.N != i+1 {
			t.Fatalf("objection %d has number %d", i+1, o.N)
		}
		if o.open() {
			open = append(open, o)
		}
		m.checkObjection(t, o)
	}
	if c.ObjectionCount != len(c.objections) || len(open) > 1 || (len(open) == 1) != (c.PendingObjection != 0) || !c.Status.Open() && len(open) > 0 {
		t.Fatalf("%s, objection %d pending of %d: open are %+v", c.Status, c.PendingObjection, c.ObjectionCount, open)
	}
	running := map[ClockKind]bool{Consent: len(c.running(Consent)) == 1, Jurisdiction: len(c.running(Jurisdiction)) == 1}
	if o := c.objection(); o == nil && (running[Consent] || running[Jurisdiction]) ||
		o != nil && (running[Consent] != (o.State == ObjectionPending) || running[Jurisdiction] != (o.State == ObjectionRaised)) {
		t.Fatalf("%v run for %+v", running, o)
	}
	if o := c.objection(); o != nil {
		m.checkKept(t, o)
	}
}

// checkObjection says how one came to stand as it does.
func (m *model) checkObjection(t *rapid.T, o *Objection) {
	decided := o.State == ObjectionDesignated
	if (o.DecidedAt != nil) != decided || decided == o.DesignatedUnitID.IsZero() || decided && o.RaisedAt == nil || (o.RaisedAt != nil) != !o.SuperiorUnitID.IsZero() {
		t.Fatalf("objection %+v", o)
	}
	if o.State == ObjectionPending && (o.AnsweredAt != nil || m.last == "engine" && !m.now.Before(m.c().consentClock().DueAt)) {
		t.Fatalf("objection %+v waits still at %s", o, m.now)
	}
	judges := []UserID{o.ObjectedBy, m.rec.row.PetitionerUserID}
	if !o.AnsweredBy.IsZero() && slices.Contains(judges, o.AnsweredBy) || decided && slices.Contains(append(judges, o.AnsweredBy), o.DecidedBy) {
		t.Fatalf("objection %+v was judged by who raised it", o)
	}
	bound := func(earlier *Objection) bool {
		return earlier.N < o.N && m.o.book.Current(earlier.DesignatedUnitID) == m.o.book.Unit(o.UnitID) && !earlier.DesignatedUnitID.IsZero()
	}
	if made := o.N > len(m.before.objections); made && slices.ContainsFunc(m.c().objections, bound) {
		t.Fatalf("a unit that was designated objects: %+v", o)
	}
}

// handled reports whether somebody has handled the case at any time.
func (m *model) handled(user UserID) bool {
	return slices.ContainsFunc(m.rec.events, func(e Event) bool {
		f, err := ReadFacts(e)
		return err == nil && e.Kind == EvAcknowledged && f.Handler == user
	})
}

// helped reports whether somebody has answered for a unit that was asked to help.
func (m *model) helped(user UserID) bool {
	return slices.ContainsFunc(m.before.coHandlers, func(h CoHandler) bool { return h.AnsweredBy == user })
}

// checkKept wants the case with the unit that objects, and what time or a sign-off
// alone does to go on.
func (m *model) checkKept(t *rapid.T, o *Objection) {
	c := m.c()
	unit, from := c.LeadUnitID, []Status{Registered}
	if o.On == ByAssignment {
		unit, from = c.HandlingUnitID, []Status{Assigned, InHandling}
	}
	if unit != o.UnitID || !slices.Contains(from, c.Status) || o.UnitID == o.SenderUnitID {
		t.Fatalf("%s with %s, to which %s objects by %+v", c.Status, m.o.names[unit.String()], m.o.names[o.UnitID.String()], o)
	}
	if want := o.waitsFor(c.deskRole()); c.PendingSignOff == 0 && (c.AwaitingPost != want || !c.AwaitingUser.IsZero()) {
		t.Fatalf("awaiting %s while the objection waits for %s", m.o.post(c.AwaitingPost), m.o.post(want))
	}
}

// Each unit that is asked to help has one clock until it has answered, was let go
// or the round has ended.
func (m *model) checkCoHandlers(t *rapid.T) {
	c := m.c()
	asked := c.asked()
	if c.OpenCoHandlers != len(asked) || c.CoHandlerCount != len(c.coHandlers) || len(c.running(CoHandling)) != len(asked) || !c.Status.Open() && len(asked) > 0 {
		t.Fatalf("%s: %d of %d have still to help, %d clocks run: %+v", c.Status, c.OpenCoHandlers, c.CoHandlerCount, len(c.running(CoHandling)), asked)
	}
	for _, h := range c.coHandlers {
		if (h.State == CoHandlerAnswered) != (h.AnsweredAt != nil) || (h.State == CoHandlerReleased) != (h.ReleasedAt != nil) {
			t.Fatalf("co-handler %+v", h)
		}
	}
}
