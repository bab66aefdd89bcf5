package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// statement is one that was not sent yet, with the values for each time that it
// will be.
type statement struct {
	text  string
	times [][]any
}

// batch collects inserts of which only the transaction needs to know whether
// they succeed. PostgreSQL gets them in one message and answers all at once: of
// the ten round trips of an intake this saves four.
type batch struct {
	tx   *Tx
	list []statement
	err  error
}

// connection is what the statements of one transaction run on.
type connection interface {
	gorm.ConnPool
	// sendAll runs statements in order, stops at the first that fails, and tells
	// how many rows they touched.
	sendAll(ctx context.Context, list []statement) (int64, error)
	// together is how many rows one statement inserts.
	together() int
}

// writeBatch keeps the widest row's parameters of one statement below the
// databases' limit of 32,766.
const writeBatch = 500

// insert adds rows of a table to the batch, as few statements as will do.
func insert[T any](b *batch, table string, rows []T, how ...clause.Expression) {
	size := 0 // rows that the last statement inserts at a time
	for part := range slices.Chunk(rows, b.tx.conn().together()) {
		if len(part) == size {
			last := &b.list[len(b.list)-1]
			last.times = append(last.times, valuesOf(b.tx, part))
			continue
		}
		built := b.tx.db.Session(&gorm.Session{DryRun: true}).Table(table).Clauses(how...).Create(&part)
		if built.Error != nil && b.err == nil {
			b.err = fmt.Errorf("writing rows of %s: %w", table, built.Error)
		}
		size = len(part)
		b.list = append(b.list, statement{built.Statement.SQL.String(), [][]any{built.Statement.Vars}})
	}
}

// valuesOf gives what rows have in all their columns, as an insert of them wants it.
func valuesOf[T any](tx *Tx, rows []T) (values []any) {
	of := shapeOf[T](tx.db)
	for i := range rows {
		values = appendFields(tx, values, of.fields, reflect.Indirect(reflect.ValueOf(&rows[i]).Elem()))
	}
	return values
}

func appendFields(tx *Tx, values []any, fields []*schema.Field, row reflect.Value) []any {
	for _, f := range fields {
		v, _ := f.ValueOf(tx.db.Statement.Context, row)
		values = append(values, v)
	}
	return values
}

// shape is what a type's rows look like: its columns, in order.
type shape struct {
	fields []*schema.Field
	byName map[string]*schema.Field
}

// shapeOf knows the columns of a row that is a T or what a T points to. A type
// that is no row is a fault of the program.
func shapeOf[T any](db *gorm.DB) shape {
	parsed := &gorm.Statement{DB: db}
	if err := parsed.Parse(new(T)); err != nil {
		panic(err)
	}
	s := shape{byName: parsed.Schema.FieldsByDBName}
	for _, name := range parsed.Schema.DBNames {
		s.fields = append(s.fields, s.byName[name])
	}
	return s
}

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
	_, err := b.tx.conn().sendAll(b.tx.db.Statement.Context, b.list)
	return hide(err)
}

func (tx *Tx) conn() connection { return tx.db.Statement.ConnPool.(connection) }
