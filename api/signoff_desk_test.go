package api

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// A leader's desk has all that it takes to decide, those due first first, and
// nothing of the leader's own work.
func TestSignOffDesk(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		submitted := s.handled("")
		s.act("handler", submitted, "/contact", `{"words":"电话联系"}`)
		s.act("handler", submitted, "/submit", opinion)
		s.clock.Advance(time.Hour)
		declined := s.register("").ID
		s.act("clerk", declined, "/decline", `{"reason":"other_procedure","words":"已在法院审理"}`)
		s.clock.Advance(time.Hour)

		for _, who := range []string{"leader", "deputy", "county_leader", "city_leader"} {
			page := read[SignOffPage](s, who, "/sign-offs")
			if len(page.Items) != 2 || page.Items[0].Case.ID != submitted || page.Items[1].Case.ID != declined {
				t.Fatalf("%s: %+v", who, page.Items)
			}
		}
		first, second := read[SignOffPage](s, "leader", "/sign-offs").Items[0], read[SignOffPage](s, "leader", "/sign-offs").Items[1]
		if first.Kind != "closure" || first.Outcome != "supported" || first.N != 1 || first.RequestedBy.Name != "周远志" || first.Case.Title != "村口路灯不亮" {
			t.Errorf("the first: %+v", first)
		}
		if first.SignBy == nil || first.SignBy.Kind != "sign_off" || first.HandleBy == nil || first.HandleBy.Kind != "handling" || first.HandleBy.Late {
			t.Errorf("its deadlines: %+v, %+v", first.SignBy, first.HandleBy)
		}
		words := func(i SignOffItemView) (kinds []string) {
			for _, t := range i.Texts {
				kinds = append(kinds, string(t.Kind)+" "+t.Body)
			}
			return kinds
		}
		want := []string{"opinion_request 修路灯", "opinion_facts 线路老化", "opinion 本周修好", "opinion_legal_basis 《条例》第三十一条"}
		if got := words(first); !slices.Equal(got, want) {
			t.Errorf("its words: %q", got)
		}
		if got := words(second); second.Reason != "other_procedure" || second.HandleBy != nil || !slices.Equal(got, []string{"reason 已在法院审理"}) {
			t.Errorf("the second: %+v", second)
		}
		for who, n := range map[string]int{"leader2": 0, "economy_head": 0, "housing_leader": 0} {
			if got := s.follow(who, v1+"/sign-offs", 1); len(got) != n {
				t.Errorf("%s has %d to sign", who, len(got))
			}
		}
		s.clock.Advance(10 * 24 * time.Hour)
		if late := read[SignOffPage](s, "leader", "/sign-offs?limit=1").Items[0]; !late.SignBy.Late || !late.HandleBy.Late {
			t.Errorf("ten days later nothing is late: %+v, %+v", late.SignBy, late.HandleBy)
		}

		s.act("deputy", declined, "/sign-offs/1/return", `{"reason":"facts_unclear","words":"请核实"}`)
		s.clock.Advance(time.Minute)
		s.act("leader", submitted, "/sign-offs/1/approve", `{}`)
		decided := read[SignOffPage](s, "county_leader", "/sign-offs?state=decided").Items
		if len(decided) != 2 || decided[0].State != "approved" || decided[1].State != "returned" || decided[1].DecidedBy.Name != "林素珍" {
			t.Errorf("decided: %+v", decided)
		}
		for _, state := range []string{"pending", "decided"} {
			path := v1 + "/sign-offs?state=" + state
			if got := len(s.pagesOf("leader", path)); got != map[string]int{"decided": 2}[state] {
				t.Errorf("%s by pages of one: %d", state, got)
			}
		}
	})
}

// pagesOf follows a desk by pages of one and gives its cases.
func (s *city) pagesOf(account, path string) (cases []string) {
	s.t.Helper()
	for cursor := ""; ; {
		page := as[SignOffPage](s, s.send(account, "GET", path+"&limit=1"+cursor, ""), 200)
		for _, i := range page.Items {
			cases = append(cases, i.Case.ID)
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			return cases
		}
	}
}

// Nobody finds their own work on their desk, though they may sign for the unit.
func TestSignOffDeskWithoutOwnWork(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		deputy := officetest.Actor(t, s.Office, s.clock, "deputy").UserID
		_, err := s.Office.Appoint(t.Context(), grievance.System, deputy, office.NewAppointment{
			UnitID: officetest.Unit(t, s.Office, economy).ID, Role: grievance.RoleHandler, From: s.clock.Now(),
		})
		must(t, err)
		id := s.register("").ID
		s.act("clerk", id, "/accept", `{"service":{"how":"sms"}}`)
		s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit(economy), deputy))
		s.act("deputy", id, "/acknowledge", "")
		s.act("deputy", id, "/submit", opinion)
		for who, want := range map[string][]string{"deputy": nil, "leader": {id}, "county_leader": {id}} {
			if got := s.pagesOf(who, v1+"/sign-offs?state=pending"); !slices.Equal(got, want) {
				t.Errorf("%s has %v to sign", who, got)
			}
		}
		names := map[string]string{id: "A"}
		s.wantInbox("deputy", names, "deadline A")
		s.wantInbox("leader", names, "sign_off A")
	})
}
