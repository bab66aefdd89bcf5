package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// step is one action in the life of a case: who may do it, who has no role for
// it, and who has the role but elsewhere, so that there is no such case.
type step struct {
	action, body            string
	right, wrong, code, far string
	status                  grievance.Status
}

func TestLifeOfACase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.walk(id, []step{
			{"/classify", `{"category":"0102","urgency":"simple"}`, "clerk", "handler", "auth.role", "clerk2", "registered"},
			{"/correct", `{"headcount":2,"title":"村口两盏路灯不亮"}`, "clerk", "courier", "auth.role", "clerk2", "registered"},
			{"/accept", `{"notice":"我们已受理"}`, "clerk", "handler", "auth.role", "clerk2", "accepted"},
			{"/notices/1/service", `{"how":"mail","proof":"回执单号1"}`, "clerk", "supervisor", "auth.role", "clerk2", "accepted"},
			{"/assign", s.toHandler(), "clerk", "handler", "auth.role", "clerk2", "assigned"},
			{"/acknowledge", ``, "handler", "leader", "case.not_permitted", "handler2", "handling"},
			{"/contact", `{"words":"电话说明了情况"}`, "handler", "leader", "case.not_permitted", "handler2", "handling"},
			{"/notes", `{"words":"已派电工","to_petitioner":true}`, "handler", "", "", "handler2", "handling"},
			{"/escalate", `{"level":1,"reason":"needs_coordination","words":"需电力公司配合"}`, "handler", "courier", "auth.role", "handler2", "handling"},
			{"/submit", opinion, "handler", "clerk", "auth.role", "handler2", "awaiting_signoff"},
			{"/sign-offs/1/return", `{"reason":"facts_unclear","words":"请写明杆号"}`, "leader", "handler", "auth.role", "leader2", "handling"},
			{"/submit", opinion, "handler", "clerk", "auth.role", "handler2", "awaiting_signoff"},
			{"/sign-offs/2/approve", `{}`, "deputy", "handler", "auth.role", "leader2", "closed"},
			{"/notices/2/service", `{"how":"in_person"}`, "handler", "leader", "case.not_permitted", "handler2", "closed"},
			{"/rating", `{"contacted":true,"resolved":false,"satisfied":false}`, "clerk", "handler", "auth.role", "clerk2", "closed"},
			{"/dispute", `{"words":"第二天又不亮了"}`, "clerk", "handler", "auth.role", "clerk2", "handling"},
			{"/withdraw", `{"words":"已经修好"}`, "clerk", "handler", "auth.role", "clerk2", "handling"},
			{"/sign-offs/3/approve", `{"words":"同意撤回"}`, "leader", "handler", "auth.role", "leader2", "withdrawn"},
		})
		before := s.send("clerk", "GET", v1+"/cases/"+id, "")
		again := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases/"+id+"/query-code", ""), http.StatusOK)
		if again.QueryCode == "" || entityTag(again.Version) == before.Header.Get("ETag") {
			t.Errorf("reissued %q at version %d", again.QueryCode, again.Version)
		}
		s.refuses("clerk2", "POST", v1+"/cases/"+id+"/query-code", "", 404, "not_found")
	})
}

func TestOtherWaysThatACaseEnds(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		forwarded := s.register("").ID
		s.walk(forwarded, []step{
			{"/forward", fmt.Sprintf(`{"unit_id":%q,"reason":"other_area","words":"属栖桥"}`, s.unit(qiqiao)), "clerk", "handler", "auth.role", "clerk2", "registered"},
			{"/acknowledge", `{}`, "clerk2", "clerk", "case.not_permitted", "land_clerk", "registered"},
			{"/accept", `{}`, "clerk2", "clerk", "case.not_permitted", "land_clerk", "accepted"},
		})
		declined := s.register("").ID
		s.walk(declined, []step{
			{"/decline", `{"reason":"duplicate","words":"与昨日登记重复"}`, "clerk", "handler", "auth.role", "clerk2", "registered"},
			{"/sign-offs/1/approve", `{}`, "leader", "handler", "auth.role", "leader2", "declined"},
		})
		inquiry := s.register(`,"nature":"inquiry"`).ID
		s.walk(inquiry, []step{
			{"/answer", `{"answer":"周一至周五上午九点开门"}`, "clerk", "handler", "auth.role", "clerk2", "closed"},
		})
	})
}

