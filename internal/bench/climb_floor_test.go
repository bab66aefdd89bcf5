package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/migrations"
)

// pilot is a case that the engine has taken up its ladder. The floor gives the
// cases of a cohort the rows that the pilot was given, rung by rung.
type pilot struct {
	caseID, clockID string
	since           time.Time // before its first rung, after the last of all that is not the floor's
	steps           []step
}

// step is what one rung left of the pilot's clock and case.
type step struct {
	at         time.Time // the engine ran
	rung       int64
	from, seq  int64 // of its events: after, up to
	escalation string
	next       *time.Time
	breached   *time.Time
}

// fly registers the pilot and runs the engine at each of its rungs.
func (w *works) fly(b testing.TB, at, since time.Time) pilot {
	b.Helper()
	id := w.register(b, at).String()
	p := pilot{caseID: id, since: since}
	s := w.where(b, &p)
	for s.next != nil {
		from, now := s.seq, *s.next
		w.clock.Set(now)
		w.run(b)
		s = w.where(b, &p)
		s.at, s.from = now, from
		p.steps = append(p.steps, s)
	}
	return p
}

// where tells where the pilot is on its way.
func (w *works) where(b testing.TB, p *pilot) (s step) {
	b.Helper()
	var escalation sql.NullString
	w.one(b, fmt.Sprintf(`SELECT k.id, k.rung, k.next_at, k.breached_at, c.seq,
		(SELECT e.id FROM escalations e WHERE e.clock_id = k.id AND e.rung = k.rung)
		FROM clocks k JOIN cases c ON c.id = k.case_id WHERE c.id = '%s'`, p.caseID),
		&p.clockID, &s.rung, &s.next, &s.breached, &s.seq, &escalation)
	s.escalation = escalation.String
	return s
}

// climbFloor is a set of statements that give every due clock of a cohort what
// the pilot was given, in one transaction of a few statements, and then the
// events their places in the ledger, in another.
type climbFloor struct {
	db     *sql.DB
	pilot  pilot
	limit  int // clocks a transaction
	inside func(step) []bound
	place  func(step) []bound
}

// bound is a statement with its values.
type bound struct {
	text   string
	values []any
}

func (w *works) newClimbFloor(b testing.TB, p pilot, limit int) *climbFloor {
	b.Helper()
	f := &climbFloor{db: w.raw, pilot: p, limit: limit}
	write := func(text string) string { return floorDialect(w.store.Dialect(), text) }
	copyOf := func(table string, differs map[string]string) string {
		return write(fmt.Sprintf("INSERT INTO %s %s", table, w.floorColumns(b, table, differs)))
	}
	const due = `(SELECT id, case_id FROM clocks WHERE next_at > $1 AND next_at <= $2 ORDER BY next_at, id LIMIT $3)`
	own := map[string]string{"case_id": "k.case_id", "clock_id": "k.id", "subject_id": "k.case_id", "ledger_pos": "NULL", "id": "#id(m.id)", "body": "#body"}
	rungs := copyOf("rungs", own) + write(` FROM `+due+` k CROSS JOIN rungs m WHERE m.clock_id = #param(4) AND m.rung = $5`)
	escalations := copyOf("escalations", own) + write(` FROM `+due+` k CROSS JOIN escalations m WHERE m.clock_id = #param(4) AND m.rung = $5`)
	events := copyOf("events", own) + write(` FROM `+due+` k CROSS JOIN events m
		WHERE m.subject_kind = 'case' AND m.subject_id = #param(4) AND m.seq > $5 AND m.seq <= $6`)
	cases := write(`UPDATE cases SET seq = $5, last_recorded_at = $2,
		events_digest = (SELECT events_digest FROM cases WHERE id = #param(4)), escalated_level = (SELECT escalated_level FROM cases WHERE id = #param(4))
		WHERE id IN (SELECT case_id FROM ` + due + ` k)`)
	clocks := write(`UPDATE clocks SET rung = $4, next_at = $5, breached_at = $6 WHERE id IN (SELECT id FROM ` + due + ` k)`)
	f.inside = func(s step) []bound {
		with := func(more ...any) []any { return append([]any{p.since, s.at, limit}, more...) }
		list := []bound{{rungs, with(p.clockID, s.rung)}}
		if s.escalation != "" {
			list = append(list, bound{escalations, with(p.clockID, s.rung)})
		}
		return append(list,
			bound{events, with(p.caseID, s.from, s.seq, p.clockID, s.escalation)},
			bound{cases, with(p.caseID, s.seq)},
			bound{clocks, with(s.rung, s.next, s.breached)},
		)
	}
	f.place = func(step) []bound { return placing }
	return f
}

