package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

func (s *city) publicGrievance(more string) string {
	return fmt.Sprintf(`{"channel":"wechat","title":"垃圾没人收","body":"三天没收了","unit_id":%q%s}`, s.unit(jichuan), more)
}

func (s *city) sendIn(more string, header ...string) PublicReceipt {
	s.t.Helper()
	return as[PublicReceipt](s, s.send("", "POST", v1+"/public/cases", s.publicGrievance(more), header...), http.StatusCreated)
}

func (s *city) lookUp(receipt, code string) *http.Response {
	s.t.Helper()
	return s.send("", "POST", v1+"/public/cases/lookup", fmt.Sprintf(`{"receipt_number":%q,"query_code":%q}`, receipt, code))
}

func TestThePublicDoor(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		got := s.sendIn(`,"petitioner":{"name":"李四","phone":"13900001111"}`)
		if got.ReceiptNumber != "990121101-20261123-0001" || got.Unit.Name != "霁川镇" || len(got.QueryCode) != 12 {
			t.Errorf("%+v", got)
		}
		c := as[PublicCase](s, s.lookUp(got.ReceiptNumber, strings.ToLower(got.QueryCode)), http.StatusOK)
		if c.Status != grievance.Registered || len(c.Texts) != 2 || c.DueOn.String() != "2026-11-24" || c.DueAt == nil {
			t.Errorf("%+v", c)
		}
		for channel, status := range map[string]int{"web": 201, "app": 201, "wall": 201, "visit": 422, "hotline": 422, "pigeon": 422} {
			res := s.send("", "POST", v1+"/public/cases", strings.Replace(s.publicGrievance(""), "wechat", channel, 1))
			if res.StatusCode != status {
				t.Errorf("%s: status %d, want %d", channel, res.StatusCode, status)
			}
			if res.Header.Get("Location") != "" || res.Header.Get("ETag") != "" {
				t.Errorf("%s: the public is told of %s", channel, res.Header.Get("Location"))
			}
		}
		s.refuses("", "POST", v1+"/public/cases", s.publicGrievance(`,"urgency":"life_property"`), 400, "request.unknown_field")
		s.refuses("", "POST", v1+"/public/cases", `{"channel":"web","title":"题","body":"文"}`, 422, "request.invalid")
	})
}

func TestThePublicSendsAgain(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		first := s.sendIn("", "Idempotency-Key: phone-1")
		if again := s.sendIn("", "Idempotency-Key: phone-1"); again != first {
			t.Errorf("by key: %+v, then %+v", first, again)
		}
		s.refuses("", "POST", v1+"/public/cases", s.publicGrievance(`,"headcount":2`), 422, "idempotency.key_reused", "Idempotency-Key: phone-1")
		const id = `,"id":"01939e7c-0000-7000-8000-000000000002"`
		first = s.sendIn(id)
		if again := s.sendIn(id); again != first {
			t.Errorf("by id: %+v, then %+v", first, again)
		}
		s.refuses("", "POST", v1+"/public/cases", s.publicGrievance(id+`,"headcount":2`), 409, "case.id_taken")
	})
}

func TestLookupTellsNobodyElse(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		mine, other := s.sendIn(""), s.sendIn("")
		problems := map[string]bool{}
		for _, pair := range [][2]string{
			{mine.ReceiptNumber, other.QueryCode}, {mine.ReceiptNumber, "000-000-0000"}, {"990121101-20261123-9999", mine.QueryCode}, {"nothing", "x"},
		} {
			p := problemOf(t, s.lookUp(pair[0], pair[1]))
			p.RequestID = ""
			problems[fmt.Sprint(p)] = true
			if p.Code != "public.not_found" || p.Status != 404 {
				t.Errorf("%v: %+v", pair, p)
			}
		}
		if len(problems) != 1 {
			t.Errorf("a wrong code and an unknown receipt differ: %v", problems)
		}
	})
}

func TestLookupShowsWhatThePetitionerMayRead(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		c := s.register("")
		s.act("clerk", c.ID, "/accept", `{"notice":"已受理"}`)
		s.act("clerk", c.ID, "/notes", `{"words":"内部意见"}`)
		s.act("clerk", c.ID, "/assign", s.toHandler())
		s.act("handler", c.ID, "/acknowledge", "")
		s.act("handler", c.ID, "/submit", opinion)
		if body := string(bodyOf(t, s.lookUp(c.ReceiptNumber, c.QueryCode))); strings.Contains(body, "本周修好") || strings.Contains(body, "内部意见") || !strings.Contains(body, "已受理") {
			t.Errorf("before the signature: %s", body)
		}
		s.act("leader", c.ID, "/sign-offs/1/approve", `{}`)
		if body := string(bodyOf(t, s.lookUp(c.ReceiptNumber, c.QueryCode))); !strings.Contains(body, "本周修好") {
			t.Errorf("after the signature: %s", body)
		}
		again := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases/"+c.ID+"/query-code", ""), http.StatusOK)
		if old := s.lookUp(c.ReceiptNumber, c.QueryCode); again.QueryCode == c.QueryCode || old.StatusCode != http.StatusNotFound {
			t.Errorf("the old code still works: status %d", old.StatusCode)
		}
		as[PublicCase](s, s.lookUp(c.ReceiptNumber, again.QueryCode), http.StatusOK)
	})
}

