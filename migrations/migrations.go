// Package migrations holds the schema of both dialects as numbered SQL and
// applies it.
//
// It guarantees that any number of processes may start on one database at once:
// each numbered file is applied exactly once and in order, and Apply returns
// when the whole schema is there, whoever applied it. The folders of the two
// dialects hold the same names, and a merged file never changes: the schema
// goes forward only, first by expanding and later by contracting.
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// The dialects of SQL that a schema is written in.
const (
	Postgres = "postgres"
	SQLite   = "sqlite"
)

// A loser of the lock asks again every second, for five minutes at most: the
// library's shortest period, where its default leaves a start idle for five.
const lockPeriodSeconds, lockTries = 1, 300

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Migration is one numbered file and whether this database has it.
type Migration struct {
	Version   int64
	Name      string
	Applied   bool
	AppliedAt time.Time // UTC; zero when not applied
}

// Apply brings db to the newest schema of dialect. It may run in several
// processes at once: one of them works, the others wait for it.
func Apply(ctx context.Context, db *sql.DB, dialect string) (err error) {
	unlock, err := lockFile(ctx, db, dialect)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	p, err := provider(db, dialect)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("applying the %s schema: %w", dialect, err)
	}
	return nil
}

// Status lists every migration in order, and whether db has it.
func Status(ctx context.Context, db *sql.DB, dialect string) ([]Migration, error) {
	p, err := provider(db, dialect)
	if err != nil {
		return nil, err
	}
	found, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the state of the %s schema: %w", dialect, err)
	}
	list := make([]Migration, len(found))
	for i, m := range found {
		list[i] = Migration{
			Version:   m.Source.Version,
			Name:      m.Source.Path,
			Applied:   m.State == goose.StateApplied,
			AppliedAt: m.AppliedAt.UTC(),
		}
	}
	return list, nil
}

// Hash identifies the schema of dialect: it changes with the name or the text
// of any of its files, so that a prepared database can be known by it.
func Hash(dialect string) string {
	sum := sha256.New()
	names, _ := fs.Glob(files, dialect+"/*.sql")
	for _, name := range names {
		text, _ := files.ReadFile(name)
		fmt.Fprintf(sum, "%s\x00%d\x00%s", name, len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

func provider(db *sql.DB, dialect string) (*goose.Provider, error) {
	folder, err := fs.Sub(files, dialect)
	if err != nil {
		return nil, fmt.Errorf("finding the %s schema: %w", dialect, err)
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
	}
	kind := goose.DialectSQLite3
	if dialect == Postgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(
			lock.WithLockTimeout(lockPeriodSeconds, lockTries),
			lock.WithUnlockTimeout(lockPeriodSeconds, lockTries),
		)
		if err != nil {
			return nil, fmt.Errorf("making the lock of the %s schema: %w", dialect, err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(kind, db, folder, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the %s schema: %w", dialect, err)
	}
	return p, nil
}
