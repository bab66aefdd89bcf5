package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

var resources = []string{"", "/events", "/deadlines", "/notices", "/parties", "/sign-offs", "/escalations"}

func TestWhoReadsACase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		here := fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
		id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(here)), http.StatusCreated).ID
		s.act("clerk", id, "/notes", `{"words":"内部意见"}`)
		s.act("clerk", id, "/notes", `{"words":"给您回话","to_petitioner":true}`)
		s.act("clerk", id, "/accept", `{}`)
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/submit", opinion)
		for _, part := range resources {
			path := v1 + "/cases/" + id + part
			s.refuses("", "GET", path, "", 401, "auth.required")
			for _, stranger := range []string{"clerk2", "handler2", "leader2", "safety_handler", "admin"} {
				s.refuses(stranger, "GET", path, "", 404, "not_found")
			}
			for _, insider := range []string{"clerk", "handler", "leader", "deputy", "supervisor", "city_supervisor"} {
				if res := s.send(insider, "GET", path, ""); res.StatusCode != http.StatusOK {
					t.Errorf("%s as %s: status %d", part, insider, res.StatusCode)
				}
			}
		}
		s.refuses("petitioner2", "GET", v1+"/cases/"+id, "", 404, "not_found")
		s.refuses("petitioner", "GET", v1+"/cases/"+id+"/sign-offs", "", 403, "auth.role")
		s.readsAsPetitioner(id)
	})
}

// readsAsPetitioner: what is inside, or before a leader, is not the petitioner's
// to read; what was signed is.
func (s *city) readsAsPetitioner(id string) {
	s.t.Helper()
	seen := func() string {
		all := ""
		for _, part := range []string{"", "/events", "/deadlines", "/notices", "/parties"} {
			all += string(bodyOf(s.t, s.send("petitioner", "GET", v1+"/cases/"+id+part, "")))
		}
		return all
	}
	before := seen()
	if strings.Contains(before, "内部意见") || strings.Contains(before, "本周修好") || strings.Contains(before, `"submitted"`) {
		s.t.Errorf("the petitioner reads what is inside: %s", before)
	}
	if !strings.Contains(before, "给您回话") || !strings.Contains(before, "老人夜里摔倒过") {
		s.t.Errorf("the petitioner does not read what is public: %s", before)
	}
	s.act("leader", id, "/sign-offs/1/return", `{"reason":"other","words":"再想想"}`)
	if returned := seen(); strings.Contains(returned, "本周修好") || strings.Contains(returned, "再想想") {
		s.t.Errorf("the petitioner reads what was returned: %s", returned)
	}
	s.act("handler", id, "/submit", strings.Replace(opinion, "本周修好", "今天修好", 1))
	s.act("leader", id, "/sign-offs/2/approve", `{"words":"同意，抓紧"}`)
	if signed := seen(); !strings.Contains(signed, "今天修好") || strings.Contains(signed, "本周修好") || strings.Contains(signed, "抓紧") {
		s.t.Errorf("the petitioner reads of what was signed: %s", signed)
	}
}

func TestCouriersReadWhatThePetitionerMay(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := as[CaseWithCode](s, s.send("courier", "POST", v1+"/cases", grievanceOf("")), http.StatusCreated).ID
	s.act("clerk", id, "/notes", `{"words":"内部意见"}`)
	s.act("courier", id, "/notes", `{"words":"我看过现场"}`)
	texts := read[CaseDetail](s, "courier", "/cases/"+id).Texts
	if len(texts) != 1 || texts[0].Body != "我看过现场" || texts[0].Author.Name != "龚传喜" {
		t.Errorf("the courier reads %+v", texts)
	}
	for _, part := range []string{"/sign-offs", "/escalations"} {
		s.refuses("courier", "GET", v1+"/cases/"+id+part, "", 403, "case.outside")
	}
}

func TestDetail(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed(`,"others":[{"kind":"named","name":"王小二"}]`)
		s.act("clerk", id, "/rating", `{"contacted":true,"resolved":true,"satisfied":false}`)
		d := read[CaseDetail](s, "clerk", "/cases/"+id)
		if p := d.Petitioner; p == nil || p.Name != "张**" || p.Phone != "138****1234" || p.IDNumber != "4301**********1234" || p.Address != "霁川镇****" {
			t.Errorf("petitioner: %+v", p)
		}
		var kinds []grievance.TextKind
		for _, x := range d.Texts {
			kinds = append(kinds, x.Kind)
		}
		want := []grievance.TextKind{"notice", "proof", "contact", "opinion_request", "opinion_facts", "opinion", "opinion_legal_basis"}
		if !slices.Equal(kinds, want) {
			t.Errorf("texts %v, want %v", kinds, want)
		}
		if d.Status != grievance.Closed || d.Outcome != grievance.Supported || d.Rating == nil || d.Rating.Satisfied || d.Awaiting != nil || d.Handler.Name != "周远志" {
			t.Errorf("%+v", d)
		}
		parties := read[PartyList](s, "handler", "/cases/"+id+"/parties").Items
		if len(parties) != 2 || parties[1].Kind != grievance.PersonNamed || parties[1].Name != "王**" {
			t.Errorf("parties: %+v", parties)
		}
		notices := read[NoticeList](s, "handler", "/cases/"+id+"/notices").Items
		if len(notices) != 2 || notices[0].Texts[0].Body != "已受理" || notices[0].ServedHow != "sms" || len(notices[1].Texts) != 4 || notices[1].ServedAt != nil {
			t.Errorf("notices: %+v", notices)
		}
		signed := read[SignOffList](s, "handler", "/cases/"+id+"/sign-offs").Items
		if len(signed) != 1 || signed[0].State != grievance.SignOffApproved || signed[0].DecidedBy.Name != "顾长河" || len(signed[0].Texts) != 4 || len(signed[0].Digest) != 64 {
			t.Errorf("sign-offs: %+v", signed)
		}
	})
}