// placing gives all events that have none their place in the ledger.
var placing = []bound{
	{text: `UPDATE events SET ledger_pos = n.pos FROM (
		SELECT subject_kind, subject_id, seq,
			(SELECT last FROM ledger) + row_number() OVER (ORDER BY recorded_at, subject_id, seq) AS pos
		FROM events WHERE ledger_pos IS NULL) AS n
		WHERE events.subject_kind = n.subject_kind AND events.subject_id = n.subject_id AND events.seq = n.seq`},
	{text: `UPDATE ledger SET last = (SELECT max(ledger_pos) FROM events)`},
}

// floorColumns lists a table's columns, and what of the pilot's row m a row for
// the clock k has in them.
func (w *works) floorColumns(b testing.TB, table string, differs map[string]string) string {
	b.Helper()
	rows, err := w.raw.QueryContext(b.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || rows.Err() != nil {
		b.Fatal(err, rows.Err())
	}
	from := make([]string, len(columns))
	for i, c := range columns {
		if from[i] = "m." + c; differs[c] != "" {
			from[i] = differs[c]
		}
	}
	return "(" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(from, ", ")
}

// What the dialects spell differently: the identifier that a clock's copy of a
// row gets, a body with the clock's own identifiers, an identifier as a value.
var floorDialects = map[string][]string{
	migrations.SQLite: {
		"#id(m.id)", "substr(m.id, 1, 24) || substr(k.id, 25)",
		"#body", "CAST(replace(replace(CAST(m.body AS text), $7, k.id), $8, substr($8, 1, 24) || substr(k.id, 25)) AS blob)",
		"#param(4)", "$4", "$", "?",
	},
	migrations.Postgres: {
		"#id(m.id)", "CAST(left(CAST(m.id AS text), 24) || right(CAST(k.id AS text), 12) AS uuid)",
		"#body", "convert_to(replace(replace(convert_from(m.body, 'UTF8'), $7, CAST(k.id AS text)), $8, left($8, 24) || right(CAST(k.id AS text), 12)), 'UTF8')",
		"#param(4)", "CAST($4 AS uuid)",
	},
}

func floorDialect(dialect, text string) string {
	for range 2 { // what was put in has parameters, too
		text = strings.NewReplacer(floorDialects[dialect]...).Replace(text)
	}
	return text
}

// climb does what the engine's rule does at a step, and tells how many clocks
// were due.
func (f *climbFloor) climb(ctx context.Context, s step) (total int64, err error) {
	for {
		n, err := f.transact(ctx, f.inside(s))
		total += n
		if err != nil || n < int64(f.limit) {
			return total, err
		}
	}
}

// sequence does what the engine's rule of that name does.
func (f *climbFloor) sequence(ctx context.Context, s step) error {
	_, err := f.transact(ctx, f.place(s))
	return err
}

// transact gives the number of rows that the last statement touched.
func (f *climbFloor) transact(ctx context.Context, list []bound) (n int64, err error) {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		done, err := tx.ExecContext(ctx, s.text, s.values...)
		if err != nil {
			_ = tx.Rollback()
			return 0, fmt.Errorf("%s: %w", s.text, err)
		}
		if n, err = done.RowsAffected(); err != nil {
			_ = tx.Rollback()
			return 0, err
		}
	}
	return n, tx.Commit()
}
