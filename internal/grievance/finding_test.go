package grievance

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// lead is a finding against river's desk, as the engine opens it, with the trace of
// a petition that nobody touched.
func lead(t *testing.T, o *testOffice) (*story, *Finding) { return openLead(t, o) }

func openLead(t tb, o *testOffice) (*story, *Finding) {
	t.Helper()
	s := begin(t, o, "2026-09-07 09:00", "clerk", petition())
	s.engine("2026-11-02 09:00")
	last := s.rec.events[len(s.rec.events)-1]
	f, err := OpenFinding(o.moment("system", s.now), Charge{
		CaseID: s.rec.row.ID, Rule: FindOverdueAcceptance, Subject: "clock", Unit: unitID("river"), AboutAt: last.AboutAt,
		Evidence: []EventRef{{s.rec.row.ID, 4}, {s.rec.row.ID, last.Seq}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

func kept(f *Finding) *Finding {
	f.TakeChanges()
	return f
}

func TestEvidenceGrowsAndNothingIsTakenBack(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s, f := lead(t, o)
	m, kept := o.moment("system", s.now), kept(f)
	same := Charge{Evidence: slices.Clone(kept.Evidence())}
	if err := f.Found(m, same); err != nil || f.Changed() {
		t.Errorf("the same evidence is news: %+v, %v", f.Pending(), err)
	}
	more := Charge{Evidence: append(same.Evidence, EventRef{s.rec.row.ID, 1})}
	for range 2 {
		if err := f.Found(m, more); err != nil || len(f.Pending().Events) != 1 || len(f.Evidence()) != 3 {
			t.Errorf("more evidence: %+v, %v", f.Pending(), err)
		}
	}
	for range 2 {
		if err := f.Unfound(m); err != nil || len(f.Pending().Events) != 2 || f.State != FindingOpened {
			t.Errorf("unfounded: %+v, %v", f.Pending(), err)
		}
	}
	if err := f.Found(m, same); err != nil || f.UnfoundedAt != nil || len(f.Evidence()) != 3 {
		t.Errorf("founded again: %+v, %v", f, err)
	}
}

// Who may decide: a supervisor strictly above the unit who stands in neither trace.
// Only where none is free an inspector.
func TestWhoDecidesAFinding(t *testing.T) {
	t.Parallel()
	dismiss := FindingDecision{Dismiss: "not_founded", Words: "不属实"}
	o := newTestOffice(t)
	s, f := lead(t, o)
	s.at("2026-12-01 09:00")
	for who, code := range map[string]string{
		"clerk": "finding.not_permitted", "leader": "finding.not_permitted", "county_leader": "finding.not_permitted",
		"supervisor": "finding.in_trace", "inspector": "finding.not_permitted", "hill_inspector": "finding.not_permitted", "city_supervisor": "",
	} {
		g := *f
		if err := g.Decide(o.moment(who, s.now), s.trace(), dismiss); CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", who, err, code)
		}
	}
	trace := s.trace()
	trace.Petitioner = userID("city_supervisor")
	if err := f.Decide(o.moment("city_supervisor", s.now), trace, dismiss); CodeOf(err) != "finding.own_matter" {
		t.Errorf("their own matter: %v", err)
	}
	g, all := *f, s.trace() // in which everybody stands who could decide
	for _, who := range []string{"city_supervisor", "inspector"} {
		all.Leaders = append(all.Leaders, Leading{Holder: Holder{User: userID(who)}, From: f.AboutAt.Add(-time.Hour)})
	}
	if err := g.Decide(o.moment("city_supervisor", s.now), all, dismiss); CodeOf(err) != "finding.nobody" {
		t.Errorf("where nobody is free: %v", err)
	}
	o.leaves("city_supervisor", s.now)
	if err := f.Decide(o.moment("inspector", s.now), s.trace(), dismiss); err != nil || f.State != FindingClosed {
		t.Errorf("where no supervisor is free: %v, %s", err, f.State)
	}
}

// The whole life of a finding, with a golden file for the body of each kind of its
// events: they are for ever.
func TestFindingEventBodies(t *testing.T) {
	t.Parallel()
	o := newTestOffice(t)
	s, f := lead(t, o)
	o.hires("judge", s.now, "inspector city")
	did := func(when, who string, do func(Moment) error) {
		t.Helper()
		s.at(when)
		if err := do(o.moment(who, s.now)); err != nil {
			t.Fatalf("%s at %s: %v", who, when, err)
		}
	}
	did("2026-11-03 09:00", "system", func(m Moment) error { return f.Found(m, Charge{Evidence: []EventRef{{f.CaseID, 1}}}) })
	did("2026-11-04 09:00", "system", f.Unfound)
	did("2026-11-30 09:00", "system", f.Advance)
	did("2026-12-01 09:00", "leader", func(m Moment) error { return f.Explain(m, Explaining{"人手不足"}) })
	did("2026-12-02 09:00", "city_supervisor", func(m Moment) error {
		return f.Decide(m, s.trace(), FindingDecision{Words: "属实", Measures: []Measuring{
			{Kind: MeasureTalk, User: userID("clerk"), Articles: Articles{44}}, {Kind: MeasureBulletin, Unit: unitID("river"), Articles: Articles{44, 45}},
		}})
	})
	did("2026-12-03 09:00", "clerk", func(m Moment) error { return f.Appeal(m, Appealing{"过重"}) })
	did("2026-12-04 09:00", "judge", func(m Moment) error {
		return f.DecideAppeal(m, s.trace(), AppealDecision{Reverse: []int{1, 2}, Words: "撤销"})
	})
	if f.Result != ResultDismissed || f.State != FindingClosed {
		t.Errorf("all measures taken back: %s %s", f.State, f.Result)
	}
	var kinds []string
	for i, e := range f.Pending().Events {
		if e.Seq != int64(i+1) || e.SubjectKind != SubjectFinding {
			t.Errorf("event %d is %+v", i, e)
		}
		if bytes.ContainsAny(e.Body, "人属过撤") {
			t.Errorf("%s holds words", e.Kind)
		}
		kinds = append(kinds, strings.TrimPrefix(string(e.Kind), "finding_"))
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, e.Body, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "findings", string(e.Kind)+".json"), pretty.Bytes())
	}
	want := "opened evidence_added unfounded explanation_overdue explained decided appealed appeal_decided closed"
	if got := strings.Join(kinds, " "); got != want || len(f.Pending().Texts) != 4 {
		t.Errorf("events %s, %d texts", got, len(f.Pending().Texts))
	}
}
