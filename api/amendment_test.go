package api

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// An opinion changed while it waits voids its signatures: who signed the one before
// has it on the desk again, and the petitioner never reads it.
func TestAnAmendedOpinionIsSignedAnew(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(fmt.Sprintf(`,"petition":true,"headcount":12,"unit_id":%q`, s.unit(jichuan)))), 201).ID
		s.act("clerk", id, "/accept", `{"service":{"how":"sms"}}`)
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/contact", `{"words":"已联系代表"}`)
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", `{}`)
		better := strings.Replace(opinion, "本周修好", "下周修好", 1)
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/2/amend", better, 403, "auth.role")
		s.refuses("handler", "POST", v1+"/cases/"+id+"/sign-offs/1/amend", better, 409, "signoff.not_amendable")
		if c := s.act("handler", id, "/sign-offs/2/amend", better); c.PendingSignOff != 3 || c.Status != "awaiting_signoff" {
			t.Fatalf("%s, sign-off %d", c.Status, c.PendingSignOff)
		}
		s.wantSigning(id, "leader", "deputy")
		s.act("leader", id, "/sign-offs/3/approve", `{}`)
		s.act("county_leader", id, "/sign-offs/4/approve", `{}`)
		list := read[SignOffList](s, "leader", "/cases/"+id+"/sign-offs").Items
		for i, want := range []string{"voided", "voided", "approved", "approved"} {
			if string(list[i].State) != want || len(list[i].Texts) != 4 {
				t.Errorf("sign-off %d is %s with %d texts", i+1, list[i].State, len(list[i].Texts))
			}
		}
		all := string(bodyOf(t, s.send("petitioner", "GET", v1+"/cases/"+id, ""))) + string(bodyOf(t, s.send("petitioner", "GET", v1+"/cases/"+id+"/notices", "")))
		if strings.Contains(all, "本周修好") || !strings.Contains(all, "下周修好") {
			t.Errorf("the petitioner reads %s", all)
		}
	})
}

// A leader's desk says what one would open other calls for.
func TestTheDeskSumsUpWhatHappened(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled(`,"headcount":3,"amount":20000`)
		s.act("handler", id, "/extensions", `{"days":2,"reason":"complex","words":"需要鉴定"}`)
		s.act("leader", id, "/sign-offs/1/approve", `{}`)
		s.clock.Advance(20 * 24 * time.Hour)
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/2/return", `{"reason":"facts_unclear","words":"请核实"}`)
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/3/approve", `{}`)
		s.act("clerk", id, "/notices/3/service", `{"how":"sms"}`)
		s.act("clerk_afternoon", id, "/dispute", `{"words":"没有修好"}`)
		s.act("supervisor", id, "/listing", `{"reason":"repeated"}`)
		s.act("supervisor", id, "/supervision-orders", `{"words":"请说明"}`)
		s.act("leader", id, "/sponsor", `{"duties":[{"kind":"visit"}]}`)
		s.act("handler", id, "/submit", opinion)
		s.act("supervisor", id, "/reminders", "")
		sum := read[SignOffPage](s, "deputy", "/sign-offs").Items[0].Summary
		if sum.Returned != 1 || sum.Extensions != 1 || sum.Breaches < 2 || sum.Orders != 1 || sum.Duties != 1 || sum.Reminders != 1 || !sum.Listed ||
			sum.Headcount != 3 || sum.Amount != 20000 || sum.Round != 2 || sum.Sponsor == nil || sum.EscalatedLevel == 0 || sum.Dispute == nil || sum.Dispute.Body != "没有修好" {
			t.Errorf("%+v, disputed %+v", sum, sum.Dispute)
		}
	})
}
