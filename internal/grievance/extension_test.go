package grievance

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

// The petition of 30 September is due after 60 days, on Sunday 29 November, and
// so on Monday the 30th: an extension is added to the Sunday, and the sum is
// rolled once (Art. 34).
func TestAnExtensionIsAddedToTheUnrolledDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		days          int
		unrolled, due string
		provisional   bool
	}{
		{1, "2026-11-30", "2026-12-01 00:00", false},
		{5, "2026-12-04", "2026-12-05 00:00", false},
		{6, "2026-12-05", "2026-12-08 00:00", false},
		{26, "2026-12-25", "2026-12-26 00:00", false},
		{30, "2026-12-29", "2026-12-30 00:00", true},
	} {
		s := inHandling(t, newTestOffice(t)).at("2026-11-10 10:00").does("handler", extend(c.days)).does("leader", approve(1))
		k := s.clock(Handling)
		if k.DueUnrolled.String() != c.unrolled || inBeijing(k.DueAt) != c.due || k.Provisional != c.provisional {
			t.Errorf("%d days: due %s, unrolled %s, provisional %v", c.days, inBeijing(k.DueAt), k.DueUnrolled, k.Provisional)
		}
		x := s.rec.extensions
		if len(x) != 1 || x[0].Length.N != c.days || s.o.user(x[0].ApprovedBy) != "leader" || s.o.user(x[0].RequestedBy) != "handler" || x[0].Reason != "complex" {
			t.Errorf("%d days: the ledger holds %+v", c.days, x)
		}
	}
}

// A working day is added as a working day, where the rule counts in them.
func TestAnExtensionInWorkingDays(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.profile(ProfileWall, func(p *Profile) {
		i := slices.IndexFunc(p.Clocks, func(r ClockRule) bool { return r.Kind == Handling })
		p.Clocks[i].Extension = &ExtensionRule{Max: calendar.Length{N: 5, Unit: calendar.WorkingDay}, Times: 1, Source: "test"}
	})
	s := working(t, o, ByWall, "2026-10-12 09:00") // due on the 21st
	s.refuses("handler", "request.invalid", extend(6)).does("handler", extend(5)).does("leader", approve(1))
	if k := s.clock(Handling); inBeijing(k.DueAt) != "2026-10-29 00:00" {
		t.Errorf("due %s", inBeijing(k.DueAt))
	}
}

// Of the rungs before the due instant, those that the extension puts ahead again
// are climbed again; the rest of the ladder follows the new instant.
func TestAnExtensionArmsTheRungsAheadAgain(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).engine("2026-11-10 09:00").at("2026-11-10 10:00").does("handler", extend(30)).does("leader", approve(1))
	since := len(s.rec.events)
	s.engine("2027-03-01 00:00")
	want := []string{
		"reminded 2026-11-14 16:30 handling", "warned 2026-12-11 21:00 handling",
		"breached 2026-12-30 00:00 handling", "escalated 2026-12-30 00:00 handling leader*@station",
		"escalated 2026-12-31 00:00 handling supervisor@county", "escalated 2027-01-02 00:00 handling supervisor@city",
	}
	if got := s.told(since); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if first := s.rec.rungs[0]; first.DueVersion != 1 || first.Rung != 1 || s.rec.rungs[1].DueVersion != 2 || s.rec.rungs[1].Rung != 1 {
		t.Errorf("rungs %+v", s.rec.rungs[:2])
	}
}

func TestExtensionsRefused(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-11-10 10:00")
	for code, in := range map[string]Extending{
		"extension.too_long": {N: 31, Reason: "complex", Words: "复杂"},
		"reason.unknown":     {N: 30, Reason: "lazy", Words: "复杂"},
		"text.required":      {N: 30, Reason: "complex"},
	} {
		err := s.try("handler", func(c *Case, m Moment) error { return c.Extend(m, in) })
		if e, ok := errors.AsType[*Error](err); !ok || len(e.Fields) != 1 || e.Fields[0].Code != code {
			t.Errorf("%+v: got %v, want %s", in, err, code)
		}
	}
	s.refuses("handler", "request.invalid", extend(0)).refuses("handler", "request.invalid", extend(-1))
	s.does("handler", extend(30)).refuses("handler", "extension.pending", extend(1))
	s.does("leader", sendBack(1)).does("handler", extend(29)).does("leader", approve(2))
	s.refuses("handler", "extension.used", extend(1))

	other := func(kind ClockKind) deed {
		return func(c *Case, m Moment) error {
			k := s.clock(kind)
			return c.Extend(m, Extending{Clock: k.ID, N: 1, Reason: "complex", Words: "复杂"})
		}
	}
	s.refuses("handler", "request.invalid", other(Acceptance)) // it has stopped
	s.does("petitioner", withdraw).refuses("handler", "extension.not_allowed", other(SignOffStep))

	urgent := road()
	urgent.Urgency = LifeProperty
	hours := workingOn(t, newTestOffice(t), urgent, ByHotline, "2026-10-12 09:00")
	hours.refuses("handler", "extension.not_allowed", extend(1))
}

