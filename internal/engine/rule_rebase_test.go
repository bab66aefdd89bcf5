package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func off(dates ...string) (days []calendar.Arrangement) {
	for _, s := range dates {
		d, err := calendar.ParseDate(s)
		if err != nil {
			panic(err)
		}
		days = append(days, calendar.Arrangement{Date: d, Off: true, Holiday: "假日"})
	}
	return days
}

// publish makes days the arrangement of a year.
func (w *works) publish(year int, days []calendar.Arrangement) {
	w.Helper()
	if _, err := w.office.PublishCalendar(w.Context(), grievance.System, office.Publication{Year: year, Days: days}, nil); err != nil {
		w.Fatal(err)
	}
}

// amend names further days off in 2026, and takes others out of its arrangement.
func (w *works) amend(more []calendar.Arrangement, without ...string) {
	w.Helper()
	days := slices.Clone(officetest.Book(w.T, w.office).Calendar.Arrangements(2026))
	days = slices.DeleteFunc(days, func(a calendar.Arrangement) bool { return slices.Contains(without, a.Date.String()) })
	w.publish(2026, append(days, more...))
}

// acceptance gives the clock of that kind.
func (w *works) acceptance(id grievance.CaseID) *grievance.Clock {
	return w.clockOf(id, grievance.Acceptance)
}

func (w *works) clockOf(id grievance.CaseID, kind grievance.ClockKind) *grievance.Clock {
	w.Helper()
	for _, k := range w.read(id).Clocks() {
		if k.Kind == kind {
			return k
		}
	}
	w.Fatalf("case %s has no %s clock", id, kind)
	return nil
}

func (w *works) wantDue(what string, id grievance.CaseID, on string, version int, kinds string) {
	w.Helper()
	k := w.acceptance(id)
	if k.DueOn.String() != on || k.CalendarVersion != version {
		w.Errorf("%s: due on %s by version %d, want %s by %d", what, k.DueOn, k.CalendarVersion, on, version)
	}
	if got := w.kinds(id); got != kinds {
		w.Errorf("%s: events %s, want %s", what, got, kinds)
	}
}

// pending tells which versions clocks have still to follow.
func (w *works) pending() (list []store.Version) {
	w.Helper()
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		list, err = s.Rebasing()
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return list
}

// settle lets the moment pass in which replicas may not know a version.
func (w *works) settle() {
	w.Helper()
	w.clock.Advance(2 * time.Second)
	w.run()
	if list := w.pending(); len(list) > 0 {
		w.Errorf("still to follow: %+v", list)
	}
}

func (w *works) to(date string) {
	w.Helper()
	at, err := time.Parse(time.DateTime, date)
	if err != nil {
		w.Fatal(err)
	}
	w.clock.Advance(at.Sub(w.clock.Now()))
}

func TestPublishingAYearMovesTheDeadlinesThatReachIntoIt(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		if list := w.pending(); len(list) > 0 {
			t.Errorf("the first versions have to be followed: %+v", list)
		}
		w.to("2026-12-01 02:00:00")
		breached := w.register("clerk")
		w.to("2026-12-08 02:00:00")
		before := w.register("clerk")
		w.to("2026-12-20 02:00:00")
		moved := w.register("clerk")
		w.to("2026-12-21 02:00:00")
		confirmed := w.register("clerk")
		w.run()
		w.wantDue("provisionally", moved, "2027-01-04", 1, "registered")
		w.publish(2027, off("2027-01-01", "2027-01-04"))
		w.run()
		if list := w.pending(); len(list) != 1 {
			t.Errorf("within the second in which others may not know it, %+v are to be followed", list)
		}
		w.wantDue("due on a new day off", moved, "2027-01-05", 2, "registered rebased")
		w.wantDue("made final", confirmed, "2027-01-05", 2, "registered rebased")
		w.wantDue("breached", breached, "2026-12-16", 1, "registered reminded warned breached escalated escalated")
		w.wantDue("due before", before, "2026-12-23", 1, "registered reminded warned")
		if w.acceptance(moved).Provisional || w.acceptance(confirmed).Provisional {
			t.Error("still provisional")
		}
		w.settle()
		if again := w.run(); !again.Idle() {
			t.Errorf("a second run found something: %+v", again)
		}
	})
}

func TestAnAmendedYearTouchesOpenClocksAlone(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		open, met := w.register("clerk"), w.register("clerk")
		if err := errorOf(w.desk.Accept(w.Context(), w.as("clerk"), met, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}})); err != nil {
			t.Fatal(err)
		}
		was := w.kinds(met)
		w.clock.Advance(day)
		w.amend(off("2026-09-29"))
		w.settle()
		w.wantDue("open", open, "2026-09-30", 2, "registered rebased")
		w.wantDue("met", met, "2026-09-29", 1, was)
		if k := w.clockOf(met, grievance.Handling); k.CalendarVersion != 2 || k.DueVersion != 1 {
			t.Errorf("the handling clock, whose instant stays, is %+v", k)
		}
	})
}

