package storetest

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
)

// Dump gives everything that the database at url holds: the values of every row of
// every table, bytes as they are, and of an embedded one also its files, with what
// was deleted or overwritten and still lies in them.
func Dump(t testing.TB, url string) []byte {
	t.Helper()
	var out bytes.Buffer
	db := rawSQL(t, url)
	path, embedded := strings.CutPrefix(url, "sqlite:")
	list := "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name"
	if embedded {
		list = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
	}
	for _, table := range dumpRows(t, db, list, nil) {
		fmt.Fprintf(&out, "\n-- %s\n", table)
		dumpRows(t, db, fmt.Sprintf("SELECT * FROM %q", table), &out)
	}
	for _, file := range []string{path, path + "-wal"} {
		if content, err := os.ReadFile(file); embedded && err == nil { // there may be no log
			out.Write(content)
		}
	}
	return out.Bytes()
}

// dumpRows writes all values of a query's rows, and gives the first of each.
func dumpRows(t testing.TB, db *sql.DB, query string, out *bytes.Buffer) (first []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			text := plain(*v.(*any))
			if i == 0 {
				first = append(first, text)
			}
			if out != nil {
				out.WriteString(text + "\n")
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return first
}

func plain(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}