// Asked for at the due instant it is late, and so it is when the head signs then:
// the breach stands as it was judged, whatever is signed after.
func TestALateExtensionIsRefused(t *testing.T) {
	t.Parallel()
	asked := inHandling(t, newTestOffice(t)).at("2026-12-01 00:00").refuses("handler", "extension.late", extend(30))
	if asked.engine("2026-12-01 00:00"); asked.clock(Handling).BreachedAt == nil {
		t.Error("not breached")
	}
	s := inHandling(t, newTestOffice(t)).at("2026-11-30 23:59").does("handler", extend(30))
	s.at("2026-12-01 00:00").refuses("leader", "extension.late", approve(1))
	s.does("leader", sendBack(1))
	if k := s.clock(Handling); k.BreachedAt == nil || inBeijing(*k.BreachedAt) != "2026-12-01 00:00" || inBeijing(k.DueAt) != "2026-12-01 00:00" || k.ExtensionCount != 0 {
		t.Errorf("breached %v, due %s", k.BreachedAt, inBeijing(k.DueAt))
	}
	s.refuses("handler", "extension.late", extend(30))
	in := inHandling(t, newTestOffice(t)).at("2026-11-30 23:59").does("handler", extend(30)).at("2026-11-30 23:59:59.999999").does("leader", approve(1))
	if k := in.clock(Handling); k.BreachedAt != nil || inBeijing(k.DueAt) != "2026-12-30 00:00" {
		t.Errorf("signed in the last moment: due %s", inBeijing(k.DueAt))
	}
}

// A matter that is another kind of matter when the head signs has that kind's bounds.
func TestAnExtensionIsHeldToTheRuleOfTheDay(t *testing.T) {
	t.Parallel()
	in := road()
	in.Petition = true
	s := workingOn(t, newTestOffice(t), in, ByWeb, "2026-10-12 09:00").does("handler", extend(30))
	no := false
	s.does("clerk", classify(Classification{Petition: &no})).refuses("leader", "extension.not_allowed", approve(1))
	s.does("leader", sendBack(1)).does("handler", extend(15)).does("leader", approve(2))
}

func TestWhoAsksForAnExtension(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-11-10 10:00")
	for _, who := range []string{"handler_b", "leader", "station_head", "county_leader", "supervisor", "petitioner", "hill_clerk", "admin"} {
		s.refuses(who, "case.not_permitted", extend(5))
	}
	for _, who := range []string{"handler", "clerk", "clerk_b"} {
		asked := *s
		asked.does(who, extend(5))
		if c := asked.c(); c.Status != InHandling || asked.o.user(c.AwaitingUser) != "handler" || c.PendingSignOff != 0 || c.PendingExtension != 1 {
			t.Errorf("%s asks: %s, awaiting %s, pending %d and %d", who, c.Status, asked.o.user(c.AwaitingUser), c.PendingSignOff, c.PendingExtension)
		}
		asked.does("handler", contact).does("handler", submit) // nothing waits for it
	}
}