// A breach that has happened stays as it was judged, whether it was recorded
// when the calendar was amended or not.
func TestAnAmendedYearUndoesNoBreach(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		for _, recorded := range []bool{true, false} {
			w := newWorks(t, dialect)
			id := w.register("clerk")
			w.to("2026-09-30 02:00:00")
			if recorded {
				w.run()
			}
			w.amend(off("2026-09-29"))
			w.settle()
			w.wantDue(fmt.Sprint("breached, recorded ", recorded), id, "2026-09-29", 1, "registered reminded warned breached escalated")
		}
	})
}

// A move makes no clock late that was in time: the version is done with, and
// such a clock keeps the one it has.
func TestAClockThatWouldBecomeLateStays(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-09-16 02:00:00")
		stays := w.register("clerk")
		w.to("2026-09-21 02:00:00")
		moves := w.register("clerk")
		w.to("2026-10-05 02:00:00")
		w.wantDue("before", stays, "2026-10-08", 1, "registered")
		w.amend(nil, "2026-10-01", "2026-10-02", "2026-10-06")
		w.settle()
		if k := w.acceptance(stays); k.DueOn.String() != "2026-10-08" || k.CalendarVersion != 1 || k.BreachedAt != nil {
			t.Errorf("on 5 October a clock was moved from the 8th to the 1st: %+v", k)
		}
		if k := w.acceptance(moves); k.DueOn.String() != "2026-10-06" || k.CalendarVersion != 2 {
			t.Errorf("on 5 October a clock was not moved from the 8th to the 6th: %+v", k)
		}
	})
}

// judged spells what is judged of a case: each event with the instant that it is
// about, and how the clocks stand.
func (w *works) judged(id grievance.CaseID) string {
	w.Helper()
	var b strings.Builder
	err := w.store.Read(w.Context(), func(s *store.Snapshot) error {
		events, err := s.EventsOf(id, 0, 1000)
		for _, e := range events {
			var f grievance.Facts
			err = errors.Join(err, json.Unmarshal(e.Body, &f))
			fmt.Fprint(&b, e.Kind, " ", e.AboutAt.Format(time.RFC3339))
			if f.Clock != nil {
				fmt.Fprint(&b, " ", f.Clock.Kind, " ", f.Clock.DueAt.Format(time.RFC3339))
			}
			b.WriteString("\n")
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	for _, k := range w.read(id).Clocks() {
		fmt.Fprintln(&b, k.Kind, k.DueAt.Format(time.RFC3339), k.BreachedAt, k.Rung, k.CalendarVersion, k.ProfileVersion)
	}
	return b.String()
}

// The figures do not depend on how often the engine ran: recorded instants
// differ, judged ones do not.
func TestAnEngineThatWasDownJudgesByTheVersionsOfEachInstant(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		story := func(every time.Duration) string {
			w := newWorks(t, dialect)
			w.to("2026-12-10 02:00:00")
			ids := []grievance.CaseID{w.register("clerk")}
			pass := func(d time.Duration) {
				for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
					w.clock.Advance(min(every, end.Sub(w.clock.Now())))
					if every < 1000*day {
						w.run()
					}
				}
			}
			pass(10 * day)
			ids = append(ids, w.register("clerk"))
			pass(3*day + 20*time.Minute)
			w.publish(2027, off("2027-01-01", "2027-01-04", "2027-01-05"))
			pass(day)
			w.lengthen("10d")
			pass(12 * time.Hour)
			w.order()
			pass(20 * day)
			w.run()
			return w.judged(ids[0]) + w.judged(ids[1])
		}
		hourly, never := story(time.Hour), story(1000*day)
		if hourly != never {
			t.Errorf("by the hour:\n%s\nafter 34 days:\n%s", hourly, never)
		}
		if !strings.Contains(hourly, "rebased") {
			t.Errorf("nothing was re-based: %s", hourly)
		}
	})
}

// lengthen gives the acceptance clock of petitions another length.
func (w *works) lengthen(to string) {
	w.Helper()
	p := *officetest.Book(w.T, w.office).Profiles[grievance.ProfilePetition]
	p.Clocks = slices.Clone(p.Clocks)
	length, err := calendar.ParseLength(to)
	if err != nil {
		w.Fatal(err)
	}
	for i := range p.Clocks {
		if p.Clocks[i].Kind == grievance.Acceptance {
			p.Clocks[i].Length = length
		}
	}
	if _, err := w.office.PutProfile(w.Context(), grievance.System, p, nil); err != nil {
		w.Fatal(err)
	}
}

