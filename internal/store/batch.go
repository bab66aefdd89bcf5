package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// statement is one with its values, not sent yet.
type statement struct {
	text   string
	values []any
}

// batch collects inserts of which only the transaction needs to know whether
// they succeed. PostgreSQL gets them in one message and answers all at once: of
// the ten round trips of an intake this saves four.
type batch struct {
	tx   *Tx
	list []statement
	err  error
}

// insert adds rows of a table to the batch, as few statements as will do.
func insert[T any](b *batch, table string, rows []T, how ...clause.Expression) {
	for part := range slices.Chunk(rows, writeBatch) {
		built := b.tx.db.Session(&gorm.Session{DryRun: true}).Table(table).Clauses(how...).Create(&part)
		if built.Error != nil && b.err == nil {
			b.err = fmt.Errorf("writing rows of %s: %w", table, built.Error)
		}
		b.list = append(b.list, statement{built.Statement.SQL.String(), built.Statement.Vars})
	}
}

// writeBatch keeps the widest row's parameters of one statement below the
// databases' limit of 32,766.
const writeBatch = 500

// insertAll writes rows of one table: a batch of them alone.
func insertAll[T any](tx *Tx, table string, rows []T, how ...clause.Expression) error {
	b := &batch{tx: tx}
	insert(b, table, rows, how...)
	return b.send()
}

// send sends the batch, in order.
func (b *batch) send() error {
	if b.err != nil || len(b.list) == 0 {
		return b.err
	}
	s := b.tx.db.Statement
	return hide(s.ConnPool.(connection).sendAll(s.Context, b.list))
}

// connection is what the statements of one transaction run on.
type connection interface {
	gorm.ConnPool
	// sendAll runs statements in order and stops at the first that fails.
	sendAll(ctx context.Context, list []statement) error
}

type sqliteConnection struct{ *sql.Tx }

func onSQLite(t *transaction) connection { return sqliteConnection{t.tx} }

func (c sqliteConnection) sendAll(ctx context.Context, list []statement) error {
	for _, s := range list {
		if _, err := c.ExecContext(ctx, s.text, s.values...); err != nil {
			return err
		}
	}
	return nil
}

type postgresConnection struct {
	*sql.Tx
	conn *sql.Conn // the transaction's own
}

func onPostgres(t *transaction) connection { return postgresConnection{t.tx, t.conn} }

func (c postgresConnection) sendAll(ctx context.Context, list []statement) error {
	var b pgx.Batch
	for _, s := range list {
		b.Queue(s.text, s.values...)
	}
	return c.conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close()
	})
}
