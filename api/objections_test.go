package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

const notOurs = `{"reason":"not_our_duty","words":"路灯由县里统一管护","category":"0101","area":"990121"}`

func (s *city) to(code, more string) string {
	return fmt.Sprintf(`{"unit_id":%q%s}`, s.unit(code), more)
}

// A forwarded case is objected to twice: once it is taken back, once the county
// designates. Everybody whose move it is has it in the inbox.
func TestObjectionsToAForward(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		names := map[string]string{id: "A"}
		s.act("clerk", id, "/forward", s.to(qiqiao, `,"reason":"other_area","words":"属栖桥"`))
		s.walk(id, []step{{"/objections", notOurs, "clerk2", "clerk", "case.not_permitted", "land_clerk", "registered"}})
		s.wantInbox("clerk", names, "awaiting A", "deadline A")
		s.refuses("clerk2", "POST", v1+"/cases/"+id+"/accept", `{}`, 409, "objection.pending")
		s.walk(id, []step{{"/objections/1/decision", `{"consent":true}`, "clerk", "clerk2", "case.not_permitted", "land_clerk", "registered"}})
		if c := read[CaseDetail](s, "clerk", "/cases/"+id); c.LeadUnit.Code != jichuan || c.Responsible.ID != s.user("clerk") || c.Objections != 1 || c.PendingObjection != 0 {
			t.Errorf("taken back: %+v", c.CaseView)
		}
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/objections/1/decision", `{"consent":false,"words":"不同意"}`, 409, "objection.decided")

		s.act("clerk", id, "/forward", s.to(qiqiao, `,"reason":"other_area","words":"属栖桥"`))
		s.act("clerk2", id, "/objections", notOurs)
		s.act("clerk", id, "/objections/2/decision", `{"consent":false,"words":"界线以栖桥一侧为准"}`)
		s.wantInbox("county_leader", names, "awaiting A", "deadline A")
		s.wantInbox("county_deputy", names, "awaiting A", "deadline A")
		s.refuses("leader2", "POST", v1+"/cases/"+id+"/objections/2/decision", s.to(jichuan, `,"words":"归你"`), 403, "case.not_permitted")
		c := s.act("county_leader", id, "/objections/2/decision", s.to(qiqiao, `,"words":"由栖桥办理"`))
		if c.LeadUnit.Code != qiqiao || c.PendingObjection != 0 || c.Objections != 2 || c.Responsible.ID != s.user("clerk") {
			t.Errorf("designated: %+v", c)
		}
		s.refuses("clerk2", "POST", v1+"/cases/"+id+"/objections", notOurs, 409, "objection.designated")
		s.wantObjections(id)
		s.act("clerk2", id, "/accept", `{}`)
	})
}

// wantObjections holds the list and the record against what was told above.
func (s *city) wantObjections(id string) {
	s.t.Helper()
	list := read[ObjectionList](s, "clerk", "/cases/"+id+"/objections")
	if len(list.Items) != 2 || list.Count != 2 || len(list.Units) != 1 || list.Units[0].Count != 2 || list.Units[0].Unit.Code != qiqiao || list.Units[0].Year != 2026 {
		s.t.Fatalf("objections: %+v", list)
	}
	first, second := list.Items[0], list.Items[1]
	if first.State != "consented" || first.On != "forward" || first.Sender.Code != jichuan || first.Area != "990121" || len(first.Texts) != 1 || first.RaisedAt != nil {
		s.t.Errorf("first: %+v", first)
	}
	if second.State != "designated" || second.Superior.Code != "990121" || second.Designated.Code != qiqiao || len(second.Texts) != 3 || second.Conference {
		s.t.Errorf("second: %+v", second)
	}
	for account, status := range map[string]int{"": 401, "petitioner": 403, "handler": 404} {
		if got := s.send(account, "GET", v1+"/cases/"+id+"/objections", "").StatusCode; got != status {
			s.t.Errorf("%q reads objections: %d", account, got)
		}
	}
	var kinds []grievance.EventKind
	for _, e := range read[EventPage](s, "clerk", "/cases/"+id+"/events").Items {
		if o := e.Facts.Objection; o != nil {
			kinds = append(kinds, e.Kind)
			if raised := o.N == 2 && e.Kind != "objected" && e.Kind != "objection_refused"; raised != (o.Superior != nil) || o.Unit.Code != qiqiao {
				s.t.Errorf("%s says %+v", e.Kind, o)
			}
		}
	}
	if want := "[objected objection_consented objected objection_refused objection_raised unit_designated]"; fmt.Sprint(kinds) != want {
		s.t.Errorf("told %v", kinds)
	}
}

