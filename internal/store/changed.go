package store

import (
	"bytes"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/huiyin/huiyin/internal/grievance"
)

// read is what a transaction has read of cases that it holds: of many that
// change, only the columns that differ from it are written.
type read struct {
	cases  map[grievance.CaseID]*grievance.Case
	clocks map[grievance.ClockID]*grievance.Clock
}

// restore gives cases that are held their children, and remembers how they were.
func (tx *Tx) restore(rows []grievance.Case, n Needs) ([]*grievance.Case, error) {
	cases, err := tx.session.restore(rows, n)
	if err != nil || len(cases) < 2 {
		return cases, err
	}
	if tx.read.cases == nil {
		tx.read = read{map[grievance.CaseID]*grievance.Case{}, map[grievance.ClockID]*grievance.Clock{}}
	}
	for _, c := range cases {
		was := *c
		tx.read.cases[c.ID] = &was
		for _, k := range c.Clocks() {
			was := *k
			tx.read.clocks[k.ID] = &was
		}
	}
	return cases, nil
}

// difference gives the columns in which any of the rows differs from what it
// was, and false where one was not read.
func difference[T any, ID comparable](tx *Tx, rows []*T, id func(*T) ID, were map[ID]*T) (of shape, changed []*schema.Field, known bool) {
	of = shapeOf[T](tx.db)
	pairs := make([][2]reflect.Value, len(rows))
	for i, r := range rows {
		was := were[id(r)]
		if was == nil {
			return of, nil, false
		}
		pairs[i] = [2]reflect.Value{reflect.ValueOf(was).Elem(), reflect.ValueOf(r).Elem()}
	}
	for _, f := range of.fields {
		if differs(f, pairs) {
			changed = append(changed, f)
		}
	}
	return of, changed, true
}

func differs(f *schema.Field, pairs [][2]reflect.Value) bool {
	for _, p := range pairs {
		if !same(p[0].FieldByIndex(f.StructField.Index), p[1].FieldByIndex(f.StructField.Index)) {
			return true
		}
	}
	return false
}

// same reports whether two values are certainly the same: an instant that was
// worked out again may count as another.
func same(a, b reflect.Value) bool {
	switch kind := a.Kind(); {
	case kind == reflect.Array: // an identifier
		return bytes.Equal(a.Bytes(), b.Bytes())
	case a.Comparable():
		return a.Equal(b)
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// update gives each row, found by the values of some columns, new values of
// others: rows have first these, then those.
func (tx *Tx) update(table string, set, by []*schema.Field, rows [][]any) statement {
	text := "UPDATE " + table + " SET " + equals(set, ", ") + " WHERE " + equals(by, " AND ")
	built := tx.db.Session(&gorm.Session{DryRun: true}).Exec(text, rows[0]...)
	return statement{built.Statement.SQL.String(), rows}
}

func equals(fields []*schema.Field, between string) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.DBName + " = ?"
	}
	return strings.Join(list, between)
}

// swapMany writes the columns that changed of many cases, of each unless
// somebody has added an event since it was read, and tells of how many.
func (tx *Tx) swapMany(cases []*grievance.Case) (int64, error) {
	of, changed, known := difference(tx, cases, func(c *grievance.Case) grievance.CaseID { return c.ID }, tx.read.cases)
	if !known {
		changed = of.fields
	}
	rows := make([][]any, len(cases))
	for i, c := range cases {
		was := c.Seq - int64(len(c.Pending().Events))
		rows[i] = append(appendFields(tx, nil, changed, reflect.ValueOf(c).Elem()), c.ID, was)
	}
	swap := tx.update("cases", changed, []*schema.Field{of.byName["id"], of.byName["seq"]}, rows)
	saved, err := tx.conn().sendAll(tx.db.Statement.Context, []statement{swap})
	return saved, hide(err)
}

// updateClocks adds to a batch what changed of many clocks; false where one of
// them was not read here.
func updateClocks(b *batch, clocks []*grievance.Clock) bool {
	of, changed, known := difference(b.tx, clocks, func(k *grievance.Clock) grievance.ClockID { return k.ID }, b.tx.read.clocks)
	if !known || len(clocks) < 2 || len(changed) == 0 {
		return known && len(clocks) > 1
	}
	rows := make([][]any, len(clocks))
	for i, k := range clocks {
		rows[i] = append(appendFields(b.tx, nil, changed, reflect.ValueOf(k).Elem()), k.ID)
	}
	b.list = append(b.list, b.tx.update("clocks", changed, []*schema.Field{of.byName["id"]}, rows))
	return true
}
