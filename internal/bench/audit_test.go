package bench

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// auditCases is among how many cases the audit is measured: the closing note of
// its issue has the figures for a million (-args -audit-cases 1000000).
var auditCases = flag.Int("audit-cases", 20_000, "among how many cases BenchmarkAudit works")

// BenchmarkAudit measures what it takes to audit the news of a few hundred cases,
// among many and among few, and shows how the database looks each thing up. What
// counts is the ratio: the cost follows what is new, not what is there.
func BenchmarkAudit(b *testing.B) {
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		b.Run(dialect, func(b *testing.B) {
			few, many := newAudited(b, dialect, auditNews), newAudited(b, dialect, *auditCases)
			for b.Loop() {
				for range auditRounds {
					few.round(b)
					many.round(b)
				}
			}
			ratio := median(few.side.over(many.side))
			b.Logf("%s: %.0f events/s audited among %d cases, %.0f among %d   ratio %.2f", dialect,
				median(few.side.rates), auditNews, median(many.side.rates), *auditCases, ratio)
			for _, line := range many.plans(b) {
				fmt.Println(line) // a benchmark's log is cut after ten lines
			}
			b.ReportMetric(median(many.side.rates), "events/s")
			b.ReportMetric(ratio, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

const (
	auditNews   = 200 // cases in which something happens in a round
	auditRounds = 5
)

// audited is a database of cases whose events have all been audited.
type audited struct {
	*works
	side *side
	now  time.Time
	n    int // of cases registered so far
}

func newAudited(b *testing.B, dialect string, n int) *audited {
	b.Helper()
	w := newWorks(b, dialect, engineStarts)
	first := w.register(b, engineStarts)
	w.run(b)
	storetest.CopyCase(b, w.url, first, n-1)
	w.settle(b)
	for _, statement := range peopled[dialect] {
		storetest.Exec(b, w.url, statement)
	}
	if dialect == migrations.Postgres {
		if _, err := w.raw.ExecContext(b.Context(), "VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
	return &audited{works: w, side: &side{name: dialect}, now: engineStarts}
}

// peopled gives copies, which have none, a petitioner each, a signature and a finding.
var peopled = map[string][]string{
	migrations.Postgres: {
		`INSERT INTO parties (case_id, n, kind, phone_bidx) SELECT id, 1, 'petitioner', decode(replace(CAST(id AS text), '-', ''), 'hex') FROM cases
			ON CONFLICT DO NOTHING`, signedOnce, foundOnce,
	},
	migrations.SQLite: {
		`INSERT INTO parties (case_id, n, kind, phone_bidx) SELECT id, 1, 'petitioner', CAST(id AS blob) FROM cases WHERE true
			ON CONFLICT DO NOTHING`, signedOnce, foundOnce,
	},
}

const signedOnce = `INSERT INTO sign_offs (id, case_id, n, round, kind, state, unit_id, outcome, reason, digest, requested_at, decided_by, decided_at, returned_for, seen_seq)
	SELECT id, id, 1, 1, 'decline', 'approved', lead_unit_id, '', '', '', registered_at, responsible_id, registered_at, '', 1 FROM cases`

const foundOnce = `INSERT INTO findings (id, case_id, rule, subject, unit_id, unit_path, about_at, opened_at, state, result, reason,
		explain_due_at, explain_due_on, explanation_late, seq, version, last_recorded_at)
	SELECT id, id, 'rubber_stamp', 'sign-off/1', lead_unit_id, '', registered_at, registered_at, 'closed', 'dismissed', '', registered_at, '2026-03-02', false, 1, 1, registered_at FROM cases`

// settle runs the engine until it finds nothing more.
func (w *works) settle(b testing.TB) {
	b.Helper()
	for !w.run(b).Idle() {
		continue
	}
}

// round registers cases, each of a petitioner who has another, and audits them.
func (a *audited) round(b *testing.B) {
	b.Helper()
	a.now = a.now.Add(time.Minute)
	for range auditNews {
		a.comesAgain(b)
	}
	used := processorTime()
	sum := a.run(b)
	for _, r := range sum.Rules {
		if r.Name == "audit" {
			a.side.add(max(r.Done, 1), max(r.Took, time.Microsecond), processorTime()-used)
		}
	}
}

// comesAgain takes in a case; every second one is of the petitioner of that before it.
func (a *audited) comesAgain(b testing.TB) grievance.CaseID {
	b.Helper()
	a.n++
	a.clock.Set(a.now)
	done, err := a.desk.Register(b.Context(), a.by(b, "clerk"), grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Category: "0101", Title: title, Body: story,
		Petitioner: grievance.Party{Name: "陈志强", Phone: fmt.Sprintf("138%08d", a.n/2)},
	})
	if err != nil {
		b.Fatal(err)
	}
	return done.Case.ID
}

func (a *audited) by(b testing.TB, account string) casework.Request {
	b.Helper()
	return casework.Request{Actor: officetest.Actor(b, a.office, a.clock, account)}
}

// signed lets a leader sign that a case is declined.
func (a *audited) signed(b testing.TB, id grievance.CaseID) {
	b.Helper()
	_, err := a.desk.Decline(b.Context(), a.by(b, "clerk"), id, grievance.Declining{Reason: grievance.OtherProcedure, Words: story})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.desk.Approve(b.Context(), a.by(b, "leader"), id, 1, grievance.Approval{}); err != nil {
		b.Fatal(err)
	}
}

// plans shows how the database looks up what one run of the audit asks.
func (a *audited) plans(b testing.TB) []string {
	b.Helper()
	a.now = a.now.Add(time.Minute)
	a.signed(b, a.comesAgain(b))
	ctx, sent := store.CountStatements(b.Context())
	if _, err := a.engine.RunOnce(ctx); err != nil {
		b.Fatal(err)
	}
	var lines []string
	for _, statement := range sent.List() {
		told := slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, statement) })
		if !strings.HasPrefix(statement, "SELECT") || told || !asksTheAudit(statement) {
			continue
		}
		lines = append(lines, statement+"\n  "+strings.Join(a.explain(b, statement), "\n  "))
	}
	return lines
}

// auditTables are those that the audit asks, and hardly anybody else in the engine.
var auditTables = []string{"parties", "sign_offs", "findings", "finding_evidence", "measures", "audits_aside", "followers", "events"}

func asksTheAudit(statement string) bool {
	return !strings.Contains(statement, "clocks") && slices.ContainsFunc(auditTables, func(table string) bool {
		return strings.Contains(strings.NewReplacer("`", "", `"`, "").Replace(statement), "FROM "+table)
	})
}

// explain asks a database how it would run a statement, whatever its values.
func (a *audited) explain(b testing.TB, statement string) (steps []string) {
	b.Helper()
	query, args := "EXPLAIN QUERY PLAN "+statement, make([]any, strings.Count(statement, "?"))
	if a.store.Dialect() == migrations.Postgres {
		query, args = a.prepared(b, statement), nil
	}
	rows, err := a.raw.QueryContext(b.Context(), query, args...)
	if err != nil {
		b.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			b.Fatal(err)
		}
		steps = append(steps, fmt.Sprint(*values[len(values)-1].(*any)))
	}
	if rows.Err() != nil {
		b.Fatal(rows.Err())
	}
	return steps
}

// prepared prepares a statement and gives the question for its generic plan.
func (a *audited) prepared(b testing.TB, statement string) string {
	b.Helper()
	a.n++
	name, values := "asked"+strconv.Itoa(a.n), 0
	for strings.Contains(statement, "$"+strconv.Itoa(values+1)) {
		values++
	}
	for _, text := range []string{"SET plan_cache_mode = force_generic_plan", "PREPARE " + name + " AS " + statement} {
		if _, err := a.raw.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	if values == 0 {
		return "EXPLAIN EXECUTE " + name
	}
	return "EXPLAIN EXECUTE " + name + " (NULL" + strings.Repeat(", NULL", values-1) + ")"
}
