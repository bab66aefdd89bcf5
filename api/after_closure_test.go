package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	petition  = `,"petition":true`
	notDone   = `{"contacted":"yes","resolved":"no","satisfied":"no","words":"路灯还是不亮"}`
	objecting = `{"words":"认定事实有误"}`
)

// reviewOpinion is the opinion of a review, in four parts.
func reviewOpinion(decision string) string {
	return fmt.Sprintf(`{"decision":%q,"request":"撤销原意见","facts":"经查属实","opinion":"依法处理","legal_basis":"《条例》第三十五条"}`, decision)
}

// answered brings a petition to an answer that is served.
func (s *city) answered() string {
	s.t.Helper()
	id := s.closed(petition)
	s.act("clerk", id, "/notices/2/service", `{"how":"mail"}`)
	return id
}

// reviewed brings a petition past its review, which upholds the answer.
func (s *city) reviewed() string {
	s.t.Helper()
	id := s.answered()
	s.act("clerk", id, "/reviews", objecting)
	s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("upheld"))
	s.act("county_leader", id, "/sign-offs/2/approve", `{}`)
	s.act("county_clerk", id, "/notices/3/service", `{"how":"mail"}`)
	return id
}

// finalised brings a petition past its re-review.
func (s *city) finalised() string {
	s.t.Helper()
	id := s.reviewed()
	s.act("clerk", id, "/reviews", objecting)
	s.act("city_clerk", id, "/reviews/2/decision", reviewOpinion("upheld"))
	s.act("city_leader", id, "/sign-offs/3/approve", `{}`)
	return id
}

func TestFollowUpOfACase(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed("")
		path := v1 + "/cases/" + id + "/follow-ups"
		s.refuses("clerk", "POST", path, `{"contacted":"yes","resolved":"unreachable","satisfied":"unreachable"}`, 422, "request.invalid")
		s.refuses("clerk", "POST", path, `{"contacted":"yes"}`, 422, "request.invalid")
		s.act("clerk", id, "/follow-ups", `{"contacted":"unreachable","resolved":"unreachable","satisfied":"unreachable"}`)
		s.walk(id, []step{{"/follow-ups", notDone, "supervisor", "handler", "auth.role", "clerk2", "handling"}})
		list := read[FollowUpList](s, "clerk", "/cases/"+id+"/follow-ups").Items
		if len(list) != 2 || list[0].Resolved != "unreachable" || list[1].Attempt != 2 || list[1].By.ID != s.user("supervisor") || len(list[1].Texts) != 1 || list[1].Texts[0].Body != "路灯还是不亮" {
			t.Errorf("%+v", list)
		}
		c := read[CaseDetail](s, "clerk", "/cases/"+id)
		if c.Round != 2 || c.DisputedAt != nil {
			t.Errorf("round %d, disputed at %v", c.Round, c.DisputedAt)
		}
		if e := read[EscalationList](s, "clerk", "/cases/"+id+"/escalations").Items; len(e) != 1 || e[0].Cause != "dispute" {
			t.Errorf("escalations: %+v", e)
		}
		s.refuses("petitioner", "GET", path, "", 403, "auth.role")
		s.refuses("clerk2", "GET", path, "", 404, "not_found")
		s.refuses("leader", "POST", path, notDone, 403, "case.not_permitted")
	})
}

