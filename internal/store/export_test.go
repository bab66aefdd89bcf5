package store

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Raw lends the conformance suite statements of its own on scratch tables.
type Raw struct{ db *gorm.DB }

// Raw lends the transaction.
func (s session) Raw() Raw { return Raw{s.db} }

// Exec runs one statement and gives the number of rows that it touched.
func (r Raw) Exec(text string, values ...any) (int64, error) {
	done := r.db.Exec(text, values...)
	return done.RowsAffected, done.Error
}

// Scan reads the result of a query into a pointer.
func (r Raw) Scan(into any, text string, values ...any) error {
	return r.db.Raw(text, values...).Scan(into).Error
}

// Lock reads and locks the row of table whose id is given.
func (r Raw) Lock(into any, table string, id int) error {
	return r.db.Table(table).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(into).Error
}

// Insert writes a row, or nothing where it exists.
func (r Raw) Insert(table string, row any) (int64, error) {
	done := r.db.Table(table).Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	return done.RowsAffected, done.Error
}

// SealedColumns names every column that Reseal knows, as table.column.
func SealedColumns() (names []string) {
	for _, c := range sealedColumns {
		names = append(names, c.table+"."+c.column)
	}
	return names
}

// SwapSeed replaces the sealed seed of a signing key, if it still is what it was.
func (tx *Tx) SwapSeed(kid string, was, is []byte) (int64, error) {
	for _, c := range sealedColumns {
		if c.table == "signing_keys" {
			return tx.swapSealed(c, []sealedValue{{[]string{kid}, was}}, [][]byte{is})
		}
	}
	return 0, nil
}