func (s *city) walk(id string, steps []step) {
	s.t.Helper()
	for _, step := range steps {
		path := v1 + "/cases/" + id + step.action
		s.refuses("", "POST", path, step.body, 401, "auth.required")
		s.refuses(step.far, "POST", path, step.body, 404, "not_found")
		if step.wrong != "" {
			s.refuses(step.wrong, "POST", path, step.body, 403, step.code)
		}
		res := s.send(step.right, "POST", path, step.body)
		c := as[CaseView](s, res, http.StatusOK)
		if c.Status != step.status || res.Header.Get("ETag") != entityTag(c.Version) {
			s.t.Fatalf("%s: %s, ETag %s at version %d, want %s", step.action, c.Status, res.Header.Get("ETag"), c.Version, step.status)
		}
		if c.Responsible.ID == "" || c.Responsible.Name == "" || c.Responsible.UnitName == "" {
			s.t.Errorf("%s: nobody answers for the case: %+v", step.action, c.Responsible)
		}
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.refuses("", "POST", v1+"/cases", grievanceOf(""), 401, "auth.required")
		s.refuses("handler", "POST", v1+"/cases", grievanceOf(""), 403, "auth.role")
		s.refuses("clerk2", "POST", v1+"/cases", grievanceOf(`,"unit_id":"`+s.unit(jichuan)+`"`), 403, "unit.not_yours")

		res := s.send("clerk", "POST", v1+"/cases", grievanceOf(fmt.Sprintf(`,"area_id":%q,"received_at":"2026-11-20T16:00:00+08:00"`, s.unit(village))))
		c := as[CaseWithCode](s, res, http.StatusCreated)
		if res.Header.Get("Location") != v1+"/cases/"+c.ID || res.Header.Get("ETag") != entityTag(c.Version) {
			t.Errorf("Location %s, ETag %s", res.Header.Get("Location"), res.Header.Get("ETag"))
		}
		if c.ReceiptNumber != "990121101-20261123-0001" || len(c.QueryCode) != 12 || c.Status != grievance.Registered {
			t.Errorf("%s, %s, %s", c.ReceiptNumber, c.QueryCode, c.Status)
		}
		if c.ReceivedOn.String() != "2026-11-20" || c.CategoryName != "土地承包" || c.Area.Name != "霁川社区" || c.ProposedUnit.Code != economy {
			t.Errorf("%s, %s, %+v, %+v", c.ReceivedOn, c.CategoryName, c.Area, c.ProposedUnit)
		}
		want := HolderView{ID: s.user("clerk"), Name: "许晚晴", UnitID: s.unit(jichuan), UnitName: "霁川镇", Role: grievance.RoleClerk}
		if c.Responsible != want || c.FirstResponder.ID != want.ID {
			t.Errorf("%+v answers", c.Responsible)
		}
		for _, account := range []string{"courier", "grid_worker"} {
			as[CaseWithCode](s, s.send(account, "POST", v1+"/cases", grievanceOf("")), http.StatusCreated)
		}
	})
}

