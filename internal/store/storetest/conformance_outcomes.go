package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/migrations"
)

func unknownOutcome(t *testing.T, s *suite) {
	ctx, statements := store.CountStatements(s.ctx)
	statements.Fail(func(statement string) error {
		if statement == "COMMIT" {
			return store.ErrConnectionLost
		}
		return nil
	})
	runs := 0
	err := s.write(ctx, func(tx Statements) error {
		runs++
		_, err := tx.Exec("UPDATE scratch SET n = 1")
		return err
	})
	expectUnknown(t, err, runs)
}

func expectUnknown(t *testing.T, err error, runs int) {
	t.Helper()
	if !errors.Is(err, store.ErrUnknownOutcome) || runs != 1 {
		t.Errorf("Write = %v after %d runs, want %v after 1", err, runs, store.ErrUnknownOutcome)
	}
	if grievance.KindOf(err) != grievance.Unavailable || grievance.CodeOf(err) != "store.unknown_outcome" {
		t.Errorf("Write = kind %q, code %q", grievance.KindOf(err), grievance.CodeOf(err))
	}
}

// commitWaitedFor has the caller go away while the COMMIT is on its way.
func commitWaitedFor(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	ctx, statements := store.CountStatements(ctx)
	statements.Fail(func(statement string) error {
		if statement == "COMMIT" {
			cancel()
		}
		return nil
	})
	err := s.write(ctx, func(tx Statements) error {
		_, err := tx.Exec("UPDATE scratch SET n = 1")
		return err
	})
	if err != nil || s.n(t) != 1 {
		t.Errorf("Write = %v, n = %d, want success and 1", err, s.n(t))
	}
}

// lostInCommit has the server end the connection in the middle of the COMMIT.
// SQLite has no connection to lose: there the same function must succeed.
func lostInCommit(t *testing.T, s *suite) {
	if s.Dialect() == migrations.Postgres {
		s.must(t, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`)
		s.must(t, `CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON scratch
			DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
	}
	runs := 0
	err := s.write(s.ctx, func(tx Statements) error {
		runs++
		_, err := tx.Exec("UPDATE scratch SET n = 1")
		return err
	})
	if s.Dialect() == migrations.SQLite {
		if err != nil || s.n(t) != 1 {
			t.Errorf("Write = %v, n = %d, want success and 1", err, s.n(t))
		}
		return
	}
	expectUnknown(t, err, runs)
	if got := s.n(t); got != 0 {
		t.Errorf("n = %d, want 0: the store must work on after a lost connection", got)
	}
}

// knownOutcome fails in COMMIT with an answer: nothing happened, and it is said.
func knownOutcome(t *testing.T, s *suite) {
	err := s.exec("UPDATE scratch SET n = 1, parent = 99")
	if !errors.Is(err, store.ErrForeignKey) || errors.Is(err, store.ErrUnknownOutcome) {
		t.Errorf("Write = %v, want %v", err, store.ErrForeignKey)
	}
	s.must(t, "UPDATE scratch SET n = n + 10")
	if got := s.n(t); got != 10 {
		t.Errorf("n = %d, want 10", got)
	}
}

// conflictInsertsNothing counts the rows of rows whose keys are made in Go, as
// all of ours are; of integer keys the ORM counts what it tried to insert.
func conflictInsertsNothing(t *testing.T, s *suite) {
	type row struct {
		ID string
		N  int64
	}
	s.must(t, "CREATE TABLE named (id text PRIMARY KEY, n bigint)")
	const two = "INSERT INTO named (id, n) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING"
	err := s.write(s.ctx, func(tx Statements) error {
		insert := func(rows any) func() (int64, error) {
			return func() (int64, error) { return tx.Insert("named", rows) }
		}
		for n, step := range []struct {
			run  func() (int64, error)
			want int64
		}{
			{insert(&row{ID: "a"}), 1},
			{insert(&row{ID: "a", N: 1}), 0},
			{insert(&[]row{{ID: "a"}, {ID: "b"}, {ID: "c"}}), 2},
			{func() (int64, error) { return tx.Exec(two, "c", 0, "d", 0) }, 1},
			{func() (int64, error) { return tx.Exec(two, "c", 0, "d", 0) }, 0},
		} {
			if got, err := step.run(); err != nil || got != step.want {
				t.Errorf("step %d inserted %d rows (%v), want %d", n, got, err, step.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("the transaction must live on after a conflict: %v", err)
	}
}

func constraintsTranslated(t *testing.T, s *suite) {
	s.must(t, "CREATE TABLE child (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES scratch (id))")
	s.must(t, "CREATE UNIQUE INDEX child_parent ON child (parent)")
	s.must(t, "INSERT INTO child (id, parent) VALUES (1, 1)")
	for text, want := range map[string]error{
		"INSERT INTO scratch (id) VALUES (1)":           store.ErrDuplicate,
		"INSERT INTO child (id, parent) VALUES (2, 1)":  store.ErrDuplicate,
		"INSERT INTO child (id, parent) VALUES (2, 99)": store.ErrForeignKey,
		"DELETE FROM scratch":                           store.ErrForeignKey,
		"UPDATE scratch SET n = -1":                     store.ErrCheck,
		"UPDATE scratch SET name = NULL":                store.ErrCheck,
	} {
		if err := s.exec(text); !errors.Is(err, want) || grievance.KindOf(err) != "" {
			t.Errorf("%s = %v, want %v", text, err, want)
		}
	}
}

func errorsQuoteNothing(t *testing.T, s *suite) {
	s.must(t, "INSERT INTO scratch (id, name) VALUES (2, 'x')")
	s.must(t, "CREATE UNIQUE INDEX scratch_name ON scratch (name)")
	const secret = "13800138000"
	for _, text := range []string{
		"INSERT INTO scratch (id, n) VALUES (3, CAST(? AS integer) - 1 - CAST('a" + secret + "' AS integer))",
		"UPDATE scratch SET name = ?",
		"UPDATE scratch SET at = ?, n = -1",
		"SELECT ? FROM nothing",
	} {
		err := s.exec(text, secret)
		if err == nil {
			t.Errorf("%s: succeeded", text)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error quotes a value: %v", text, err)
		}
	}
}
