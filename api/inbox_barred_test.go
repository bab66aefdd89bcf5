package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// accused brings an accusation of the township's head to the county's inspector.
func (s *city) accused() string {
	s.t.Helper()
	body := fmt.Sprintf(`{"channel":"visit","nature":"accusation","title":"举报","body":"收受好处","others":[{"kind":"named","user_id":%q}]}`, s.user("leader"))
	id := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", body), 201).ID
	s.act("inspector", id, "/accept", `{"notice":"已受理","service":{"how":"sms","proof":"短信回执"}}`)
	s.act("inspector", id, "/assign", fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit("990121-10"), s.user("inspector")))
	s.act("inspector", id, "/acknowledge", "")
	return id
}

// What is to be signed or taken of an accusation waits for the next superior where all
// before hold a post behind its shield besides, and for none of those.
func TestWhatTheShieldBarsRises(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.accused()
		s.act("inspector", id, "/escalate", `{"level":1,"reason":"risk"}`)
		s.act("inspector", id, "/contact", `{"words":"已联系"}`)
		s.act("inspector", id, "/submit", `{"outcome":"supported","request":"查处","facts":"属实","opinion":"已处理","legal_basis":"条例"}`)
		s.wantCalled(id, map[string]bool{"discipline_leader": true, "county_leader": false, "city_leader": false})
		s.findsToSign(id, map[string]bool{"discipline_leader": true, "county_leader": false, "city_leader": false})
		for _, who := range []string{"discipline_leader", "county_leader", "county_deputy"} {
			s.appoint(who, "990121101-03", grievance.RoleHandler, false)
		}
		s.clock.Advance(time.Minute)
		s.wantCalled(id, map[string]bool{"discipline_leader": false, "county_leader": false, "city_leader": true})
		s.findsToSign(id, map[string]bool{"discipline_leader": false, "county_leader": false, "county_deputy": false, "city_leader": true})
		s.act("city_leader", id, "/sign-offs/1/approve", `{}`)
		s.taken("city_leader")
	})
}

// findsToSign tells who of some accounts finds the sign-off of a case in the inbox, and
// then on the desk, which also has what others may sign.
func (s *city) findsToSign(id string, want map[string]bool) {
	s.t.Helper()
	for who, signs := range want {
		inbox, desk := false, false
		for _, i := range read[InboxPage](s, who, "/inbox?limit=200").Items {
			inbox = inbox || i.CaseID == id && i.SignOff != 0
		}
		for _, i := range read[SignOffPage](s, who, "/sign-offs?limit=200").Items {
			desk = desk || i.Case.ID == id
		}
		if inbox != signs || signs && !desk {
			s.t.Errorf("%s finds what is to be signed in the inbox: %v, on the desk: %v", who, inbox, desk)
		}
	}
}