func TestAConfidentialCaseTellsNobodysName(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := s.register(`,"confidential":true`).ID
	for _, part := range []string{"", "/parties"} {
		body := string(bodyOf(t, s.send("clerk", "GET", v1+"/cases/"+id+part, "")))
		if strings.Contains(body, "张*") || strings.Contains(body, "138*") || !strings.Contains(body, `"****"`) {
			t.Errorf("%s tells %s", part, body)
		}
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.act("clerk", id, "/accept", `{}`)
		s.clock.Advance(72 * time.Hour)
		clocks := map[grievance.ClockKind]ClockView{}
		for _, k := range read[ClockList](s, "clerk", "/cases/"+id+"/deadlines").Items {
			clocks[k.Kind] = k
		}
		acceptance, handling := clocks[grievance.Acceptance], clocks[grievance.Handling]
		if !acceptance.Late || acceptance.BreachedAt != nil || acceptance.DueOn.String() != "2026-11-24" || acceptance.LengthUnit != "working_day" {
			t.Errorf("acceptance: %+v", acceptance)
		}
		if want := time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC); acceptance.DueAt != want {
			t.Errorf("acceptance is due at %s, want %s", acceptance.DueAt, want)
		}
		if handling.Late || handling.Length != 7 || handling.LengthUnit != "day" || handling.Debtor.Name != "许晚晴" || handling.NextRungAt == nil {
			t.Errorf("handling: %+v", handling)
		}
		as[EngineRun](s, s.send("admin", "POST", v1+"/engine/run", ""), http.StatusOK)
		for _, k := range read[ClockList](s, "clerk", "/cases/"+id+"/deadlines").Items {
			if k.Kind == grievance.Acceptance && (k.BreachedAt == nil || *k.BreachedAt != k.DueAt || k.Rung == 0) {
				t.Errorf("after the engine: %+v", k)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed("")
		all := read[EventPage](s, "handler", "/cases/"+id+"/events").Items
		var paged []EventView
		path := "/cases/" + id + "/events?limit=3"
		for path != "" {
			page := read[EventPage](s, "handler", path)
			paged = append(paged, page.Items...)
			path = ""
			if page.Next != "" {
				path = "/cases/" + id + "/events?limit=3&cursor=" + page.Next
			}
		}
		if len(all) < 8 || len(paged) != len(all) {
			t.Fatalf("%d events in one page, %d in several", len(all), len(paged))
		}
		for i, e := range paged {
			if e.Seq != int64(i+1) || e.Kind != all[i].Kind || e.Actor == nil || e.Actor.Name == "" || e.Post.UnitName == "" {
				t.Errorf("event %d: %+v", i+1, e)
			}
		}
		if first := all[0].Facts; first.Receipt == "" || first.Responsible.Name != "许晚晴" || first.Texts[0].Body != "村口路灯不亮" || len(first.Started) != 1 {
			t.Errorf("registered: %+v", first)
		}
		s.refuses("handler", "GET", v1+"/cases/"+id+"/events?order=desc", "", 400, "request.unknown_parameter")
		s.refuses("handler", "GET", v1+"/cases/"+id+"/events?limit=0", "", 400, "request.parameter")
		s.refuses("handler", "GET", v1+"/cases/"+id+"/events?cursor=abc", "", 400, "request.cursor")
	})
}

func TestFactsSayNoWithSilence(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases", grievanceOf("")), http.StatusCreated).ID
	s.act("clerk", id, "/notes", `{"words":"内部意见"}`)
	s.act("clerk", id, "/notes", `{"words":"给您回话","to_petitioner":true}`)
	body := string(bodyOf(t, s.send("clerk", "GET", v1+"/cases/"+id+"/events", "")))
	for _, name := range []string{`"on_behalf":`, `"to_petitioner":`} {
		if strings.Count(body, name) != 1 || strings.Count(body, name+"true") != 1 {
			t.Errorf("%s is not said of one event alone: %s", name, body)
		}
	}
}
