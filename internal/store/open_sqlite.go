package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/libtnb/sqlite"

	"github.com/huiyin/huiyin/migrations"
)

// Every part was measured to matter. Immediate transactions: of 200 concurrent
// read-modify-writes, 160 were lost without. The format and the zone of times:
// range queries across zones find nothing without. The last two are what the
// dialect adds to a name that it opens itself.
const sqliteSettings = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1&_inttotime=1"

// openSQLite opens the file at path, making it and its directory if needed.
// Writing has one connection: with eight, latency rose twentyfold.
func openSQLite(_ context.Context, path string, opts Options) (*Store, error) {
	if err := createFile(path); err != nil {
		return nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + sqliteSettings
	write, err := sqlitePool(dsn, 1, opts)
	if err != nil {
		return nil, err
	}
	read, err := sqlitePool(dsn+"&_pragma=query_only(1)", opts.MaxConns, opts)
	if err != nil {
		return nil, errors.Join(err, write.sql.Close())
	}
	// Without ReadOnly, _txlock would make a writer of a reading transaction.
	read.begin = sql.TxOptions{ReadOnly: true}
	return &Store{
		dialect: migrations.SQLite, write: write, read: read,
		migration: func(context.Context) (*sql.DB, error) { return sql.Open(sqlite.DriverName, dsn) },
	}, nil
}

func sqlitePool(dsn string, conns int, opts Options) (*pool, error) {
	db, err := sql.Open(sqlite.DriverName, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	g, err := openGORM(sqliteDialect{sqlite.Dialector{Conn: db}}, opts)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &pool{sql: db, gorm: g, log: opts.Logger, on: onSQLite, close: func() {}}, nil
}

// createFile makes the database readable by its owner alone; SQLite gives the
// files beside it the same mode. A file that is there is not opened: closing it
// again would drop the locks that this process holds on it.
func createFile(path string) error {
	if path == "" || path == ":memory:" {
		return errors.New("a database URL sqlite:PATH names a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the directory of the database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	return f.Close()
}

// sqliteDialect tells errors as this package does.
type sqliteDialect struct{ sqlite.Dialector }

func (d sqliteDialect) Translate(err error) error { return hide(err) }
