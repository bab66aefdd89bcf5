package store_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "huiyin.db", "sqlite:", "sqlite::memory:", "mysql://localhost/x",
		"postgres://user:secret@[host/x", "postgres://user:secret@host:port/x", "sqlite:" + t.TempDir(),
	} {
		s, err := store.Open(t.Context(), url, store.Options{})
		if err == nil {
			t.Errorf("%q was opened", url)
			_ = s.Close()
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
}

func TestUnreachableIsUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), "postgres://user:secret@"+address+"/x?sslmode=disable", store.Options{})
	if !errors.Is(err, store.ErrUnavailable) || grievance.KindOf(err) != grievance.Unavailable {
		t.Errorf("Open = %v, want %v", err, store.ErrUnavailable)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error quotes the password: %v", err)
	}
}

func TestSQLiteFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b", "50% #1?")
	s := storetest.OpenURL(t, "sqlite:"+filepath.Join(dir, "信访.db"))
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, entry := range entries {
		found[entry.Name()] = true
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v (%v), want 0600", entry.Name(), info.Mode(), err)
		}
	}
	if !found["信访.db"] || !found["信访.db-wal"] {
		t.Errorf("the directory holds %v", found)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v (%v), want 0700", info.Mode(), err)
	}
}

// settings are what a statement finds set in the two kinds of transaction.
var settings = map[string][]struct{ query, write, read string }{
	migrations.SQLite: {
		{"PRAGMA busy_timeout", "5000", "5000"},
		{"PRAGMA journal_mode", "wal", "wal"},
		{"PRAGMA synchronous", "2", "2"},
		{"PRAGMA foreign_keys", "1", "1"},
		{"PRAGMA query_only", "0", "1"},
	},
	migrations.Postgres: {
		{"SHOW lock_timeout", "5s", "5s"},
		{"SHOW statement_timeout", "1min", "1min"},
		{"SHOW idle_in_transaction_session_timeout", "1min", "1min"},
		{"SHOW timezone", "UTC", "UTC"},
		{"SHOW application_name", "huiyin", "huiyin"},
		{"SHOW default_transaction_read_only", "off", "on"},
		{"SHOW transaction_read_only", "off", "on"},
		{"SHOW transaction_isolation", "read committed", "repeatable read"},
	},
}

func TestSettings(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		for _, want := range settings[dialect] {
			if write, read := ask(t, s, want.query); write != want.write || read != want.read {
				t.Errorf("%s = %q and %q, want %q and %q", want.query, write, read, want.write, want.read)
			}
		}
	})
}

// ask puts one query to both pools.
func ask(t *testing.T, s *store.Store, query string) (write, read string) {
	t.Helper()
	err := errors.Join(
		s.Write(t.Context(), func(tx *store.Tx) error { return tx.Raw().Scan(&write, query) }),
		s.Read(t.Context(), func(snapshot *store.Snapshot) error { return snapshot.Raw().Scan(&read, query) }),
	)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return write, read
}

// Of several hosts the one that accepts writes is found, by both pools.
func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		if dialect == migrations.SQLite {
			return // one file has one host
		}
		for _, attributes := range []string{"", "read-write", "primary"} {
			u, err := url.Parse(storetest.URL(t, dialect))
			if err != nil {
				t.Fatal(err)
			}
			query := u.Query()
			if attributes != "" {
				query.Set("target_session_attrs", attributes)
			}
			u.Host, u.RawQuery = "127.0.0.1:1,"+u.Host, query.Encode()
			s := storetest.OpenURL(t, u.String())
			if write, read := ask(t, s, "SHOW transaction_read_only"); write != "off" || read != "on" {
				t.Errorf("%q: read only = %s and %s, want off and on", attributes, write, read)
			}
		}
	})
}

func TestAssociationsAreNeverWritten(t *testing.T) {
	t.Parallel()
	type part struct{ ID, WholeID string }
	type whole struct {
		ID    string
		Parts []part
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.OpenURL(t, storetest.EmptyURL(t, dialect))
		ctx, statements := store.CountStatements(t.Context())
		err := s.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Raw().Exec("CREATE TABLE wholes (id text PRIMARY KEY)"); err != nil {
				return err
			}
			_, err := tx.Raw().Insert("wholes", &whole{ID: "1", Parts: []part{{ID: "2"}}})
			return err
		})
		if list := statements.List(); err != nil || len(list) != 4 {
			t.Errorf("Write = %v with statements %q, want four", err, list)
		}
	})
}

func TestLogHoldsNoValues(t *testing.T) {
	t.Parallel()
	const secret = "13800138000"
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s := storetest.Open(t, dialect, func(o *store.Options) { o.Logger = logger })
		for _, text := range []string{"SELECT ?", "SELECT ? FROM nothing"} {
			_ = s.Write(t.Context(), func(tx *store.Tx) error {
				var got string
				return tx.Raw().Scan(&got, text, secret)
			})
		}
		if strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "FROM nothing") {
			t.Errorf("the log must hold statements without their values:\n%s", &log)
		}
		if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "level=WARN") {
			t.Errorf("the store leaves it to its callers to complain:\n%s", &log)
		}
	})
}

func TestMigrationsAreListed(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.OpenURL(t, storetest.EmptyURL(t, dialect))
		for _, applied := range []bool{false, true} {
			list, err := s.Migrations(t.Context())
			if err != nil || len(list) == 0 || list[len(list)-1].Applied != applied {
				t.Errorf("Migrations = %+v, %v, want applied %t", list, err, applied)
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if s.Dialect() != dialect || s.Ping(t.Context()) != nil {
			t.Errorf("%s answers as %s", dialect, s.Dialect())
		}
	})
}
