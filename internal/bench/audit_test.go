package bench

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// auditCases is among how many cases the audit and the lists are measured: the
// closing note of their issue has the figures for a million
// (-args -audit-cases 1000000), against fewAudited of them.
var auditCases = flag.Int("audit-cases", 100_000, "among how many cases BenchmarkAudit works")

const (
	fewAudited  = 20_000
	auditNews   = 200 // cases in which something happens in a round
	auditRounds = 15
	auditGoal   = 1.2
)

// BenchmarkAudit measures what it takes to audit the news of a few hundred cases,
// and what lists and desks take, among many cases and among few, and shows how the
// database looks each thing up. What counts is the ratio: the cost follows what is
// new, or one's own, not what is there.
func BenchmarkAudit(b *testing.B) {
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		b.Run(dialect, func(b *testing.B) {
			few, many := newAudited(b, dialect, fewAudited), newAudited(b, dialect, *auditCases)
			for b.Loop() {
				for range auditRounds {
					few.round(b)
					many.round(b)
				}
			}
			ratios := few.side.over(many.side)
			fmt.Printf("%s: %.0f events/s audited among %d cases, %.0f among %d   ratio %.2f (half of the rounds: %.2f to %.2f), goal ≤ %.1f\n",
				dialect, median(few.side.rates), fewAudited, median(many.side.rates), *auditCases,
				median(ratios), ratios[len(ratios)/4], ratios[len(ratios)*3/4], auditGoal)
			for _, line := range many.plans(b) {
				fmt.Println(line) // a benchmark's log is cut after ten lines
			}
			compareAsked(b, few.population, many.population)
			b.ReportMetric(median(many.side.rates), "events/s")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// audited is a population whose events have all been audited.
type audited struct {
	*population
	side *side
}

func newAudited(b *testing.B, dialect string, n int) *audited {
	b.Helper()
	return &audited{population: newPopulation(b, dialect, n), side: &side{name: dialect}}
}

// round registers cases, each of a petitioner who has another, has a leader sign
// some, and audits them.
func (a *audited) round(b *testing.B) {
	b.Helper()
	for i := range auditNews {
		a.told += i % 2
		if id := a.fresh(b, there); i%20 == 0 {
			a.turnedDown(b, there, id)
		}
	}
	used := processorTime()
	sum := a.run(b)
	for _, r := range sum.Rules {
		if r.Name == "audit" {
			a.side.add(max(r.Done, 1), max(r.Took, time.Microsecond), processorTime()-used)
		}
	}
}

// plans shows how the database looks up what one run of the audit asks.
func (a *audited) plans(b testing.TB) []string {
	b.Helper()
	a.declined(b, there)
	ctx, sent := store.CountStatements(b.Context())
	if _, err := a.engine.RunOnce(ctx); err != nil {
		b.Fatal(err)
	}
	var asked []string
	for _, statement := range sent.List() {
		if strings.HasPrefix(statement, "SELECT") && asksTheAudit(statement) && !slices.Contains(asked, statement) {
			asked = append(asked, statement)
		}
	}
	lines, plans := make([]string, len(asked)), storetest.Plans(b, a.url, asked)
	for i, statement := range asked {
		lines[i] = statement + "\n  " + strings.ReplaceAll(plans[statement], "; ", "\n  ")
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
