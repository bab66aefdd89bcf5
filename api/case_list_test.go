package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// registerAt registers a case at an account's desk.
func (s *city) registerAt(account string, in grievance.Registration) *grievance.Case {
	s.t.Helper()
	in.Title, in.Body = "路灯", "不亮"
	d, err := s.Desk.Register(s.t.Context(), casework.Request{Actor: officetest.Actor(s.t, s.Office, s.clock, account)}, in)
	must(s.t, err)
	return d.Case
}

func TestCaseFilters(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		names := map[string]string{}
		add := func(name, id string) string { names[id] = name; return id }
		early := s.clock.Now().Add(-5 * 24 * time.Hour)
		add("urgent", s.registerAt("clerk2", grievance.Registration{
			Channel: grievance.ByHotline, Urgency: grievance.LifeProperty, Category: "0301", ReceivedAt: early,
			Petitioner: grievance.Party{Phone: "13900001111"},
		}).ID.String())
		s.clock.Advance(time.Second)
		handled := add("handled", s.handled(""))
		s.clock.Advance(time.Second)
		asked := add("answered", s.registerAt("clerk", grievance.Registration{Channel: grievance.ByVisit, Nature: grievance.Inquiry}).ID.String())
		s.act("clerk", asked, "/answer", `{"answer":"周一至周五办理"}`)
		s.runEngine()

		for query, want := range map[string]string{
			"":                               "answered handled urgent",
			"sort=received_at":               "urgent handled answered",
			"sort=due_at":                    "urgent handled answered",
			"status=handling":                "handled",
			"status=handling,closed":         "answered handled",
			"status=handling&status=closed":  "answered handled",
			"unit=" + s.unit(jichuan):        "answered handled",
			"unit=" + s.unit(economy):        "handled",
			"unit=" + s.unit("990121"):       "answered handled urgent",
			"handler=" + s.user("handler"):   "handled",
			"responsible=" + s.user("clerk"): "answered",
			"channel=hotline":                "urgent",
			"nature=inquiry":                 "answered",
			"category=03":                    "urgent",
			"category=0101":                  "handled",
			"category=0":                     "handled urgent",
			"urgency=life_property":          "urgent",
			"profile=hotline":                "urgent",
			"received_to=2026-11-22":         "urgent",
			"received_from=2026-11-23":       "answered handled",
			"received_from=2026-11-18&received_to=2026-11-18": "urgent",
			"overdue=true":                                 "urgent",
			"overdue=false":                                "answered handled",
			"due_before=2026-11-23T00:00:00Z":              "urgent",
			"unassigned=true":                              "urgent",
			"unassigned=false":                             "answered handled",
			"unrouted=true":                                "",
			"escalated=true":                               "urgent",
			"escalated=false":                              "answered handled",
			"escalation_level=1":                           "urgent",
			"escalation_cause=dispute":                     "",
			"escalated=false&escalation_cause=dispute":     "answered handled urgent",
			"clock_kind=handling":                          "handled",
			"clock_standing=open":                          "handled",
			"clock_kind=acceptance&clock_standing=on_time": "answered handled",
			"clock_unit=" + s.unit(economy):                "handled",
		} {
			var got []string
			for _, id := range s.follow("county_leader", v1+"/cases?"+query, 2) {
				got = append(got, names[id])
			}
			if strings.Join(got, " ") != want {
				t.Errorf("?%s: %v, want %q", query, got, want)
			}
			if n := s.total("county_leader", v1+"/cases?"+query); n != len(got) {
				t.Errorf("?%s counts %d", query, n)
			}
		}
		first := read[CasePage](s, "leader", "/cases?status=handling").Items[0]
		if first.Title != "村口路灯不亮" || first.NextDue == nil || first.NextDue.Late || first.NextDue.Kind != "first_contact" {
			t.Errorf("%s: %+v", handled, first)
		}
		s.seesOnly("clerk2", names, "urgent")
		s.seesOnly("handler", names, "handled")
		s.seesOnly("petitioner", names)
		s.seesOnly("admin", names)
	})
}

func (s *city) seesOnly(account string, names map[string]string, want ...string) {
	s.t.Helper()
	var got []string
	for _, id := range s.follow(account, v1+"/cases", 200) {
		got = append(got, names[id])
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%s sees %v, want %v", account, got, want)
	}
}

// A case is unassigned until a handler has acknowledged it, in the filter as in
// every order.
func TestUnassignedFilter(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		named := s.register("").ID
		s.act("clerk", named, "/accept", `{}`)
		for status, want := range map[string]int{"true": 1, "false": 0} {
			if got := s.follow("clerk", v1+"/cases?unassigned="+status, 5); len(got) != want {
				t.Errorf("accepted: unassigned=%s lists %d", status, len(got))
			}
		}
		s.act("clerk", named, "/assign", s.toHandler())
		if got := s.follow("clerk", v1+"/cases?unassigned=true", 5); len(got) != 1 {
			t.Errorf("assigned and not acknowledged: %d", len(got))
		}
		s.act("handler", named, "/acknowledge", "")
		if got := s.follow("clerk", v1+"/cases?unassigned=true", 5); len(got) != 0 {
			t.Errorf("acknowledged: %d", len(got))
		}
	})
}

