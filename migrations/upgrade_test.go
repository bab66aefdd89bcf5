package migrations_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// Each version is given a row in every table before the next is applied, so
// that no migration works on empty tables alone.
func TestUpgradeKeepsRows(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		db := connect(t, storetest.EmptyURL(t, dialect))
		had := map[string]int{}
		for i, name := range migrations.Names(t, dialect) {
			migrations.ApplyTo(t.Context(), t, db, dialect, int64(i+1))
			for table, rows := range had {
				if now, ok := renamed[strings.TrimSuffix(name, ".sql")+" "+table]; ok {
					table = now
				}
				if got := count(t, db, table); got < rows {
					t.Errorf("%s: table %s has %d rows, had %d", name, table, got, rows)
				}
			}
			had = fill(t, db, readSchema(t, db, dialect))
		}
		if err := migrations.Apply(t.Context(), db, dialect); err != nil {
			t.Errorf("applying once more: %v", err)
		}
	})
}

// renamed has the new names of tables, by the migration that gave them.
var renamed = map[string]string{"0014_shield named": "recusals"}

// fill puts a row into every empty table, the referenced before those that
// refer to them, and counts the rows of all.
func fill(t *testing.T, db *sql.DB, tables schema) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for len(counts) < len(tables) {
		before, failure := len(counts), error(nil)
		for name, table := range tables {
			if counts[name] > 0 {
				continue
			}
			if count(t, db, name) == 0 {
				if _, err := db.ExecContext(t.Context(), insertion(name, table)); err != nil {
					failure = fmt.Errorf("%s: %w", name, err)
					continue
				}
			}
			counts[name] = count(t, db, name)
		}
		if len(counts) == before {
			t.Fatalf("filling the tables: %v", failure)
		}
	}
	return counts
}

// Every identifier is the same one, and so is every text, which keeps SQLite's
// identifiers: a row then refers to the row of any other table, or to itself.
const (
	anyText  = "'01900000-0000-7000-8000-000000000001'"
	anyTime  = "'2026-01-05 01:00:00+00:00'"
	anyBytes = "'sealed'"
)

var anyValue = map[string]string{
	"uuid": anyText, "text": anyText,
	"date": "'2026-01-05'", "timestamp with time zone": anyTime, "datetime": anyTime,
	"bytea": anyBytes, "blob": anyBytes, "boolean": "false",
	"smallint": "1", "integer": "1", "bigint": "1", "double precision": "1", "real": "1",
}

func insertion(name string, table *table) string {
	columns := slices.Sorted(maps.Keys(table.columns))
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = anyValue[table.columns[column].kind]
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", name, strings.Join(columns, ", "), strings.Join(values, ", "))
}

func count(t *testing.T, db *sql.DB, table string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
