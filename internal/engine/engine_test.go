package engine_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var monday = time.Date(2026, 9, 14, 1, 30, 0, 0, time.UTC)

const day = 24 * time.Hour

// works is a city with an engine.
type works struct {
	*testing.T
	store  *store.Store
	office *office.Office
	desk   *casework.Desk
	clock  *clock.Fake
	engine *engine.Engine
	log    *bytes.Buffer
	url    string
}

func newWorks(t *testing.T, dialect string, opts ...storetest.Option) *works {
	t.Helper()
	ck := clock.NewFake(monday)
	url := storetest.URL(t, dialect)
	st := storetest.OpenURL(t, url, append(opts, storetest.WithClock(ck))...)
	of := officetest.Load(t, st, ck)
	w := &works{T: t, store: st, office: of, desk: casework.New(st, of, ck), clock: ck, log: new(bytes.Buffer), url: url}
	w.engine = engine.New(w.desk, st, ck, slog.New(slog.NewTextHandler(w.log, nil)))
	return w
}

func (w *works) as(account string) casework.Request {
	w.Helper()
	return casework.Request{Actor: officetest.Actor(w.T, w.office, w.clock, account)}
}

func (w *works) register(account string) grievance.CaseID {
	w.Helper()
	done, err := w.desk.Register(w.Context(), w.as(account), grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: "路灯不亮", Body: "路灯坏了三个月。",
		Petitioner: grievance.Party{Name: "陈一", Phone: "10012345678"},
	})
	if err != nil {
		w.Fatal(err)
	}
	return done.Case.ID
}

func (w *works) run() engine.Summary {
	w.Helper()
	sum, err := w.engine.RunOnce(w.Context())
	if err != nil {
		w.Fatalf("running the engine: %v\n%s", err, w.log)
	}
	return sum
}

// kinds spells the kinds of a case's events, in order.
func (w *works) kinds(id grievance.CaseID) string {
	w.Helper()
	return kindsOf(w.T, w.store, id)
}

func kindsOf(t *testing.T, st *store.Store, id grievance.CaseID) string {
	t.Helper()
	var kinds []string
	err := st.Read(t.Context(), func(s *store.Snapshot) error {
		events, err := s.EventsOf(id, 0, 1000)
		for _, e := range events {
			kinds = append(kinds, string(e.Kind))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(kinds, " ")
}

// A visit is a petition: 15 days to accept, then the ladder's five rungs.
const neglected = "registered reminded warned breached escalated escalated escalated"

// Defects of other systems: the scan reads the newest hundred and never reaches
// the oldest; unassigned cases are skipped.
func TestTheOldestOfManyIsReachedAndNobodyNeedsToBeAssigned(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		oldest := w.register("clerk")
		var newest grievance.CaseID
		for range 230 {
			w.clock.Advance(time.Second)
			newest = w.register("clerk")
		}
		w.clock.Advance(40 * day)
		w.run()
		for name, id := range map[string]grievance.CaseID{"oldest": oldest, "newest": newest} {
			if got := w.kinds(id); got != neglected {
				t.Errorf("the %s case, assigned to nobody, has %s", name, got)
			}
		}
		if again := w.run(); !again.Idle() {
			t.Errorf("a second run at the same instant found something: %+v", again)
		}
	})
}

// Defect of other systems: a missing supervisor is a log line.
func TestAMissingSupervisorIsAnAlarm(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		for _, account := range []string{"supervisor", "city_supervisor"} {
			if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as(account).Actor.UserID); err != nil {
				t.Fatal(err)
			}
		}
		id := w.register("clerk")
		w.clock.Advance(40 * day)
		w.run()
		if got := w.kinds(id); got != neglected {
			t.Errorf("events: %s", got)
		}
		st, err := w.engine.Status(t.Context())
		if err != nil || st.Unroutable != 2 {
			t.Errorf("%d unroutable escalations stand at the root, want levels 2 and 3 (%v)", st.Unroutable, err)
		}
	})
}

