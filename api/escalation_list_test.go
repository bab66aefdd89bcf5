package api

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Escalations of unassigned cases come before older ones of cases in hand, and
// what is resolved presses no more.
func TestEscalationOrderAndFilters(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		names := map[string]string{}
		escalate := func(name, id string) string {
			e := s.send("clerk", "POST", v1+"/cases/"+id+"/escalate", `{"level":2,"reason":"risk"}`)
			if e.StatusCode != 200 {
				t.Fatalf("escalating %s: %d", name, e.StatusCode)
			}
			names[id] = name
			s.clock.Advance(time.Hour)
			return id
		}
		escalate("handled", s.handled(""))
		escalate("unassigned", s.register("").ID)
		named := s.register("").ID
		s.act("clerk", named, "/accept", `{}`)
		s.act("clerk", named, "/assign", s.toHandler())
		escalate("unacknowledged", named)
		solved := escalate("solved", s.register("").ID)
		all := read[EscalationPage](s, "supervisor", "/escalations?target=mine").Items
		for _, e := range all {
			if e.Case.ID == solved {
				s.send("supervisor", "POST", v1+"/escalations/"+e.ID+"/resolve", `{"words":"已协调"}`)
			}
		}
		for query, want := range map[string][]string{
			"":                         {"unassigned", "unacknowledged", "handled", "solved"},
			"?state=open":              {"unassigned", "unacknowledged", "handled"},
			"?state=resolved":          {"solved"},
			"?unit=" + s.unit(economy): {"unacknowledged", "handled"},
			"?unit=" + s.unit(jichuan) + "&unit_alone=true": {"unassigned", "solved"},
			"?level=1":                      nil,
			"?level=2,3&cause=reported":     {"unassigned", "unacknowledged", "handled", "solved"},
			"?opened_from=2026-11-24":       nil,
			"?opened_to=2026-11-23&limit=2": {"unassigned", "unacknowledged"},
			"?unroutable=false&limit=1":     {"unassigned"},
			"?target=mine&state=open":       {"unassigned", "unacknowledged", "handled"},
		} {
			var got []string
			for _, i := range read[EscalationPage](s, "supervisor", "/escalations"+query).Items {
				got = append(got, names[i.Case.ID])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		for who, n := range map[string]int{"supervisor": 4, "leader": 4, "handler": 2, "leader2": 0, "courier": 0, "admin": 0} {
			if got := s.follow(who, v1+"/escalations", 3); len(got) != n {
				t.Errorf("%s sees %d, want %d", who, len(got), n)
			}
		}
		if got := s.follow("leader", v1+"/escalations?target=mine", 3); len(got) != 0 {
			t.Errorf("the leader's own posts were reached by %d", len(got))
		}
	})
}

// Who only sent a case in sees it, but not how the units work on it: neither in
// the list of escalations nor by asking the list of cases.
func TestEscalationsAreForThoseAtWork(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.registerAt("courier", grievance.Registration{Channel: grievance.ByCourier, Urgency: grievance.LifeProperty})
		for path, want := range map[string]int{
			"/cases": 1, "/cases?status=registered": 1, "/cases?escalated=true": 0, "/cases?escalated=false": 0,
			"/cases?escalation_level=1": 0, "/cases?clock_standing=open": 0, "/escalations": 0,
		} {
			if got := s.follow("courier", v1+path, 5); len(got) != want {
				t.Errorf("%s lists %d to the courier, want %d", path, len(got), want)
			}
		}
		if got := s.follow("leader", v1+"/cases?escalated=true", 5); len(got) != 1 {
			t.Errorf("the leader sees %d", len(got))
		}
	})
}
