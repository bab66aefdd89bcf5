package storetest

import (
	"strings"
	"testing"
)

// Plans says how SQLite would run each of some statements, those left out that
// begin or end a transaction.
func Plans(t testing.TB, url string, statements []string) map[string]string {
	t.Helper()
	db := rawSQL(t, url)
	plans := map[string]string{}
	for _, s := range statements {
		if s == "BEGIN" || s == "COMMIT" || s == "ROLLBACK" {
			continue
		}
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s, make([]any, strings.Count(s, "?"))...)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		defer rows.Close()
		var steps []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			steps = append(steps, step)
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		plans[s] = strings.Join(steps, "; ")
	}
	return plans
}
