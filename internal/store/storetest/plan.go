package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Plans says how a database would run each of some statements, those left out that
// begin or end a transaction: on PostgreSQL whatever their values are, by what it
// knows of its tables.
func Plans(t testing.TB, url string, statements []string) map[string]string {
	t.Helper()
	db := rawSQL(t, url)
	db.SetMaxOpenConns(1) // what is prepared is of one connection
	explained := explainSQLite
	if !strings.HasPrefix(url, "sqlite:") {
		explained = explainPostgres
		execRaw(t, db, "SET plan_cache_mode = force_generic_plan")
	}
	plans := map[string]string{}
	for _, s := range statements {
		if _, known := plans[s]; known || s == "BEGIN" || s == "COMMIT" || s == "ROLLBACK" {
			continue
		}
		steps, err := explained(t.Context(), db, s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		plans[s] = strings.Join(steps, "; ")
	}
	return plans
}

func explainSQLite(ctx context.Context, db *sql.DB, statement string) ([]string, error) {
	return lastColumn(db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement, make([]any, strings.Count(statement, "?"))...))
}

// explainPostgres prepares a statement and asks for its generic plan.
func explainPostgres(ctx context.Context, db *sql.DB, statement string) ([]string, error) {
	if _, err := db.ExecContext(ctx, "PREPARE explained AS "+statement); err != nil {
		return nil, err
	}
	values := 0
	for strings.Contains(statement, "$"+strconv.Itoa(values+1)) {
		values++
	}
	given := ""
	if values > 0 {
		given = " (NULL" + strings.Repeat(", NULL", values-1) + ")"
	}
	steps, err := lastColumn(db.QueryContext(ctx, "EXPLAIN EXECUTE explained"+given))
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, "DEALLOCATE explained")
	return steps, err
}

func lastColumn(rows *sql.Rows, err error) (list []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		list = append(list, fmt.Sprint(*values[len(values)-1].(*any)))
	}
	return list, rows.Err()
}
