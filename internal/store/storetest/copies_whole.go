package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// whole are the tables whose rows a copy of a case with all that belongs to it has
// of its own, each with the condition that finds those of the original, $case.
var whole = []struct{ table, of string }{
	{"cases", "m.id = $case"},
	{"case_units", "m.case_id = $case"},
	{"parties", "m.case_id = $case"},
	{"texts", "m.case_id = $case"},
	{"clocks", "m.case_id = $case"},
	{"pauses", "m.case_id = $case"},
	{"extensions", "m.case_id = $case"},
	{"suspensions", "m.case_id = $case"},
	{"rungs", "m.case_id = $case"},
	{"escalations", "m.case_id = $case"},
	{"sign_offs", "m.case_id = $case"},
	{"notices", "m.case_id = $case"},
	{"objections", "m.case_id = $case"},
	{"co_handlers", "m.case_id = $case"},
	{"duties", "m.case_id = $case"},
	{"orders", "m.case_id = $case"},
	{"reminders", "m.case_id = $case"},
	{"recusals", "m.case_id = $case"},
	{"shields", "m.case_id = $case"},
	{"follow_ups", "m.case_id = $case"},
	{"reviews", "m.case_id = $case"},
	{"findings", "m.case_id = $case"},
	{"finding_evidence", "m.finding_id IN (SELECT id FROM findings WHERE case_id = $case)"},
	{"measures", "m.finding_id IN (SELECT id FROM findings WHERE case_id = $case)"},
	{"events", "m.subject_kind = 'case' AND m.subject_id = $case"},
}

// renamed are the columns that name what a copy has of its own.
var renamed = []string{"id", "case_id", "clock_id", "finding_id", "subject_id"}

// CopyWhole adds n copies of a case with everything that belongs to it but the
// events of its findings, in a few statements for each 50,000. Every instant of a
// copy lies earlier than the original's by up to spread, by whole seconds, and two
// copies have a telephone in common. The original must have its places in the
// ledger; the copies get the next ones. What an event names stays the original's,
// texts are short and of a kind that nobody asks for, because they cannot be
// opened, and foreign keys are not checked.
func CopyWhole(t testing.TB, url string, of grievance.CaseID, n int, spread time.Duration) {
	t.Helper()
	db, sqlite := rawSQL(t, url), strings.HasPrefix(url, "sqlite:")
	db.SetMaxOpenConns(1)
	if sqlite {
		execRaw(t, db, "PRAGMA synchronous = OFF")
	} else {
		execRaw(t, db, "SET session_replication_role = replica") // no foreign keys
	}
	last := copyNumbers.Add(int64(n))
	for first := last - int64(n) + 1; first <= last; first += copyBatch {
		c := copying{of: of, first: first, last: min(last, first+copyBatch-1), spread: spread, sqlite: sqlite}
		if err := c.copyAll(t, db); err != nil {
			t.Fatalf("copying case %s: %v", of, err)
		}
	}
}

// copying is one transaction that adds the copies with some numbers.
type copying struct {
	of          grievance.CaseID
	first, last int64
	spread      time.Duration
	sqlite      bool
}

func (c copying) copyAll(t testing.TB, db *sql.DB) error {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // of no effect once it is committed
	for _, w := range whole {
		columns, err := typedColumnsOf(t, tx, w.table)
		if err != nil {
			return err
		}
		text := c.statement(w.table, w.of, columns)
		if _, err := tx.ExecContext(t.Context(), text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	if _, err := tx.ExecContext(t.Context(), "UPDATE ledger SET last = (SELECT max(ledger_pos) FROM events)"); err != nil {
		return err
	}
	return tx.Commit()
}

func typedColumnsOf(t testing.TB, tx *sql.Tx, table string) ([]*sql.ColumnType, error) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	return columns, errors.Join(err, rows.Err())
}

func (c copying) statement(table, of string, columns []*sql.ColumnType) string {
	var into, from []string
	for _, col := range columns {
		into, from = append(into, `"`+col.Name()+`"`), append(from, c.value(table, col))
	}
	text := fmt.Sprintf(`WITH RECURSIVE copies (n) AS (SELECT CAST(%d AS bigint) UNION ALL SELECT n + 1 FROM copies WHERE n < %d)
		INSERT INTO %s (%s) SELECT %s FROM copies CROSS JOIN %s m WHERE %s`,
		c.first, c.last, table, strings.Join(into, ", "), strings.Join(from, ", "), table, of)
	text = strings.NewReplacer("$case", "'"+c.of.String()+"'", "$first", fmt.Sprint(c.first)).Replace(text)
	return spell(text, c.sqlite)
}

// value is what a copy has in a column.
func (c copying) value(table string, col *sql.ColumnType) string {
	own := `m."` + col.Name() + `"`
	switch kind := col.DatabaseTypeName(); {
	case col.Name() == "receipt_number":
		return own + " || '-' || copies.n"
	case table == "texts" && col.Name() == "kind":
		return "'copied'"
	case table == "texts" && col.Name() == "body_enc":
		return "m.salt"
	case col.Name() == "ledger_pos":
		return "(SELECT last FROM ledger) + (copies.n - $first) * (SELECT seq FROM cases WHERE id = $case) + m.seq"
	case strings.HasSuffix(col.Name(), "_bidx"):
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", own, c.key())
	case strings.EqualFold(kind, "timestamptz") || strings.EqualFold(kind, "datetime"):
		return c.earlier(own)
	case slices.Contains(renamed, col.Name()):
		return "$id(" + own + ")"
	}
	return own
}

// key is a blind index that two copies share.
func (c copying) key() string {
	if c.sqlite {
		return "CAST(printf('%032x', copies.n / 2) AS blob)"
	}
	return "decode(lpad(to_hex(copies.n / 2), 64, '0'), 'hex')"
}

// stride spreads the copies over their time in no order.
const stride = 7919

// earlier moves an instant back.
func (c copying) earlier(own string) string {
	seconds := fmt.Sprintf("(copies.n * %d %% %d)", stride, max(1, int64(c.spread/time.Second)))
	if c.sqlite {
		return fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%S+00:00', %s, '-' || %s || ' seconds')", own, seconds)
	}
	return own + " - " + seconds + " * interval '1 second'"
}
