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

// neglected is a petition that nobody touched until the ladder was climbed, and
// the finding that came of it.
func (s *city) neglected() FindingView {
	s.t.Helper()
	id := s.register(`,"petition":true`).ID
	s.clock.Advance(45 * 24 * time.Hour)
	s.wholeEngine()
	page := read[FindingPage](s, "leader", "/findings?case="+id+"&count=true")
	if len(page.Items) != 1 || *page.Total != 1 {
		s.t.Fatalf("a neglected petition is %d findings: %+v", len(page.Items), page.Items)
	}
	return page.Items[0]
}

// wholeEngine runs every rule of the engine once.
func (s *city) wholeEngine() {
	s.t.Helper()
	_, err := s.Engine.RunOnce(s.t.Context())
	must(s.t, err)
}

func findingPath(id string, action string) string { return v1 + "/findings/" + id + action }

func (s *city) onFinding(account, id, action, body string, header ...string) FindingView {
	s.t.Helper()
	return as[FindingView](s, s.send(account, "POST", findingPath(id, action), body, header...), http.StatusOK)
}

const sorry = `{"words":"窗口人手不足，已整改"}`

// What a unit says of a finding is read with the finding, not by everybody who
// works on the case.
func TestTheWordsOfAFindingAreNotTheCases(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	f := s.neglected()
	s.onFinding("clerk", f.ID, "/explain", sorry)
	for _, x := range read[CaseDetail](s, "clerk", "/cases/"+f.CaseID).Texts {
		t.Errorf("the case shows %+v", x)
	}
}

func TestLifeOfAFinding(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		f := s.neglected()
		if f.Rule != grievance.FindOverdueAcceptance || f.Title != "逾期受理" || f.Unit.Code != jichuan || !slices.Equal(f.Articles, []int{22, 23, 44}) {
			t.Fatalf("found %+v", f)
		}
		s.refuses("clerk2", "POST", findingPath(f.ID, "/explain"), sorry, 404, "not_found")
		s.refuses("supervisor", "POST", findingPath(f.ID, "/explain"), sorry, 403, "auth.role")
		s.refuses("county_leader", "POST", findingPath(f.ID, "/explain"), sorry, 403, "finding.not_permitted")
		talk := fmt.Sprintf(`{"measures":[{"kind":"talk","user_id":%q,"articles":[44]},{"kind":"bulletin","unit_id":%q,"articles":[44,45]}],"words":"情况属实"}`, s.user("clerk"), s.unit(jichuan))
		s.refuses("supervisor", "POST", findingPath(f.ID, "/decide"), talk, 403, "finding.in_trace") // was called on, and did nothing
		s.refuses("city_supervisor", "POST", findingPath(f.ID, "/decide"), talk, 409, "finding.not_explained")

		s.refuses("clerk", "POST", findingPath(f.ID, "/explain"), sorry, 412, "finding.stale", `If-Match: "9"`)
		explained := s.onFinding("clerk", f.ID, "/explain", sorry, `If-Match: "1"`, "Idempotency-Key: k1")
		if explained.State != grievance.FindingExplained || explained.ExplanationLate || explained.Version != 2 {
			t.Errorf("explained: %+v", explained)
		}
		again := s.send("clerk", "POST", findingPath(f.ID, "/explain"), sorry, "Idempotency-Key: k1")
		if again.StatusCode != 200 || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("sent again: %d", again.StatusCode)
		}
		s.refuses("clerk", "POST", findingPath(f.ID, "/explain"), sorry, 409, "finding.state")

		wrong := s.refuses("city_supervisor", "POST", findingPath(f.ID, "/decide"),
			fmt.Sprintf(`{"measures":[{"kind":"talk","user_id":%q,"articles":[41]}],"words":"情况属实"}`, s.user("clerk2")), 422, "request.invalid")
		if len(wrong.Errors) != 2 {
			t.Errorf("a stranger by Art. 41: %+v", wrong.Errors)
		}
		s.refuses("city_supervisor", "POST", findingPath(f.ID, "/decide"), `{"words":"情况属实"}`, 422, "request.invalid")
		decided := s.onFinding("city_supervisor", f.ID, "/decide", talk)
		if decided.State != grievance.FindingDecided || decided.Result != grievance.ResultMeasures || decided.AppealDueAt == nil {
			t.Errorf("decided: %+v", decided)
		}
		s.refuses("city_supervisor", "POST", findingPath(f.ID, "/decide"), talk, 409, "finding.state")
		s.refuses("county_leader", "POST", findingPath(f.ID, "/appeal"), sorry, 403, "finding.not_permitted")
		if got := s.onFinding("clerk", f.ID, "/appeal", sorry); got.State != grievance.FindingAppealed {
			t.Errorf("appealed: %+v", got)
		}
		s.refuses("leader", "POST", findingPath(f.ID, "/appeal"), sorry, 409, "finding.state")
		s.appealDecided(f.ID)
	})
}

