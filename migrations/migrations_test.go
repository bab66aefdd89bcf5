package migrations_test

import (
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

var fileName = regexp.MustCompile(`^\d{4}_[a-z0-9_]+\.sql$`)

// connect opens the database at url without the store, as several processes do.
func connect(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver = "sqlite"
		dsn = "file:" + path + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}

func TestBothFoldersHoldTheSameNames(t *testing.T) {
	t.Parallel()
	names := migrations.Names(t, migrations.Postgres)
	if other := migrations.Names(t, migrations.SQLite); !slices.Equal(names, other) {
		t.Errorf("postgres holds %v, sqlite %v", names, other)
	}
	for i, name := range names {
		if !fileName.MatchString(name) || !strings.HasPrefix(name, fmt.Sprintf("%04d_", i+1)) {
			t.Errorf("file %d is called %q", i+1, name)
		}
	}
}

func TestNothingGoesBackward(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		for _, name := range migrations.Names(t, dialect) {
			text, err := os.ReadFile(dialect + "/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "+goose Down") || !strings.HasPrefix(string(text), "-- +goose Up\n") {
				t.Errorf("%s/%s must begin with -- +goose Up and have no Down", dialect, name)
			}
		}
	}
}

func TestHashFollowsTheSchema(t *testing.T) {
	t.Parallel()
	postgres, sqlite := migrations.Hash(migrations.Postgres), migrations.Hash(migrations.SQLite)
	if len(postgres) != 16 || postgres == sqlite || postgres != migrations.Hash(migrations.Postgres) {
		t.Errorf("hashes %q and %q", postgres, sqlite)
	}
}

func TestFourStartsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url := storetest.EmptyURL(t, dialect)
		var group sync.WaitGroup
		start := make(chan struct{})
		for range 4 {
			db := connect(t, url)
			if err := db.PingContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			group.Go(func() {
				<-start
				if err := migrations.Apply(t.Context(), db, dialect); err != nil {
					t.Errorf("applying: %v", err)
				}
			})
		}
		close(start)
		group.Wait()
		expectApplied(t, connect(t, url), dialect)
	})
}

func expectApplied(t *testing.T, db *sql.DB, dialect string) {
	t.Helper()
	list, err := migrations.Status(t.Context(), db, dialect)
	if err != nil {
		t.Fatal(err)
	}
	names := migrations.Names(t, dialect)
	if len(list) != len(names) {
		t.Fatalf("%d migrations, want %d", len(list), len(names))
	}
	for i, m := range list {
		if !m.Applied || m.AppliedAt.IsZero() || m.Version != int64(i+1) || m.Name != names[i] {
			t.Errorf("migration %d: %+v, want %s applied", i+1, m, names[i])
		}
	}
}

func TestStatusOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		db := connect(t, storetest.EmptyURL(t, dialect))
		list, err := migrations.Status(t.Context(), db, dialect)
		if err != nil || len(list) == 0 || list[0].Applied || !list[0].AppliedAt.IsZero() {
			t.Errorf("Status = %+v, %v", list, err)
		}
	})
}

func TestMemoryNeedsNoLockFile(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := migrations.Apply(t.Context(), db, migrations.SQLite); err != nil {
		t.Fatal(err)
	}
	expectApplied(t, db, migrations.SQLite)
}
