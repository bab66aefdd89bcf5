package store

import (
	"fmt"
	"reflect"

	"gorm.io/gorm"
)

// scan reads the rows of a query, all columns of a T, straight into the fields of
// structs. GORM reads each value into one of its own first, which takes twice as
// long: for hundreds of wide rows it matters.
func scan[T any](query *gorm.DB, into *[]T) (err error) {
	rows, err := query.Model(new(T)).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	of := shapeOf[T](query)
	at := make([][]int, len(columns)) // in which field each column is
	for i, c := range columns {
		f := of.byName[c]
		if f == nil {
			return fmt.Errorf("no field of %T is the column %s", *new(T), c)
		}
		at[i] = f.StructField.Index
	}
	fields := make([]any, len(columns))
	for rows.Next() {
		row := new(T)
		for i := range at {
			fields[i] = reflect.ValueOf(row).Elem().FieldByIndex(at[i]).Addr().Interface()
		}
		if err := rows.Scan(fields...); err != nil {
			return err
		}
		*into = append(*into, *row)
	}
	return rows.Err()
}
