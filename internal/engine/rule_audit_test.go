package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// findings lists all findings, the oldest first.
func (w *works) findings() (list []*grievance.Finding) {
	w.Helper()
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		list, err = s.ListFindings(store.ViewerOf(grievance.System, nil), store.FindingFilter{}, nil, 1000)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// found spells the findings: the rule, and when it showed.
func (w *works) found() string {
	w.Helper()
	var words []string
	for _, f := range w.findings() {
		words = append(words, string(f.Rule)+" "+f.AboutAt.Format("01-02 15:04"))
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

func (w *works) findingKinds(id grievance.FindingID) string {
	w.Helper()
	var kinds []string
	err := w.store.Read(w.Context(), func(s *store.Snapshot) error {
		events, err := s.FindingEvents(id)
		for _, e := range events {
			kinds = append(kinds, strings.TrimPrefix(string(e.Kind), "finding_"))
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(kinds, " ")
}

// settled runs until nothing is left to do.
func (w *works) settledDown() {
	w.Helper()
	for range 10 {
		if w.run().Idle() {
			return
		}
	}
	w.Fatal("the engine does not come to rest")
}

// A case that is neglected to the end of its ladder is a finding, opened once
// whoever ran how often, about the same instant.
func TestNeglectIsFoundOnceHoweverOftenTheEngineRuns(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		var found []string
		for _, every := range []time.Duration{6 * time.Hour, 60 * day} {
			w := newWorks(t, dialect)
			id := w.register("clerk")
			for end := w.clock.Now().Add(40 * day); w.clock.Now().Before(end); {
				w.clock.Advance(min(every, end.Sub(w.clock.Now())))
				w.run()
			}
			w.settledDown()
			found = append(found, w.found())
			for _, f := range w.findings() {
				if f.CaseID != id || f.State != grievance.FindingOpened || f.Seq < 1 {
					t.Errorf("found %+v", f)
				}
			}
		}
		if found[0] != "overdue_acceptance 10-09 16:00" || found[0] != found[1] {
			t.Errorf("every six hours: %s; after forty days: %s", found[0], found[1])
		}
	})
}

// Two auditors on one database find each thing once.
func TestTwoEnginesFindEachThingOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		for range 40 {
			w.register("clerk")
		}
		w.clock.Advance(40 * day)
		w.replicas(3)
		w.settledDown()
		list := w.findings()
		if len(list) != 40 {
			t.Fatalf("%d findings of 40 neglected cases: %s", len(list), w.found())
		}
		for _, f := range list {
			if got := w.findingKinds(f.ID); got != "opened" {
				t.Errorf("finding of %s has %s", f.CaseID, got)
			}
		}
	})
}

// An explanation that does not come is recorded once, about the instant at which
// it was due.
func TestAnOverdueExplanationIsRecordedOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.clock.Advance(30 * day)
		w.settledDown()
		w.clock.Advance(60 * day)
		w.replicas(2)
		w.settledDown()
		f := w.findings()[0]
		if got := w.findingKinds(f.ID); got != "opened explanation_overdue" || !f.ExplanationLate || f.NextAt != nil {
			t.Errorf("%s: %+v", got, f)
		}
		if got := w.backlog("audit"); got != 0 {
			t.Errorf("%d wait for the audit", got)
		}
	})
}

func (w *works) backlog(rule string) int64 {
	w.Helper()
	return w.status().Rule(rule).Backlog
}

// A matter that comes back is found on the earlier case, from whichever side the
// news comes; when the later case turns out to be the same one registered twice,
// the finding stays and says that it is unfounded.
func TestWhatComesBackIsFoundOnTheEarlierCase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		first := w.petition("10012345678")
		w.clock.Advance(20 * day) // breached, in the eighteenth hour of the ladder
		again, other := w.petition("100 1234-5678"), w.petition("10099999999")
		w.settledDown()
		repeats := w.of(grievance.FindRepeatPetition)
		if len(repeats) != 1 || repeats[0].CaseID != first || repeats[0].Subject != again.String() || other == again {
			t.Fatalf("found %s: %+v", w.found(), repeats)
		}
		w.done(w.desk.Decline(t.Context(), w.as("clerk"), again, grievance.Declining{Reason: grievance.Duplicate, Words: "重复登记"}))
		w.done(w.desk.Approve(t.Context(), w.as("leader"), again, 1, grievance.Approval{}))
		w.settledDown()
		if f := w.of(grievance.FindRepeatPetition)[0]; f.UnfoundedAt == nil || f.State != grievance.FindingOpened {
			t.Errorf("registered twice: %+v", f)
		} else if got := w.findingKinds(f.ID); got != "opened unfounded" {
			t.Errorf("registered twice: %s", got)
		}
	})
}

func (w *works) petition(phone string) grievance.CaseID {
	w.Helper()
	done, err := w.desk.Register(w.Context(), w.as("clerk"), grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: "路灯不亮", Body: "路灯坏了三个月。", Category: "0101",
		Petitioner: grievance.Party{Name: "陈一", Phone: phone},
	})
	if err != nil {
		w.Fatal(err)
	}
	return done.Case.ID
}

func (w *works) of(rule grievance.FindingRule) []*grievance.Finding {
	w.Helper()
	return slices.DeleteFunc(w.findings(), func(f *grievance.Finding) bool { return f.Rule != rule })
}

// A leader signs eleven files in less than three minutes, the engine running after
// each: every one of the eleven is found, those before the eleventh too.
func TestFilesSignedInBulkAreFoundAll(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		var ids []grievance.CaseID
		for i := range 11 {
			id := w.petition(fmt.Sprint("1380000000", i))
			w.done(w.desk.Decline(t.Context(), w.as("clerk"), id, grievance.Declining{Reason: grievance.OtherProcedure, Words: "应当起诉"}))
			ids = append(ids, id)
		}
		w.clock.Advance(time.Hour)
		for i, id := range ids {
			w.clock.Advance(10 * time.Second)
			w.done(w.desk.Approve(t.Context(), w.as("leader"), id, 1, grievance.Approval{}))
			w.run()
			if i < 10 {
				if n := len(w.of(grievance.FindRubberStamp)); n != 0 {
					t.Fatalf("%d findings after %d files", n, i+1)
				}
			}
		}
		w.settledDown()
		if n := len(w.of(grievance.FindRubberStamp)); n != 11 {
			t.Errorf("%d of 11 files are found: %s", n, w.found())
		}
	})
}

// A case whose record cannot be read, or whose findings cannot be written, holds
// up no other, and is audited once it can be.
func TestAPoisonedCaseHoldsUpNoAudit(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		bad, good := w.register("clerk"), w.register("clerk")
		heal := storetest.Poison(t, w.url, "findings", "case_id", bad.String())
		w.clock.Advance(40 * day)
		var set int
		for range 5 {
			set += aside(w.run())
		}
		list := w.findings()
		if set == 0 || len(list) != 1 || list[0].CaseID != good {
			t.Fatalf("%d set aside; found %+v", set, list)
		}
		heal()
		w.clock.Advance(10 * time.Minute)
		w.settledDown()
		if n := len(w.findings()); n != 2 {
			t.Errorf("healed: %d findings", n)
		}
	})
}

func (w *works) done(_ casework.Done, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}
