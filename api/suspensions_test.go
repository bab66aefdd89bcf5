package api

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

const toRest = `{"cause":"force_majeure","until":"2026-12-04","words":"山洪冲断道路"}`

// A township's matter, due on Monday 30 November, rests from Tuesday the 24th
// until it is taken up; everywhere it is shown as what it is.
func TestSuspensionOfACase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.clock.Advance(24 * time.Hour)
		s.walk(id, []step{{"/suspend", toRest, "handler", "petitioner", "auth.role", "handler2", "handling"}})
		asks := read[SignOffPage](s, "deputy", "/sign-offs").Items[0]
		if asks.Kind != "suspension" || asks.Reason != "force_majeure" || asks.Through == nil || asks.Through.String() != "2026-12-04" || len(asks.Texts) != 1 {
			t.Errorf("to be signed: %+v", asks)
		}
		s.refuses("handler", "POST", v1+"/cases/"+id+"/suspend", toRest, 409, "case.signoff_pending")
		c := s.act("deputy", id, "/sign-offs/1/approve", `{}`)
		if c.Status != "suspended" || c.Suspension != 1 || c.SuspendedUntil == nil || !c.SuspendedUntil.Equal(time.Date(2026, 12, 4, 16, 0, 0, 0, time.UTC)) {
			t.Errorf("signed: %+v", c)
		}
		k := s.clockOf("handler", id, "handling") // eleven days, 24 November to 4 December
		if k.DueOn.String() != "2026-12-11" || k.Paused != 11 || k.PausedUnit != "day" || k.PausedUntil == nil || !k.PausedUntil.Equal(*c.SuspendedUntil) {
			t.Errorf("paused: %+v", k)
		}
		for list, n := range map[string]int{"status=suspended": 1, "status=handling": 0, "clock_paused=true": 1, "clock_extended=true": 0, "clock_paused=true&clock_kind=acceptance": 0} {
			if got := s.follow("leader", v1+"/cases?"+list, 5); len(got) != n {
				t.Errorf("%s lists %d, want %d", list, len(got), n)
			}
		}
		s.wantRestReported(id, 1)
		s.refuses("handler", "POST", v1+"/cases/"+id+"/submit", opinion, 409, "case.state")

		s.clock.Advance(2 * 24 * time.Hour)
		s.walk(id, []step{{"/resume", `{"words":"道路已通"}`, "clerk", "petitioner", "auth.role", "handler2", "handling"}})
		if k := s.clockOf("handler", id, "handling"); k.DueOn.String() != "2026-12-02" || k.Paused != 2 || k.PausedUntil != nil {
			t.Errorf("taken up after two days: %+v", k)
		}
		s.wantRestReported(id, 0)
		list := read[SuspensionList](s, "handler", "/cases/"+id+"/suspensions").Items
		if len(list) != 1 || list[0].Cause != "force_majeure" || list[0].ApprovedBy.ID != s.user("deputy") || list[0].EndedBy == nil ||
			list[0].EndedBy.ID != s.user("clerk") || list[0].Through.String() != "2026-12-04" || list[0].SignOff != 1 {
			t.Errorf("suspensions: %+v", list)
		}
		s.refuses("", "GET", v1+"/cases/"+id+"/suspensions", "", 401, "auth.required")
		s.refuses("handler2", "GET", v1+"/cases/"+id+"/suspensions", "", 404, "not_found")
	})
}

// wantRestReported wants a report in which so many deadlines stand still, and
// the figure to open into the case.
func (s *city) wantRestReported(id string, n int) {
	s.t.Helper()
	r := read[TimelinessReportView](s, "leader", "/reports/timeliness?kind=handling")
	if r.Total.Suspended.Clocks != n || r.Total.Suspended.Cases != n || r.Total.Open.Clocks != 1 || r.Rows[0].Suspended.Clocks != n {
		s.t.Errorf("reported: %+v, want %d", r.Total, n)
	}
	var want []string
	if n == 1 {
		want = []string{id}
	}
	if got := s.follow("leader", r.Total.Suspended.CasesHref, 5); !slices.Equal(got, want) {
		s.t.Errorf("%s opens into %v", r.Total.Suspended.CasesHref, got)
	}
}

// A rest ends by itself, with the engine or at the next act.
func TestSuspensionEndsByItselfInTheRecord(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, by := range []string{"engine", "handler"} {
			id := s.handled("")
			s.act("handler", id, "/suspend", `{"cause":"petitioner","until":"`+grievanceDay(s, 5)+`","words":"等候补充材料"}`)
			s.act("leader", id, "/sign-offs/1/approve", `{}`)
			if c := read[CaseDetail](s, "handler", "/cases/"+id); c.Awaiting == nil || c.Awaiting.Role != grievance.RolePetitioner {
				t.Errorf("awaiting %+v", c.Awaiting)
			}
			s.clock.Advance(6 * 24 * time.Hour)
			if by == "engine" {
				s.runEngine()
			} else {
				s.act("handler", id, "/contact", `{"words":"材料已收到"}`)
			}
			if c := read[CaseDetail](s, "handler", "/cases/"+id); c.Status != "handling" || c.SuspendedUntil != nil {
				t.Errorf("%s: %s until %v", by, c.Status, c.SuspendedUntil)
			}
			x := read[SuspensionList](s, "handler", "/cases/"+id+"/suspensions").Items[0]
			if x.EndedAt == nil || !x.EndedAt.Equal(x.Until) || x.EndedBy != nil {
				t.Errorf("%s: %+v", by, x)
			}
		}
	})
}

// grievanceDay is the date so many days from now.
func grievanceDay(s *city, days int) string {
	return lastDay(s.clock.Now().AddDate(0, 0, days)).String()
}

func TestSuspensionsRefusedByTheInterface(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		for body, want := range map[string]string{
			`{}`: "/cause required /until required /words required",
			`{"cause":"hearing","until":"2026-12-04","words":"听证"}`:       "/cause suspension.cause",
			`{"cause":"force_majeure","until":"2026-11-22","words":"洪水"}`: "/until suspension.past",
			`{"cause":"force_majeure","until":"2027-12-04","words":"洪水"}`: "/until suspension.too_long",
		} {
			p := problemOf(t, s.send("handler", "POST", v1+"/cases/"+id+"/suspend", body))
			if p.Status != 422 || faultsOf(p) != want {
				t.Errorf("%s: %d %s, want %s", body, p.Status, faultsOf(p), want)
			}
		}
		s.refuses("handler", "POST", v1+"/cases/"+id+"/resume", `{}`, 409, "case.state")
		s.act("handler", id, "/suspend", toRest)
		s.clock.Advance(30 * 24 * time.Hour)
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 409, "suspension.over")
		s.act("leader", id, "/sign-offs/1/return", `{"reason":"other","words":"期间已过"}`)
	})
}
