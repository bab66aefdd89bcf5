package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// copied are the tables whose rows a copy of a case has of its own, and what
// differs from the original's; $n is the copy's number. Where the original has
// its place in the ledger, copies get the next ones.
var copied = []struct {
	table, of string
	differs   map[string]string
}{
	{"cases", "id", map[string]string{"id": "$id(m.id)", "receipt_number": "m.receipt_number || '-' || $n"}},
	{"case_units", "case_id", map[string]string{"case_id": "$id(m.case_id)"}},
	{"clocks", "case_id", map[string]string{"id": "$id(m.id)", "case_id": "$id(m.case_id)"}},
	{"events", "subject_id", map[string]string{
		"subject_id": "$id(m.subject_id)",
		"ledger_pos": "CASE WHEN m.ledger_pos IS NOT NULL THEN (SELECT last FROM ledger) + $n - $first + 1 END",
	}},
}

const (
	copyTail  = 12     // hexadecimal digits of an identifier that a copy has of its own
	copyBatch = 50_000 // copies a transaction
)

// copyNumbers makes sure that no two copies of a process are the same.
var copyNumbers atomic.Int64

// CopyCase adds n copies of a case that has one event, with its units, clocks
// and event but without parties and texts, in a few statements: a million takes
// minutes. It gives their identifiers. The identifiers that the event names stay
// the original's, and foreign keys are not checked.
func CopyCase(t testing.TB, url string, of grievance.CaseID, n int) []grievance.CaseID {
	t.Helper()
	db := rawSQL(t, url)
	last := copyNumbers.Add(int64(n))
	ids := make([]grievance.CaseID, n)
	for i := range ids {
		ids[i] = copyID(of, last-int64(n)+1+int64(i))
	}
	for first := last - int64(n) + 1; first <= last; first += copyBatch {
		if err := copyCases(t, db, strings.HasPrefix(url, "sqlite:"), of, first, min(last, first+copyBatch-1)); err != nil {
			t.Fatalf("copying case %s: %v", of, err)
		}
	}
	return ids
}

func copyID(of grievance.CaseID, n int64) grievance.CaseID {
	for i := range copyTail / 2 {
		of[len(of)-1-i] = byte(n >> (8 * i))
	}
	return of
}

func copyCases(t testing.TB, db *sql.DB, sqlite bool, of grievance.CaseID, first, last int64) (err error) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	var list []string
	if !sqlite {
		list = append(list, "SET LOCAL session_replication_role = replica") // no foreign keys
	}
	for _, c := range copied {
		columns, err := columnsOf(t, tx, c.table)
		if err != nil {
			return err
		}
		list = append(list, copyStatement(c.table, c.of, columns, c.differs, of, first, last, sqlite))
	}
	list = append(list, "UPDATE ledger SET last = (SELECT coalesce(max(ledger_pos), 0) FROM events)")
	for _, text := range list {
		if _, err := tx.ExecContext(t.Context(), text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return tx.Commit()
}

func columnsOf(t testing.TB, tx *sql.Tx, table string) ([]string, error) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err())
}

func copyStatement(table, key string, columns []string, differs map[string]string, of grievance.CaseID, first, last int64, sqlite bool) string {
	var into, from []string
	for _, c := range columns {
		into = append(into, `"`+c+`"`)
		if d, ok := differs[c]; ok {
			from = append(from, d)
		} else {
			from = append(from, `m."`+c+`"`)
		}
	}
	text := fmt.Sprintf(`WITH RECURSIVE copies (n) AS (SELECT CAST($first AS bigint) UNION ALL SELECT n + 1 FROM copies WHERE n < %d)
		INSERT INTO %s (%s) SELECT %s FROM %s m CROSS JOIN copies WHERE m.%s = '%s'`,
		last, table, strings.Join(into, ", "), strings.Join(from, ", "), table, key, of)
	return spell(strings.NewReplacer("$first", fmt.Sprint(first), "$n", "copies.n").Replace(text), sqlite)
}

// spell writes each $id(x), the identifier that the copy has for x, in a dialect.
func spell(text string, sqlite bool) string {
	for {
		before, rest, found := strings.Cut(text, "$id(")
		if !found {
			return text
		}
		x, after, _ := strings.Cut(rest, ")")
		if sqlite {
			text = before + fmt.Sprintf("substr(%s, 1, %d) || printf('%%0%dx', copies.n)", x, idLength-copyTail, copyTail) + after
		} else {
			text = before + fmt.Sprintf("CAST(left(CAST(%s AS text), %d) || lpad(to_hex(copies.n), %d, '0') AS uuid)", x, idLength-copyTail, copyTail) + after
		}
	}
}

const idLength = 36 // of an identifier as text
