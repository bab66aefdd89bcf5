package migrations

import (
	"context"
	"database/sql"
	"testing"
)

// ApplyTo brings db to one version, as an older release left it.
func ApplyTo(ctx context.Context, t *testing.T, db *sql.DB, dialect string, version int64) {
	t.Helper()
	p, err := provider(db, dialect)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		t.Fatalf("applying up to %d: %v", version, err)
	}
}

// Names lists the files of a dialect.
func Names(t *testing.T, dialect string) []string {
	t.Helper()
	entries, err := files.ReadDir(dialect)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names
}
