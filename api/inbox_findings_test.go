package api

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// findingsWaiting tells which findings wait for somebody, and why.
func (s *city) findingsWaiting(account string) (found []InboxItemView) {
	s.t.Helper()
	last := time.Time{}
	for _, i := range read[InboxPage](s, account, "/inbox?limit=200").Items {
		if i.FindingID == "" {
			continue
		}
		at := i.Since
		if i.DueAt != nil {
			at = *i.DueAt
		}
		if i.Unassigned || at.Before(last) {
			s.t.Errorf("%s: out of order, or unassigned: %+v", account, i)
		}
		found, last = append(found, i), at
	}
	return found
}

// wantFindings wants a reason in the inboxes of some, and no finding in those of the
// others.
func (s *city) wantFindings(reason string, n int, accounts ...string) {
	s.t.Helper()
	for _, account := range []string{"clerk", "clerk_afternoon", "leader", "deputy", "handler", "clerk2", "leader2", "county_leader", "supervisor", "city_supervisor", "city_leader", "inspector"} {
		want := 0
		if slices.Contains(accounts, account) {
			want = n
		}
		got := s.findingsWaiting(account)
		if len(got) != want || want > 0 && string(got[0].Reason) != reason {
			s.t.Errorf("%d findings wait for %s, want %d to %s: %+v", len(got), account, want, reason, got)
		}
	}
}

// A finding waits for its unit until it is explained, then for the nearest
// supervisor above who stands in no trace of it, and an appeal for somebody else.
func TestFindingsWaitForSomebody(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		f := s.neglected()
		s.wantFindings("explain", 1, "clerk", "clerk_afternoon", "leader", "deputy")
		i := s.findingsWaiting("leader")[0]
		if i.FindingID != f.ID || i.CaseID != f.CaseID || i.Rule != f.Rule || i.Title == "" || i.Late || *i.DueOn != f.ExplainDueOn || !i.DueAt.Equal(f.ExplainDueAt) {
			t.Errorf("%+v", i)
		}
		s.onFinding("clerk", f.ID, "/explain", sorry)
		s.wantFindings("decide", 1, "city_supervisor") // the county's was called on
		s.onFinding("city_supervisor", f.ID, "/decide", fmt.Sprintf(`{"measures":[{"kind":"bulletin","unit_id":%q,"articles":[44]}],"words":"情况属实"}`, s.unit(jichuan)))
		s.wantFindings("", 0)
		s.onFinding("clerk", f.ID, "/appeal", sorry)
		s.wantFindings("", 0) // nobody but who decided it
		s.appoint("inspector", "9901", grievance.RoleInspector, false)
		s.wantFindings("appeal", 1, "inspector")
		s.onFinding("inspector", f.ID, "/decide-appeal", `{"words":"维持"}`)
		s.wantFindings("", 0)
	})
}

// What is not explained in time waits to be decided, and may still be explained;
// several findings of one case wait each for itself.
func TestFindingsWaitThoughNobodyExplains(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		f := s.neglected()
		s.act("clerk", f.CaseID, "/accept", `{"service":{"how":"sms"}}`)
		s.clock.Advance(150 * 24 * time.Hour)
		s.wholeEngine()
		all := read[FindingPage](s, "leader", "/findings?case="+f.CaseID).Items
		if len(all) < 2 {
			t.Fatalf("%d findings", len(all))
		}
		late := 0
		for _, i := range s.findingsWaiting("leader") {
			if i.Late {
				late++
			}
		}
		if got := len(s.findingsWaiting("leader")); got != len(all) || late != 1 {
			t.Errorf("%d of %d findings wait to be explained, %d late", got, len(all), late)
		}
		if got := s.findingsWaiting("city_supervisor"); len(got) != 1 || got[0].FindingID != f.ID || got[0].Reason != "decide" {
			t.Errorf("%+v", got)
		}
		for _, account := range []string{"leader", "city_supervisor"} {
			if all, paged := len(read[InboxPage](s, account, "/inbox?limit=200").Items), s.follow(account, v1+"/inbox", 1); len(paged) != all {
				t.Errorf("%s: %d by pages of one, %d at once", account, len(paged), all)
			}
		}
	})
}

// Where every supervisor above is barred, a finding waits for an inspector there.
func TestAFindingWaitsForAnInspectorThen(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	f := s.neglected()
	s.onFinding("clerk", f.ID, "/explain", sorry)
	book := book(s)
	for _, a := range book.AppointmentsOf(mustUser(t, s.user("city_supervisor"))) {
		_, err := s.Office.EndAppointment(t.Context(), grievance.System, a.ID, s.clock.Now())
		must(t, err)
	}
	s.appoint("inspector", "9901", grievance.RoleInspector, false)
	if got := s.findingsWaiting("inspector"); len(got) != 1 || got[0].Reason != "decide" {
		t.Errorf("%+v", got)
	}
	s.onFinding("inspector", f.ID, "/decide", `{"dismiss":"lawful_cause","words":"系统迁移期间"}`)
}