// Silence brings an objection before the county, with the engine or without.
func TestAnUnansweredObjectionInTheRecord(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, run := range []bool{true, false} {
			id := s.handled("")
			s.act("handler", id, "/objections", notOurs)
			s.refuses("handler", "POST", v1+"/cases/"+id+"/submit", opinion, 409, "objection.pending")
			k := s.clockOf("clerk", id, "consent")
			s.clock.Advance(5 * 24 * time.Hour)
			if run {
				s.runEngine()
			}
			s.refuses("clerk", "POST", v1+"/cases/"+id+"/objections/1/decision", `{"consent":true}`, 403, "case.not_permitted")
			c := s.act("county_leader", id, "/objections/1/decision", s.to("990121-06", `,"words":"由县局办理"`))
			if c.Status != "accepted" || c.LeadUnit.Code != "990121-06" || c.HandlingUnit != nil || c.Responsible.ID != s.user("land_clerk") {
				t.Errorf("designated: %+v", c)
			}
			o := read[ObjectionList](s, "land_clerk", "/cases/"+id+"/objections").Items[0]
			if o.RaisedAt == nil || !o.RaisedAt.Equal(k.DueAt) || o.AnsweredBy != nil || o.On != "assignment" {
				t.Errorf("raised: %+v, due %s", o, k.DueAt)
			}
			s.act("land_clerk", id, "/assign", `{}`)
		}
	})
}

func TestObjectionsRefusedByTheInterface(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		path := v1 + "/cases/" + id + "/objections"
		s.refuses("clerk", "POST", path, notOurs, 409, "objection.nothing")
		s.act("clerk", id, "/forward", s.to(qiqiao, `,"reason":"other_area"`))
		wantFaults := func(account, path, body, want string) {
			if p := problemOf(t, s.send(account, "POST", path, body)); p.Status != 422 || faultsOf(p) != want {
				t.Errorf("%s: %d %s, want %s", body, p.Status, faultsOf(p), want)
			}
		}
		wantFaults("clerk2", path, `{}`, "/reason required /words required /category required")
		wantFaults("clerk2", path, `{"reason":"other_area","words":"x","category":"0101","area":"1"}`, "/category responsibility.unknown")
		s.refuses("clerk2", "POST", path+"/1/decision", `{"consent":true}`, 404, "not_found")
		s.act("clerk2", id, "/objections", notOurs)
		wantFaults("clerk", path+"/1/decision", `{}`, "/consent objection.consent_missing")
		wantFaults("clerk", path+"/1/decision", s.to(jichuan, `,"consent":true,"conference":true`), "/unit_id objection.not_raised /conference objection.no_conference")
		s.act("clerk", id, "/objections/1/decision", `{"consent":false,"words":"不同意"}`)
		wantFaults("county_leader", path+"/1/decision", `{"consent":true}`, "/consent objection.raised /unit_id objection.unit_missing /words text.required")
		s.refuses("county_leader", "POST", path+"/1/decision", s.to("990121101001001", `,"words":"x","conference":true`), 422, "request.invalid")
		s.clock.Advance(9 * 24 * time.Hour)
		other := s.register("").ID
		s.act("clerk", other, "/forward", s.to(qiqiao, `,"reason":"other_area"`))
		s.clock.Advance(9 * 24 * time.Hour)
		s.refuses("clerk2", "POST", v1+"/cases/"+other+"/objections", notOurs, 409, "objection.too_late")
	})
}