// A petition goes through review and re-review to finality, all of it through the
// interface; everywhere it is shown as what it is.
func TestReviewOfAPetition(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.answered()
		s.walk(id, []step{{"/reviews", objecting, "clerk", "handler", "auth.role", "clerk2", "closed"}})
		c := read[CaseDetail](s, "county_clerk", "/cases/"+id)
		if c.OpenReview != 1 || c.Responsible.ID != s.user("county_clerk") || c.Awaiting == nil || c.Awaiting.UnitName != "禾汀县" {
			t.Errorf("%+v, awaiting %+v", c.Responsible, c.Awaiting)
		}
		names := map[string]string{id: "A"}
		s.wantInbox("county_clerk", names, "awaiting A", "deadline A")
		k := s.clockOf("county_clerk", id, "review")
		if k.DueOn.String() != "2026-12-23" || k.Debtor.ID != s.user("county_clerk") {
			t.Errorf("%+v", k)
		}
		s.refuses("leader2", "POST", v1+"/cases/"+id+"/reviews/1/decision", reviewOpinion("upheld"), 404, "not_found")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/reviews/1/decision", reviewOpinion("upheld"), 403, "case.not_permitted")
		for body, want := range map[string]string{
			`{}`:                       "/decision required",
			`{"decision":"upheld"}`:    "/request text.required",
			`{"decision":"mediated"}`:  "/agreement text.required",
			`{"decision":"dismissed"}`: "/decision review.decision",
		} {
			p := problemOf(t, s.send("county_clerk", "POST", v1+"/cases/"+id+"/reviews/1/decision", body))
			if p.Status != 422 || !strings.Contains(faultsOf(p), want) {
				t.Errorf("%s: %d %s, want %s", body, p.Status, faultsOf(p), want)
			}
		}
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("upheld"))
		s.wantUnsigned(id)
		s.act("county_leader", id, "/sign-offs/2/return", `{"reason":"basis_missing","words":"请补充依据"}`)
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("upheld"))
		s.act("county_leader", id, "/sign-offs/3/approve", `{}`)
		s.act("county_clerk", id, "/notices/3/service", `{"how":"mail"}`)
		s.act("clerk", id, "/reviews", objecting)
		s.hearing(id)
		s.act("city_clerk", id, "/reviews/2/decision", reviewOpinion("upheld"))
		if c := s.act("city_leader", id, "/sign-offs/4/approve", `{}`); c.Status != grievance.Finalised || c.OpenReview != 0 || c.Awaiting != nil {
			t.Errorf("%s, awaiting %+v", c.Status, c.Awaiting)
		}
		list := read[ReviewList](s, "clerk", "/cases/"+id+"/reviews").Items
		if len(list) != 2 || list[0].Decision != "upheld" || list[0].State != "decided" || list[1].Kind != "re_review" || list[1].Unit.Code != "9901" || *list[1].Hearing.Attended != 9 || !list[1].OnBehalf {
			t.Errorf("%+v", list)
		}
		if got := s.follow("clerk", v1+"/cases?status=finalised", 5); !slices.Equal(got, []string{id}) {
			t.Errorf("finalised: %v", got)
		}
		notices := read[NoticeList](s, "clerk", "/cases/"+id+"/notices").Items
		if len(notices) != 4 || notices[2].Kind != "review" || notices[3].Kind != "re_review" || len(notices[3].Texts) != 4 || notices[3].Unit.Code != "9901" {
			t.Errorf("%+v", notices)
		}
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/reviews", objecting, 409, "case.state")
		s.refuses("", "GET", v1+"/cases/"+id+"/reviews", "", 401, "auth.required")
		s.wantRecord(id, "review_requested review_submitted returned review_submitted review_decided served review_requested hearing_ordered hearing_held review_submitted review_decided finalised")
	})
}

// wantUnsigned wants the review's opinion on the desk of the reviewing organ's
// leaders, and on no desk of the township's, where the answer was signed.
func (s *city) wantUnsigned(id string) {
	s.t.Helper()
	for who, n := range map[string]int{"county_leader": 1, "county_deputy": 1, "city_leader": 1, "leader": 0, "deputy": 0} {
		items := read[SignOffPage](s, who, "/sign-offs").Items
		if len(items) != n || n == 1 && (items[0].Kind != "review" || items[0].Reason != "upheld" || items[0].HandleBy.Kind != "review" || len(items[0].Texts) != 4 || items[0].Case.ID != id) {
			s.t.Errorf("%s has to sign %+v", who, items)
		}
	}
	s.wantInbox("county_leader", map[string]string{id: "A"}, "sign_off A")
	if r := read[ReviewList](s, "clerk", "/cases/"+id+"/reviews").Items[0]; r.State != "awaiting_signoff" || r.SignOff != 2 {
		s.t.Errorf("%+v", r)
	}
}