func TestAfterAnOutageTheRecordShowsBothInstants(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		id := w.register("clerk")
		w.clock.Advance(400 * day)
		w.run()
		err := w.store.Read(t.Context(), func(s *store.Snapshot) error {
			events, err := s.EventsOf(id, 1, 100)
			for i, e := range events {
				if !e.RecordedAt.Equal(w.clock.Now()) || !e.AboutAt.Before(monday.Add(40*day)) {
					t.Errorf("%s is about %v, recorded %v", e.Kind, e.AboutAt, e.RecordedAt)
				}
				if i > 0 && e.AboutAt.Before(events[i-1].AboutAt) {
					t.Errorf("%s is recorded after what came later", e.Kind)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestTwoEnginesDoNoHarm(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		var ids []grievance.CaseID
		for range 60 {
			ids = append(ids, w.register("clerk"))
		}
		w.clock.Advance(40 * day)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				of := office.New(w.store, w.clock)
				e := engine.New(casework.New(w.store, of, w.clock), w.store, w.clock, slog.New(slog.DiscardHandler))
				if _, err := e.RunOnce(w.Context()); err != nil {
					t.Errorf("one of three engines: %v", err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			if got := w.kinds(id); got != neglected {
				t.Errorf("events: %s", got)
			}
		}
	})
}

// A case that fails is set aside with its error, tried again later, and never
// stops the rest.
func TestOnePoisonedCaseNeverHoldsUpTheRest(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		bad, good := w.register("clerk"), w.register("clerk")
		heal := storetest.Poison(t, w.url, "events", "subject_id", bad.String())
		w.clock.Advance(8 * day)
		if sum := w.run(); aside(sum) != 1 {
			t.Errorf("set aside: %+v", sum.Rules)
		}
		if !strings.Contains(w.log.String(), "poisoned") {
			t.Errorf("the log does not say why a case was set aside: %s", w.log)
		}
		if got := w.kinds(good); got != "registered reminded" {
			t.Errorf("the good case has %s", got)
		}
		if got := w.kinds(bad); got != "registered" {
			t.Errorf("the bad case has %s", got)
		}
		if again := w.run(); aside(again) != 0 {
			t.Error("it is tried again without delay")
		}
		heal()
		w.clock.Advance(2 * time.Minute)
		w.run()
		if got := w.kinds(bad); got != "registered reminded" {
			t.Errorf("healed, the bad case has %s", got)
		}
	})
}

func aside(s engine.Summary) (n int) {
	for _, r := range s.Rules {
		n += r.SetAside
	}
	return n
}

func TestEndingAnAppointmentHandsEveryOpenCaseOn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		var ids []grievance.CaseID
		for range 3 {
			ids = append(ids, w.register("clerk"))
		}
		if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as("clerk").Actor.UserID); err != nil {
			t.Fatal(err)
		}
		w.run()
		for _, id := range ids {
			if got := w.kinds(id); got != "registered handed_on" {
				t.Errorf("events: %s", got)
			}
			c := w.read(id)
			if c.Responsible == w.as("clerk").Actor.UserID || c.Responsible.IsZero() {
				t.Errorf("%s answers for the case after the clerk has left", c.Responsible)
			}
		}
	})
}

// A unit that is merged into another leaves no case behind.
func TestAMergedUnitsCasesMoveToItsSuccessor(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		id, unit := w.handled()
		other := w.as("handler3").Actor.Posts[0].UnitID
		if _, err := w.office.MergeUnit(t.Context(), grievance.System, unit, other); err != nil {
			t.Fatal(err)
		}
		w.run()
		if c := w.read(id); c.HandlingUnitID != other || c.Status != grievance.Assigned || c.AwaitingPost.UnitID != other {
			t.Errorf("after the merger the case is %s with %s, awaited from %s", c.Status, c.HandlingUnitID, c.AwaitingPost.UnitID)
		}
		if err := errorOf(w.desk.Acknowledge(t.Context(), w.as("handler3"), id, grievance.Acknowledging{})); err != nil {
			t.Errorf("a handler of the successor cannot take it: %v", err)
		}
	})
}

func errorOf(_ casework.Done, err error) error { return err }

// handled registers a case and moves it until its handler has it; it gives the
// handling unit too.
func (w *works) handled() (grievance.CaseID, grievance.UnitID) {
	w.Helper()
	id, handler := w.register("clerk"), w.as("handler").Actor
	unit := handler.Posts[0].UnitID
	for _, err := range []error{
		errorOf(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{})),
		errorOf(w.desk.Assign(w.Context(), w.as("clerk"), id, grievance.Assignment{Unit: unit, Handler: handler.UserID})),
		errorOf(w.desk.Acknowledge(w.Context(), w.as("handler"), id, grievance.Acknowledging{})),
	} {
		if err != nil {
			w.Fatal(err)
		}
	}
	return id, unit
}

func (w *works) read(id grievance.CaseID) *grievance.Case {
	w.Helper()
	var found *grievance.Case
	err := w.store.Write(w.Context(), func(tx *store.Tx) error {
		cases, err := tx.LockCases([]grievance.CaseID{id}, store.ViewerOf(grievance.System, officetest.Book(w.T, w.office)), store.Needs{})
		if err == nil && len(cases) == 1 {
			found = cases[0]
		}
		return err
	})
	if err != nil || found == nil {
		w.Fatal(errors.Join(err, fmt.Errorf("reading case %s", id)))
	}
	return found
}

