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

// appoints gives an account a further post from now on.
func (s *city) appoints(account, code string, role grievance.Role) {
	s.t.Helper()
	_, err := s.Office.Appoint(s.t.Context(), grievance.System, officetest.Actor(s.t, s.Office, s.clock, account).UserID, office.NewAppointment{
		UnitID: officetest.Unit(s.t, s.Office, code).ID, Role: role, From: s.clock.Now(),
	})
	must(s.t, err)
}

// inboxReasons gives why a case waits for an account.
func (s *city) inboxReasons(account, id string) (reasons []string) {
	s.t.Helper()
	for _, i := range read[InboxPage](s, account, "/inbox?limit=200").Items {
		if i.CaseID == id {
			reasons = append(reasons, string(i.Reason))
		}
	}
	slices.Sort(reasons)
	return reasons
}

func (s *city) wantReasons(account, id string, want ...string) {
	s.t.Helper()
	if got := s.inboxReasons(account, id); !slices.Equal(got, want) {
		s.t.Errorf("%s has %v for %v, want %v", account, id, got, want)
	}
}

// A county's supervisor orders the township's office to answer: its head owes the
// answer, which is returned once and then accepted; the recommendation of an
// inspector stands in the same list.
func TestSupervisionOrders(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.appoints("inspector", "990121", grievance.RoleInspector)
		id := s.handled("")
		orders, first := v1+"/cases/"+id+"/supervision-orders", v1+"/cases/"+id+"/supervision-orders/1"
		s.refuses("economy_head", "POST", orders, `{"words":"请答复"}`, 403, "case.not_permitted")
		s.refuses("clerk", "POST", orders, `{"words":"请答复"}`, 403, "auth.role")
		s.refuses("leader2", "POST", orders, `{"words":"请答复"}`, 404, "not_found")
		s.refuses("supervisor", "POST", orders, `{"days":31,"words":""}`, 422, "request.invalid")
		s.act("supervisor", id, "/supervision-orders", `{"days":3,"words":"请说明进展"}`)
		s.act("inspector", id, "/recommendations", `{"kind":"improve_work","words":"建议定期巡查"}`)
		s.wantReasons("economy_head", id, "deadline")
		s.refuses("leader", "POST", first+"/reply", `{"words":"已办"}`, 403, "case.not_permitted")
		s.act("economy_head", id, "/supervision-orders/1/reply", `{"words":"已排定工期"}`)
		s.wantReasons("supervisor", id, "reply")
		s.act("supervisor", id, "/supervision-orders/1/return", `{"words":"没有说明时限"}`)
		s.refuses("supervisor", "POST", first+"/accept", `{}`, 409, "order.state")
		s.act("economy_head", id, "/supervision-orders/1/reply", `{"words":"本周五前完成"}`)
		s.act("county_leader", id, "/supervision-orders/1/accept", `{"words":"可以"}`)
		s.wantReasons("supervisor", id)

		list := read[OrderList](s, "handler", "/cases/"+id+"/supervision-orders").Items
		if len(list) != 2 || list[0].State != "accepted" || list[0].Returns != 1 || list[0].Unit.ID != s.unit(economy) || list[0].ReplyBy == nil || list[1].Kind != "improve_work" {
			t.Fatalf("%+v", list)
		}
		var words []string
		for _, x := range list[0].Texts {
			words = append(words, string(x.Kind)+" "+x.Body)
		}
		if want := []string{"order 请说明进展", "order_reply 已排定工期", "reason 没有说明时限", "order_reply 本周五前完成", "reason 可以"}; !slices.Equal(words, want) {
			t.Errorf("its words: %q", words)
		}
		s.refuses("petitioner", "GET", orders, "", 403, "auth.role")
		s.clock.Advance(60 * 24 * time.Hour)
		s.runEngine()
		if late := read[OrderList](s, "inspector", "/cases/"+id+"/supervision-orders").Items[1].ReplyBy; late == nil || !late.Late {
			t.Errorf("unanswered for sixty days: %+v", late)
		}
	})
}

