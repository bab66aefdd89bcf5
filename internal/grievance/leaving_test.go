package grievance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// leaving is what is known of a post that ends, and who does something after.
type leaving struct {
	tell   func(*testing.T, *testOffice) *story
	leaves func(*testOffice)
	act    func(*story)
	want   string // what was handed on: about when, to whom, into which status
}

var (
	noon    = beijing("2026-10-12 12:00")
	theRest = []string{
		"station_clerk", "station_head", "clerk", "clerk_b", "jack_of_all", "leader",
		"county_clerk", "county_leader", "city_leader",
	}
)

func byHandler(t *testing.T, o *testOffice) *story {
	t.Helper()
	return handledBy(t, o, "handler", road())
}

func leaveAtNoon(names ...string) func(*testOffice) {
	return func(o *testOffice) {
		for _, name := range names {
			o.leaves(name, noon)
		}
	}
}

var leavings = map[string]leaving{
	"the handler":          {tell: byHandler, leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 station_clerk assigned"},
	"the handler disabled": {tell: byHandler, leaves: func(o *testOffice) { o.disables("handler", noon) }, want: "2026-10-12 12:00 station_clerk assigned"},
	"the handler before acknowledging": {
		tell: func(t *testing.T, o *testOffice) *story {
			s := begin(t, o, "2026-10-12 11:50", "clerk", road())
			return s.does("clerk", accept(onTheSpot)).does("clerk", assign("station", "handler"))
		},
		leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 - -",
	},
	"the clerk": {
		tell:   func(t *testing.T, o *testOffice) *story { return begin(t, o, "2026-10-12 09:00", "clerk", road()) },
		leaves: leaveAtNoon("clerk", "jack_of_all"), want: "2026-10-12 12:00 clerk_b -",
	},
	"the deputy who stands in at a desk": {
		tell: func(t *testing.T, o *testOffice) *story {
			o.leaves("hill_clerk", longAgo)
			o.disables("hill_leader", longAgo)
			o.deputises("hill_handler", "hill_leader", longAgo, noon)
			in := road()
			in.Unit = unitID("hill")
			return begin(t, o, "2026-10-12 09:00", "petitioner", in)
		},
		leaves: leaveAtNoon(), want: "2026-10-12 12:00 county_clerk -",
	},
	"the leader who is to sign": {
		tell:   func(t *testing.T, o *testOffice) *story { return byHandler(t, o).does("handler", submit) },
		leaves: leaveAtNoon("leader"),
	},
	"the handler while a leader is to sign": {
		tell:   func(t *testing.T, o *testOffice) *story { return byHandler(t, o).does("handler", submit) },
		leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 station_clerk -",
		act: func(s *story) { s.does("leader", sendBack(1)).does("handler_b", acknowledge) },
	},
	"who takes over leaves too": {
		tell: byHandler, want: "2026-10-12 12:00 station_clerk assigned, 2026-10-12 13:00 station_head -",
		leaves: func(o *testOffice) {
			o.leaves("handler", noon)
			o.leaves("station_clerk", noon.Add(time.Hour))
		},
	},
	"all gone": {
		tell: byHandler, leaves: leaveAtNoon(append(theRest, "handler")...), want: "2026-10-12 12:00 - assigned",
	},
	"all gone, and somebody comes": {
		tell: byHandler, want: "2026-10-12 12:00 - assigned, 2026-10-12 14:00 grid_worker -",
		leaves: func(o *testOffice) {
			leaveAtNoon(append(theRest, "handler")...)(o)
			o.appoints("grid_worker", "clerk station duty")
			o.data.Appointments[slices.IndexFunc(o.data.Appointments, func(a Appointment) bool {
				return a.UserID == userID("grid_worker") && a.Role == RoleClerk
			})].From = noon.Add(2 * time.Hour)
			o.rebuild()
		},
	},
	"another acknowledges": {
		tell: byHandler, leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 station_clerk assigned",
		act: func(s *story) { s.does("handler_b", acknowledge) },
	},
	"somebody takes a note": {
		tell: byHandler, leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 station_clerk assigned",
		act: func(s *story) { s.does("clerk", note) },
	},
	"somebody assigns anew": {
		tell: byHandler, leaves: leaveAtNoon("handler"), want: "2026-10-12 12:00 station_clerk assigned",
		act: func(s *story) { s.does("clerk", assign("station", "handler_b")) },
	},
	"nothing is owed": {
		tell: func(t *testing.T, o *testOffice) *story {
			return byHandler(t, o).does("handler", submit).does("leader", approve(1)).does("clerk", serve(2))
		},
		leaves: leaveAtNoon("handler", "clerk"),
	},
}

// TestALeavingIsJudgedAtItsInstant wants the same of a post's planned end,
// whenever the engine sees it, and whether or not somebody acts before.
func TestALeavingIsJudgedAtItsInstant(t *testing.T) {
	t.Parallel()
	for name, c := range leavings {
		var first []string
		for _, late := range []time.Duration{0, time.Minute, 24 * time.Hour, 365 * 24 * time.Hour, 730 * 24 * time.Hour} {
			s := c.unfold(t, noon.Add(late))
			if got := s.handedOn(t); got != c.want {
				t.Errorf("%s, seen %v late: handed on %s, want %s", name, late, got, c.want)
			}
			judged := (&life{o: s.o, rec: s.rec}).judged()
			if first == nil {
				first = judged
			}
			if !slices.Equal(judged, first) {
				t.Errorf("%s, seen %v late, is judged otherwise:\n%s\nand seen at once:\n%s", name, late, strings.Join(judged, "\n"), strings.Join(first, "\n"))
			}
		}
	}
}

// unfold tells a case up to two years after noon, with an engine that hands on
// at an instant, and at the end.
func (c leaving) unfold(t *testing.T, engine time.Time) *story {
	t.Helper()
	s := c.tell(t, newTestOffice(t))
	c.leaves(s.o)
	acts := noon.Add(3 * time.Hour)
	if engine.Before(acts) {
		s.now = engine
		s.does("system", handOn)
	}
	if s.now = acts; c.act != nil {
		c.act(s)
	}
	if engine.After(acts) {
		s.now = engine
		s.does("system", handOn)
	}
	s.now = noon.AddDate(2, 0, 0)
	return s.does("system", handOn)
}

func (s *story) handedOn(t *testing.T) string {
	t.Helper()
	var told []string
	for _, e := range s.rec.events {
		if e.Kind != EvHandedOn {
			continue
		}
		f, err := ReadFacts(e)
		if err != nil {
			t.Fatal(err)
		}
		to, status := "-", "-"
		if f.Responsible != nil {
			to = s.o.user(f.Responsible.User)
		}
		if f.Status != "" {
			status = string(f.Status)
		}
		told = append(told, fmt.Sprint(inBeijing(e.AboutAt), " ", to, " ", status))
	}
	return strings.Join(told, ", ")
}

// The clock on which another has to acknowledge starts as the post ends.
func TestACaseLeftIsToBeAcknowledgedFromThen(t *testing.T) {
	t.Parallel()
	s := leavings["the handler"].unfold(t, noon.AddDate(0, 0, 9))
	if k := s.clock(Acknowledgement); !k.StartedAt.Equal(noon) || k.BreachedAt == nil {
		t.Errorf("to be acknowledged from %s, breached %v", inBeijing(k.StartedAt), k.BreachedAt)
	}
}

// What is due at the very instant at which somebody leaves was still theirs.
func TestALeaverOwesWhatIsDueAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, late := range []time.Duration{0, time.Hour} {
		s := byHandler(t, newTestOffice(t))
		next := *s.clock(Handling).NextAt
		s.o.leaves("handler", next)
		s.now = next.Add(late)
		s.does("system", advance)
		i := slices.IndexFunc(s.rec.rungs, func(r RungRecord) bool { return r.AboutAt.Equal(next) })
		if got := s.o.user(s.rec.rungs[i].DebtorUser); got != "handler" || s.o.user(s.rec.row.Responsible) != "station_clerk" {
			t.Errorf("%v late: owed by %s, then %s answers", late, got, s.o.user(s.rec.row.Responsible))
		}
	}
}

// A merger moves what the unit has; nobody left of themselves.
func TestAMergerIsNoLeaving(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := byHandler(t, o)
	o.merges("station", "river", noon)
	s.now = noon.Add(time.Hour)
	if s.does("system", advance); s.handedOn(t) != "" {
		t.Errorf("advancing hands on %s", s.handedOn(t))
	}
	if s.does("system", handOn); s.handedOn(t) != "2026-10-12 13:00 clerk assigned" {
		t.Errorf("handed on %s", s.handedOn(t))
	}
}

// Who is back before anybody noticed has not left the case.
func TestWhoIsBackHasNotLeft(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s := byHandler(t, o)
	o.leaves("handler", noon)
	o.appoints("handler", "handler station")
	s.now = noon.Add(time.Hour)
	if s.does("system", handOn); s.handedOn(t) != "" {
		t.Errorf("handed on %s", s.handedOn(t))
	}
}
