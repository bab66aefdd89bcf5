package store

import (
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"sync"
)

// Statements lists the statements that were sent under one context, in order,
// BEGIN, COMMIT and ROLLBACK included: how many statements an operation costs is
// part of its contract, and tested. It is safe for concurrent use.
type Statements struct {
	mu   sync.Mutex
	list []string
	fail func(statement string) error
}

type statementsKey struct{}

// CountStatements returns a context under which every statement is noted. Only
// texts are noted, never values.
func CountStatements(ctx context.Context) (context.Context, *Statements) {
	s := &Statements{}
	return context.WithValue(ctx, statementsKey{}, s), s
}

// List returns the statements so far.
func (s *Statements) List() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// Reset forgets the statements so far.
func (s *Statements) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// Fail has fail asked before each statement is sent; the error that it returns
// stands for the database's answer, for tests of what happens then. ErrTransient
// and ErrConnectionLost mean what they would mean from the database.
func (s *Statements) Fail(fail func(statement string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *Statements) note(statement string) error {
	s.mu.Lock()
	s.list = append(s.list, statement)
	fail := s.fail
	s.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(statement)
}

// record notes a statement that is about to be sent, if ctx asks for it.
func record(ctx context.Context, statement string) error {
	if s, ok := ctx.Value(statementsKey{}).(*Statements); ok {
		return s.note(statement)
	}
	return nil
}

// observe notes and logs the texts of statements before conn gets them, if ctx or
// log asks for it.
func observe(ctx context.Context, conn connection, log *slog.Logger) connection {
	_, counted := ctx.Value(statementsKey{}).(*Statements)
	if counted || log.Enabled(ctx, slog.LevelDebug) {
		return observed{conn, log}
	}
	return conn
}

type observed struct {
	connection
	log *slog.Logger
}

func (o observed) see(ctx context.Context, statement string) error {
	o.log.DebugContext(ctx, "sql", "statement", statement)
	return record(ctx, statement)
}

func (o observed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := o.see(ctx, query); err != nil {
		return nil, err
	}
	return o.connection.ExecContext(ctx, query, args...)
}

func (o observed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := o.see(ctx, query); err != nil {
		return nil, err
	}
	return o.connection.QueryContext(ctx, query, args...)
}

func (o observed) sendAll(ctx context.Context, list []statement) (int64, error) {
	for _, s := range list {
		if err := o.see(ctx, s.text); err != nil {
			return 0, err
		}
	}
	return o.connection.sendAll(ctx, list)
}

// QueryRowContext cannot return an error of its own: a statement that Fail
// refuses ends as one whose context was cancelled.
func (o observed) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := o.see(ctx, query); err != nil {
		refused, cancel := context.WithCancel(ctx)
		cancel()
		return o.connection.QueryRowContext(refused, query, args...)
	}
	return o.connection.QueryRowContext(ctx, query, args...)
}
