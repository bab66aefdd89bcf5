package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Whatever is wrong with the fields of a request, whoever finds it, is told at
// once; nothing is registered for it.
func TestEveryFieldAtFaultIsToldAtOnce(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		here := fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
		long := strings.Repeat("长", 201)
		id := s.register("").ID
		for _, tt := range []struct{ account, path, body, want string }{
			{"clerk", "/cases", `{"channel":"fax","title":"","body":"b","category":"99","headcount":-1}`,
				"/category category.unknown /channel channel.unknown /headcount too_small /title required"},
			{"clerk", "/cases", `{"channel":"app","nature":"x","title":"t","body":"b","petitioner":{"name":"` + long + `","phone":"1\n2"},
				"others":[{"kind":"named"},{"kind":"x","address":"` + long + `"}]}`,
				"/nature nature.unknown /others/1/address too_long /others/1/kind party.kind /petitioner/name too_long /petitioner/phone line_break"},
			{"clerk", "/cases", `{"channel":"app","title":"t","body":"b","headcount":1000001}`, "/headcount too_large"},
			{"petitioner", "/cases", `{"channel":"letter","title":"","body":"b","urgency":"simple","received_at":"2026-11-22T00:00:00Z"` + here + `}`,
				"/channel channel.not_public /received_at received_at.not_yours /title required /urgency urgency.not_yours"},
			{"", "/public/cases", `{"channel":"fax","title":"\u200b","body":"b","category":"99"` + here + `}`,
				"/category category.unknown /channel channel.not_public /title required"},
			{"clerk", "/cases/" + id + "/accept", `{"service":{"how":"pigeon","proof":"` + strings.Repeat(long, 50) + `"}}`,
				"/service/how service.unknown /service/proof too_long"},
			{"clerk", "/cases/" + id + "/correct", `{"area_id":"` + s.user("clerk") + `","title":"` + long + `"}`, "/area_id unit.unknown /title too_long"},
			{"", "/public/cases/rating", `{"receipt_number":"1","contacted":true}`, "/query_code required /resolved required /satisfied required"},
		} {
			events := s.recorded()
			p := s.refuses(tt.account, "POST", v1+tt.path, tt.body, 422, "request.invalid")
			got := strings.Split(faultsOf(p), " /")
			got[0] = strings.TrimPrefix(got[0], "/")
			slices.Sort(got)
			if joined := "/" + strings.Join(got, " /"); joined != tt.want {
				t.Errorf("%s %s\n got %s\nwant %s", tt.path, tt.body, joined, tt.want)
			}
			if n := s.recorded(); n != events {
				t.Errorf("%s %s: %d events", tt.path, tt.body, n-events)
			}
		}
	})
}

// A text that nobody can see is none.
func TestInvisibleTextIsNoText(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, nothing := range []string{"\u200b", "\ufeff", " ", "\u3000\u3000", "\u2060\u00ad\ufe0f", "\u3164"} {
			p := s.refuses("clerk", "POST", v1+"/cases", fmt.Sprintf(`{"channel":"app","title":"%s","body":"b"}`, nothing), 422, "request.invalid")
			if faultsOf(p) != "/title required" {
				t.Errorf("%q: %s", nothing, faultsOf(p))
			}
		}
		p := s.refuses("clerk", "POST", v1+"/cases", "{\"channel\":\"app\",\"title\":\"a\u202eb\",\"body\":\"\u2066\"}", 422, "request.control_char")
		if faultsOf(p) != "/title control_char /body control_char" {
			t.Errorf("%s", faultsOf(p))
		}
		p = s.refuses("clerk", "POST", v1+"/cases", `{"channel":"app","title":"a\nb","body":"a\nb","petitioner":{"name":"a\u2028b"}}`, 422, "request.invalid")
		if faultsOf(p) != "/title line_break /petitioner/name line_break" {
			t.Errorf("%s", faultsOf(p))
		}
		kept := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", `{"channel":"app","title":"👨\u200d👩","body":"a\n\u200bb"}`), 201)
		if shown := read[CaseDetail](s, "clerk", "/cases/"+kept.ID); shown.Title != "👨\u200d👩" || shown.Body != "a\n\u200bb" {
			t.Errorf("what can be seen was changed: %+v", shown)
		}
	})
}

// The first instant of all is no way to say now.
func TestReceivedLongAgo(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, at := range []string{"0001-01-01T00:00:00Z", "1999-12-31T00:00:00Z"} {
			p := s.refuses("clerk", "POST", v1+"/cases", grievanceOf(`,"received_at":"`+at+`"`), 422, "request.invalid")
			if faultsOf(p) != "/received_at received_at.too_early" {
				t.Errorf("%s: %s", at, faultsOf(p))
			}
		}
		if c := s.register(`,"received_at":null`); !c.ReceivedAt.Equal(s.clock.Now()) {
			t.Errorf("received at %s", c.ReceivedAt)
		}
	})
}

// Where nothing has to be said, no body says it.
func TestActionsWithoutABody(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		key := "Idempotency-Key: k"
		as[CaseView](s, s.send("clerk", "POST", v1+"/cases/"+id+"/accept", "", key), 200)
		if again := s.send("clerk", "POST", v1+"/cases/"+id+"/accept", "{}", key); again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("{} after nothing: %d", again.StatusCode)
		}
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", "")
		for _, a := range book(s).AppointmentsOf(officer(s, "courier")) {
			as[AppointmentView](s, s.send("admin", "POST", v1+"/appointments/"+a.ID.String()+"/end", ""), 200)
		}
		other := s.register("").ID
		s.refuses("clerk", "POST", v1+"/cases/"+other+"/decline", "", 415, "request.media_type")
	})
}

func officer(s *city, account string) grievance.UserID {
	s.t.Helper()
	id, err := grievance.ParseID[grievance.User](s.user(account))
	must(s.t, err)
	return id
}