// A reminder stands in the inbox of whose move it is until they do anything.
func TestReminders(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		etag := s.send("supervisor", "POST", v1+"/cases/"+id+"/reminders", `{"words":"请抓紧"}`).Header.Get("ETag")
		if now := s.send("handler", "GET", v1+"/cases/"+id, "").Header.Get("ETag"); now != etag {
			t.Errorf("the reminder made %s of %s", now, etag)
		}
		if !slices.Contains(s.inboxReasons("handler", id), "urged") || slices.Contains(s.inboxReasons("clerk", id), "urged") {
			t.Errorf("the handler has %v", s.inboxReasons("handler", id))
		}
		s.refuses("supervisor", "POST", v1+"/cases/"+id+"/reminders", `{}`, 409, "reminder.too_often")
		s.refuses("handler", "POST", v1+"/cases/"+id+"/reminders", `{}`, 403, "auth.role")
		s.act("handler", id, "/contact", `{"words":"电话联系"}`)
		if slices.Contains(s.inboxReasons("handler", id), "urged") {
			t.Error("the reminder stands after it was followed")
		}
		s.act("handler", id, "/submit", opinion)
		s.clock.Advance(2 * time.Hour)
		s.act("supervisor", id, "/reminders", "")
		for who, want := range map[string]bool{"leader": true, "deputy": true, "handler": false, "county_leader": false} {
			if got := slices.Contains(s.inboxReasons(who, id), "urged"); got != want {
				t.Errorf("%s is reminded to sign: %v", who, got)
			}
		}
	})
}

// A leader in charge owes duties in person, signs where the profile says so, and
// what is signed by them stands on no other desk.
func TestALeaderInCharge(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		body := fmt.Sprintf(`{"user_id":%q,"duties":[{"kind":"meet","days":3},{"kind":"report"}],"words":"请你包案"}`, s.user("deputy"))
		s.refuses("supervisor", "POST", v1+"/cases/"+id+"/sponsor", body, 403, "auth.role")
		if c := s.act("leader", id, "/sponsor", body); c.Sponsor == nil || c.Sponsor.ID != s.user("deputy") {
			t.Fatalf("%+v", c.Sponsor)
		}
		s.wantReasons("deputy", id, "deadline")
		if got := s.follow("leader", v1+"/cases?sponsor="+s.user("deputy"), 5); !slices.Equal(got, []string{id}) {
			t.Errorf("in the deputy's charge: %v", got)
		}
		s.refuses("leader", "POST", v1+"/cases/"+id+"/duties/1/done", `{"words":"见过了"}`, 403, "case.not_permitted")
		s.act("deputy", id, "/duties/1/done", `{"words":"已约见信访人"}`)
		s.refuses("deputy", "POST", v1+"/cases/"+id+"/duties/1/done", `{"words":"再来"}`, 409, "duty.over")
		v := read[SponsorView](s, "handler", "/cases/"+id+"/sponsor")
		if v.Sponsor == nil || len(v.Duties) != 2 || v.Duties[0].State != "done" || len(v.Duties[0].Texts) != 1 || v.Duties[1].State != "open" || v.Duties[1].DoneBy == nil {
			t.Errorf("%+v", v)
		}
		s.act("leader", id, "/sponsor/release", `{"words":"另有分工"}`)
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sponsor/release", `{"words":"再来"}`, 409, "sponsor.none")
		if v := read[SponsorView](s, "handler", "/cases/"+id+"/sponsor"); v.Sponsor != nil || v.Duties[1].State != "cancelled" {
			t.Errorf("released: %+v", v)
		}
	})
}

// What a sponsor signs stands on the sponsor's desk alone; once the sponsor is
// named in the case, on the head's.
func TestTheSponsorsDesk(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		rules := read[ProfileView](s, "admin", "/profiles/township").Rules
		rules.SignOffs = []SigningRule{{Kinds: []grievance.SignOffKind{grievance.SignClosure}, Chain: []grievance.Signer{grievance.SignerSponsor}, Source: "practice"}}
		text, err := marshal(rules)
		must(t, err)
		as[ProfileView](s, s.send("admin", "PUT", v1+"/profiles/township", string(text), "If-Match: \"3\""), http.StatusOK)
		s.clock.Advance(2 * time.Second)
		id := s.handled("")
		s.act("leader", id, "/sponsor", fmt.Sprintf(`{"user_id":%q}`, s.user("deputy")))
		s.act("handler", id, "/submit", opinion)
		s.wantSigning(id, "deputy")
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "case.not_permitted")
		s.act("clerk", id, "/named", fmt.Sprintf(`{"user_id":%q}`, s.user("deputy")))
		s.wantSigning(id, "leader")
		s.refuses("deputy", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "signoff.own_work")
		s.act("leader", id, "/sign-offs/1/approve", `{}`)
	})
}

