package intake_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/intake"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func replay(st *store.Store, profile string) intake.Replay {
	return intake.Replay{Store: st, Log: slog.New(slog.DiscardHandler), Profile: profile}
}

func TestReplayRecordsWhatHappenedWhenItHappened(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		st := storetest.Open(t, dialect)
		// The 60 days of the first end with 2019-04-30, as do those of the second.
		played, err := replay(st, "").Run(t.Context(), file(t,
			message("1", "2019/3/1 8:00:00", "2019/5/1"),
			message("2", "2019/3/1 8:00:00", "2019/4/30 23:59:59"),
			message("3", "2019/5/1", "2019/5/1"),
		))
		if err != nil || played.Replayed != 3 || !played.Until.Equal(time.Date(2019, 5, 1, 0, 0, 0, 0, beijing)) {
			t.Fatalf("played %+v, %v", played, err)
		}
		got := map[string]int{}
		for _, e := range ledger(t, st) {
			if e.SubjectKind != grievance.SubjectCase {
				continue
			}
			if !e.RecordedAt.Equal(e.AboutAt) {
				t.Errorf("%s about %v is recorded at %v", e.Kind, e.AboutAt, e.RecordedAt)
			}
			got[e.AboutAt.In(beijing).Format("01-02 15:04:05 ")+string(e.Kind)]++
		}
		want := map[string]int{
			"03-01 08:00:00 registered": 2, "03-01 08:00:00 accepted": 2, "03-01 08:00:00 served": 2, "03-01 08:00:00 assigned": 2,
			"03-01 08:00:00 acknowledged": 2, "03-01 08:00:00 contacted": 2,
			"03-31 16:00:00 reminded":  2, // half of the way from 03-01 08:00 to 05-01 00:00
			"04-18 20:48:00 warned":    2, // 80 % of it
			"04-30 23:59:59 submitted": 1, "04-30 23:59:59 closed": 1, "04-30 23:59:59 served": 1,
			"05-01 00:00:00 breached": 1, "05-01 00:00:00 escalated": 1,
			"05-01 00:00:00 registered": 1, "05-01 00:00:00 accepted": 1, "05-01 00:00:00 served": 3, "05-01 00:00:00 assigned": 1,
			"05-01 00:00:00 acknowledged": 1, "05-01 00:00:00 contacted": 1, "05-01 00:00:00 submitted": 2, "05-01 00:00:00 closed": 2,
		}
		for k, n := range want {
			if got[k] != n {
				t.Errorf("%s: %d times, want %d", k, got[k], n)
			}
			delete(got, k)
		}
		if len(got) > 0 {
			t.Errorf("besides there are %v", got)
		}
	})
}

func TestReplaySkipsRowsAndCountsThem(t *testing.T) {
	t.Parallel()
	st := storetest.Open(t, "sqlite")
	played, err := replay(st, grievance.ProfilePetition).Run(t.Context(), file(t,
		message("1", "2019/3/1 8:00:00", "2019/3/1"),
		message("2", "2019/3/1 8:00:00", "neulich"),
		message("3", "2019/3/1 8:00:00", "2019/3/2"),
		message("3", "2019/3/1 8:00:00", "2019/3/2"),
	))
	if err != nil || played.Messages != 4 || played.Replayed != 1 || len(played.Skipped) != 3 {
		t.Fatalf("played %+v, %v", played, err)
	}
	for i, code := range []string{"replied_at.order", "replied_at.unreadable", "row.repeated"} {
		if s := played.Skipped[i]; s.Code != code {
			t.Errorf("skipped %+v, want %s", s, code)
		}
	}
	if _, err := replay(st, grievance.ProfilePetition).Run(t.Context(), file(t, message("9", "2019/3/1", ""))); !errors.Is(err, intake.ErrNotEmpty) {
		t.Errorf("a second replay: %v", err)
	}
}

func TestReplayOfNothing(t *testing.T) {
	t.Parallel()
	st := storetest.Open(t, "sqlite")
	played, err := replay(st, grievance.ProfilePetition).Run(t.Context(), file(t))
	if err != nil || played.Messages != 0 || !played.Until.IsZero() {
		t.Errorf("played %+v, %v", played, err)
	}
	if _, err := replay(st, "fast").Run(t.Context(), file(t)); err == nil {
		t.Error("a profile called fast is taken")
	}
}

// Each profile has the clocks of its own: which kinds start when a message is
// received and answered, and when its handling is due.
func TestReplayUnderEveryProfile(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]struct {
		contact bool
		due     time.Time
	}{
		grievance.ProfilePetition:       {true, time.Date(2019, 5, 1, 0, 0, 0, 0, beijing)},
		grievance.ProfilePetitionSimple: {true, time.Date(2019, 3, 16, 0, 0, 0, 0, beijing)}, // 10 working days
		grievance.ProfileHotline:        {true, time.Date(2019, 3, 9, 0, 0, 0, 0, beijing)},  // 7 days
		grievance.ProfileTownship:       {true, time.Date(2019, 3, 9, 0, 0, 0, 0, beijing)},
		grievance.ProfileWall:           {false, time.Date(2019, 3, 13, 0, 0, 0, 0, beijing)}, // 7 working days
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			st := storetest.Open(t, "sqlite")
			if _, err := replay(st, profile).Run(t.Context(), file(t, message("1", "2019/3/1 10:00:00", "2019/3/4 10:00:00"))); err != nil {
				t.Fatal(err)
			}
			due := map[grievance.ClockKind]time.Time{}
			for _, e := range ledger(t, st) {
				facts, err := grievance.ReadFacts(e)
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range facts.Started {
					due[k.Kind] = k.DueAt
				}
				if e.Kind == grievance.EvBreached || facts.Profile != "" && facts.Profile != profile {
					t.Errorf("%s under %s", e.Kind, facts.Profile)
				}
			}
			if _, contact := due[grievance.FirstContact]; contact != want.contact || !due[grievance.Handling].Equal(want.due) {
				t.Errorf("clocks are due %v", due)
			}
		})
	}
}

func TestReplayAtAUnitThatIsThere(t *testing.T) {
	t.Parallel()
	ck := clock.NewFake(storetest.Start)
	st := storetest.Open(t, "sqlite", storetest.WithClock(ck))
	officetest.Load(t, st, ck)
	r := replay(st, grievance.ProfilePetition)
	for unit, at := range map[string]string{
		"":          "2026/3/2", // no unit named
		"990999":    "2026/3/2", // no such unit
		"990121101": "1999/3/2", // nobody in office yet
	} {
		r.Unit = unit
		if _, err := r.Run(t.Context(), file(t, message("1", at, ""))); err == nil {
			t.Errorf("unit %q plays in %s", unit, at)
		}
	}
	r.Unit = "990121101"
	played, err := r.Run(t.Context(), file(t, message("1", "2026/3/2 9:00:00", "2026/3/3 9:00:00")))
	if err != nil || played.Replayed != 1 {
		t.Errorf("played %+v, %v", played, err)
	}
}
