package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/migrations"
)

const increments = 200

func writersLoseNothing(t *testing.T, s *suite) { increment(t, s, s) }

// writersOfTwoStores is what two processes on one database do.
func writersOfTwoStores(t *testing.T, s *suite) {
	other := *s
	other.Store = OpenURL(t, s.url)
	increment(t, s, &other)
}

// increment reads a number and writes the next one, 200 times in all, from four
// goroutines for each of the stores.
func increment(t *testing.T, stores ...*suite) {
	t.Helper()
	const goroutines = 4
	var group sync.WaitGroup
	for _, s := range stores {
		for range goroutines {
			group.Go(func() {
				for range increments / goroutines / len(stores) {
					if err := s.write(s.ctx, incrementOnce); err != nil {
						t.Errorf("incrementing: %v", err)
					}
				}
			})
		}
	}
	group.Wait()
	if got := stores[0].n(t); got != increments {
		t.Errorf("n = %d after %d increments", got, increments)
	}
}

func incrementOnce(tx Statements) error {
	var row struct{ N int }
	if err := tx.Lock(&row, "scratch", 1); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE scratch SET n = ? WHERE id = 1", row.N+1)
	return err
}

// lockWaitEnds holds a row, and the only connection of a pool, for longer than
// anybody is willing to wait: for the connection, and in another store for the
// row, which on SQLite means for the file.
func lockWaitEnds(t *testing.T, s *suite) {
	narrow := *s
	narrow.Store = OpenURL(t, s.url, WithMaxConns(1))
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- narrow.write(s.ctx, func(tx Statements) error {
			err := incrementOnce(tx)
			close(held)
			<-release
			return err
		})
	}()
	<-held
	var group sync.WaitGroup
	for _, waiting := range []*suite{&narrow, s} {
		group.Go(func() { expectBusy(t, waiting) })
	}
	group.Wait()
	close(release)
	if err := <-done; err != nil {
		t.Errorf("the writer that held the lock: %v", err)
	}
	if got := s.n(t); got != 1 {
		t.Errorf("n = %d, want 1: only who held the lock may have written", got)
	}
}

func expectBusy(t *testing.T, s *suite) {
	start := clock.System{}.Now()
	err := s.write(s.ctx, incrementOnce)
	took := clock.Since(clock.System{}, start).Seconds()
	if !errors.Is(err, store.ErrBusy) || took < 4.5 || took > 8 {
		t.Errorf("waited %.1f s in vain: %v, want about 5 s and %v", took, err, store.ErrBusy)
	}
}

// transientRetried fails each kind of statement once, COMMIT included.
func transientRetried(t *testing.T, s *suite) {
	for n, failing := range []string{"BEGIN", "UPDATE scratch SET n = ?", "COMMIT"} {
		ctx, statements := store.CountStatements(s.ctx)
		var once sync.Once
		statements.Fail(func(statement string) (err error) {
			if statement == failing {
				once.Do(func() { err = store.ErrTransient })
			}
			return err
		})
		err := s.write(ctx, func(tx Statements) error {
			_, err := tx.Exec("UPDATE scratch SET n = ?", n+1)
			return err
		})
		if err != nil || s.n(t) != n+1 {
			t.Errorf("after one transient failure of %s: %v, n = %d, want %d", failing, err, s.n(t), n+1)
		}
	}
}

func transientExhausted(t *testing.T, s *suite) {
	runs := 0
	err := s.write(s.ctx, func(tx Statements) error {
		runs++
		if _, err := tx.Exec("UPDATE scratch SET n = n + 1"); err != nil {
			return err
		}
		return store.ErrTransient
	})
	if !errors.Is(err, store.ErrBusy) || runs != 4 {
		t.Errorf("Write = %v after %d runs, want %v after 4", err, runs, store.ErrBusy)
	}
	if got := s.n(t); got != 0 {
		t.Errorf("n = %d, want 0", got)
	}
}

// serializationRetried has the database itself fail the first run: PostgreSQL
// by a trigger with its code, SQLite by a checkpoint that finds it locked.
func serializationRetried(t *testing.T, s *suite) {
	if s.Dialect() == migrations.Postgres {
		s.must(t, `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE 'could not serialize access' USING ERRCODE = '40001'; END $$`)
	}
	runs := 0
	err := s.write(s.ctx, func(tx Statements) error {
		runs++
		if _, err := tx.Exec("UPDATE scratch SET n = n + 1"); err != nil || runs > 1 {
			return err
		}
		return failSerialization(s.Dialect(), tx)
	})
	if err != nil || runs != 2 || s.n(t) != 1 {
		t.Errorf("Write = %v after %d runs, n = %d, want success after 2 and n = 1", err, runs, s.n(t))
	}
}

func failSerialization(dialect string, tx Statements) error {
	text := "PRAGMA wal_checkpoint(TRUNCATE)"
	if dialect == migrations.Postgres {
		text = "CREATE TRIGGER fail BEFORE UPDATE ON scratch FOR EACH ROW EXECUTE FUNCTION fail()"
		if _, err := tx.Exec(text); err != nil {
			return err
		}
		text = "UPDATE scratch SET n = n + 1"
	}
	_, err := tx.Exec(text)
	return err
}

// stalePlan changes a table under a statement that the server has planned.
func stalePlan(t *testing.T, s *suite) {
	narrow := *s
	narrow.Store = OpenURL(t, s.url, WithMaxConns(1))
	query := func(tx Statements) error {
		var rows []map[string]any
		return tx.Scan(&rows, "SELECT * FROM scratch")
	}
	for _, run := range []func(context.Context, func(Statements) error) error{narrow.write, narrow.read} {
		for range 3 {
			if err := run(s.ctx, query); err != nil {
				t.Fatalf("planning: %v", err)
			}
		}
	}
	s.must(t, "ALTER TABLE scratch ADD COLUMN later bigint")
	if err := narrow.write(s.ctx, query); err != nil {
		t.Errorf("a write after a migration: %v", err)
	}
	if err := narrow.read(s.ctx, query); err != nil {
		t.Errorf("a read after a migration: %v", err)
	}
}
