package migrations_test

import (
	"database/sql"
	"maps"
	"slices"
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// sameType says which type of SQLite keeps what a type of PostgreSQL keeps.
// Instants in columns of another type than datetime would come back as text.
var sameType = map[string][]string{
	"uuid":                     {"text"},
	"text":                     {"text"},
	"date":                     {"text"},
	"timestamp with time zone": {"datetime"},
	"boolean":                  {"boolean"},
	"smallint":                 {"integer"},
	"integer":                  {"integer"},
	"bigint":                   {"integer", "bigint"},
	"bytea":                    {"blob"},
	"double precision":         {"real"},
}

// schema is what the two dialects must agree on: tables, columns, indexes.
type schema map[string]*table

type table struct {
	columns map[string]column
	indexes map[string]bool // whether each is unique
}

type column struct {
	kind     string
	required bool
}

func TestBothSchemasAgree(t *testing.T) {
	t.Parallel()
	var schemas []schema
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		db := connect(t, storetest.URL(t, dialect))
		schemas = append(schemas, readSchema(t, db, dialect))
	}
	postgres, sqlite := schemas[0], schemas[1]
	if a, b := names(postgres), names(sqlite); len(a) == 0 || !slices.Equal(a, b) {
		t.Fatalf("tables differ:\npostgres %v\nsqlite   %v", a, b)
	}
	for name, table := range postgres {
		compareColumns(t, name, table.columns, sqlite[name].columns)
		if !maps.Equal(table.indexes, sqlite[name].indexes) {
			t.Errorf("indexes of %s differ:\npostgres %v\nsqlite   %v", name, table.indexes, sqlite[name].indexes)
		}
	}
}

func compareColumns(t *testing.T, table string, postgres, sqlite map[string]column) {
	t.Helper()
	if a, b := names(postgres), names(sqlite); !slices.Equal(a, b) {
		t.Errorf("columns of %s differ:\npostgres %v\nsqlite   %v", table, a, b)
		return
	}
	for name, a := range postgres {
		b := sqlite[name]
		if !slices.Contains(sameType[a.kind], b.kind) || a.required != b.required {
			t.Errorf("column %s.%s is %+v on postgres, %+v on sqlite", table, name, a, b)
		}
	}
}

func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// The queries give table, column, type and whether it is required; and table,
// index and whether it is unique, for the indexes that have names of ours.
var introspection = map[string]struct{ columns, indexes string }{
	migrations.Postgres: {
		`SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name <> 'goose_db_version'`,
		`SELECT c.relname, i.relname, x.indisunique FROM pg_index x
			JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relname <> 'goose_db_version'
			AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u'))`,
	},
	migrations.SQLite: {
		`SELECT m.name, c.name, lower(c.type), c."notnull" OR c.pk FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`,
		`SELECT m.name, i.name, i."unique" FROM sqlite_master m, pragma_index_list(m.name) i
			WHERE m.type = 'table' AND i.origin = 'c' AND m.name <> 'goose_db_version'`,
	},
}

func readSchema(t *testing.T, db *sql.DB, dialect string) schema {
	t.Helper()
	found := schema{}
	eachRow(t, db, introspection[dialect].columns, func(scan func(...any) error) error {
		var owner, name string
		var c column
		err := scan(&owner, &name, &c.kind, &c.required)
		found.table(owner).columns[name] = c
		return err
	})
	eachRow(t, db, introspection[dialect].indexes, func(scan func(...any) error) error {
		var owner, name string
		var unique bool
		err := scan(&owner, &name, &unique)
		found.table(owner).indexes[name] = unique
		return err
	})
	return found
}

func (s schema) table(name string) *table {
	if s[name] == nil {
		s[name] = &table{columns: map[string]column{}, indexes: map[string]bool{}}
	}
	return s[name]
}

func eachRow(t *testing.T, db *sql.DB, query string, read func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
