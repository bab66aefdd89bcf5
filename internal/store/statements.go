package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"gorm.io/gorm"
)

// Statements lists the statements that were sent under one context, in order,
// BEGIN, COMMIT and ROLLBACK included: how many round trips an operation costs
// is part of its contract, and tested. It is safe for concurrent use.
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

// observe puts the noting of statements before conn, if ctx asks for it.
func observe(ctx context.Context, conn gorm.ConnPool) gorm.ConnPool {
	if s, ok := ctx.Value(statementsKey{}).(*Statements); ok {
		return observed{ConnPool: conn, statements: s}
	}
	return conn
}

type observed struct {
	gorm.ConnPool
	statements *Statements
}

func (o observed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := o.statements.note(query); err != nil {
		return nil, err
	}
	return o.ConnPool.ExecContext(ctx, query, args...)
}

func (o observed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := o.statements.note(query); err != nil {
		return nil, err
	}
	return o.ConnPool.QueryContext(ctx, query, args...)
}

func (o observed) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := o.statements.note(query); err != nil {
		failed, cancel := context.WithCancelCause(ctx)
		cancel(err)
		return o.ConnPool.QueryRowContext(failed, query, args...)
	}
	return o.ConnPool.QueryRowContext(ctx, query, args...)
}