// Whoever is named in a case has nothing of it on the desk and in the inbox.
func TestTheNamedHaveNothingToSign(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled(fmt.Sprintf(`,"others":[{"kind":"named","name":"某领导","user_id":%q}]`, s.user("leader")))
		s.act("handler", id, "/submit", opinion)
		if got := s.pagesOf("leader", v1+"/sign-offs?state=pending"); len(got) != 0 || slices.Contains(s.inboxReasons("leader", id), "sign_off") {
			t.Errorf("the head, who is named, has %v to sign", got)
		}
		if !slices.Contains(s.inboxReasons("deputy", id), "sign_off") {
			t.Error("the other leader has nothing to sign")
		}
		s.act("deputy", id, "/sign-offs/1/return", `{"reason":"other","words":"再核实"}`)
		s.act("handler", id, "/extensions", `{"days":3,"reason":"complex","words":"需要鉴定"}`)
		s.wantSigning(id, "county_leader")
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/2/approve", `{}`, 403, "signoff.own_work")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/named", fmt.Sprintf(`{"user_id":%q}`, s.user("leader")), 409, "named.already")
		s.refuses("handler", "POST", v1+"/cases/"+id+"/named", fmt.Sprintf(`{"user_id":%q}`, s.user("deputy")), 403, "auth.role")
		record := string(bodyOf(t, s.send("handler", "GET", v1+"/cases/"+id+"/events", "")))
		if strings.Contains(record, "某领导") || !strings.Contains(record, `"named":1`) {
			t.Errorf("the record: %s", record)
		}
	})
}

// An escalation passes by who is named, in the list and in the inbox.
func TestTheNamedTakeNoEscalation(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.act("clerk", id, "/escalate", `{"level":1,"reason":"risk","words":"存在风险"}`)
		if !slices.Contains(s.inboxReasons("leader", id), "escalation") {
			t.Fatalf("the head has %v", s.inboxReasons("leader", id))
		}
		s.act("clerk", id, "/named", fmt.Sprintf(`{"user_id":%q}`, s.user("leader")))
		if slices.Contains(s.inboxReasons("leader", id), "escalation") || !slices.Contains(s.inboxReasons("county_leader", id), "escalation") {
			t.Errorf("named, the head has %v, the county's %v", s.inboxReasons("leader", id), s.inboxReasons("county_leader", id))
		}
	})
}

// The unit that is reported sees nothing of it, not even that there is a report.
func TestMisconductIsHidden(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		const body = `{"reason":"retaliation","words":"上门威胁"}`
		s.refuses("handler", "POST", v1+"/cases/"+id+"/misconduct", body, 403, "auth.role")
		s.refuses("leader", "POST", v1+"/cases/"+id+"/misconduct", body, 403, "case.not_permitted")
		s.act("clerk", id, "/misconduct", body)
		sees := func(account string) bool {
			all := string(bodyOf(t, s.send(account, "GET", v1+"/cases/"+id, ""))) + string(bodyOf(t, s.send(account, "GET", v1+"/cases/"+id+"/events", "")))
			words, event := strings.Contains(all, "上门威胁"), strings.Contains(all, "misconduct_reported")
			if words != event {
				t.Errorf("%s sees the words: %v, the event: %v", account, words, event)
			}
			return words
		}
		for account, want := range map[string]bool{"supervisor": true, "clerk": true, "leader": false, "handler": false, "economy_head": false, "county_leader": false} {
			if got := sees(account); got != want {
				t.Errorf("%s sees it: %v", account, got)
			}
		}
	})
}

// A case is listed from above, found by it, and lifted from above.
func TestListing(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id, other := s.handled(""), s.handled("")
		s.refuses("leader", "POST", v1+"/cases/"+id+"/listing", `{"reason":"repeated"}`, 403, "auth.role")
		s.refuses("supervisor", "POST", v1+"/cases/"+id+"/listing", `{"reason":"dull"}`, 422, "request.invalid")
		if c := s.act("supervisor", id, "/listing", `{"reason":"repeated","words":"多次反映"}`); c.Listed == nil || c.Listed.Reason != "repeated" || c.Listed.By.ID != s.user("supervisor") {
			t.Errorf("%+v", c.Listed)
		}
		s.refuses("supervisor", "POST", v1+"/cases/"+id+"/listing", `{"reason":"repeated"}`, 409, "listing.listed")
		if got := s.follow("leader", v1+"/cases?listed=true", 5); !slices.Equal(got, []string{id}) {
			t.Errorf("listed: %v", got)
		}
		if got := s.follow("leader", v1+"/cases?listed=false", 5); !slices.Equal(got, []string{other}) {
			t.Errorf("not listed: %v", got)
		}
		s.refuses("supervisor", "POST", v1+"/cases/"+id+"/listing/lift", `{}`, 422, "request.invalid")
		if c := s.act("supervisor", id, "/listing/lift", `{"words":"已化解"}`); c.Listed != nil {
			t.Errorf("%+v", c.Listed)
		}
	})
}
