package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

const moreTime = `{"days":30,"reason":"complex","words":"需委托鉴定线路"}`

// petitioned brings a petition of the petitioner's own to its handler.
func (s *city) petitioned() string {
	s.t.Helper()
	here := fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
	id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(here)), http.StatusCreated).ID
	s.act("clerk", id, "/classify", `{"petition":true}`)
	s.act("clerk", id, "/accept", `{"service":{"how":"sms"}}`)
	s.act("clerk", id, "/assign", s.toHandler())
	s.act("handler", id, "/acknowledge", "")
	return id
}

// clock finds a deadline of a case as somebody sees it.
func (s *city) clockOf(account, id string, kind grievance.ClockKind) ClockView {
	s.t.Helper()
	list := read[ClockList](s, account, "/cases/"+id+"/deadlines").Items
	i := slices.IndexFunc(list, func(k ClockView) bool { return k.Kind == kind })
	if i < 0 {
		s.t.Fatalf("no deadline %s", kind)
	}
	return list[i]
}

// An extension waits for the head and for nobody else, is told to the petitioner
// once it is signed, and moves the deadline once.
func TestExtensionOfADeadline(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.petitioned() // 60 days from Monday 23 November: 22 January
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.walk(id, []step{{"/extensions", moreTime, "handler", "petitioner", "auth.role", "handler2", "handling"}})
		asked := read[CaseDetail](s, "handler", "/cases/"+id)
		if asked.PendingExtension != 1 || asked.PendingSignOff != 0 || asked.Awaiting.ID != s.user("handler") {
			t.Errorf("asked for: %+v", asked.CaseView)
		}
		s.refuses("handler", "POST", v1+"/cases/"+id+"/extensions", moreTime, 409, "extension.pending")

		names := map[string]string{id: "A"}
		s.wantInbox("leader", names, "sign_off A")
		for who, n := range map[string]int{"leader": 1, "county_leader": 1, "city_leader": 1, "deputy": 0, "economy_head": 0} {
			if got := len(s.pagesOf(who, v1+"/sign-offs?state=pending")); got != n {
				t.Errorf("%s has %d extensions to sign, want %d", who, got, n)
			}
		}
		for _, who := range []string{"deputy", "county_leader", "economy_head"} {
			s.wantInbox(who, names)
		}
		for _, asks := range []SignOffView{
			read[SignOffList](s, "leader", "/cases/"+id+"/sign-offs").Items[0], read[SignOffPage](s, "leader", "/sign-offs").Items[0].SignOffView,
		} {
			if asks.Kind != "extension" || asks.Length != 30 || asks.LengthUnit != "day" || asks.ClockID != s.clockOf("leader", id, "handling").ID ||
				asks.NewDueOn == nil || asks.NewDueOn.String() != "2027-02-22" || len(asks.Texts) != 1 {
				t.Errorf("to be signed: %+v", asks)
			}
		}
		if told := read[CaseDetail](s, "petitioner", "/cases/"+id); len(told.Texts) != 0 {
			t.Errorf("the petitioner reads what is not signed: %+v", told.Texts)
		}
		s.refuses("deputy", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "case.not_permitted")
		s.refuses("", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 401, "auth.required")
		if c := s.act("leader", id, "/sign-offs/1/approve", `{"words":"同意"}`); c.PendingExtension != 0 || c.Status != "handling" {
			t.Errorf("signed: %+v", c)
		}
		k := s.clockOf("petitioner", id, "handling")
		if k.Extensions != 1 || k.DueOn.String() != "2027-02-22" || k.UnrolledOn.String() != "2027-02-21" || k.DueVersion != 2 {
			t.Errorf("extended: %+v", k)
		}
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/extensions", moreTime, 409, "extension.used")
		r := read[TimelinessReportView](s, "leader", "/reports/timeliness?kind=handling")
		if got := s.follow("leader", r.Total.Extended.CasesHref, 5); r.Total.Extended.Clocks != 1 || r.Total.Extended.Cases != 1 || !slices.Equal(got, []string{id}) {
			t.Errorf("reported: %+v, opens into %v", r.Total.Extended, got)
		}
		table := string(bodyOf(t, s.send("leader", "GET", v1+"/reports/timeliness", "", "Accept: text/csv")))
		if !strings.Contains(table, "未到期,其中中止计时,曾延期,涉及诉求") || !strings.Contains(table, "办理,1,0,0,1,0,1,1,") {
			t.Errorf("as a table:\n%s", table)
		}
		s.wantToldOfExtension(id)
	})
}

func (s *city) wantToldOfExtension(id string) {
	s.t.Helper()
	notices := read[NoticeList](s, "petitioner", "/cases/"+id+"/notices").Items
	n := notices[len(notices)-1]
	if n.Kind != "extension" || n.ServedAt != nil || len(n.Texts) != 1 || n.Texts[0].Body != "需委托鉴定线路" {
		s.t.Errorf("the notice: %+v", n)
	}
	s.act("clerk", id, fmt.Sprintf("/notices/%d/service", n.N), `{"how":"in_person"}`)
	events := read[EventPage](s, "petitioner", "/cases/"+id+"/events").Items
	i := slices.IndexFunc(events, func(e EventView) bool { return e.Kind == "extended" })
	if i < 0 || events[i].Facts.Extended != "30d" || len(events[i].Facts.Moved) != 1 || events[i].Facts.Moved[0].WasDueAt == nil {
		s.t.Errorf("the petitioner's events: %+v", events)
	}
	if slices.ContainsFunc(events, func(e EventView) bool { return e.Kind == "extension_requested" }) {
		s.t.Error("the petitioner sees what was before the head")
	}
}