func TestPetitionersRegisterForThemselves(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	here := fmt.Sprintf(`,"area_id":%q`, s.unit(village))
	c := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(here)), http.StatusCreated)
	if got := read[CaseDetail](s, "petitioner", "/cases/"+c.ID); got.Title != "村口路灯不亮" || got.LeadUnit.Code != jichuan {
		t.Errorf("%+v", got)
	}
	s.refuses("petitioner2", "GET", v1+"/cases/"+c.ID, "", 404, "not_found")
	for more, code := range map[string]string{
		`,"received_at":"2026-11-01T00:00:00Z"`: "received_at.not_yours",
		`,"urgency":"life_property"`:            "urgency.not_yours",
	} {
		p := s.refuses("petitioner", "POST", v1+"/cases", grievanceOf(here+more), 422, "request.invalid")
		if p.Errors[0].Code != code {
			t.Errorf("%s: %+v", more, p.Errors)
		}
	}
	byLetter := strings.Replace(grievanceOf(here), `"app"`, `"letter"`, 1)
	if p := s.refuses("petitioner", "POST", v1+"/cases", byLetter, 422, "request.invalid"); p.Errors[0].Code != "channel.not_public" {
		t.Errorf("%+v", p.Errors)
	}
}

func TestTheSameIdIsTheSameCase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const id = "01939e7c-0000-7000-8000-000000000001"
		first := s.register(`,"id":"` + id + `"`)
		again := s.register(`,"id":"` + id + `"`)
		if first.ID != id || again.ReceiptNumber != first.ReceiptNumber || again.QueryCode != first.QueryCode {
			t.Errorf("%s %s, then %s %s", first.ID, first.ReceiptNumber, again.ID, again.ReceiptNumber)
		}
		s.refuses("clerk", "POST", v1+"/cases", grievanceOf(`,"headcount":3,"id":"`+id+`"`), 409, "case.id_taken")
		s.refuses("clerk2", "POST", v1+"/cases", grievanceOf(`,"id":"`+id+`"`), 409, "case.id_taken")
		s.refuses("clerk", "POST", v1+"/cases", grievanceOf(`,"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479"`), 422, "request.invalid")
		if next := s.register(""); next.ReceiptNumber != "990121101-20261123-0002" {
			t.Errorf("the repeated registrations left a gap: %s", next.ReceiptNumber)
		}
	})
}

// What the foundation's issue says must be refused, each with a stable code in
// both languages.
func TestRefusals(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		cases, id := v1+"/cases", s.register("").ID
		one := cases + "/" + id
		tests := []struct {
			name, method, path, body string
			status                   int
			code, fault              string
			header                   []string
		}{
			{"unknown field", "POST", cases, grievanceOf(`,"colour":"red"`), 400, "request.unknown_field", "unknown_field", nil},
			{"unknown field within", "POST", one + "/accept", `{"service":{"how":"sms","when":1}}`, 400, "request.unknown_field", "unknown_field", nil},
			{"trailing data", "POST", one + "/accept", `{} {}`, 400, "request.trailing_data", "", nil},
			{"content type", "POST", one + "/accept", `{}`, 415, "request.media_type", "", []string{"Content-Type: text/plain"}},
			{"oversize", "POST", cases, grievanceOf(`,"body2":"` + strings.Repeat("长", maxBody/3) + `"`), 413, "request.too_large", "", nil},
			{"too long a text", "POST", one + "/notes", `{"words":"` + strings.Repeat("长", 10001) + `"}`, 422, "request.invalid", "too_long", nil},
			{"bad UTF-8", "POST", one + "/notes", "{\"words\":\"\xff\"}", 400, "request.bad_utf8", "", nil},
			{"control characters", "POST", one + "/notes", `{"words":"a\u0007b"}`, 422, "request.control_char", "control_char", nil},
			{"duplicate keys", "POST", one + "/notes", `{"words":"一","words":"二"}`, 400, "request.duplicate_key", "duplicate_key", nil},
			{"a stale version", "POST", one + "/accept", `{}`, 412, "case.stale", "", []string{`If-Match: "77"`}},
			{"decline without a reason", "POST", one + "/decline", `{"words":"不归我们管"}`, 422, "request.invalid", "required", nil},
			{"decline for no coded reason", "POST", one + "/decline", `{"reason":"busy","words":"不归我们管"}`, 422, "request.invalid", "reason.unknown", nil},
			{"unknown category", "POST", cases, strings.Replace(grievanceOf(""), `"0101"`, `"9999"`, 1), 422, "request.invalid", "category.unknown", nil},
			{"received in the future", "POST", cases, grievanceOf(`,"received_at":"2026-11-23T02:00:01Z"`), 422, "request.invalid", "received_at.future", nil},
			{"another state's action", "POST", one + "/assign", `{}`, 409, "case.state", "", nil},
			{"no inquiry", "POST", one + "/answer", `{"answer":"好的"}`, 409, "case.not_inquiry", "", nil},
			{"blank words", "POST", one + "/notes", `{"words":" "}`, 422, "request.invalid", "required", nil},
			{"an incomplete rating by who may give none", "POST", one + "/rating", `{"contacted":true}`, 403, "case.not_permitted", "", nil},
			{"no such sign-off", "POST", one + "/withdraw", `{"words":""}`, 422, "request.invalid", "required", nil},
			{"no id", "GET", cases + "/nothing", ``, 404, "not_found", "", nil},
		}
		for _, tt := range tests {
			p := s.refuses("clerk", tt.method, tt.path, tt.body, tt.status, tt.code, tt.header...)
			if tt.fault != "" && (len(p.Errors) == 0 || p.Errors[0].Code != tt.fault || p.Errors[0].Pointer == "") {
				t.Errorf("%s: %+v, want %s", tt.name, p.Errors, tt.fault)
			}
		}
		if c := read[CaseDetail](s, "clerk", "/cases/"+id); c.Status != grievance.Registered || c.Version != 1 {
			t.Errorf("what was refused changed the case: %s, version %d", c.Status, c.Version)
		}
	})
}

