package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockFile takes the lock beside a SQLite database, which the library has no
// locker for; PostgreSQL and a database in memory need none. It waits until ctx
// ends. The file stays behind: removing it would let two processes lock two
// files of one name.
func lockFile(ctx context.Context, db *sql.DB, dialect string) (unlock func() error, err error) {
	if dialect != SQLite {
		return func() error { return nil }, nil
	}
	path, err := databaseFile(ctx, db)
	if err != nil || path == "" {
		return func() error { return nil }, err
	}
	f, err := os.OpenFile(path+".migrate.lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the schema: %w", err)
	}
	if err := flock(ctx, f); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the lock of the schema: %w", err), f.Close())
	}
	return f.Close, nil
}

// flock asks again every few milliseconds, because a blocking request could not
// be cancelled.
func flock(ctx context.Context, f *os.File) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// databaseFile gives the path of the main database, or "" when it is in memory.
func databaseFile(ctx context.Context, db *sql.DB) (string, error) {
	var path string
	err := db.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path)
	if err != nil {
		return "", fmt.Errorf("finding the file of the database: %w", err)
	}
	return path, nil
}
