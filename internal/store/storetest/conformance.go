package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/migrations"
)

// Statements are what the suite does to its scratch tables inside one
// transaction; only package store itself can lend them. Values are written as ?.
type Statements interface {
	// Exec gives the number of rows that a statement touched.
	Exec(text string, values ...any) (int64, error)
	// Scan reads the result of a query into a pointer.
	Scan(into any, text string, values ...any) error
	// Lock reads the row of table with this id, as one that will be changed.
	Lock(into any, table string, id int) error
	// Insert gives 1, or 0 where the row exists.
	Insert(table string, row any) (int64, error)
}

// Raw makes Statements of the two kinds of transaction.
type Raw struct {
	Tx       func(*store.Tx) Statements
	Snapshot func(*store.Snapshot) Statements
}

// Run is the suite that both dialects must pass: what package store promises of
// transactions, times and errors.
func Run(t *testing.T, raw Raw) {
	t.Helper()
	tests := map[string]func(*testing.T, *suite){
		"a write inside a read fails":                writeInsideRead,
		"a read sees one instant":                    readSeesOneInstant,
		"concurrent writers lose nothing":            writersLoseNothing,
		"writers of two stores lose nothing":         writersOfTwoStores,
		"an error rolls back":                        errorRollsBack,
		"a panic rolls back":                         panicRollsBack,
		"a cancelled write is not committed":         cancelledWrite,
		"cancelling stops a statement":               cancelStopsStatement,
		"instants come back as they went in":         instantsRoundTrip,
		"instants are written as in SQL":             instantsAreSQL,
		"a COMMIT that was sent is waited for":       commitWaitedFor,
		"ranges of instants work across zones":       rangesAcrossZones,
		"transient failures are tried again":         transientRetried,
		"transient failures end as busy":             transientExhausted,
		"a serialization failure is tried again":     serializationRetried,
		"an unknown outcome is not tried again":      unknownOutcome,
		"a connection lost in COMMIT is unknown":     lostInCommit,
		"a failed deferred check is a known outcome": knownOutcome,
		"waiting in vain ends as busy":               lockWaitEnds,
		"a plan made stale is made again":            stalePlan,
		"a conflict inserts no row":                  conflictInsertsNothing,
		"constraints have names of ours":             constraintsTranslated,
		"errors quote no values":                     errorsQuoteNothing,
		"statements are noted in order":              statementsNoted,
		"lists are ordered by bytes":                 listsOrderedByBytes,
	}
	Dialects(t, func(t *testing.T, dialect string) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, newSuite(t, dialect, raw))
			})
		}
	})
}

// suite is one store with one scratch table.
type suite struct {
	*store.Store
	raw Raw
	url string
	ctx context.Context
}

// The scratch table, as each dialect declares its columns in the schema.
var scratch = map[string]string{
	migrations.SQLite: `CREATE TABLE scratch (
		id integer PRIMARY KEY, n bigint NOT NULL DEFAULT 0 CHECK (n >= 0),
		parent bigint REFERENCES scratch (id) DEFERRABLE INITIALLY DEFERRED,
		name text NOT NULL DEFAULT '', at datetime)`,
	migrations.Postgres: `CREATE TABLE scratch (
		id bigint PRIMARY KEY, n bigint NOT NULL DEFAULT 0 CHECK (n >= 0),
		parent bigint REFERENCES scratch (id) DEFERRABLE INITIALLY DEFERRED,
		name text COLLATE "C" NOT NULL DEFAULT '', at timestamptz)`,
}

func newSuite(t *testing.T, dialect string, raw Raw) *suite {
	t.Helper()
	url := EmptyURL(t, dialect)
	s := &suite{Store: OpenURL(t, url), raw: raw, url: url, ctx: t.Context()}
	s.must(t, scratch[dialect])
	s.must(t, "INSERT INTO scratch (id) VALUES (1)")
	return s
}

func (s *suite) write(ctx context.Context, fn func(Statements) error) error {
	return s.Write(ctx, func(tx *store.Tx) error { return fn(s.raw.Tx(tx)) })
}

func (s *suite) read(ctx context.Context, fn func(Statements) error) error {
	return s.Read(ctx, func(snapshot *store.Snapshot) error { return fn(s.raw.Snapshot(snapshot)) })
}

