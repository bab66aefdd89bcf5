package casework_test

import (
	"errors"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Whoever is barred while their request waits for the case is told what those are told
// who come later: that there is none.
func TestWhoIsBarredWhileWaitingFindsNoCase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, ck := storetest.URL(t, dialect), clock.NewFake(monday)
		st := storetest.OpenURL(t, url, storetest.WithClock(ck))
		of := officetest.Load(t, st, ck)
		w := &town{t, st, of, casework.New(st, of, ck), ck}
		in := w.registration()
		in.Nature = grievance.Accusation
		id := w.must(w.desk.Register(t.Context(), w.as("clerk"), in)).ID
		leader, answered := w.as("leader"), make(chan error, 1)
		m := grievance.Moment{By: w.as("supervisor").Actor, Now: ck.Now(), Book: officetest.Book(t, of), Mint: grievance.Mint{
			ID:   func() [16]byte { return uuid.Must(uuid.NewV7()) },
			Salt: func() [16]byte { return uuid.Must(uuid.NewV4()) },
		}}
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			held, err := tx.LockCases([]grievance.CaseID{id}, store.ViewerOf(grievance.System, m.Book), store.Needs{SignOffs: true})
			if err != nil {
				return err
			}
			go func() {
				_, err := w.desk.Note(t.Context(), leader, id, grievance.Noting{Words: "我要看看"})
				answered <- err
			}()
			awaitBlocked(t, dialect, url)
			if err := held[0].Name(m, grievance.Naming{User: leader.Actor.UserID}); err != nil {
				return err
			}
			return tx.SaveCases(held)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-answered; !errors.Is(err, grievance.ErrNotFound) {
			t.Errorf("the accused is told: %v", err)
		}
	})
}

// awaitBlocked returns when somebody waits for a row; of SQLite's only writer everybody
// waits anyhow.
func awaitBlocked(t *testing.T, dialect, url string) {
	t.Helper()
	if dialect != "postgres" {
		return
	}
	for range 10_000 { // each of them takes a connection
		var n int
		storetest.Scan(t, url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", &n)
		if n > 0 {
			return
		}
	}
	t.Fatal("nobody waits for the case")
}
