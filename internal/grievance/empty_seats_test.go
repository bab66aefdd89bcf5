package grievance

import (
	"slices"
	"testing"
	"time"
)

// appoints gives the person one more post: "role unit", with "head".
func (o *testOffice) appoints(name, post string) {
	was := len(o.data.Users)
	o.employ(name, []string{post})
	last := &o.data.Appointments[len(o.data.Appointments)-1]
	last.ID = id16[Appointment](name + post)
	o.data.Users = o.data.Users[:was]
	o.rebuild()
}

// deputises makes the person the deputy of a leader for a period.
func (o *testOffice) deputises(name, leader string, from, until time.Time) {
	posts := o.book.AppointmentsOf(userID(leader))
	of := posts[slices.IndexFunc(posts, func(a Appointment) bool { return a.Role == RoleLeader })]
	o.data.Appointments = append(slices.Clone(o.data.Appointments), Appointment{
		ID: id16[Appointment](name + " for " + leader), UserID: userID(name), UnitID: of.UnitID, Role: of.Role, Head: of.Head,
		From: from, Until: &until, DeputyFor: of.ID,
	})
	o.rebuild()
}

func (o *testOffice) disables(name string, at time.Time) {
	o.data.Users = slices.Clone(o.data.Users)
	for i, u := range o.data.Users {
		if u.ID == userID(name) {
			o.data.Users[i].DisabledAt = &at
		}
	}
	o.rebuild()
}

func (o *testOffice) rebuild() {
	o.data.Version++
	o.book = NewBook(o.data)
}

// handledBy brings a case to a handler of the station.
func handledBy(t tb, o *testOffice, handler string, in Registration) *story {
	t.Helper()
	s := begin(t, o, "2026-09-30 09:00", "clerk", in)
	return s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", handler)).does(handler, acknowledge)
}

func escalateTo(level int) deed {
	return func(c *Case, m Moment) error {
		return c.EscalateByHand(m, EscalationRequest{Level: level, Reason: "risk", Words: "存在风险"})
	}
}

func (s *story) lastTarget() string {
	e := s.rec.escalations[len(s.rec.escalations)-1]
	if e.Unroutable {
		return s.o.post(e.TargetPost) + " unroutable"
	}
	return s.o.post(e.TargetPost)
}

const (
	asked  = "2026-10-08 10:00"
	before = "2026-10-01 00:00"
	after  = "2026-10-20 00:00"
)

// What an empty seat is called on for passes to the next superior who can take
// it, whatever has emptied it.
func TestEmptySeats(t *testing.T) {
	t.Parallel()
	heads := []string{"station_head", "leader", "county_leader", "city_leader"}
	supervisors := []string{"supervisor", "city_supervisor"}
	for name, c := range map[string]struct {
		empty func(*testOffice)
		want  []string // the targets of levels 1 to 3
	}{
		"every seat taken": {func(*testOffice) {}, []string{"leader*@station", "supervisor@county", "supervisor@city"}},
		"the head left": {func(o *testOffice) { o.leaves("station_head", beijing(asked)) },
			[]string{"leader*@river", "supervisor@county", "supervisor@city"}},
		"the head leaves in a moment": {func(o *testOffice) { o.leaves("station_head", beijing(asked).Add(time.Microsecond)) },
			[]string{"leader*@station", "supervisor@county", "supervisor@city"}},
		"the head disabled": {func(o *testOffice) { o.disables("station_head", beijing(asked)) },
			[]string{"leader*@river", "supervisor@county", "supervisor@city"}},
		"the next head too": {func(o *testOffice) {
			o.disables("station_head", beijing(before))
			o.leaves("leader", beijing(before))
		}, []string{"leader*@county", "supervisor@county", "supervisor@city"}},
		"the supervisor disabled": {func(o *testOffice) { o.disables("supervisor", beijing(asked)) },
			[]string{"leader*@station", "supervisor@city", "supervisor@city"}},
		"the unit merged": {func(o *testOffice) { o.merges("station", "hill", beijing(asked)) },
			[]string{"leader*@hill", "supervisor@county", "supervisor@city"}},
		"no supervisor left": {func(o *testOffice) {
			for _, who := range supervisors {
				o.disables(who, beijing(before))
			}
		}, []string{"leader*@station", "supervisor@city unroutable", "supervisor@city unroutable"}},
		"nobody left": {func(o *testOffice) {
			for _, who := range append(slices.Clone(heads), supervisors...) {
				o.leaves(who, beijing(before))
			}
		}, []string{"leader*@city unroutable", "supervisor@city unroutable", "supervisor@city unroutable"}},
	} {
		for level, want := range c.want {
			o := newTestOffice(t)
			s := handledBy(t, o, "handler", petition())
			c.empty(o)
			s.at(asked).does("system", func(c *Case, m Moment) error {
				return c.escalate(m, escalation{level: level + 1, cause: Reported, at: m.Now, unit: c.HandlingUnitID})
			})
			if got := s.lastTarget(); got != want {
				t.Errorf("%s: level %d reaches %s, want %s", name, level+1, got, want)
			}
		}
	}
}