// The head of the unit signs, or who deputises for the head, or a head above.
func TestTheHeadSignsAnExtension(t *testing.T) {
	t.Parallel()
	soon := beijing("2026-11-10 09:00")
	deputise := func(o *testOffice) {
		until := beijing("2026-12-01 00:00")
		o.data.Appointments = append(slices.Clone(o.data.Appointments), Appointment{
			ID: id16[Appointment]("ab"), UserID: userID("deputy"), UnitID: unitID("river"), Role: RoleLeader, Head: true,
			From: soon, Until: &until, DeputyFor: id16[Appointment]("leader0"),
		})
		o.book = NewBook(o.data)
	}
	for _, c := range []struct {
		name    string
		prepare func(*testOffice)
		at      string // whose head is asked
		may     []string
		not     []string
	}{
		{"the head in office", nil, "river", []string{"leader", "county_leader", "city_leader"}, []string{"deputy", "station_head", "hill_leader", "supervisor", "jack_of_all"}},
		{"the head's deputy", deputise, "river", []string{"leader", "deputy"}, []string{"jack_of_all"}},
		{"a vacant seat", func(o *testOffice) { o.leaves("leader", soon) }, "county", []string{"county_leader", "city_leader"}, []string{"deputy", "leader"}},
		{"two vacant seats", func(o *testOffice) { o.leaves("leader", soon); o.leaves("county_leader", soon) }, "city", []string{"city_leader"}, []string{"deputy"}},
	} {
		o := newTestOffice(t)
		s := inHandling(t, o)
		if c.prepare != nil {
			c.prepare(o)
		}
		s.at("2026-11-10 10:00").does("handler", extend(30))
		if got := o.names[s.rec.signOffs[0].UnitID.String()]; got != c.at {
			t.Errorf("%s: the head of %s is asked, want %s", c.name, got, c.at)
		}
		if step := s.clock(SignOffStep); step.DebtorPost != (Post{UnitID: unitID(c.at), Role: RoleLeader, Head: true}) {
			t.Errorf("%s: %s owes the signature", c.name, o.post(step.DebtorPost))
		}
		for _, who := range c.not {
			s.refuses(who, "case.not_permitted", approve(1)).refuses(who, "case.not_permitted", sendBack(1))
		}
		for _, who := range c.may {
			signed := *s
			signed.does(who, approve(1))
		}
	}
}

// A head who handles or petitions signs no extension of that case; where nobody
// is left it cannot be asked for.
func TestNoHeadSignsTheirOwnExtension(t *testing.T) {
	t.Parallel()
	in := petition()
	in.PetitionerUser = userID("leader")
	o := newTestOffice(t)
	s := begin(t, o, "2026-09-30 09:00", "clerk", in)
	handled(s)
	s.at("2026-10-08 10:00").does("handler", extend(30)).refuses("leader", "signoff.own_work", approve(1)).does("county_leader", approve(1))

	alone := inHandling(t, o)
	for _, name := range []string{"leader", "county_leader", "city_leader"} {
		o.leaves(name, alone.now)
	}
	alone.refuses("handler", "signoff.nobody", extend(30))
}

// The petitioner is told by a notice of its own, whose service is recorded.
func TestThePetitionerIsToldOfAnExtension(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-11-10 10:00").does("handler", extend(30)).does("leader", approve(1))
	n := s.rec.notices[1]
	if n.Kind != NoticeOfExtension || !strings.HasPrefix(n.Number, "延〔2026〕") || s.rec.extensions[0].Notice != n.N || n.ServedAt != nil {
		t.Errorf("notice %+v", n)
	}
	s.at("2026-11-11 10:00").does("clerk", serve(n.N)).refuses("clerk", "notice.served", serve(n.N))
	if n := s.rec.notices[1]; n.ServedAt == nil || !n.ServedAt.Equal(s.now) {
		t.Errorf("served %v", n.ServedAt)
	}
}

// A request ends with the case: it waits for nobody, and its clock is owed no more.
func TestARequestLapsesWithTheCase(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-11-10 10:00").does("handler", extend(30)).does("handler", submit)
	step := s.rec.clocks[len(s.rec.clocks)-2]
	s.at("2026-11-11 10:00").does("leader", approve(2))
	asked := s.rec.signOffs[0]
	if asked.State != SignOffLapsed || asked.DecidedAt == nil || !asked.DecidedBy.IsZero() || s.rec.row.PendingExtension != 0 {
		t.Errorf("%+v, pending %d", asked, s.rec.row.PendingExtension)
	}
	for _, k := range s.rec.clocks {
		if k.ID == step.ID && k.State != Cancelled {
			t.Errorf("its clock is %s", k.State)
		}
	}
	s.refuses("leader", "signoff.decided", approve(1))
}

// working is a case that came through a channel, whose handler has it and has
// contacted the petitioner.
func working(t tb, o *testOffice, channel Channel, when string) *story {
	return workingOn(t, o, road(), channel, when)
}

func workingOn(t tb, o *testOffice, in Registration, channel Channel, when string) *story {
	t.Helper()
	in.Channel = channel
	s := begin(t, o, when, "clerk", in)
	handled(s)
	return s.does("handler", contact)
}

// dueNow gives the due instant of the newest clock of a kind.
func (s *story) dueNow(kind ClockKind) string {
	s.Helper()
	return inBeijing(s.clock(kind).DueAt)
}
