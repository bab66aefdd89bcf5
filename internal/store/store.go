// Package store keeps everything that Huiyin knows in PostgreSQL or in SQLite,
// and is the only package that knows SQL.
//
// It guarantees that each Write is one transaction that happens whole or not at
// all, that concurrent writers lose nothing, that nothing inside a Read can
// write and that all of one Read sees one instant, that instants come back in
// UTC as they went in, and that no error of a driver, and no value that a
// statement was about, leaves it. Queries are methods of Tx and Snapshot only:
// an outer handle cannot be used inside a transaction, for there is none.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/vault"
	"github.com/huiyin/huiyin/migrations"
)

// Options are what a Store is opened with.
type Options struct {
	// Clock gives the instants of rows that the store dates itself; nil means
	// the machine's clock.
	Clock clock.Clock
	// Vault seals and opens personal data and texts. Without it every method
	// that touches such a column fails.
	Vault *vault.Vault
	// MaxConns limits each of the two pools; 0 means 10. SQLite writes with one
	// connection whatever it says.
	MaxConns int
	// Logger is told of statements at debug level, never with their values;
	// nil means silence.
	Logger *slog.Logger
}

const defaultMaxConns = 10

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect   string
	vault     *vault.Vault
	write     *pool
	read      *pool
	migration func(context.Context) (*sql.DB, error)
}

// pool is one set of connections, and how a transaction begins on it.
type pool struct {
	sql   *sql.DB
	gorm  *gorm.DB
	log   *slog.Logger
	begin sql.TxOptions
	on    func(*transaction) connection
	close func()
}

// Open opens the database at url, "sqlite:PATH" or "postgres://…", and checks
// that it answers. The schema is left as it is: see Migrate.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	opts = opts.withDefaults()
	open, rest, err := opener(url)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, rest, opts)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", hide(err))
	}
	s.vault = opts.Vault
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxConns <= 0 {
		o.MaxConns = defaultMaxConns
	}
	return o
}

func opener(url string) (open func(context.Context, string, Options) (*Store, error), rest string, err error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openSQLite, path, nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres, url, nil
	}
	return nil, "", errors.New("a database URL starts with sqlite: or postgres://")
}

// Dialect is "sqlite" or "postgres", for diagnostics: queries never branch on it.
func (s *Store) Dialect() string { return s.dialect }

// Migrate brings the schema to the newest version. Several processes may do so
// at once.
func (s *Store) Migrate(ctx context.Context) error {
	return s.withMigrations(ctx, func(db *sql.DB) error {
		return migrations.Apply(ctx, db, s.dialect)
	})
}

// Migrations lists every migration in order, and whether this database has it.
func (s *Store) Migrations(ctx context.Context) (list []migrations.Migration, err error) {
	err = s.withMigrations(ctx, func(db *sql.DB) error {
		list, err = migrations.Status(ctx, db, s.dialect)
		return err
	})
	return list, err
}

// withMigrations lends a connection of its own, because a change of the schema
// may take longer than any statement of the application is allowed to.
func (s *Store) withMigrations(ctx context.Context, use func(*sql.DB) error) error {
	db, err := s.migration(ctx)
	if err != nil {
		return hide(err)
	}
	return hide(errors.Join(use(db), db.Close()))
}

// Ping reports whether both pools reach the database: nil, or an Error of kind
// unavailable.
func (s *Store) Ping(ctx context.Context) error {
	for _, p := range []*pool{s.write, s.read} {
		if err := p.sql.PingContext(ctx); err != nil {
			return fmt.Errorf("reaching the database: %w", refusal(ctx, hide(err)))
		}
	}
	return nil
}

// Close ends all connections, once the transactions under way are over.
func (s *Store) Close() error {
	err := errors.Join(s.read.sql.Close(), s.write.sql.Close())
	s.read.close()
	s.write.close()
	return hide(err)
}
