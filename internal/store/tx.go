package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/vault"
)

// session is one transaction. Its methods only read, and are therefore methods
// of Tx and of Snapshot both.
type session struct {
	db    *gorm.DB // carries the context of the transaction; its statements run on that
	vault *vault.Vault
}

// Tx is a transaction that may write. It is valid until the function that it
// was given to returns, and for one goroutine.
type Tx struct {
	session
	read read // of cases that it holds
}

// Snapshot is the whole database at one instant, for reading. It is valid until
// the function that it was given to returns, and for one goroutine.
type Snapshot struct{ session }

// Write runs fn in one transaction, and commits it if fn returns nil; on an
// error or a panic nothing has happened. When the database asks to try again
// (a deadlock, a serialization failure, a plan that a migration made stale,
// SQLite's busy) fn runs again in a new transaction, at most three times more:
// it must not keep anything from an earlier run.
//
// Besides the errors of fn it returns ErrBusy after five seconds of waiting for
// a lock, ErrUnavailable when the database cannot be reached, ErrUnknownOutcome
// when the connection was lost while committing, and the error of ctx.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return retry(ctx, func() error {
		return s.write.transact(ctx, func(db *gorm.DB) error {
			return fn(&Tx{session: session{db: db, vault: s.vault}})
		})
	})
}

// Read runs fn on one snapshot of the database. A write inside it fails. It
// retries, and fails, as Write does.
func (s *Store) Read(ctx context.Context, fn func(*Snapshot) error) error {
	return retry(ctx, func() error {
		return s.read.transact(ctx, func(db *gorm.DB) error {
			return fn(&Snapshot{session{db: db, vault: s.vault}})
		})
	})
}