// No circle in the tree, of superiors or of successors, holds a search up.
func TestNoCircleLoopsAnEscalation(t *testing.T) {
	t.Parallel()
	circles := map[string]func(*Unit){
		"city":    func(u *Unit) { u.ParentID = unitID("grid") },
		"county":  func(u *Unit) { u.ParentID = unitID("county") },
		"river":   func(u *Unit) { u.ParentID = unitID("station") },
		"station": func(u *Unit) { u.SuccessorID = unitID("station") },
	}
	for name, bend := range circles {
		for _, manned := range []bool{true, false} {
			o := newTestOffice(t)
			s := handledBy(t, o, "handler", petition())
			if !manned {
				for _, who := range []string{"station_head", "leader", "county_leader", "city_leader", "supervisor", "city_supervisor"} {
					o.leaves(who, beijing(before))
				}
			}
			o.data.Units = slices.Clone(o.data.Units)
			for i := range o.data.Units {
				if o.data.Units[i].Name == name {
					bend(&o.data.Units[i])
				}
			}
			o.rebuild()
			for level := 1; level <= MaxLevel; level++ {
				s.at(asked).does("system", func(c *Case, m Moment) error {
					return c.escalate(m, escalation{level: level, cause: Reported, at: m.Now, unit: c.HandlingUnitID})
				})
				if e := s.rec.escalations[level-1]; !manned && !e.Unroutable {
					t.Errorf("%s: level %d reaches %s, where nobody is", name, level, s.lastTarget())
				}
			}
			s.does("system", strand)
			o.book.Stranded(unitID("city"), RoleLeader, s.now)
		}
	}
}

// A head who handles the case, or whose matter it is, is passed over.
func TestARecusedHeadIsPassedOver(t *testing.T) {
	t.Parallel()
	own := road()
	own.PetitionerUser = userID("station_head")
	for name, tell := range map[string]func(o *testOffice) *story{
		"the head handles it": func(o *testOffice) *story {
			o.appoints("station_head", "handler station")
			return handledBy(t, o, "station_head", road())
		},
		"the head filed it": func(o *testOffice) *story { return handledBy(t, o, "handler", own) },
	} {
		o := newTestOffice(t)
		s := tell(o).at("2026-09-30 10:00")
		s.does("clerk", escalateTo(1))
		if got := s.lastTarget(); got != "leader*@river" {
			t.Errorf("%s: reaches %s", name, got)
		}
		s.refuses("station_head", "escalation.not_yours", takeUp(0))
		s.does("leader", takeUp(0)).does("leader", resolve(0))
		for _, who := range []string{"leader", "county_leader", "city_leader"} {
			o.leaves(who, s.now)
		}
		s.at("2026-09-30 10:01").does("clerk", escalateTo(1))
		if got := s.lastTarget(); got != "leader*@city unroutable" {
			t.Errorf("%s, and no other left: reaches %s", name, got)
		}
		s.refuses("station_head", "escalation.own_work", takeUp(1))
	}
}