// hearing holds one on the re-review, which ends sooner than planned.
func (s *city) hearing(id string) {
	s.t.Helper()
	due := s.clockOf("city_clerk", id, "re_review").DueOn
	at := v1 + "/cases/" + id + "/reviews/2/hearing"
	s.refuses("clerk", "POST", at, `{"until":"2026-12-04"}`, 403, "case.not_permitted")
	s.refuses("city_clerk", "POST", at, `{"until":"2026-11-01"}`, 422, "request.invalid")
	s.refuses("city_clerk", "POST", at+"/record", `{"held_at":"2026-11-23T02:00:00Z","attended":9,"words":"笔录"}`, 409, "hearing.none")
	s.act("city_clerk", id, "/reviews/2/hearing", `{"until":"2026-12-04","words":"案情重大"}`)
	k := s.clockOf("city_clerk", id, "re_review")
	if k.PausedUntil == nil || !k.DueOn.After(due) {
		s.t.Errorf("paused: %+v", k)
	}
	if c := read[CaseDetail](s, "city_clerk", "/cases/"+id); c.Status != grievance.Closed {
		s.t.Errorf("during the hearing: %s", c.Status)
	}
	s.refuses("city_clerk", "POST", v1+"/cases/"+id+"/reviews/2/decision", reviewOpinion("upheld"), 409, "hearing.unrecorded")
	s.clock.Advance(2 * 24 * time.Hour)
	held := s.clock.Now().Add(-time.Hour).Format(time.RFC3339)
	s.act("city_clerk", id, "/reviews/2/hearing/record", fmt.Sprintf(`{"held_at":%q,"attended":9,"words":"听证笔录如下"}`, held))
	if after := s.clockOf("city_clerk", id, "re_review"); after.PausedUntil != nil || !after.DueOn.Before(k.DueOn) || after.Paused != 1 { // the day of the request never counts
		s.t.Errorf("held: %+v", after)
	}
	as[Explanation](s, s.send("city_clerk", "GET", s.clockOf("city_clerk", id, "re_review").Explanation, ""), http.StatusOK)
}

// wantRecord wants the events of a case since it was answered.
func (s *city) wantRecord(id, want string) {
	s.t.Helper()
	var kinds []string
	for _, e := range read[EventPage](s, "clerk", "/cases/"+id+"/events?limit=200").Items {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); !strings.HasSuffix(got, want) {
		s.t.Errorf("told %s\nwant %s", got, want)
	}
}

func TestADecisionForThePetitioner(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.answered()
		s.act("clerk", id, "/reviews", objecting)
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("revoked"))
		if c := s.act("county_leader", id, "/sign-offs/2/approve", `{}`); c.Status != grievance.InHandling || c.Round != 2 || c.Responsible.ID != s.user("handler") {
			t.Errorf("%s, round %d, %+v", c.Status, c.Round, c.Responsible)
		}
		mediated := s.answered()
		s.act("clerk", mediated, "/reviews", objecting)
		s.act("county_clerk", mediated, "/reviews/1/decision", `{"decision":"mediated","agreement":"双方同意月底前修好"}`)
		if c := s.act("county_leader", mediated, "/sign-offs/2/approve", `{}`); c.Status != grievance.Finalised {
			t.Errorf("mediated: %s", c.Status)
		}
	})
}

// The petitioner without an account learns until when to ask, asks, and learns
// how it stands; what is before a leader stays inside.
func TestAReviewByQueryCode(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		sent := s.sendIn(petition)
		id := s.caseOf(sent)
		s.act("clerk", id, "/accept", `{}`)
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", `{}`)
		stands := func() PublicCase {
			return as[PublicCase](s, s.lookUp(sent.ReceiptNumber, sent.QueryCode), http.StatusOK)
		}
		if c := stands(); c.MayAsk == nil || c.MayAsk.Kind != "review" || c.MayAsk.UntilOn != nil {
			t.Errorf("not served: %+v", c.MayAsk)
		}
		s.act("clerk", id, "/notices/2/service", `{"how":"mail"}`)
		if c := stands(); c.MayAsk == nil || c.MayAsk.UntilOn == nil || c.MayAsk.UntilOn.String() != "2026-12-23" {
			t.Errorf("served: %+v", c.MayAsk)
		}
		ask := func(code string) *http.Response {
			body := fmt.Sprintf(`{"receipt_number":%q,"query_code":%q,"words":"不服"}`, sent.ReceiptNumber, code)
			return s.send("", "POST", v1+"/public/cases/review", body, "Idempotency-Key: ask")
		}
		if p := problemOf(t, ask("wrong")); p.Code != "public.not_found" {
			t.Errorf("%+v", p)
		}
		if r := as[PublicReply](s, ask(sent.QueryCode), http.StatusOK); r.Status != grievance.Closed {
			t.Errorf("%+v", r)
		}
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("upheld"))
		c := stands()
		if c.MayAsk != nil || len(c.Reviews) != 1 || c.Reviews[0].State != "open" || c.Reviews[0].DueOn == nil || c.Reviews[0].Decision != "" || strings.Contains(fmt.Sprint(c.Texts), "依法处理") {
			t.Errorf("before the signature: %+v", c)
		}
		s.act("county_leader", id, "/sign-offs/2/approve", `{}`)
		c = stands()
		if c.MayAsk == nil || c.MayAsk.Kind != "re_review" || c.Reviews[0].Decision != "upheld" || !strings.HasPrefix(c.Reviews[0].Number, "复查〔2026〕") || !strings.Contains(fmt.Sprint(c.Texts), "依法处理") {
			t.Errorf("decided: %+v", c)
		}
	})
}

