package api

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// posted puts a grievance on the echo wall and brings it to its handler.
func (s *city) posted(more string) string {
	s.t.Helper()
	body := strings.Replace(grievanceOf(more), `"channel":"app"`, `"channel":"wall"`, 1)
	id := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", body), http.StatusCreated).ID
	s.act("clerk", id, "/accept", `{"service":{"how":"sms"}}`)
	s.act("clerk", id, "/assign", s.toHandler())
	s.act("handler", id, "/acknowledge", "")
	return id
}

// Everybody reads the echo wall: what was taken on, with its answer once it is
// signed, the newest first, and nothing of who wrote it.
func TestTheEchoWall(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.register("") // came by the app
		first := s.posted("")
		s.clock.Advance(24 * time.Hour)
		s.posted(`,"confidential":true`)
		s.posted(`,"nature":"accusation"`)
		s.posted("")
		body := strings.Replace(grievanceOf(""), `"channel":"app"`, `"channel":"wall"`, 1)
		as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", body), http.StatusCreated) // not taken on yet

		page := as[WallPage](s, s.send("", "GET", v1+"/public/wall", ""), http.StatusOK)
		if len(page.Items) != 2 || page.Items[0].ReceivedOn.String() != "2026-11-24" || page.Items[1].ReceivedOn.String() != "2026-11-23" || page.Items[1].Title != "村口路灯不亮" {
			t.Fatalf("%+v", page)
		}
		text := string(bodyOf(t, s.send("", "GET", v1+"/public/wall", "")))
		for _, secret := range []string{"张三丰", "张", "13800001234", "430102195001011234", "四组", first, "99012110"} {
			if strings.Contains(text, secret) {
				t.Errorf("the wall tells %q: %s", secret, text)
			}
		}
		s.act("handler", first, "/contact", `{"words":"电话联系"}`)
		s.act("handler", first, "/submit", opinion)
		if strings.Contains(string(bodyOf(t, s.send("", "GET", v1+"/public/wall", ""))), "本周修好") {
			t.Error("the wall tells what nobody has signed yet")
		}
		s.act("leader", first, "/sign-offs/1/approve", `{}`)
		one := as[WallPage](s, s.send("", "GET", v1+"/public/wall?limit=1", ""), http.StatusOK)
		two := as[WallPage](s, s.send("", "GET", v1+"/public/wall?limit=1&cursor="+one.Next, ""), http.StatusOK)
		if answered := two.Items[0]; answered.Answer != "本周修好" || answered.Outcome != "supported" || answered.AnsweredOn == nil || two.Next != "" {
			t.Errorf("answered: %+v", two)
		}

		s.refuses("handler", "POST", v1+"/cases/"+first+"/take-down", `{"reason":"unlawful","words":"x"}`, 403, "auth.role")
		s.act("clerk", first, "/take-down", `{"reason":"personal_information","words":"文中有他人住址"}`)
		asks := read[SignOffPage](s, "deputy", "/sign-offs").Items
		if len(asks) != 1 || asks[0].Kind != "take_down" || len(asks[0].Texts) != 1 || asks[0].Case.Status != "closed" {
			t.Fatalf("to be signed: %+v", asks)
		}
		if c := s.act("deputy", first, "/sign-offs/2/approve", `{}`); c.TakenDownAt == nil || c.Status != "closed" || c.PendingTakeDown != 0 {
			t.Errorf("taken down: %+v", c)
		}
		if left := as[WallPage](s, s.send("", "GET", v1+"/public/wall", ""), http.StatusOK); len(left.Items) != 1 {
			t.Errorf("%d posts left", len(left.Items))
		}
		if text := string(bodyOf(t, s.send("petitioner", "GET", v1+"/cases/"+first, ""))); strings.Contains(text, "文中有他人住址") {
			t.Error("the petitioner reads why")
		}
		s.refuses("", "GET", v1+"/public/wall?title=x", "", 400, "request.unknown_parameter")
	})
}
