package casework_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var moreTime = grievance.Extending{N: 10, Reason: "complex", Words: "需委托鉴定"}

// rest lasts five days from today, today included.
func (w *town) rest() grievance.Suspending {
	until := calendar.DateOf(w.clock.Now()).AddDays(4)
	return grievance.Suspending{Cause: grievance.ForceMajeure, Until: until, Words: "道路中断"}
}

// resting brings a new case to its handler, and to rest: no petition, of which
// no clock would stop.
func (w *town) resting() grievance.CaseID {
	w.Helper()
	id := w.restless()
	w.must(w.desk.Suspend(w.Context(), w.as("handler"), id, w.rest()))
	w.must(w.desk.Approve(w.Context(), w.as("leader"), id, 1, grievance.Approval{}))
	return id
}

func (w *town) restless() grievance.CaseID {
	w.Helper()
	in := w.registration()
	in.Channel = grievance.ByApp
	id := w.must(w.desk.Register(w.Context(), w.as("clerk"), in)).ID
	w.must(w.desk.Accept(w.Context(), w.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	w.must(w.desk.Assign(w.Context(), w.as("clerk"), id, w.toHandler()))
	w.must(w.desk.Acknowledge(w.Context(), w.as("handler"), id, grievance.Acknowledging{}))
	return id
}

// read reads a case whole.
func (w *town) read(id grievance.CaseID) (c *grievance.Case) {
	w.Helper()
	book, err := w.office.Book(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	err = w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		c, err = s.Case(id, store.ViewerOf(grievance.System, book), store.Needs{SignOffs: true, Notices: true})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

func handlingOf(t *testing.T, c *grievance.Case) *grievance.Clock {
	t.Helper()
	for _, k := range c.Clocks() {
		if k.Kind == grievance.Handling {
			return k
		}
	}
	t.Fatal("no handling clock")
	return nil
}

// What the ledgers hold is read back as it was written, through one change after
// another; a clock counted again from what was read gives what is stored.
func TestLedgersAreKept(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.resting()
		due := handlingOf(t, w.read(id)).DueAt
		w.clock.Advance(24 * time.Hour)
		w.must(w.desk.Extend(t.Context(), w.as("handler"), id, moreTime))
		w.must(w.desk.Approve(t.Context(), w.as("leader"), id, 2, grievance.Approval{}))
		c := w.read(id)
		k := handlingOf(t, c)
		if len(k.Pauses()) != 1 || len(k.Extensions()) != 1 || len(c.Suspensions()) != 1 || c.Status != grievance.Suspended || !k.DueAt.After(due) {
			t.Fatalf("%s: %d pauses, %d extensions, %d suspensions, due %s after %s", c.Status, len(k.Pauses()), len(k.Extensions()), len(c.Suspensions()), k.DueAt, due)
		}
		w.clock.Advance(24 * time.Hour)
		w.must(w.desk.Resume(t.Context(), w.as("handler"), id, grievance.Resuming{Words: "道路已通"}))
		k = handlingOf(t, w.read(id))
		p, x := k.Pauses()[0], k.Extensions()[0]
		if !p.Until.Equal(w.clock.Now()) || x.Length.N != 10 || x.ApprovedBy == x.RequestedBy || k.PauseCount != 1 {
			t.Errorf("pause %+v, extension %+v", p, x)
		}
		book, err := w.office.Book(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		term := calendar.Term{Start: k.StartedAt, Length: k.Length, Roll: true, Extensions: []calendar.Length{x.Length}, Pauses: []calendar.Stretch{{From: p.FromAt, Until: p.Until}}}
		if again := book.Calendar.DueOf(term); !again.At.Equal(k.DueAt) {
			t.Errorf("due %s, counted again %s", k.DueAt, again.At)
		}
		w.must(w.desk.Suspend(t.Context(), w.as("handler"), id, w.rest()))
		w.must(w.desk.Approve(t.Context(), w.as("leader"), id, 3, grievance.Approval{}))
		if k := handlingOf(t, w.read(id)); len(k.Pauses()) != 2 || k.PauseCount != 2 {
			t.Errorf("the second time: %d pauses", len(k.Pauses()))
		}
	})
}

// A case of which nothing changes but a clock that was counted again, to the same
// instant, is saved too: without an event, and without a new version.
func TestAClockCountedAgainAloneIsSaved(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.handled()
		was := w.read(id)
		days := append(officetest.Book(t, w.office).Calendar.Arrangements(2026),
			calendar.Arrangement{Date: calendar.DateOf(monday).AddDays(30), Off: true, Holiday: "假日"}) // the 60 days do not end on it
		if _, err := w.office.PublishCalendar(t.Context(), grievance.System, office.Publication{Year: 2026, Days: days}, nil); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(5 * time.Second)
		if done, err := w.desk.Rebase(t.Context(), 100); err != nil || done.Cases != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		is := w.read(id)
		if k := handlingOf(t, is); k.CalendarVersion != handlingOf(t, was).CalendarVersion+1 || !k.DueAt.Equal(handlingOf(t, was).DueAt) || is.Seq != was.Seq || is.Version != was.Version {
			t.Errorf("calendar %d, due %s, seq %d after %d", k.CalendarVersion, k.DueAt, is.Seq, was.Seq)
		}
	})
}

// A batch of the engine ends what is over at its own instant.
func TestTheEngineEndsSuspensions(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.resting()
		until := w.read(id).SuspendedUntil
		w.clock.Advance(400 * 24 * time.Hour)
		for n := 1; n > 0; {
			done, err := w.desk.AdvanceDue(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			n = done.Cases
		}
		c := w.read(id)
		if c.Status != grievance.InHandling || c.SuspendedUntil != nil || c.Suspension != 0 || handlingOf(t, c).BreachedAt == nil {
			t.Errorf("%s until %v", c.Status, c.SuspendedUntil)
		}
		var about time.Time
		err := w.store.Read(t.Context(), func(s *store.Snapshot) error {
			events, err := s.EventsOfKinds(id, grievance.EvResumed)
			if err == nil && len(events) == 1 {
				about = events[0].AboutAt
			}
			return err
		})
		if err != nil || !about.Equal(*until) {
			t.Errorf("resumed about %s, planned %s, %v", about, until, err)
		}
	})
}
