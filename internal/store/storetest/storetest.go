// Package storetest opens databases for tests, and holds the conformance suite
// that both dialects must pass.
//
// It guarantees a migrated database of its own to every test that asks, in
// milliseconds, and that nothing of it is left when the test ends. Any number
// of tests and of test binaries may run at once.
package storetest

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
	"github.com/huiyin/huiyin/migrations"
)

const (
	dialectsVariable = "HUIYIN_TEST_DIALECTS"
	urlVariable      = "HUIYIN_TEST_DATABASE_URL"
)

// Start is what the clock of a Store says first, unless the test brings its
// own: a working day, 10:00 in Beijing.
var Start = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// Option changes what Open opens a Store with.
type Option func(*store.Options)

// WithClock replaces the fake clock.
func WithClock(c clock.Clock) Option { return func(o *store.Options) { o.Clock = c } }

// WithVault replaces the vault, whose key is otherwise new for each Store.
func WithVault(v *vault.Vault) Option { return func(o *store.Options) { o.Vault = v } }

// WithMaxConns limits the pools.
func WithMaxConns(n int) Option { return func(o *store.Options) { o.MaxConns = n } }

// Dialects runs test once for each dialect, in parallel subtests.
// HUIYIN_TEST_DIALECTS, a list with commas, chooses fewer. PostgreSQL is skipped
// when HUIYIN_TEST_DATABASE_URL does not say where it is.
func Dialects(t *testing.T, test func(t *testing.T, dialect string)) {
	t.Helper()
	for _, dialect := range chosenDialects() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			if dialect == migrations.Postgres {
				serverURL(t)
			}
			test(t, dialect)
		})
	}
}

func chosenDialects() []string {
	if list := os.Getenv(dialectsVariable); list != "" {
		return strings.Split(list, ",")
	}
	return []string{migrations.SQLite, migrations.Postgres}
}

// Open opens a migrated database of the test's own. The Store has a fake clock
// that says Start, and a vault with a new key; it is closed when the test ends.
func Open(t testing.TB, dialect string, opts ...Option) *store.Store {
	t.Helper()
	return OpenURL(t, URL(t, dialect), opts...)
}

// OpenURL opens a Store on the database at url, for tests that need several on
// one database; it is closed when the test ends.
func OpenURL(t testing.TB, url string, opts ...Option) *store.Store {
	t.Helper()
	options := store.Options{Clock: clock.NewFake(Start), MaxConns: 5}
	for _, opt := range opts {
		opt(&options)
	}
	if options.Vault == nil {
		options.Vault = Vault(t)
	}
	s, err := store.Open(t.Context(), url, options)
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

// URL gives the URL of a migrated database of the test's own.
func URL(t testing.TB, dialect string) string {
	t.Helper()
	switch dialect {
	case migrations.SQLite:
		return sqliteURL(t)
	case migrations.Postgres:
		return postgresURL(t)
	}
	t.Fatalf("no dialect is called %q", dialect)
	return ""
}

// EmptyURL gives the URL of a database of the test's own that has no schema.
func EmptyURL(t testing.TB, dialect string) string {
	t.Helper()
	if dialect == migrations.SQLite {
		return "sqlite:" + t.TempDir() + "/huiyin.db"
	}
	return createDatabase(t, "template0")
}

// Vault gives a vault with a new key.
func Vault(t testing.TB) *vault.Vault {
	t.Helper()
	key, err := vault.Generate()
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	v, err := vault.Open(key)
	if err != nil {
		t.Fatalf("opening the vault: %v", err)
	}
	return v
}

// serverURL gives HUIYIN_TEST_DATABASE_URL, or skips the test.
func serverURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv(urlVariable)
	if url == "" {
		t.Skipf("%s is not set, so there is no PostgreSQL to test with; make test starts one", urlVariable)
	}
	return url
}