func TestNobodySignsTheirOwnWork(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := s.register("").ID
	s.act("clerk", id, "/accept", `{}`)
	s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q}`, s.unit(village)))
	s.act("head_jichuan", id, "/acknowledge", "")
	s.act("head_jichuan", id, "/submit", opinion)
	s.refuses("head_jichuan", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "signoff.own_work")
	s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/9/approve", `{}`, 404, "not_found")
	s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/x/approve", `{}`, 404, "not_found")
	s.act("leader", id, "/sign-offs/1/approve", `{}`)
	s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 409, "signoff.decided")
}

func TestEscalationsAreTakenByTheirPost(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		s.act("handler", id, "/escalate", `{"level":2,"reason":"cannot_be_solved_here"}`)
		list := read[EscalationList](s, "handler", "/cases/"+id+"/escalations")
		if len(list.Items) != 1 || list.Items[0].Target.UnitName != "禾汀县" || list.Items[0].Target.Role != grievance.RoleSupervisor {
			t.Fatalf("%+v", list.Items)
		}
		path := v1 + "/escalations/" + list.Items[0].ID
		for _, action := range []struct{ path, body, conflict string }{
			{path + "/acknowledge", "", "escalation.not_open"},
			{path + "/resolve", `{"words":"已协调电力公司"}`, "escalation.resolved"},
		} {
			s.refuses("", "POST", action.path, action.body, 401, "auth.required")
			s.refuses("handler", "POST", action.path, action.body, 403, "auth.role")
			s.refuses("leader", "POST", action.path, action.body, 403, "escalation.not_yours")
			s.refuses("leader2", "POST", action.path, action.body, 404, "not_found")
			as[CaseView](s, s.send("supervisor", "POST", action.path, action.body), http.StatusOK)
			s.refuses("supervisor", "POST", action.path, action.body, 409, action.conflict)
		}
		s.refuses("supervisor", "POST", v1+"/escalations/"+id+"/acknowledge", "", 404, "not_found")
		after := read[EscalationList](s, "supervisor", "/cases/"+id+"/escalations").Items[0]
		if after.State != grievance.EscalationResolved || after.ResolvedBy.Name != "严守正" || *after.ResolvedAt != storetest.Start {
			t.Errorf("%+v", after)
		}
	})
}
