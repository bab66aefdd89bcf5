package engine_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// bulletins gives every bulletin, in the order in which they were issued.
func (w *works) bulletins() (list []store.Bulletin) {
	w.Helper()
	root := officetest.Unit(w.T, w.office, "9901")
	err := w.store.Read(w.Context(), func(s *store.Snapshot) (err error) {
		list, err = s.ListBulletins(store.BulletinFilter{Paths: []string{root.Path}}, store.BulletinID{}, 10_000)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// periods spells which periods were issued, in order, and to how many units.
func periods(list []store.Bulletin) string {
	var names []string
	count := map[string]int{}
	for _, b := range list {
		if count[b.Period]++; count[b.Period] == 1 {
			names = append(names, b.Period)
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%s×%d", name, count[name])
	}
	return strings.Join(names, " ")
}

// organs is how many units of the demo city have bulletins.
func (w *works) organs() (n int) {
	p, _ := grievance.ParseBulletinPeriod("2027-01")
	for _, u := range officetest.Book(w.T, w.office).Units() {
		if u.IssuesBulletins(p) {
			n++
		}
	}
	return n
}

// From the first case on, each period that is over is issued once, whoever runs,
// and after months without an engine the oldest first. The months before the first
// case have none.
func TestBulletinsAreCaughtUpOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.clock.Advance(40 * day) // to 24 October: nothing to count in September
		w.run()
		w.register("clerk")
		w.clock.Advance(80 * day) // to 12 January
		w.run()
		n := w.organs()
		want := fmt.Sprintf("2026-10×%d 2026-11×%d 2026-12×%d 2026-Q4×%d 2026×%d", n, n, n, n, n)
		if got := periods(w.bulletins()); got != want {
			t.Errorf("issued %s, want %s", got, want)
		}
		if again := w.run(); !again.Idle() {
			t.Errorf("a second run found something: %+v", again)
		}
		w.clock.Advance(30 * day)
		w.run()
		if got := periods(w.bulletins()); got != want+fmt.Sprintf(" 2027-01×%d", n) {
			t.Errorf("a month later: %s", got)
		}
	})
}

// A bulletin is frozen: none is issued while what time did in its period is still
// to be recorded, be it by another replica.
func TestABulletinWaitsForItsRecord(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.run()
		w.clock.Advance(120 * day)
		if done, err := w.desk.IssueBulletins(t.Context()); err != nil || done.Issued > 0 || done.More {
			t.Errorf("before the breaches of the time were recorded: %+v, %v", done, err)
		}
		w.run()
		if list := w.bulletins(); len(list) != 7*w.organs() {
			t.Errorf("%d bulletins once they were", len(list))
		}
	})
}

// Several engines that catch up together issue each bulletin once.
func TestReplicasIssueEachBulletinOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.clock.Advance(120 * day) // to 12 January
		w.runTogether(3)
		w.run() // who waited for the others has left it to the next run
		issued := map[string]int{}
		for _, b := range w.bulletins() {
			issued[b.Period]++
		}
		n := w.organs()
		for _, period := range []string{"2026-09", "2026-10", "2026-11", "2026-12", "2026-Q3", "2026-Q4", "2026"} {
			if issued[period] != n {
				t.Errorf("%d bulletins of %s, want %d", issued[period], period, n)
			}
			delete(issued, period)
		}
		if len(issued) > 0 {
			t.Errorf("and %v", issued)
		}
	})
}

// runTogether runs several engines on the one database at once.
func (w *works) runTogether(n int) {
	w.Helper()
	var all sync.WaitGroup
	for range n {
		of := office.New(w.store, w.clock)
		e := engine.New(casework.New(w.store, of, w.clock), w.store, w.clock, slog.New(slog.DiscardHandler))
		all.Go(func() {
			if _, err := e.RunOnce(w.Context()); err != nil {
				w.Error(err)
			}
		})
	}
	all.Wait()
}

// A unit that comes later has none of the periods before it, and one that has
// ended none after.
func TestAUnitHasTheBulletinsOfItsTime(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.to("2026-11-10 02:00:00")
		parent := officetest.Unit(t, w.office, "990121")
		made, err := w.office.CreateUnit(t.Context(), grievance.System, office.NewUnit{
			ParentID: parent.ID, Code: "990121103", Name: "新设镇", Level: grievance.LevelTownship, Kind: "government", Organ: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		w.to("2026-12-10 02:00:00")
		w.run()
		var got []string
		for _, b := range w.bulletins() {
			if b.UnitID == made.ID {
				got = append(got, b.Period)
			}
		}
		if len(got) != 1 || got[0] != "2026-11" {
			t.Errorf("the new township has bulletins of %s", got)
		}
	})
}

// What is due is known by one small row: an idle run asks nothing else.
func TestAnIdleRunAsksOneQuestionAboutBulletins(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.run()
		ctx, sent := store.CountStatements(t.Context())
		done, err := w.desk.IssueBulletins(ctx)
		if err != nil || done != (casework.IssuedBulletins{}) {
			t.Fatalf("%+v, %v", done, err)
		}
		list := slices.DeleteFunc(sent.List(), func(s string) bool { return s == "BEGIN" || s == "ROLLBACK" || s == "COMMIT" })
		if len(list) != 1 || !strings.Contains(list[0], "bulletin_rounds") {
			t.Errorf("asked %q", list)
		}
	})
}

// A calendar that makes the third working day later lets a round wait.
func TestARoundFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.to("2026-10-20 02:00:00")
		w.run()
		before := len(w.bulletins())
		w.amend(off("2026-11-03"))
		w.settle()
		w.to("2026-11-05 02:00:00") // the third working day is the 5th now
		w.run()
		if n := len(w.bulletins()); n != before {
			t.Errorf("%d bulletins on the third working day", n-before)
		}
		w.clock.Advance(day)
		w.run()
		if n := len(w.bulletins()); n != before+w.organs() {
			t.Errorf("%d bulletins after it", n-before)
		}
	})
}

// Nothing changes or removes a bulletin.
func TestBulletinsAreFinal(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.clock.Advance(40 * day)
		w.run()
		was := w.bulletins()
		if len(was) == 0 {
			t.Fatal("there is none")
		}
		for _, statement := range []string{"UPDATE bulletins SET words = 'x'", "DELETE FROM bulletins"} {
			if err := storetest.Try(t, w.url, statement); err == nil || !strings.Contains(err.Error(), "final") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if is := w.bulletins(); fmt.Sprint(is) != fmt.Sprint(was) {
			t.Error("they changed")
		}
	})
}