func TestExtensionsRefusedByTheInterface(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.petitioned()
		path := v1 + "/cases/" + id + "/extensions"
		for body, want := range map[string]string{
			`{}`: "/days required /reason required /words required",
			`{"days":31,"reason":"complex","words":"复杂"}`:                                                               "/days extension.too_long",
			`{"days":1,"reason":"complex","words":"复杂","clock_id":"` + s.clockOf("handler", id, "acceptance").ID + `"}`: "/clock_id clock.unknown",
			`{"days":1,"reason":"lazy","words":"复杂"}`:                                                                   "/reason reason.unknown",
			`{"days":-1,"reason":"complex","words":"复杂"}`:                                                               "/days too_small",
			`{"days":1,"reason":"complex","words":"复杂","clock":1}`:                                                      "/clock unknown_field",
		} {
			p := problemOf(t, s.send("handler", "POST", path, body))
			if p.Status != 422 && p.Status != 400 || faultsOf(p) != want {
				t.Errorf("%s: %d %s, want %s", body, p.Status, faultsOf(p), want)
			}
		}
		key := "Idempotency-Key: more"
		first := as[CaseView](s, s.send("handler", "POST", path, moreTime, key), 200)
		again := s.send("handler", "POST", path, moreTime, key)
		if c := as[CaseView](s, again, 200); again.Header.Get("Idempotency-Replayed") != "true" || c.Version != first.Version {
			t.Errorf("sent twice: version %d after %d", c.Version, first.Version)
		}
		due := s.clockOf("handler", id, "handling").DueAt
		s.clock.Advance(due.Sub(s.clock.Now()))
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 409, "extension.late")
		s.act("leader", id, "/sign-offs/1/return", `{"reason":"other","words":"已经到期"}`)
		s.refuses("handler", "POST", path, moreTime, 409, "extension.late")
		if k := s.clockOf("handler", id, "handling"); k.BreachedAt == nil || !k.BreachedAt.Equal(due) || k.Extensions != 0 {
			t.Errorf("the breach does not stand: %+v", k)
		}
	})
}

// A request that lapses with its case is nobody's to sign.
func TestLapsedExtensionWaitsForNobody(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.petitioned()
		s.act("handler", id, "/extensions", moreTime)
		s.clock.Advance(time.Minute)
		s.act("handler", id, "/submit", opinion)
		s.act("deputy", id, "/sign-offs/2/approve", `{}`)
		s.wantInbox("leader", map[string]string{id: "A"})
		if got := s.pagesOf("leader", v1+"/sign-offs?state=pending"); len(got) != 0 {
			t.Errorf("pending: %v", got)
		}
		if got := s.pagesOf("leader", v1+"/sign-offs?state=decided"); len(got) != 1 {
			t.Errorf("decided: %v", got)
		}
		if lapsed := read[SignOffList](s, "leader", "/cases/"+id+"/sign-offs").Items[0]; lapsed.State != "lapsed" || lapsed.NewDueAt != nil {
			t.Errorf("%+v", lapsed)
		}
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 409, "signoff.decided")
	})
}

// In a vacant seat it waits for the head above, not for the other leaders there;
// so it does where the head's own work is to be extended.
func TestExtensionRisesToTheNextHead(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		vacant := s.petitioned()
		head := officer(s, "leader")
		for _, a := range book(s).AppointmentsOf(head) {
			_, err := s.Office.EndAppointment(t.Context(), grievance.System, a.ID, s.clock.Now())
			must(t, err)
		}
		s.act("handler", vacant, "/contact", `{"words":"电话联系"}`)
		s.act("handler", vacant, "/extensions", moreTime)
		names := map[string]string{vacant: "A"}
		s.wantInbox("deputy", names)
		s.wantInbox("county_leader", names, "sign_off A")
		s.act("county_leader", vacant, "/sign-offs/1/approve", `{}`)
	})
}

func TestExtensionOfTheHeadsOwnWork(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.petitioned()
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		s.act("handler", id, "/extensions", moreTime)
		names := map[string]string{id: "A"}
		s.wantInbox("leader", names, "sign_off A")
		_, err := s.Office.Appoint(t.Context(), grievance.System, officer(s, "leader"), office.NewAppointment{
			UnitID: officetest.Unit(t, s.Office, economy).ID, Role: grievance.RoleHandler, From: s.clock.Now(),
		})
		must(t, err)
		s.act("clerk", id, "/assign", fmt.Sprintf(`{"unit_id":%q,"handler_id":%q}`, s.unit(economy), s.user("leader")))
		s.act("leader", id, "/acknowledge", "")
		s.wantInbox("deputy", names)
		s.wantInbox("county_leader", names, "sign_off A")
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "signoff.own_work")
	})
}
