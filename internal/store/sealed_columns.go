package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/vault"
)

// sealedColumn is a column whose values the vault has sealed, and how the place
// that each was sealed for follows from its row's key.
type sealedColumn struct {
	table, column string
	key           []string // columns, in the order of an index
	field         func(key []string) vault.Field
}

// sealedColumns are all there are: who adds one names it here.
var sealedColumns = []sealedColumn{
	{"texts", "body_enc", []string{"id"}, placedBy("texts", "body")},
	{"parties", "name_enc", []string{"case_id", "n"}, placedBy("parties", "name")},
	{"parties", "phone_enc", []string{"case_id", "n"}, placedBy("parties", "phone")},
	{"parties", "id_number_enc", []string{"case_id", "n"}, placedBy("parties", "id_number")},
	{"parties", "address_enc", []string{"case_id", "n"}, placedBy("parties", "address")},
	{"idempotency", "answer_enc", []string{"actor", "key"}, placedBy("idempotency", "answer")},
	{"signing_keys", "seed_enc", []string{"kid"}, placedBy("signing_keys", "seed_enc")},
	{"vault_check", "sample_enc", []string{"id"}, placedBy("vault_check", "sample_enc")},
}

// placedBy is the rule that all follow: the parts of the key, with slashes.
func placedBy(table, column string) func([]string) vault.Field {
	return func(key []string) vault.Field {
		return vault.Field{Table: table, Column: column, ID: strings.Join(key, "/")}
	}
}

// SealedCount tells how many values of a column one key has sealed.
type SealedCount struct {
	Table, Column string
	Key           vault.KeyID // 0 for what no vault has sealed
	Values        int64
}

// SealedCounts counts every sealed value by its column and key.
func (s session) SealedCounts() (counts []SealedCount, err error) {
	for _, c := range sealedColumns {
		var rows []struct {
			Prefix []byte
			N      int64
		}
		err := s.db.Table(c.table).Where(c.column + " IS NOT NULL").
			Select("substr(" + c.column + ", 1, 5) AS prefix, count(*) AS n").Group("prefix").Order("prefix").Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("counting what is sealed in %s: %w", c.table, err)
		}
		for _, r := range rows {
			key, _ := vault.KeyOf(r.Prefix)
			counts = append(counts, SealedCount{c.table, c.column, key, r.N})
		}
	}
	return counts, nil
}

// sealedValue is one value of a sealed column, with its row's key.
type sealedValue struct {
	key    []string
	sealed []byte
}

// sealedOtherwise gives up to limit values of a column that another key than
// primary has sealed, in the order of their rows' keys, from behind a key on.
func (s session) sealedOtherwise(c sealedColumn, primary vault.KeyID, after []string, limit int) ([]sealedValue, error) {
	query := s.db.Table(c.table).Select(append(append([]string{}, c.key...), c.column)).
		Where(c.column+" IS NOT NULL AND substr("+c.column+", 1, 5) <> ?", primary.Prefix())
	if after != nil {
		query = query.Where("("+strings.Join(c.key, ", ")+") > (?)", after)
	}
	values, err := readSealed(query.Order(strings.Join(c.key, ", ")).Limit(limit), len(c.key))
	if err != nil {
		return nil, fmt.Errorf("reading what is sealed in %s: %w", c.table, err)
	}
	return values, nil
}

func readSealed(query *gorm.DB, parts int) (values []sealedValue, err error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v := sealedValue{key: make([]string, parts)}
		into := []any{}
		for i := range v.key {
			into = append(into, &v.key[i])
		}
		if err := rows.Scan(append(into, &v.sealed)...); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// swapSealed replaces values by others, each unless somebody has changed it since
// it was read, and tells how many it replaced.
func (tx *Tx) swapSealed(c sealedColumn, was []sealedValue, is [][]byte) (int64, error) {
	if len(was) == 0 {
		return 0, nil
	}
	times := make([][]any, len(was))
	for i, v := range was {
		times[i] = []any{is[i]}
		for _, part := range v.key {
			times[i] = append(times[i], part)
		}
		times[i] = append(times[i], v.sealed)
	}
	text := fmt.Sprintf("UPDATE %s SET %[2]s = ? WHERE %[3]s = ? AND %[2]s = ?", c.table, c.column, strings.Join(c.key, " = ? AND "))
	built := tx.db.Session(&gorm.Session{DryRun: true}).Exec(text, times[0]...)
	n, err := tx.conn().sendAll(tx.db.Statement.Context, []statement{{built.Statement.SQL.String(), times}})
	if err != nil {
		return n, fmt.Errorf("replacing what is sealed in %s: %w", c.table, hide(err))
	}
	return n, nil
}