// What is finalised is found by the clerk at whose desk it comes up again, and is
// answered with the final opinion.
func TestTheSameFactsAreAnsweredWithTheFinalOpinion(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		final, open := s.finalised(), s.register("").ID
		secret := s.register(`,"confidential":true`).ID
		again := s.register(petition).ID
		page := read[RelatedPage](s, "clerk", "/cases/"+again+"/related?limit=2")
		if len(page.Items) != 2 || page.Items[0].ID != secret || page.Items[1].ID != open || page.Items[1].Finalised {
			t.Errorf("%+v", page)
		}
		page = read[RelatedPage](s, "clerk", "/cases/"+again+"/related?limit=2&cursor="+page.Next)
		if len(page.Items) != 1 || page.Items[0].ID != final || !page.Items[0].Finalised || page.Items[0].Status != grievance.Finalised || page.Next != "" {
			t.Errorf("%+v", page)
		}
		if page := read[RelatedPage](s, "leader", "/cases/"+again+"/related"); len(page.Items) != 2 {
			t.Errorf("the confidential one is told: %+v", page)
		}
		s.refuses("leader", "GET", v1+"/cases/"+secret+"/related", "", 403, "case.confidential_petitioner")
		s.refuses("handler", "GET", v1+"/cases/"+again+"/related", "", 403, "auth.role")
		s.refuses("clerk2", "GET", v1+"/cases/"+again+"/related", "", 404, "not_found")

		body := func(id string) string {
			return fmt.Sprintf(`{"reason":"finalised","words":"同一事实已经复核终结","earlier_case_id":%q}`, id)
		}
		at := v1 + "/cases/" + again + "/decline"
		for _, wrong := range []string{body(open), body(again), body(s.user("clerk")), `{"reason":"finalised","words":"终结"}`} {
			if p := s.refuses("clerk", "POST", at, wrong, 422, "request.invalid"); faultsOf(p) != "/earlier_case_id decline.earlier" {
				t.Errorf("%s: %s", wrong, faultsOf(p))
			}
		}
		s.act("clerk", again, "/decline", body(final))
		number := read[NoticeList](s, "clerk", "/cases/"+final+"/notices").Items[3].Number
		if asks := read[SignOffPage](s, "leader", "/sign-offs").Items[0]; asks.EarlierCaseID != final || asks.RefersTo != number {
			t.Errorf("%+v", asks)
		}
		s.act("leader", again, "/sign-offs/1/approve", `{}`)
		if n := read[NoticeList](s, "clerk", "/cases/"+again+"/notices").Items[0]; n.Kind != "decline" || n.RefersTo != number {
			t.Errorf("%+v", n)
		}
	})
}

// Who signed the answer has no review of it on their desk.
func TestNoDeskHasAReviewOfItsOwnAnswer(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled(petition)
		s.act("handler", id, "/submit", opinion)
		s.act("county_leader", id, "/sign-offs/1/approve", `{}`)
		s.act("clerk", id, "/reviews", objecting)
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("upheld"))
		for who, want := range map[string][]string{"county_leader": nil, "county_deputy": {id}, "city_leader": {id}} {
			if got := s.pagesOf(who, v1+"/sign-offs?state=pending"); !slices.Equal(got, want) {
				t.Errorf("%s has %v to sign", who, got)
			}
		}
		s.refuses("county_leader", "POST", v1+"/cases/"+id+"/sign-offs/2/approve", `{}`, 403, "signoff.own_work")
		err := s.Store.Read(t.Context(), func(sn *store.Snapshot) error {
			items, err := sn.Inbox(store.ViewerOf(officetest.Actor(t, s.Office, s.clock, "county_leader"), book(s)), store.WaitingOf(officetest.Actor(t, s.Office, s.clock, "county_leader"), book(s), s.clock.Now()), nil, 10)
			for _, i := range items {
				if i.Reason == store.WaitsSignature {
					t.Errorf("%+v waits for who signed the answer", i)
				}
			}
			return err
		})
		must(t, err)
	})
}