func (s *city) appealDecided(id string) {
	s.t.Helper()
	uphold := `{"reverse":[1],"words":"约谈过重，通报维持"}`
	s.refuses("city_supervisor", "POST", findingPath(id, "/decide-appeal"), uphold, 403, "finding.not_permitted")
	s.appoint("inspector", "9901", grievance.RoleInspector, false)
	s.refuses("inspector", "POST", findingPath(id, "/decide-appeal"), `{"reverse":[3],"words":"错"}`, 422, "request.invalid")
	closed := s.onFinding("inspector", id, "/decide-appeal", uphold)
	if closed.State != grievance.FindingClosed || closed.Result != grievance.ResultMeasures || closed.ClosedAt == nil {
		s.t.Errorf("closed: %+v", closed)
	}
	d := read[FindingDetailView](s, "leader", "/findings/"+id)
	var told []string
	for _, e := range d.Events {
		told = append(told, strings.TrimPrefix(string(e.Kind), "finding_"))
		for _, text := range e.Texts {
			if text.Body == "" {
				s.t.Errorf("%s has no words", e.Kind)
			}
		}
	}
	if got := strings.Join(told, " "); got != "opened explained decided appealed appeal_decided closed" {
		s.t.Errorf("events: %s", got)
	}
	if len(d.Measures) != 2 || d.Measures[0].ReversedAt == nil || d.Measures[1].ReversedAt != nil {
		s.t.Errorf("measures: %+v", d.Measures)
	}
}

// Both lines name the people of the time, with what they knew and did not do.
func TestAFindingShowsBothTraces(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		d := read[FindingDetailView](s, "leader", "/findings/"+s.neglected().ID)
		if len(d.UnitLine) != 1 || d.UnitLine[0].Holder.ID != s.user("clerk") || d.UnitLine[0].WorkingHours < 100 ||
			len(d.UnitLine[0].Missed) != 1 || d.UnitLine[0].Missed[0].Kind != grievance.Acceptance || len(d.UnitLine[0].Unheeded) != 2 {
			t.Errorf("unit line: %+v", d.UnitLine)
		}
		who := map[string]string{}
		for _, l := range d.LeadershipLine {
			who[l.Holder.ID] = fmt.Sprintf("%s knew %d did %d", l.Part, len(l.Knew), len(l.Did))
		}
		for account, want := range map[string]string{
			"leader": "head knew 3 did 0", "county_leader": "superior knew 0 did 0",
			"supervisor": "called knew 1 did 0", "city_supervisor": "called knew 1 did 0",
		} {
			if got := who[s.user(account)]; got != want {
				t.Errorf("%s: %q, want %q", account, got, want)
			}
		}
		for _, e := range d.Evidence {
			if e.Kind == "" || e.AboutAt == nil {
				t.Errorf("evidence %+v", e)
			}
		}
		if len(d.Evidence) != 7 {
			t.Errorf("%d events are evidence", len(d.Evidence))
		}
	})
}

// Who sees a finding: leaders, supervisors and inspectors from the unit up, and the
// unit's own desk.
func TestWhoSeesAFinding(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.neglected().ID
		for account, sees := range map[string]bool{
			"clerk": true, "leader": true, "deputy": true, "county_leader": true, "supervisor": true, "city_supervisor": true, "city_leader": true,
			"clerk2": false, "leader2": false, "handler": false, "courier": false, "inspector": false, "county_clerk": false, "economy_head": false,
		} {
			if got := len(read[FindingPage](s, account, "/findings").Items) == 1; got != sees {
				t.Errorf("%s sees it in the list: %t", account, got)
			}
			if got := s.send(account, "GET", findingPath(id, ""), "").StatusCode == 200; got != sees {
				t.Errorf("%s sees it: %t", account, got)
			}
		}
		for query, n := range map[string]int{
			"?rule=overdue_acceptance,rubber_stamp": 1, "?rule=false_closure": 0, "?state=opened": 1, "?state=closed": 0,
			"?unit=" + s.unit(jichuan): 1, "?unit=" + s.unit(qiqiao): 0, "?about_to=2020-01-01": 0, "?result=measures": 0,
		} {
			if got := len(read[FindingPage](s, "supervisor", "/findings"+query).Items); got != n {
				t.Errorf("%s lists %d, want %d", query, got, n)
			}
		}
	})
}

// A dismissal closes at once; measures that nobody appeals against when the time is
// over. An explanation that did not come does not keep the decision.
func TestFindingsAreClosedByTime(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		f := s.neglected()
		s.clock.Advance(20 * 24 * time.Hour)
		decided := s.onFinding("city_supervisor", f.ID, "/decide", fmt.Sprintf(`{"measures":[{"kind":"bulletin","unit_id":%q,"articles":[44]}],"words":"未作说明"}`, s.unit(jichuan)))
		if !decided.ExplanationLate || decided.ExplainedAt != nil {
			t.Errorf("decided without an explanation: %+v", decided)
		}
		s.clock.Advance(30 * 24 * time.Hour)
		s.refuses("leader", "POST", findingPath(f.ID, "/appeal"), sorry, 409, "finding.appeal_too_late")
		s.wholeEngine()
		closed := read[FindingDetailView](s, "leader", "/findings/"+f.ID)
		if closed.State != grievance.FindingClosed || !closed.ClosedAt.Equal(*decided.AppealDueAt) {
			t.Errorf("closed: %+v", closed.FindingView)
		}
		second := s.neglected()
		s.onFinding("leader", second.ID, "/explain", sorry)
		dismissed := s.onFinding("city_supervisor", second.ID, "/decide", `{"dismiss":"lawful_cause","words":"系统迁移期间"}`)
		if dismissed.State != grievance.FindingClosed || dismissed.Result != grievance.ResultDismissed {
			t.Errorf("dismissed: %+v", dismissed)
		}
	})
}