// Of the holders of a seat the one who handles the case may not take what has
// reached it; the deputy may, for as long as the period lasts.
func TestADeputyTakesWhatTheLeaderMayNot(t *testing.T) {
	t.Parallel()
	from, until := beijing("2026-09-30 12:00"), beijing("2026-09-30 14:00")
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{from.Add(-time.Microsecond), "leader*@river"}, {from, "leader*@station"},
		{until.Add(-time.Microsecond), "leader*@station"}, {until, "leader*@river"},
	} {
		o := newTestOffice(t)
		o.appoints("station_head", "handler station")
		o.appoints("handler_b", "leader station")
		s := handledBy(t, o, "station_head", road())
		o.deputises("handler_b", "station_head", from, until)
		s.now = c.at
		s.does("station_head", escalateTo(1))
		if got := s.lastTarget(); got != c.want {
			t.Errorf("at %v: reaches %s, want %s", c.at, got, c.want)
		}
		if c.want == "leader*@river" {
			s.refuses("handler_b", "escalation.not_yours", takeUp(0))
			continue
		}
		s.refuses("station_head", "escalation.own_work", takeUp(0)).does("handler_b", takeUp(0))
		if e := s.rec.events[len(s.rec.events)-1]; o.post(e.Post) != "leader*@station" {
			t.Errorf("taken as %s", o.post(e.Post))
		}
		s.now = until
		s.refuses("handler_b", "escalation.not_yours", resolve(0)).does("leader", resolve(0))
	}
}

// An escalation whose last free taker becomes the handler is an alarm as one
// whose seat has emptied.
func TestStrandMindsTheRecused(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	o.appoints("station_head", "handler station")
	s := handledBy(t, o, "handler", road()).at("2026-09-30 10:00").does("handler", escalateTo(1))
	for _, who := range []string{"leader", "county_leader", "city_leader"} {
		o.leaves(who, s.now)
	}
	if s.does("system", strand); s.rec.escalations[0].Unroutable {
		t.Fatal("the head who can take it is overlooked")
	}
	s.at("2026-09-30 10:05").does("clerk", assign("station", "station_head")).does("station_head", acknowledge).does("system", strand)
	if got := s.lastTarget(); got != "leader*@city unroutable" {
		t.Errorf("it stands at %s", got)
	}
}

// Four eyes: standing in for the leader makes nobody the judge of their own work.
func TestADeputySignsNothingOfTheirOwn(t *testing.T) {
	t.Parallel()
	from, until := beijing("2026-09-30 08:00"), beijing("2026-09-30 18:00")
	o := newTestOffice(t)
	for _, who := range []string{"handler", "clerk", "clerk_b"} {
		o.deputises(who, "leader", from, until)
	}
	handledCase := handledBy(t, o, "handler", road()).at("2026-09-30 10:00").does("handler", contact).does("handler", submit)
	handledCase.refuses("handler", "signoff.own_work", approve(1))
	wrote := begin(t, o, "2026-09-30 09:00", "courier", petition()).does("clerk", acknowledge).does("clerk", decline)
	wrote.refuses("clerk", "signoff.own_work", approve(1))
	for name, s := range map[string]*story{"handled": handledCase, "wrote": wrote} {
		s.now = until
		s.refuses("clerk_b", "case.not_permitted", approve(1))
		s.now = until.Add(-time.Microsecond)
		s.does("clerk_b", approve(1))
		if e := s.rec.events[len(s.rec.events)-1]; o.post(e.Post) != "leader*@river" {
			t.Errorf("%s: signed as %s", name, o.post(e.Post))
		}
	}
	if leader, ok := o.book.DeputyFor(userID("clerk_b"), Post{unitID("river"), RoleLeader, true}, from); !ok || leader != userID("leader") {
		t.Errorf("the record cannot tell that it was signed for %v", leader)
	}
}
