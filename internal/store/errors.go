package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/huiyin/huiyin/internal/grievance"
)

// The refusals that a Write or a Read ends in when the database, not the
// function that it ran, is the reason.
var (
	// ErrBusy: a lock or a connection was waited for in vain. Nothing happened;
	// the same request may succeed in a few seconds.
	ErrBusy = grievance.Refuse(grievance.Conflict, "store.busy", "系统正忙，请稍后再试")
	// ErrUnavailable: the database cannot be reached. Nothing happened.
	ErrUnavailable = grievance.Refuse(grievance.Unavailable, "store.unavailable", "数据库暂时不可用，请稍后再试")
	// ErrUnknownOutcome: the connection was lost during COMMIT, so everything
	// happened or nothing. The same request with the same idempotency key finds
	// out which.
	ErrUnknownOutcome = grievance.Refuse(grievance.Unavailable, "store.unknown_outcome", "保存结果未知，请用同一请求重试")
)

// What a statement may say, as errors of the database are told inside and
// outside of this package.
var (
	// ErrDuplicate: a unique key exists already. On PostgreSQL the transaction
	// is lost; insert with ON CONFLICT DO NOTHING where it may be expected.
	ErrDuplicate = gorm.ErrDuplicatedKey
	// ErrForeignKey: the row that was referred to does not exist.
	ErrForeignKey = gorm.ErrForeignKeyViolated
	// ErrCheck: a CHECK or NOT NULL constraint refused the row.
	ErrCheck = gorm.ErrCheckConstraintViolated
	// ErrTransient: the whole transaction may be tried again.
	ErrTransient = errors.New("transient failure of the database")
	// ErrConnectionLost: nobody answers.
	ErrConnectionLost = errors.New("connection to the database lost")

	// errStalePlan is transient after a migration; a statement that PostgreSQL
	// does not support has the same code, and gets it again and again.
	errStalePlan = fmt.Errorf("%w: statement not supported", ErrTransient)
	errLockWait  = errors.New("lock not obtained in time")
	errTooLong   = errors.New("statement stopped for taking too long")
)

// fault is an error of the database without the driver's types and without the
// values that the statement was about.
type fault struct {
	kind   error // one of those above, or nil
	detail string
}

func (f *fault) Error() string { return "database: " + f.detail }

func (f *fault) Unwrap() error { return f.kind }

// hide replaces the driver's error in err's chain by a fault. Errors of ctx and
// of the domain stay what they are.
func hide(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault](err); ok {
		return err
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresFault(e)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteFault(e)
	}
	if lostConnection(err) {
		return &fault{ErrConnectionLost, err.Error()}
	}
	return err
}

func lostConnection(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

func postgresFault(e *pgconn.PgError) *fault {
	f := &fault{kind: postgresKind(e.Code), detail: "SQLSTATE " + e.Code}
	if e.Severity == "FATAL" || e.Severity == "PANIC" {
		f.kind = ErrConnectionLost
	}
	if e.ConstraintName != "" {
		f.detail += " (" + e.ConstraintName + ")"
	}
	if !strings.HasPrefix(e.Code, "22") { // data exceptions quote the data
		f.detail += ": " + e.Message
	}
	return f
}

// postgresKind reads PostgreSQL's SQLSTATE (appendix A of its manual).
func postgresKind(code string) error {
	switch code {
	case "23505":
		return ErrDuplicate
	case "23503":
		return ErrForeignKey
	case "23514", "23502":
		return ErrCheck
	case "40001", "40P01":
		return ErrTransient
	case "0A000":
		return errStalePlan
	case "55P03":
		return errLockWait
	case "57014":
		return errTooLong
	}
	return nil
}

func sqliteFault(e *sqlite.Error) *fault {
	return &fault{kind: sqliteKind(e.Code()), detail: "SQLite " + strconv.Itoa(e.Code()) + ": " + e.Error()}
}

// sqliteKind reads SQLite's extended result code.
func sqliteKind(code int) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrDuplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrForeignKey
	case sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		return ErrCheck
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrTransient
	case sqlite3.SQLITE_IOERR:
		return ErrConnectionLost
	}
	return nil
}

// refusal tells err as Write and Read promise it.
func refusal(ctx context.Context, err error) error {
	if err == nil || grievance.KindOf(err) != "" {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	switch {
	case errors.Is(err, errLockWait):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, ErrConnectionLost), errors.Is(err, errTooLong):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// outcome tells the error of a COMMIT. An answer of the database means that
// nothing happened; no answer means that nobody knows, unless the driver is
// sure that it sent nothing.
func outcome(err error) error {
	hidden := hide(err)
	if err == nil || nothingSent(err) || answered(hidden) {
		return hidden
	}
	return fmt.Errorf("%w: %w", ErrUnknownOutcome, hidden)
}

func nothingSent(err error) bool {
	return pgconn.SafeToRetry(err) || errors.Is(err, sql.ErrTxDone)
}

func answered(hidden error) bool {
	f, ok := errors.AsType[*fault](hidden)
	return ok && !errors.Is(f, ErrConnectionLost) ||
		errors.Is(hidden, ErrTransient) || errors.Is(hidden, pgx.ErrTxCommitRollback)
}
