package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// unreadable makes a case one that cannot be read.
func (w *works) unreadable(id grievance.CaseID) (heal func()) {
	w.Helper()
	return w.alter(id, "length", "'nonsense'", "'15d'")
}

// runFailing runs the engine, of which only that rule must fail, because of that
// case.
func (w *works) runFailing(rule string, id grievance.CaseID) {
	w.Helper()
	sum, err := w.engine.RunOnce(w.Context())
	if err == nil || !strings.Contains(err.Error(), id.String()) {
		w.Errorf("the error does not tell of case %s: %v", id, err)
	}
	for _, r := range sum.Rules {
		if (r.Error != "") != (r.Name == rule) {
			w.Errorf("rule %s: error %q", r.Name, r.Error)
		}
	}
}

func (w *works) disable(account string) grievance.UserID {
	w.Helper()
	who := w.as(account).Actor.UserID
	if _, err := w.office.DisableUser(w.Context(), grievance.System, who); err != nil {
		w.Fatal(err)
	}
	return who
}

// A case that cannot be read stays with who has left until it can; it keeps
// neither the others nor those who leave later.
func TestAnUnreadableCaseNeverHoldsUpTheHandingOn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		bad := w.register("clerk")
		good := []grievance.CaseID{w.register("clerk"), w.register("clerk")}
		w.run()
		other := w.register("clerk2")
		heal := w.unreadable(bad)
		left := w.disable("clerk")
		w.clock.Advance(time.Minute)
		w.runFailing("hand_on", bad)
		gone := w.disable("clerk2")
		w.clock.Advance(time.Minute)
		w.runFailing("hand_on", bad)
		for _, id := range append(slices.Clone(good), other) {
			if who := w.read(id).Responsible; who == left || who == gone {
				t.Errorf("a good case still is with who has left")
			}
		}
		heal()
		w.run()
		if w.read(bad).Responsible == left {
			t.Error("healed, the bad case still is with who has left")
		}
		if again := w.run(); !again.Idle() {
			t.Errorf("healed, another run found something: %+v", again)
		}
	})
}

// More cases than one transaction takes, the unreadable ones first: all others
// are handed on in the same run.
func TestManyUnreadableCasesStarveNoOther(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		bad := []grievance.CaseID{w.register("clerk"), w.register("clerk"), w.register("clerk")}
		good := []grievance.CaseID{w.register("clerk"), w.register("clerk"), w.register("clerk")}
		for _, id := range bad {
			w.unreadable(id)
		}
		left := w.disable("clerk")
		w.clock.Advance(time.Minute)
		n, err := w.desk.HandOnDue(t.Context(), 2)
		if n != 3 || err == nil || !strings.Contains(err.Error(), "3 cases cannot be handed on") {
			t.Errorf("handed on %d: %v", n, err)
		}
		for _, id := range good {
			if w.read(id).Responsible == left {
				t.Errorf("a good case still is with who has left")
			}
		}
		if n, err := w.desk.HandOnDue(t.Context(), 2); n != 0 || err == nil {
			t.Errorf("a second time, handed on %d: %v", n, err)
		}
	})
}

// An escalation that cannot be read keeps the alarm about its own case alone.
func TestAnUnreadableEscalationKeepsNoOtherAlarm(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		_, err := w.office.Appoint(t.Context(), grievance.System, w.as("handler").Actor.UserID, office.NewAppointment{
			UnitID: officetest.Unit(t, w.office, village).ID, Role: grievance.RoleHandler,
		})
		w.must(err)
		bad, good := w.register("clerk"), w.register("clerk")
		for _, id := range []grievance.CaseID{bad, good} {
			w.must(errorOf(w.desk.Accept(t.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{})))
			w.takesOn("handler", id)
			w.must(errorOf(w.desk.Escalate(t.Context(), w.as("handler"), id, grievance.EscalationRequest{Level: 1, Reason: "risk"})))
		}
		w.unseat("county_leader", "city_leader")
		w.takesOn("head_jichuan", bad)
		w.takesOn("head_jichuan", good)
		opened := func(at string) {
			storetest.Exec(t, w.url, fmt.Sprintf("UPDATE escalations SET opened_at = '%s' WHERE case_id = '%s'", at, bad))
		}
		w.wantAlarms(0)
		opened("infinity")
		w.unseat("leader")
		w.runFailing("hand_on", bad)
		if got := w.targets(good); !slices.Equal(got, []string{"1 leader!@" + city + " unroutable"}) {
			t.Errorf("the good case stands at %q", got)
		}
		opened("2026-09-14 01:30:00+00:00")
		w.wantAlarms(2)
	})
}

// A case that cannot be read keeps neither the others nor the version; it follows
// when it can.
func TestAnUnreadableCaseNeverHoldsUpTheReBasing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-12-20 02:00:00")
		bad, good := w.register("clerk"), w.register("clerk")
		w.run()
		heal := w.unreadable(bad)
		w.publish(2027, off("2027-01-01", "2027-01-04"))
		if sum := w.run(); aside(sum) == 0 {
			t.Errorf("set aside nothing: %+v", sum.Rules)
		}
		w.wantDue("good", good, "2027-01-05", 2, "registered rebased")
		w.settle()
		heal()
		w.wantDue("bad", bad, "2027-01-04", 1, "registered")
		w.clock.Advance(time.Hour)
		w.run()
		w.wantDue("healed", bad, "2027-01-05", 2, "registered rebased")
		if k := w.acceptance(bad); k.Attempts != 0 || k.Error != "" {
			t.Errorf("healed, its clock has %d attempts and the error %q", k.Attempts, k.Error)
		}
	})
}

// Nor do unreadable cases that fill whole batches.
func TestManyUnreadableCasesNeverHoldUpTheReBasing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-12-20 02:00:00")
		for range 3 {
			w.unreadable(w.register("clerk"))
		}
		good := w.register("clerk")
		w.publish(2027, off("2027-01-01", "2027-01-04"))
		w.clock.Advance(2 * time.Second)
		done, err := w.desk.Rebase(t.Context(), 2)
		if err != nil || done.Cases != 1 || done.SetAside != 3 {
			t.Errorf("re-based %+v, %v", done, err)
		}
		w.wantDue("good", good, "2027-01-05", 2, "registered rebased")
		if list := w.pending(); len(list) > 0 {
			t.Errorf("bad cases keep %+v", list)
		}
	})
}