func TestTheLedgerHasNoGaps(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		for range 5 {
			w.register("clerk")
			w.run()
		}
		w.clock.Advance(40 * day)
		w.run()
		next := map[string]int64{}
		err := w.store.Read(t.Context(), func(s *store.Snapshot) error {
			events, err := s.Ledger(0, 10_000)
			for i, e := range events {
				if e.LedgerPos == nil || *e.LedgerPos != int64(i+1) {
					t.Fatalf("event %d of the ledger stands at %v", i+1, e.LedgerPos)
				}
				subject := e.SubjectKind + e.SubjectID.String()
				if next[subject]++; e.Seq != next[subject] {
					t.Errorf("event %d of %s stands before event %d", e.Seq, subject, next[subject])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Who leaves owes nothing any more, whoever answers for the case by then.
func TestALeaversClocksAreHandedOnWhoeverAnswers(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		id, _ := w.handled()
		clerk := w.as("clerk").Actor.UserID
		if _, err := w.office.DisableUser(t.Context(), grievance.System, clerk); err != nil {
			t.Fatal(err)
		}
		w.run()
		for _, k := range w.read(id).Clocks() {
			if k.State == grievance.Running && k.DebtorUser == clerk {
				t.Errorf("the %s clock is owed by somebody who has left", k.Kind)
			}
		}
	})
}

// A unit that was empty long before it was merged leaves no case behind either.
func TestAnEmptyUnitsMergerLeavesNoCaseBehind(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		county, other := w.as("county_leader").Actor.Posts[0].UnitID, w.as("clerk2").Actor.Posts[0].UnitID
		town, err := w.office.CreateUnit(t.Context(), grievance.System, office.NewUnit{
			ParentID: county, Code: "990121199", Name: "石桥镇", Level: grievance.LevelTownship, Kind: "government", Organ: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		user, err := w.office.CreateUser(t.Context(), grievance.System, office.NewUser{
			Username: "stone_clerk", Name: "石一", Posts: []office.NewAppointment{{UnitID: town.ID, Role: grievance.RoleClerk, OnDuty: true}},
		})
		if err != nil {
			t.Fatal(err)
		}
		id := w.register("stone_clerk")
		if _, err := w.office.DisableUser(t.Context(), grievance.System, user.ID); err != nil {
			t.Fatal(err)
		}
		w.run()
		w.clock.Advance(time.Minute)
		w.run()
		if _, err := w.office.MergeUnit(t.Context(), grievance.System, town.ID, other); err != nil {
			t.Fatal(err)
		}
		w.run()
		if got := w.read(id).LeadUnitID; got != other {
			t.Errorf("the case stayed with the unit that is gone")
		}
		if err := errorOf(w.desk.Accept(t.Context(), w.as("clerk2"), id, grievance.AcceptanceDecision{})); err != nil {
			t.Errorf("the successor's clerk cannot accept it: %v", err)
		}
	})
}

// A seat that becomes vacant after it was called on is an alarm too.
func TestALateVacancyRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.clock.Advance(40 * day)
		w.run()
		for _, account := range []string{"supervisor", "city_supervisor"} {
			if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as(account).Actor.UserID); err != nil {
				t.Fatal(err)
			}
		}
		w.run()
		if st, err := w.engine.Status(t.Context()); err != nil || st.Unroutable != 2 {
			t.Errorf("%d unroutable escalations after the last supervisor left, want 2 (%v)", st.Unroutable, err)
		}
	})
}

// A case that cannot be handed on keeps neither the leaver's others nor another
// leaver's with somebody who has gone.
func TestOnePoisonedCaseNeverHoldsUpTheHandingOn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		bad, good, other := w.register("clerk"), w.register("clerk"), w.register("clerk_afternoon")
		heal := storetest.Poison(t, w.url, "events", "subject_id", bad.String())
		for _, account := range []string{"clerk", "clerk_afternoon"} {
			if _, err := w.office.DisableUser(t.Context(), grievance.System, w.as(account).Actor.UserID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.engine.RunOnce(t.Context()); err == nil {
			t.Error("nobody is told that a case cannot be handed on")
		}
		for name, id := range map[string]grievance.CaseID{"leaver's other": good, "other leaver's": other} {
			if got := w.kinds(id); got != "registered handed_on" {
				t.Errorf("the %s case has %s", name, got)
			}
		}
		heal()
		w.clock.Advance(time.Minute)
		w.run()
		if got := w.kinds(bad); got != "registered handed_on" {
			t.Errorf("healed, the bad case has %s", got)
		}
	})
}
