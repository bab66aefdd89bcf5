package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/store"
)

// sqliteTemplate is a migrated database as it lies on disk, made once for each
// test binary.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "huiyin-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func sqliteURL(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("making the SQLite template: %v", err)
	}
	path := filepath.Join(t.TempDir(), "huiyin.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatalf("copying the SQLite template: %v", err)
	}
	return "sqlite:" + path
}

// migrate brings the database at url to the newest schema. Its context is not a
// test's, because the template outlives the test that happens to need it first.
func migrate(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, store.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	err = s.Migrate(ctx)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}
