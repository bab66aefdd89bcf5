package grievance

import (
	"slices"
	"testing"
)

// Who signs is found by climbing to the next organ with a leader who neither
// wrote nor handled it.
func TestWhoSigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		gone    []string
		handler string
		want    string // whose leader signs, "" for nobody
	}{
		{"a station is no organ", nil, "handler", "river"},
		{"the other leader signs what one handled", []string{"leader"}, "jack_of_all", "river"},
		{"nobody signs their own work", []string{"leader", "deputy"}, "jack_of_all", "county"},
		{"somebody else's work they may", []string{"leader", "deputy"}, "handler", "river"},
		{"a vacant seat passes it up", []string{"leader", "deputy", "jack_of_all"}, "handler", "county"},
		{"and further", []string{"leader", "deputy", "jack_of_all", "county_leader"}, "handler", "city"},
		{"to nobody", []string{"leader", "deputy", "jack_of_all", "county_leader", "city_leader"}, "handler", ""},
	} {
		o := newTestOffice(t)
		s := begin(t, o, "2026-11-20 10:00", "clerk", road()).does("clerk", accept(onTheSpot))
		s.does("clerk", assign("station", c.handler)).does(c.handler, acknowledge).at("2026-11-20 10:10")
		for _, name := range c.gone {
			o.leaves(name, s.now)
		}
		if c.want == "" {
			s.refuses(c.handler, "signoff.nobody", submit).refuses("petitioner", "signoff.nobody", withdraw)
			continue
		}
		s.does(c.handler, submit)
		if got := o.names[s.rec.signOffs[0].UnitID.String()]; got != c.want || s.c().AwaitingPost.UnitID != unitID(c.want) {
			t.Errorf("%s: %s signs, want %s", c.name, got, c.want)
		}
	}
}

// One person may hold many posts: each act is in the one that gives the right.
func TestTheActorOfManyPosts(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "jack_of_all", road())
	for _, x := range []struct {
		do   deed
		post string
	}{
		{accept(onTheSpot), "clerk@river"}, {assign("station", "jack_of_all"), "clerk@river"}, {acknowledge, "handler@station"},
		{contact, "handler@station"}, {note, "handler@station"}, {reissue, "clerk@river"}, {submit, "handler@station"},
	} {
		since := len(s.rec.events)
		s.does("jack_of_all", x.do)
		if got := s.o.post(s.rec.events[since].Post); got != x.post {
			t.Errorf("%s as %s, want %s", s.rec.events[since].Kind, got, x.post)
		}
	}
	s.refuses("jack_of_all", "signoff.own_work", approve(1)).refuses("jack_of_all", "signoff.own_work", sendBack(1))
	s.does("deputy", approve(1)).refuses("leader", "signoff.decided", approve(1)).refuses("clerk", "case.not_permitted", approve(1))
	s.refuses("jack_of_all", "case.not_permitted", rate)
}

// Rule 3: nobody signs off a case in which they have an interest.
func TestALeaderDoesNotSignTheirOwnPetition(t *testing.T) {
	t.Parallel()
	in := road()
	in.PetitionerUser = userID("leader")
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in).does("clerk", decline)
	s.refuses("leader", "signoff.own_work", approve(1)).does("deputy", approve(1))

	o := newTestOffice(t)
	for _, name := range []string{"deputy", "jack_of_all"} {
		o.leaves(name, beijing("2026-11-20 09:00"))
	}
	s = begin(t, o, "2026-11-20 10:00", "clerk", in).does("clerk", decline)
	if got := o.post(s.c().AwaitingPost); got != "leader@county" {
		t.Errorf("awaiting %s", got)
	}
}

// Who has proved to be the petitioner by the query code, without an account,
// may do what a petitioner may, with this case and no other.
func TestThePetitionerByQueryCode(t *testing.T) {
	t.Parallel()
	in := road()
	in.PetitionerUser = UserID{}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	as := func(proved CaseID, do deed) deed {
		return func(c *Case, m Moment) error {
			m.By.Proved = proved
			return do(c, m)
		}
	}
	mine, other := s.rec.row.ID, id16[Case]("another")
	for _, do := range []deed{withdraw, rate, dispute} {
		s.refuses("anonymous", "case.not_permitted", as(other, do)).refuses("anonymous", "case.not_permitted", do)
	}
	s.refuses("anonymous", "case.state", as(mine, rate)).refuses("anonymous", "case.not_permitted", as(mine, decline))
	s.does("anonymous", as(mine, withdraw)).refuses("anonymous", "case.not_permitted", as(mine, approve(1))).does("leader", approve(1))
}

// Returned to a handler who has left, a case is for another to acknowledge: the
// return is what started that clock, and says so.
func TestAReturnToALeaverStartsAClock(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).at("2026-10-09 10:00").does("handler", submit)
	s.o.leaves("handler", s.now)
	s.does("system", handOn).at("2026-10-09 11:00").does("leader", sendBack(1))
	c := s.c()
	k := c.clocks[len(c.clocks)-1]
	x, err := Explain(s.o.book, c, k)
	if err != nil {
		t.Fatal(err)
	}
	clockEvents := slices.DeleteFunc(slices.Clone(s.rec.events), func(e Event) bool { return !slices.Contains(ClockEvents, e.Kind) })
	if err := x.Trace(clockEvents); err != nil || k.Kind != Acknowledgement || x.Start.Event != EvReturned {
		t.Errorf("%s was started by %q, %v", k.Kind, x.Start.Event, err)
	}
}