func TestTheEngineIsTheAdministrators(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, call := range [][2]string{{"GET", "/engine"}, {"POST", "/engine/run"}} {
			s.refuses("", call[0], v1+call[1], "", 401, "auth.required")
			s.refuses("leader", call[0], v1+call[1], "", 403, "auth.role")
		}
		before := read[EngineStatus](s, "admin", "/engine")
		s.register("")
		if st := read[EngineStatus](s, "admin", "/engine"); st.LastRun != nil || st.Unsequenced != before.Unsequenced+1 {
			t.Errorf("before: %+v", st)
		}
		run := as[EngineRun](s, s.send("admin", "POST", v1+"/engine/run", ""), http.StatusOK)
		st := read[EngineStatus](s, "admin", "/engine")
		if len(run.Rules) == 0 || st.LastRun == nil || st.Unsequenced != 0 || st.Backlog != 0 {
			t.Errorf("after: %+v", st)
		}
		if i := slices.IndexFunc(st.Rules, func(r EngineRule) bool { return r.Name == "sequence" }); i < 0 ||
			st.Rules[i].Runs != 1 || st.Rules[i].Done != before.Unsequenced+1 || st.Rules[i].Backlog != 0 {
			t.Errorf("the rules after: %+v", st.Rules)
		}
	})
}

func TestAPetitionerWithoutAnAccountHasTheLastWord(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		sent, other := s.sendIn(""), s.sendIn("")
		id := s.caseOf(sent)
		speak := func(receipt, code, action, more string) *http.Response {
			body := fmt.Sprintf(`{"receipt_number":%q,"query_code":%q%s}`, receipt, code, more)
			return s.send("", "POST", v1+"/public/cases/"+action, body, "Idempotency-Key: last-"+action)
		}
		const rating = `,"contacted":true,"resolved":false,"satisfied":false`
		if p := problemOf(t, speak(sent.ReceiptNumber, sent.QueryCode, "rating", rating)); p.Code != "case.state" {
			t.Errorf("before the answer: %+v", p)
		}
		s.act("clerk", id, "/accept", `{}`)
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", `{}`)
		if p := problemOf(t, speak(sent.ReceiptNumber, other.QueryCode, "rating", rating)); p.Code != "public.not_found" {
			t.Errorf("with another's code: %+v", p)
		}
		rated := as[PublicReply](s, speak(sent.ReceiptNumber, sent.QueryCode, "rating", rating), http.StatusOK)
		if rating := read[CaseDetail](s, "clerk", "/cases/"+id).Rating; rating == nil || rating.Satisfied || !rating.Contacted || rated.Status != grievance.Closed {
			t.Errorf("%+v", rated)
		}
		disputed := as[PublicReply](s, speak(sent.ReceiptNumber, sent.QueryCode, "dispute", `,"words":"没有解决"`), http.StatusOK)
		if disputed.Round != 2 || disputed.Status != grievance.InHandling {
			t.Errorf("%+v", disputed)
		}
		if again := speak(sent.ReceiptNumber, sent.QueryCode, "dispute", `,"words":"没有解决"`); again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("sent again: status %d", again.StatusCode)
		}
	})
}

// caseOf finds the case that a petitioner has sent in.
func (s *city) caseOf(r PublicReceipt) string {
	s.t.Helper()
	var id grievance.CaseID
	err := s.Store.Read(s.t.Context(), func(sn *store.Snapshot) error {
		c, err := sn.CaseByReceipt(r.ReceiptNumber)
		id = c.ID
		return err
	})
	must(s.t, err)
	return id.String()
}

// Whoever has no login finds whose desk to write to.
func TestThePublicDoorTellsItsUnits(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	page := as[UnitPage](s, s.send("", "GET", v1+"/public/units?level=township", ""), http.StatusOK)
	if len(page.Items) == 0 || page.Items[0].Name == "" {
		t.Fatalf("%+v", page)
	}
	body := fmt.Sprintf(`{"channel":"wechat","title":"垃圾没人收","body":"三天没收了","unit_id":%q}`, page.Items[0].ID)
	receipt := as[PublicReceipt](s, s.send("", "POST", v1+"/public/cases", body), http.StatusCreated)
	if receipt.Unit.ID != page.Items[0].ID {
		t.Errorf("sent to %s, received by %s", page.Items[0].Name, receipt.Unit.Name)
	}
	s.refuses("", "GET", v1+"/public/units?ended=true", "", 400, "request.unknown_parameter")
}
