package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// handledIn brings a new case to a handler of the village.
func (s *city) handledIn(unit, handler string) string {
	s.t.Helper()
	id := s.register("").ID
	s.act("clerk", id, "/accept", `{"notice":"已受理","service":{"how":"sms","proof":"短信回执"}}`)
	s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit(unit), s.user(handler)))
	s.act(handler, id, "/acknowledge", "")
	return id
}

// wantCalled tells who of some accounts finds the escalation of a case in the inbox.
func (s *city) wantCalled(id string, want map[string]bool) {
	s.t.Helper()
	for who, called := range want {
		found := false
		for _, i := range read[InboxPage](s, who, "/inbox?limit=200").Items {
			found = found || i.CaseID == id && i.Escalation != nil
		}
		if found != called {
			s.t.Errorf("%s is called on: %v", who, found)
		}
	}
}

// A head's own case is put before the next superior, never before the head.
func TestEscalationsPassOverARecusedHead(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handledIn(village, "head_jichuan")
		s.act("head_jichuan", id, "/escalate", `{"level":1,"reason":"risk"}`)
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "leader": true, "county_leader": false})
		s.taken("leader")
	})
}

// It is put before the head's deputy while there is one, and before the superior
// as soon as there is none.
func TestADeputyTakesTheHeadsPlace(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handledIn(village, "head_jichuan")
		body := s.standIn(s.post("head_jichuan", grievance.RoleLeader), "handler", 1)
		made := as[DeputyView](s, s.send("head_jichuan", "POST", v1+"/deputies", body), 201)
		s.clock.Advance(time.Minute)
		s.act("head_jichuan", id, "/escalate", `{"level":1,"reason":"risk"}`)
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "handler": true, "leader": false})
		e := read[EscalationPage](s, "handler", "/escalations?target=mine").Items[0].ID
		s.refuses("head_jichuan", "POST", v1+"/escalations/"+e+"/acknowledge", "", 403, "escalation.own_work")
		s.clock.Set(made.Until.Add(-time.Microsecond))
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "handler": true, "leader": false})
		s.clock.Set(made.Until)
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "handler": false, "leader": true, "county_leader": false})
		s.taken("leader")
	})
}

// What had reached a head who then takes the case on waits for the superior.
func TestEscalationsLeaveAHeadWhoTakesTheCase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.appoint("handler", village, grievance.RoleHandler, false)
		s.clock.Advance(time.Minute)
		id := s.handledIn(village, "handler")
		s.act("handler", id, "/escalate", `{"level":1,"reason":"risk"}`)
		s.wantCalled(id, map[string]bool{"head_jichuan": true, "leader": false})
		s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit(village), s.user("head_jichuan")))
		s.act("head_jichuan", id, "/acknowledge", "")
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "leader": true, "county_leader": false})
		s.taken("leader")
	})
}

// Where only the recused are left, it stands at the root: an alarm, first in the
// inbox of the root's supervisor, and not in the inbox of who is recused. Whoever
// is appointed above takes it.
func TestOnlyTheRecusedLeft(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		old := s.registerAt("city_clerk", grievance.Registration{Channel: grievance.ByApp}).ID.String()
		s.clock.Advance(time.Minute)
		id := s.handledIn(village, "head_jichuan")
		names := map[string]string{id: "A", old: "old"}
		for _, who := range []string{"leader", "county_leader", "city_leader"} {
			s.leave(who, grievance.RoleLeader)
		}
		s.clock.Advance(time.Minute)
		s.act("head_jichuan", id, "/escalate", `{"level":1,"reason":"risk"}`)
		if got := s.waits("city_supervisor", names); len(got) == 0 || got[0] != "unroutable A" {
			t.Errorf("the root's supervisor: %q", got)
		}
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "admin": false})
		if i := read[InboxPage](s, "admin", "/inbox").Items; len(i) != 1 || i[0].VacantAbove == nil || i[0].VacantAbove.Code != village {
			t.Errorf("the administrator learns of %+v", i)
		}
		st, err := s.Engine.Status(t.Context())
		must(t, err)
		if st.Unroutable != 1 {
			t.Errorf("the alarm counts %d", st.Unroutable)
		}
		s.appoint("deputy", "990121", grievance.RoleLeader, true)
		s.clock.Advance(time.Minute)
		s.wantCalled(id, map[string]bool{"head_jichuan": false, "deputy": true})
		s.taken("deputy")
	})
}
