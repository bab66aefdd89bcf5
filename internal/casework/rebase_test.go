package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// behind is another replica, whose clock stands still ahead of the first one's,
// and whose Book is from before the first one publishes other versions of the
// calendar and of the profile and registers a case by them.
func (w *town) behind(ahead time.Duration) (*casework.Desk, grievance.CaseID) {
	w.Helper()
	still := clock.NewFake(w.clock.Now().Add(ahead))
	of := office.New(w.store, still)
	actor := w.as("clerk").Actor // looked up before
	old := officetest.Book(w.T, of)
	days := append(slices.Clone(old.Calendar.Arrangements(2026)),
		calendar.Arrangement{Date: calendar.DateOf(monday).AddDays(15), Off: true, Holiday: "假日"})
	if _, err := w.office.PublishCalendar(w.Context(), grievance.System, office.Publication{Year: 2026, Days: days}, nil); err != nil {
		w.Fatal(err)
	}
	p := *old.Profiles[grievance.ProfilePetition]
	p.DisputeDays++
	if _, err := w.office.PutProfile(w.Context(), grievance.System, p, nil); err != nil {
		w.Fatal(err)
	}
	c := w.must(w.desk.Register(w.Context(), casework.Request{Actor: actor}, w.registration()))
	if k := c.Clocks()[0]; k.CalendarVersion != old.Calendar.Version()+1 || k.ProfileVersion != p.Version+1 {
		w.Fatalf("the case was registered by versions %d and %d", k.CalendarVersion, k.ProfileVersion)
	}
	return casework.New(w.store, of, still), c.ID
}

// A replica that does not know the version yet by which a clock was set reads
// the organisation again instead of judging the clock by what it knows.
func TestAReplicaThatIsBehindDecidesOnANewerBook(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		for name, act := range map[string]func(*town, *casework.Desk, grievance.CaseID) error{
			"the engine": func(w *town, d *casework.Desk, _ grievance.CaseID) error {
				done, err := d.AdvanceDue(w.Context(), 10)
				if done.Rungs != 1 || done.SetAside != 0 {
					w.Errorf("advanced: %+v", done)
				}
				return err
			},
			"a clerk": func(w *town, d *casework.Desk, id grievance.CaseID) error {
				_, err := d.Classify(w.Context(), w.as("clerk"), id, grievance.Classification{Urgency: grievance.Complex})
				return err
			},
			"handing on": func(w *town, d *casework.Desk, _ grievance.CaseID) error {
				if _, err := w.office.DisableUser(w.Context(), grievance.System, w.user("clerk")); err != nil {
					return err
				}
				n, err := d.HandOnDue(w.Context(), 10)
				if n != 1 {
					w.Errorf("%d cases handed on", n)
				}
				return err
			},
			"re-basing": func(w *town, d *casework.Desk, _ grievance.CaseID) error {
				_, err := d.Rebase(w.Context(), 10)
				return err
			},
		} {
			w := newTown(t, dialect)
			desk, id := w.behind(9 * 24 * time.Hour)
			if err := act(w, desk, id); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if k := w.stored(id).Clocks()[0]; k.NextAt == nil || k.CalendarVersion != 2 {
				t.Errorf("%s lost sight of a clock, or moved it to version %d", name, k.CalendarVersion)
			}
		}
	})
}

func (w *town) stored(id grievance.CaseID) (c *grievance.Case) {
	w.Helper()
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		c, err = s.Case(id, store.ViewerOf(grievance.System, officetest.Book(w.T, w.office)), store.Needs{})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// While there is nothing to follow, looking for it is one small question.
func TestIdleReBasingAsksOneQuestion(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		ctx, sent := store.CountStatements(t.Context())
		if done, err := w.desk.Rebase(ctx, 100); err != nil || done != (casework.Rebased{}) {
			t.Errorf("re-based %+v, %v", done, err)
		}
		list := slices.DeleteFunc(sent.List(), func(s string) bool { return !strings.HasPrefix(s, "SELECT") })
		if len(list) != 1 {
			t.Errorf("asked %q", list)
		}
	})
}