func (w *works) order() {
	w.Helper()
	if _, err := w.office.OrderRebase(w.Context(), grievance.System, grievance.ProfilePetition, nil); err != nil {
		w.Fatal(err)
	}
}

// A changed profile moves no running clock, until somebody orders it; then each
// that is not late by it, with an event.
func TestAChangedProfileMovesClocksByOrderAlone(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		stays := w.register("clerk")
		w.to("2026-09-21 02:00:00")
		moves := w.register("clerk")
		was := w.acceptance(moves).ProfileVersion
		w.clock.Advance(day)
		w.lengthen("7d")
		w.settle()
		after := w.register("clerk")
		w.wantDue("without an order", moves, "2026-10-08", 1, "registered")
		w.wantDue("started since", after, "2026-09-29", 1, "registered")
		w.order()
		w.settle()
		w.wantDue("by order", moves, "2026-09-28", 1, "registered rebased")
		w.wantDue("by order, late by it", stays, "2026-09-29", 1, "registered reminded")
		if k := w.acceptance(moves); k.ProfileVersion != was+1 || k.Length.String() != "7d" {
			t.Errorf("moved to version %d, %s", k.ProfileVersion, k.Length)
		}
		if k := w.acceptance(stays); k.ProfileVersion != was || k.BreachedAt != nil {
			t.Errorf("the one that would be late has version %d, breached at %v", k.ProfileVersion, k.BreachedAt)
		}
	})
}

// replicas runs so many engines at once, each with an Office of its own.
func (w *works) replicas(n int) {
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			of := office.New(w.store, w.clock)
			e := engine.New(casework.New(w.store, of, w.clock), w.store, w.clock, slog.New(slog.DiscardHandler))
			if _, err := e.RunOnce(w.Context()); err != nil {
				w.Errorf("one of %d engines: %v", n, err)
			}
		})
	}
	all.Wait()
}

func TestThreeReplicasReBaseEachClockOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-12-20 02:00:00")
		var ids []grievance.CaseID
		for range 40 {
			ids = append(ids, w.register("clerk"))
		}
		w.publish(2027, off("2027-01-04"))
		w.replicas(3)
		w.settle()
		for _, id := range ids {
			w.wantDue("by three", id, "2027-01-05", 2, "registered rebased")
		}
	})
}

// Clerks go on working while clocks are re-based: nobody's work is lost, nothing
// happens twice.
func TestClerksWorkOnWhileClocksAreReBased(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-12-20 02:00:00")
		var ids []grievance.CaseID
		for range 20 {
			ids = append(ids, w.register("clerk"))
		}
		w.publish(2027, off("2027-01-04"))
		var all sync.WaitGroup
		clerk := w.as("clerk")
		all.Go(func() { w.replicas(2) })
		all.Go(func() {
			for _, id := range slices.Backward(ids) {
				if _, err := w.desk.Classify(w.Context(), clerk, id, grievance.Classification{Urgency: grievance.Complex}); err != nil {
					t.Errorf("classifying: %v", err)
				}
			}
		})
		all.Wait()
		w.run()
		w.settle()
		for _, id := range ids {
			got := w.kinds(id)
			if strings.Count(got, "rebased") != 1 || strings.Count(got, "classified") != 1 {
				t.Errorf("events %s", got)
			}
			if k := w.acceptance(id); k.DueOn.String() != "2027-01-05" {
				t.Errorf("due on %s", k.DueOn)
			}
		}
	})
}

// A case that fails keeps neither the others nor the version; it follows when it
// can.
func TestAPoisonedCaseNeverHoldsUpTheReBasing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.to("2026-12-20 02:00:00")
		bad, good := w.register("clerk"), w.register("clerk")
		heal := storetest.Poison(t, w.url, "events", "subject_id", bad.String())
		w.publish(2027, off("2027-01-04"))
		w.clock.Advance(2 * time.Second)
		if sum := w.run(); aside(sum) != 1 {
			t.Errorf("set aside: %+v", sum.Rules)
		}
		if list := w.pending(); len(list) > 0 {
			t.Errorf("one bad case keeps %+v", list)
		}
		w.wantDue("good", good, "2027-01-05", 2, "registered rebased")
		w.wantDue("bad", bad, "2027-01-04", 1, "registered")
		heal()
		w.clock.Advance(2 * time.Minute)
		w.run()
		w.wantDue("healed", bad, "2027-01-05", 2, "registered rebased")
	})
}

// Two versions at once, of which the first concerns a clock that the second does
// not.
func TestVersionsThatComeTogetherAreFollowedInOneGo(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		early := w.register("clerk")
		w.to("2026-09-15 02:00:00")
		w.amend(off("2026-09-29"))
		w.publish(2027, off("2027-01-04"))
		w.settle()
		w.wantDue("early", early, "2026-09-30", 3, "registered rebased")
	})
}
