package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// leave ends every post with a role that an account holds.
func (s *city) leave(account string, role grievance.Role) {
	s.t.Helper()
	user := officetest.Actor(s.t, s.Office, s.clock, account).UserID
	for _, a := range book(s).AppointmentsOf(user) {
		if a.Role == role && a.Until == nil {
			_, err := s.Office.EndAppointment(s.t.Context(), grievance.System, a.ID, s.clock.Now())
			must(s.t, err)
		}
	}
}

func (s *city) appoint(account, unit string, role grievance.Role, head bool) {
	s.t.Helper()
	_, err := s.Office.Appoint(s.t.Context(), grievance.System, officetest.Actor(s.t, s.Office, s.clock, account).UserID,
		office.NewAppointment{UnitID: book(s).UnitByCode(unit).ID, Role: role, Head: head, From: s.clock.Now()})
	must(s.t, err)
}

// taken acknowledges the escalation that is first in somebody's inbox.
func (s *city) taken(account string) {
	s.t.Helper()
	items := read[InboxPage](s, account, "/inbox").Items
	if len(items) == 0 || items[0].Escalation == nil {
		s.t.Fatalf("%s's inbox: %+v", account, items)
	}
	as[CaseView](s, s.send(account, "POST", v1+"/escalations/"+items[0].Escalation.ID+"/acknowledge", ""), 200)
}

// An escalation whose target has left waits for whoever fills the seat, who may
// take it.
func TestEscalationsWaitForWhoFillsTheSeat(t *testing.T) {
	t.Parallel()
	for name, empty := range map[string]struct {
		level      int
		vacate     func(*city)
		first, now string
	}{
		"head left": {1, func(s *city) { s.leave("economy_head", grievance.RoleLeader) }, "economy_head", "leader"},
		"unit merged": {1, func(s *city) {
			body := fmt.Sprintf(`{"successor_id":%q}`, s.unit("990121101-02"))
			as[UnitView](s, s.send("admin", "POST", v1+"/units/"+s.unit(economy)+"/merge", body), 200)
		}, "economy_head", "social_head"},
		"supervisor left": {2, func(s *city) { s.leave("supervisor", grievance.RoleSupervisor) }, "supervisor", "city_supervisor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCity(t, func(t *testing.T, s *city) {
				id := s.handled("")
				names := map[string]string{id: "A"}
				s.act("handler", id, "/escalate", fmt.Sprintf(`{"level":%d,"reason":"risk"}`, empty.level))
				s.wantInbox(empty.first, names, "escalation A")
				s.wantInbox(empty.now, names)
				s.clock.Advance(time.Hour)
				empty.vacate(s)
				s.clock.Advance(time.Minute)
				s.runEngine()
				if got := s.waits(empty.now, names); len(got) == 0 || got[0] != "escalation A" {
					t.Errorf("%s's inbox is %q", empty.now, got)
				}
				if got := s.follow(empty.now, v1+"/escalations?target=mine", 3); len(got) != 1 {
					t.Errorf("%d have reached %s", len(got), empty.now)
				}
				s.taken(empty.now)
			})
		})
	}
}

// What nobody could take waits for whoever is appointed above the unit that owes.
func TestUnroutableWaitsForWhoIsAppointed(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.leave("supervisor", grievance.RoleSupervisor)
		s.leave("city_supervisor", grievance.RoleSupervisor)
		s.clock.Advance(time.Minute)
		id := s.handled("")
		names := map[string]string{id: "A"}
		s.act("handler", id, "/escalate", `{"level":2,"reason":"risk"}`)
		s.wantInbox("city_leader", names, "unroutable A")
		s.wantInbox("county_deputy", names)
		s.appoint("county_deputy", "990121", grievance.RoleSupervisor, false)
		s.clock.Advance(time.Minute)
		s.wantInbox("county_deputy", names, "escalation A")
		s.taken("county_deputy")
	})
}

// Where the leaders of a unit may not sign, because it is their own work, the
// nearest leaders above do.
func TestOwnWorkWaitsForTheSuperior(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.leave("leader", grievance.RoleLeader)
		s.appoint("clerk2", jichuan, grievance.RoleLeader, true)
		s.clock.Advance(time.Minute)
		id := s.handled("")
		names := map[string]string{id: "A"}
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		for _, who := range []string{"deputy", "clerk2"} {
			s.wantInbox(who, names, "sign_off A")
		}
		s.leave("clerk2", grievance.RoleLeader)
		s.leave("deputy", grievance.RoleLeader)
		s.appoint("handler", jichuan, grievance.RoleLeader, true)
		s.clock.Advance(time.Minute)
		for _, who := range []string{"county_leader", "county_deputy"} {
			s.wantInbox(who, names, "sign_off A")
		}
		s.wantInbox("city_leader", names)
		for _, i := range read[InboxPage](s, "handler", "/inbox").Items {
			if i.Reason == "sign_off" {
				t.Errorf("the handler is to sign %+v", i)
			}
		}
		s.act("county_deputy", id, "/sign-offs/1/approve", `{}`)
		s.wantInbox("county_leader", names)
	})
}
