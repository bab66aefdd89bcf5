package store_test

import (
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

func openWithEvent(t *testing.T, dialect string) (*store.Store, string) {
	t.Helper()
	url := storetest.URL(t, dialect)
	s := storetest.OpenURL(t, url, storetest.WithClock(clock.NewFake(storetest.Start)))
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		return tx.AppendEvents([]grievance.Event{{
			SubjectKind: "user", SubjectID: grievance.CaseID{15: 7}, Seq: 1, Kind: "password_set",
			AboutAt: storetest.Start, RecordedAt: storetest.Start, Body: []byte(`{"v":1}`),
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, url
}

// The database itself refuses to change or forget an event, whoever asks it.
func TestEventsAreFinal(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s, _ := openWithEvent(t, dialect)
		place := func(tx *store.Tx) error {
			_, err := tx.Sequence(10)
			return err
		}
		for _, when := range []string{"before it has its place", "after"} {
			for _, statement := range []string{
				"DELETE FROM events", "UPDATE events SET kind = 'appointed'", "UPDATE events SET seq = 2",
				"UPDATE events SET actor_id = NULL, post_role = 'admin'", "UPDATE events SET recorded_at = about_at, post_head = true",
				"UPDATE events SET ledger_pos = 7, kind = 'appointed'",
			} {
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Raw().Exec(statement)
					return err
				})
				if err == nil {
					t.Errorf("%s, %s: it was done", when, statement)
				}
			}
			if err := s.Write(t.Context(), place); err != nil {
				t.Fatal(err)
			}
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Raw().Exec("UPDATE events SET ledger_pos = 8")
			return err
		})
		if err == nil {
			t.Error("an event was moved in the ledger")
		}
	})
}

// The log of changes is found by its own index, among however many events of
// cases. (PostgreSQL looks at so small a table from end to end.)
func TestChangesAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	s, url := openWithEvent(t, migrations.SQLite)
	ctx, statements := store.CountStatements(t.Context())
	err := s.Read(ctx, func(sn *store.Snapshot) error {
		after := store.ChangePosition{RecordedAt: storetest.Start.AddDate(1, 0, 0), SubjectKind: "user"}
		list, err := sn.ListChanges(store.ChangesFor(grievance.System, nil), store.ChangeFilter{}, &after, 50)
		if len(list) != 1 {
			t.Errorf("%d changes", len(list))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for statement, plan := range storetest.Plans(t, url, statements.List()) {
		if strings.Contains(statement, "events") && (!strings.Contains(plan, "events_changes") || strings.Contains(plan, "TEMP B-TREE")) {
			t.Errorf("%s\nis run as %s", statement, plan)
		}
	}
}
