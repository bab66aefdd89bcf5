package api

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Two offices help with a case, each in its own time; whoever is to sign sees who
// has still to answer.
func TestCoHandlersOfACase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		names := map[string]string{id: "A"}
		s.refuses("land_clerk", "GET", v1+"/cases/"+id, "", 404, "not_found")
		s.walk(id, []step{
			{"/co-handlers", s.to("990121-06", `,"words":"请提供权属资料"`), "handler", "petitioner", "auth.role", "handler2", "handling"},
			{"/co-handlers", s.to("990121-01", `,"working_days":10,"words":"请提供管线图"`), "clerk", "petitioner", "auth.role", "handler2", "handling"},
		})
		s.wantInbox("land_clerk", names, "deadline A")
		list := read[CoHandlerList](s, "housing_handler", "/cases/"+id+"/co-handlers").Items
		if len(list) != 2 || list[0].AnswerBy == nil || list[0].AnswerBy.DueOn.String() != "2026-11-30" || list[1].AnswerBy.DueOn.String() != "2026-12-07" || len(list[1].Texts) != 1 {
			t.Fatalf("asked: %+v", list)
		}
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/co-handlers", s.to("990121-06", `,"words":"再请协助"`), 409, "co_handler.asked")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/co-handlers", s.to("990121101001001", `,"words":"请协助"`), 409, "unit.unstaffed")
		s.refuses("housing_handler", "POST", v1+"/cases/"+id+"/co-handlers/1/answer", `{"answer":"x"}`, 403, "case.not_permitted")

		s.clock.Advance(8 * 24 * time.Hour)
		s.walk(id, []step{
			{"/co-handlers/1/answer", `{"answer":"权属清楚，资料随附"}`, "land_clerk", "petitioner", "auth.role", "handler2", "handling"},
		})
		s.act("handler", id, "/submit", opinion)
		if i := read[SignOffPage](s, "leader", "/sign-offs").Items[0]; i.OpenCoHandlers != 1 {
			t.Errorf("on the desk: %+v", i)
		}
		s.walk(id, []step{{"/co-handlers/2/release", `{"words":"已无必要"}`, "clerk", "housing_handler", "case.not_permitted", "handler2", "awaiting_signoff"}})
		if i := read[SignOffPage](s, "leader", "/sign-offs").Items[0]; i.OpenCoHandlers != 0 {
			t.Errorf("on the desk: %+v", i)
		}
		s.refuses("housing_handler", "POST", v1+"/cases/"+id+"/co-handlers/2/answer", `{"answer":"x"}`, 409, "co_handler.over")
		list = read[CoHandlerList](s, "leader", "/cases/"+id+"/co-handlers").Items
		if list[0].State != "answered" || !list[0].AnswerBy.Late || len(list[0].Texts) != 2 || list[0].AnsweredBy == nil || list[1].State != "released" || list[1].AnswerBy.Late {
			t.Errorf("in the end: %+v", list)
		}
		s.refuses("petitioner", "GET", v1+"/cases/"+id+"/co-handlers", "", 403, "auth.role")
		s.refuses("handler2", "GET", v1+"/cases/"+id+"/co-handlers", "", 404, "not_found")
	})
}

// A leader who answered for a unit that helps neither finds the opinion on the desk
// nor signs it; it is before the next one.
func TestWhoHelpedDoesNotSign(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.appoint("leader", jichuan, grievance.RoleClerk, false)
		s.leave("deputy", grievance.RoleLeader)
		s.clock.Advance(time.Minute)
		id := s.handled("")
		names := map[string]string{id: "A"}
		s.act("handler", id, "/co-handlers", s.to(jichuan, `,"words":"请提供资料"`))
		s.act("leader", id, "/co-handlers/1/answer", `{"answer":"资料随附"}`)
		s.act("handler", id, "/submit", opinion)
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "signoff.own_work")
		if desk := read[SignOffPage](s, "leader", "/sign-offs").Items; len(desk) != 0 {
			t.Errorf("on the desk: %+v", desk)
		}
		if got := s.waits("county_leader", names); !slices.Contains(got, "sign_off A") {
			t.Errorf("the county's leader: %q", got)
		}
		s.act("county_leader", id, "/sign-offs/1/approve", `{}`)
	})
}

// A leader who handled a case before somebody else neither finds its opinion on the
// desk nor signs it.
func TestWhoHandledDoesNotSign(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.appoint("leader", economy, grievance.RoleHandler, false)
		s.leave("deputy", grievance.RoleLeader)
		s.clock.Advance(time.Minute)
		id := s.handledIn(economy, "leader")
		names := map[string]string{id: "A"}
		s.act("clerk", id, "/assign", s.to(economy, `,"handler_id":"`+s.user("handler")+`"`))
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/submit", opinion)
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "signoff.own_work")
		if desk := read[SignOffPage](s, "leader", "/sign-offs").Items; len(desk) != 0 {
			t.Errorf("on the desk: %+v", desk)
		}
		if got := s.waits("county_leader", names); !slices.Contains(got, "sign_off A") {
			t.Errorf("the county's leader: %q", got)
		}
		s.act("county_leader", id, "/sign-offs/1/approve", `{}`)
	})
}

// What was asked ends with the case, and its deadline with it.
func TestCoHandlingEndsWithTheCase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		s.act("leader", id, "/co-handlers", s.to("990121-06", `,"words":"请提供权属资料"`))
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		c := s.act("leader", id, "/sign-offs/1/approve", `{}`)
		if h := read[CoHandlerList](s, "land_clerk", "/cases/"+id+"/co-handlers").Items[0]; c.OpenCoHandlers != 0 || h.State != "lapsed" {
			t.Errorf("closed: %+v", h)
		}
		if k := s.clockOf("clerk", id, "co_handling"); k.State != "cancelled" {
			t.Errorf("its deadline: %+v", k)
		}
		s.wantInbox("land_clerk", map[string]string{id: "A"})
	})
}
