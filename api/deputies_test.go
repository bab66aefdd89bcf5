package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// post gives the appointment of an account to a role.
func (s *city) post(account string, role grievance.Role) string {
	s.t.Helper()
	b := book(s)
	for _, a := range b.AppointmentsOf(b.UserByName(account).ID) {
		if a.Role == role && a.HeldAt(s.clock.Now()) {
			return a.ID.String()
		}
	}
	s.t.Fatalf("%s is no %s", account, role)
	return ""
}

// standIn is the body that names a deputy for so many days from now.
func (s *city) standIn(post, account string, days int) string {
	s.t.Helper()
	until := s.clock.Now().AddDate(0, 0, days).Format(time.RFC3339)
	return fmt.Sprintf(`{"deputy_for":%q,"user_id":%q,"until":%q}`, post, s.user(account), until)
}

func TestDeputies(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.clock.Advance(time.Second)
		of := s.post("leader", grievance.RoleLeader)
		made := as[DeputyView](s, s.send("leader", "POST", v1+"/deputies", s.standIn(of, "deputy", 7)), http.StatusCreated)
		want := DeputyView{
			ID: made.ID, DeputyFor: of, LeaderID: s.user("leader"), UserID: s.user("deputy"), UnitID: s.unit(jichuan),
			Role: grievance.RoleLeader, Head: true, From: s.clock.Now(), Until: s.clock.Now().AddDate(0, 0, 7), CreatedAt: s.clock.Now(),
		}
		if made != want {
			t.Errorf("made %+v, want %+v", made, want)
		}
		s.clock.Advance(time.Second)
		s.send("admin", "POST", v1+"/deputies", s.standIn(s.post("supervisor", grievance.RoleSupervisor), "county_deputy", 7))
		for query, n := range map[string]int{
			"": 2, "?unit=" + s.unit(jichuan): 1, "?user=" + s.user("deputy"): 1, "?leader=" + s.user("leader"): 1,
			"?leader=" + s.user("deputy"): 0, "?user=" + s.user("leader"): 0,
			"?at=" + made.From.Format(time.RFC3339): 1, "?at=" + made.Until.Format(time.RFC3339): 1,
		} {
			if got := read[DeputyPage](s, "handler", "/deputies"+query).Items; len(got) != n {
				t.Errorf("%s lists %+v, want %d", query, got, n)
			}
		}
		first := read[DeputyPage](s, "handler", "/deputies?limit=1")
		rest := read[DeputyPage](s, "handler", "/deputies?limit=1&cursor="+first.Next)
		if len(first.Items) != 1 || first.Items[0] != made || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("by pages: %+v, then %+v", first, rest)
		}
		appointments := read[AppointmentPage](s, "handler", "/appointments?user="+s.user("deputy")).Items
		if n := len(appointments); n != 2 || appointments[0].DeputyFor != "" || appointments[1].DeputyFor != of {
			t.Errorf("the deputy's appointments: %+v", appointments)
		}
		if posts := read[UserView](s, "handler", "/users/"+s.user("deputy")).Posts; len(posts) != 2 {
			t.Errorf("the deputy's posts: %+v", posts)
		}
		end := v1 + "/deputies/" + made.ID + "/end"
		s.refuses("deputy", "POST", end, "", 403, "deputy.forbidden")
		s.refuses("leader", "POST", v1+"/deputies/"+of+"/end", "", 404, "deputy.unknown")
		s.clock.Advance(time.Hour)
		if ended := as[DeputyView](s, s.send("leader", "POST", end, ""), 200); !ended.Until.Equal(s.clock.Now()) {
			t.Errorf("ended: %+v", ended)
		}
		s.refuses("leader", "POST", end, "", 409, "appointment.ended")
	})
}

func TestDeputiesAreRefused(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const path = v1 + "/deputies"
		of := s.post("leader", grievance.RoleLeader)
		s.refuses("leader", "POST", path, fmt.Sprintf(`{"deputy_for":%q,"user_id":%q}`, of, s.user("deputy")), 422, "request.invalid")
		s.refuses("leader", "POST", path, `{}`, 422, "request.invalid")
		s.refuses("handler", "POST", path, s.standIn(of, "deputy", 7), 403, "auth.role")
		s.refuses("county_leader", "POST", path, s.standIn(of, "deputy", 7), 403, "deputy.forbidden")
		s.refuses("leader", "POST", path, s.standIn(of, "petitioner", 7), 409, "deputy.not_staff")
		for fault, body := range map[string]string{
			"/user_id deputy.self": s.standIn(of, "leader", 7), "/until deputy.too_long": s.standIn(of, "deputy", 181),
			"/until deputy.period": s.standIn(of, "deputy", 0),
			"/from deputy.past":    strings.Replace(s.standIn(of, "deputy", 7), "{", `{"from":"2020-01-01T00:00:00Z",`, 1),
		} {
			if p := s.refuses("leader", "POST", path, body, 422, "request.invalid"); faultsOf(p) != fault {
				t.Errorf("%s: got %s, want %s", body, faultsOf(p), fault)
			}
		}
		s.refuses("admin", "POST", path, s.standIn(s.post("clerk", grievance.RoleClerk), "deputy", 7), 409, "deputy.role")
		s.refuses("leader", "GET", path+"?role=leader", "", 400, "request.unknown_parameter")
		s.refuses("petitioner", "GET", path, "", 403, "auth.role")
	})
}

// The record tells who signed, in whose place, long after the period.
func TestTheRecordTellsInWhosePlaceADeputyActed(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		as[DeputyView](s, s.send("leader", "POST", v1+"/deputies", s.standIn(s.post("leader", grievance.RoleLeader), "clerk2", 1)), 201)
		s.clock.Advance(time.Minute)
		id := s.handled("")
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		s.act("clerk2", id, "/sign-offs/1/approve", `{}`)
		s.clock.Advance(72 * time.Hour)
		s.refuses("clerk2", "GET", v1+"/cases/"+id+"/events", "", 404, "not_found")
		for _, e := range read[EventPage](s, "leader", "/cases/"+id+"/events").Items {
			switch {
			case e.Kind != grievance.EvClosed && e.DeputyFor != nil:
				t.Errorf("%s was done for %+v", e.Kind, e.DeputyFor)
			case e.Kind == grievance.EvClosed && (e.Actor.ID != s.user("clerk2") || !e.Post.Head || e.DeputyFor == nil || e.DeputyFor.ID != s.user("leader")):
				t.Errorf("closed by %+v in %+v for %+v", e.Actor, e.Post, e.DeputyFor)
			}
		}
	})
}