func TestListsRefuse(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	later := s.send("clerk", "GET", v1+"/cases?limit=1&sort=due_at", "")
	s.register("")
	s.register("")
	next := read[CasePage](s, "clerk", "/cases?limit=1").Next
	for path, want := range map[string]string{
		"/cases?q=路灯": "400 request.unknown_parameter", "/cases?limit=201": "400 request.parameter",
		"/cases?limit=0": "400 request.parameter", "/cases?status=lost": "400 request.parameter",
		"/cases?status=": "400 request.parameter", "/cases?sort=title": "400 request.parameter",
		"/cases?unit=" + s.user("clerk"): "404 not_found", "/cases?unit=1": "400 request.parameter",
		"/cases?escalation_level=4": "400 request.parameter", "/cases?phone=13800001234": "400 request.unknown_parameter",
		"/cases?received_from=2026-11-24&received_to=2026-11-23": "422 period.order",
		"/cases?cursor=" + next + "x":                            "400 request.cursor", "/cases?sort=due_at&cursor=" + next: "400 request.cursor",
		"/escalations?target=yours": "400 request.parameter", "/escalations?phone=1": "400 request.unknown_parameter",
		"/inbox?reason=reminder": "400 request.unknown_parameter", "/sign-offs": "403 auth.role",
	} {
		p := problemOf(t, s.send("clerk", "GET", v1+path, ""))
		if got := fmt.Sprint(p.Status, " ", p.Code); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if later.StatusCode != http.StatusOK {
		t.Errorf("an empty list is %d", later.StatusCode)
	}
}

func TestSearchByPerson(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.registerAt("clerk", grievance.Registration{
			Channel: grievance.ByApp, Petitioner: grievance.Party{Phone: "13900002222"},
			Others: []grievance.Party{{Kind: grievance.PersonNamed, Phone: "13800001234"}},
		})
		search := func(account, body string) *http.Response { return s.send(account, "POST", v1+"/cases/search", body) }
		for body, want := range map[string]int{
			`{"phone":"13800001234"}`: 1, `{"phone":"+86 138-0000-1234"}`: 1, `{"id_number":"430102195001011234"}`: 1,
			`{"phone":"13800001234","id_number":"430102195001011234"}`: 1, `{"phone":"13800009999"}`: 0,
			`{"phone":"13900002222","id_number":"430102195001011234"}`: 0, `{"phone":"电话"}`: 0,
		} {
			page := as[CasePage](s, search("clerk", body), http.StatusOK)
			if len(page.Items) != want || want == 1 && page.Items[0].ID != id {
				t.Errorf("%s: %+v", body, page.Items)
			}
			if elsewhere := as[CasePage](s, search("clerk2", body), http.StatusOK); len(elsewhere.Items) != 0 {
				t.Errorf("%s: another township finds %+v", body, elsewhere.Items)
			}
		}
		for body, code := range map[string]string{`{}`: "request.invalid", `{"name":"张三丰"}`: "request.unknown_field"} {
			if p := problemOf(t, search("clerk", body)); p.Code != code {
				t.Errorf("%s: %s", body, p.Code)
			}
		}
		for _, account := range []string{"handler", "petitioner", "admin", "courier"} {
			if res := search(account, `{"phone":"13800001234"}`); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s may search: %d", account, res.StatusCode)
			}
		}
	})
}

// The scan of other systems reads the newest hundred and never reaches the
// oldest, and skips the unassigned. Here the oldest is first wherever work is
// listed, and every case is in every list.
func TestTheOldestCaseIsReached(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const many = 150
		var ids []string
		for range many {
			ids = append(ids, s.registerAt("clerk", grievance.Registration{Channel: grievance.ByApp}).ID.String())
			s.clock.Advance(time.Minute)
		}
		s.clock.Advance(20 * 24 * time.Hour)
		s.runEngine()
		for _, list := range []string{"/cases?sort=due_at", "/cases?sort=received_at&overdue=true", "/cases?sort=due_at&unassigned=true"} {
			if got := s.follow("clerk", v1+list, 100); !slices.Equal(got, ids) {
				t.Errorf("%s: %d of %d, or not the oldest first", list, len(got), many)
			}
		}
		if got := s.follow("clerk", v1+"/cases", 100); len(got) != many || got[many-1] != ids[0] {
			t.Errorf("the newest first: %d, the last %s", len(got), got[len(got)-1])
		}
		inbox := s.follow("clerk", v1+"/inbox", 200)
		for i, id := range ids {
			if !slices.Contains(inbox, id+"warning") || !slices.Contains(inbox, id+"awaiting") {
				t.Fatalf("case %d is not in the clerk's inbox", i)
			}
		}
		if !strings.HasPrefix(inbox[0], ids[0]) {
			t.Errorf("the inbox begins with %s, the oldest is %s", inbox[0], ids[0])
		}
		first := read[EscalationPage](s, "leader", "/escalations?target=mine&limit=1&count=true")
		if first.Items[0].Case.ID != ids[0] || *first.Total != many {
			t.Errorf("of %d escalations the first is of %s", *first.Total, first.Items[0].Case.ID)
		}
	})
}

// What is registered while somebody pages neither repeats nor hides anything.
func TestPagesAreStableUnderInserts(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, sort := range []string{"newest", "received_at", "due_at"} {
			var before []string
			for range 5 {
				before = append(before, s.registerAt("clerk", grievance.Registration{Channel: grievance.ByApp}).ID.String())
				s.clock.Advance(time.Minute)
			}
			var seen []string
			for cursor := ""; ; {
				page := read[CasePage](s, "clerk", "/cases?limit=2&sort="+sort+cursor)
				for _, i := range page.Items {
					seen = append(seen, i.ID)
				}
				s.registerAt("clerk", grievance.Registration{Channel: grievance.ByApp})
				s.clock.Advance(time.Minute)
				if cursor = "&cursor=" + page.Next; page.Next == "" || len(seen) > 60 {
					break
				}
			}
			slices.Sort(seen)
			if again := slices.Compact(slices.Clone(seen)); len(again) != len(seen) {
				t.Errorf("by %s something is seen twice", sort)
			}
			for _, id := range before {
				if !slices.Contains(seen, id) {
					t.Errorf("by %s case %s is not seen", sort, id)
				}
			}
		}
	})
}