// must runs one statement in a transaction of its own.
func (s *suite) must(t *testing.T, text string, values ...any) {
	t.Helper()
	if err := s.exec(text, values...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func (s *suite) exec(text string, values ...any) error {
	return s.write(s.ctx, func(tx Statements) error {
		_, err := tx.Exec(text, values...)
		return err
	})
}

// n reads the number of the scratch row 1.
func (s *suite) n(t *testing.T) (n int) {
	t.Helper()
	err := s.read(s.ctx, func(snapshot Statements) error {
		return snapshot.Scan(&n, "SELECT n FROM scratch WHERE id = 1")
	})
	if err != nil {
		t.Fatalf("reading the scratch row: %v", err)
	}
	return n
}

func writeInsideRead(t *testing.T, s *suite) {
	for _, text := range []string{
		"UPDATE scratch SET n = 1", "DELETE FROM scratch", "INSERT INTO scratch (id) VALUES (2)", "CREATE TABLE more (id int)",
	} {
		err := s.read(s.ctx, func(snapshot Statements) error {
			_, err := snapshot.Exec(text)
			return err
		})
		if err == nil {
			t.Errorf("%s: succeeded inside a read", text)
		}
	}
	if got := s.n(t); got != 0 {
		t.Errorf("n = %d after writes inside reads, want 0", got)
	}
}

func readSeesOneInstant(t *testing.T, s *suite) {
	var before, after int
	err := s.read(s.ctx, func(snapshot Statements) error {
		if err := snapshot.Scan(&before, "SELECT n FROM scratch"); err != nil {
			return err
		}
		if err := s.exec("UPDATE scratch SET n = 7"); err != nil {
			return err
		}
		return snapshot.Scan(&after, "SELECT n FROM scratch")
	})
	if err != nil || before != after {
		t.Errorf("a read saw n = %d, then %d (%v)", before, after, err)
	}
	if got := s.n(t); got != 7 {
		t.Errorf("n = %d after a write beside a read, want 7", got)
	}
}

var errRefused = errors.New("refused by the test")

func errorRollsBack(t *testing.T, s *suite) {
	err := s.write(s.ctx, func(tx Statements) error {
		if _, err := tx.Exec("UPDATE scratch SET n = 1"); err != nil {
			return err
		}
		return fmt.Errorf("deciding: %w", errRefused)
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("Write = %v, want the error of its function", err)
	}
	if got := s.n(t); got != 0 {
		t.Errorf("n = %d after a failed write, want 0", got)
	}
}

func panicRollsBack(t *testing.T, s *suite) {
	func() {
		defer func() {
			if got, _ := recover().(error); !errors.Is(got, errRefused) {
				t.Errorf("recovered %v, want the value of the panic", got)
			}
		}()
		_ = s.write(s.ctx, func(tx Statements) error {
			if _, err := tx.Exec("UPDATE scratch SET n = 1"); err != nil {
				return err
			}
			panic(errRefused)
		})
	}()
	s.must(t, "UPDATE scratch SET n = n + 10")
	if got := s.n(t); got != 10 {
		t.Errorf("n = %d after a panic and a write of 10, want 10", got)
	}
}

func cancelledWrite(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(s.ctx)
	err := s.write(ctx, func(tx Statements) error {
		_, err := tx.Exec("UPDATE scratch SET n = 1")
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Write = %v, want %v", err, context.Canceled)
	}
	if got := s.n(t); got != 0 {
		t.Errorf("n = %d after a cancelled write, want 0", got)
	}
}

// cancelStopsStatement counts to two thousand million, which takes minutes.
func cancelStopsStatement(t *testing.T, s *suite) {
	const long = "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2000000000) SELECT count(*) FROM c"
	for name, run := range map[string]func(context.Context, func(Statements) error) error{"read": s.read, "write": s.write} {
		ctx, cancel := context.WithTimeout(s.ctx, 100*time.Millisecond)
		start := clock.System{}.Now()
		err := run(ctx, func(tx Statements) error {
			var n int64
			return tx.Scan(&n, long)
		})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s = %v, want %v", name, err, context.DeadlineExceeded)
		}
		if took := clock.Since(clock.System{}, start); took > 3*time.Second {
			t.Errorf("%s took %v to stop", name, took)
		}
	}
	s.must(t, "UPDATE scratch SET n = 1")
}
