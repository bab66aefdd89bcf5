package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// Findings, their evidence and the measures taken are kept, whoever asks the
// database: no row of them can be deleted.
func TestNothingOfAFindingCanBeDeleted(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		w.register("clerk")
		w.clock.Advance(60 * day)
		w.settledDown()
		w.clock.Advance(30 * day)
		f := w.findings()[0]
		_, err := w.desk.DecideFinding(t.Context(), casework.FindingRequest{Actor: w.as("city_supervisor").Actor}, f.ID, grievance.FindingDecision{
			Measures: []grievance.Measuring{{Kind: grievance.MeasureBulletin, Unit: f.UnitID, Articles: grievance.Articles{44}}}, Words: "属实",
		})
		if err != nil {
			t.Fatal(err)
		}
		statements := []string{"DELETE FROM findings", "DELETE FROM finding_evidence", "DELETE FROM measures", "UPDATE finding_evidence SET seq = 2"}
		if dialect == migrations.Postgres {
			statements = append(statements, "TRUNCATE findings CASCADE", "TRUNCATE finding_evidence", "TRUNCATE measures")
		}
		for _, statement := range statements {
			if err := storetest.Try(t, w.url, statement); err == nil || !strings.Contains(err.Error(), "findings are kept") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

// No query of the audit goes through a table: each has its index.
func TestEveryQueryOfTheAuditHasItsIndex(t *testing.T) {
	t.Parallel()
	w := newWorks(t, migrations.SQLite)
	w.petition("10012345678")
	w.clock.Advance(60 * day)
	w.settledDown()
	w.declined()
	ctx, sent := store.CountStatements(t.Context())
	if _, err := w.engine.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	looked := map[string]bool{}
	for statement, plan := range storetest.Plans(t, w.url, sent.List()) {
		for _, table := range []string{"cases", "events", "parties", "sign_offs", "findings", "finding_evidence", "measures", "audits_aside"} {
			if strings.Contains(plan, "SCAN "+table) {
				t.Errorf("%s\ngoes through all %s: %s", statement, table, plan)
			}
			if strings.Contains(plan, "SEARCH "+table) {
				looked[table] = true
			}
		}
	}
	for _, table := range []string{"events", "parties", "sign_offs", "findings", "finding_evidence", "measures", "audits_aside"} {
		if !looked[table] {
			t.Errorf("nothing was looked up in %s", table)
		}
	}
}

// Nor does PostgreSQL, which plans by how much there is, where there is enough.
func TestPostgreSQLLooksUpWhatTheAuditAsks(t *testing.T) {
	t.Parallel()
	w := newWorks(t, migrations.Postgres)
	late := w.petition("10012345678")
	w.clock.Advance(60 * day)
	w.settledDown()
	signed := w.declined()
	w.settledDown()
	storetest.CopyWhole(t, w.url, late, 1500, 60*day)
	storetest.CopyWhole(t, w.url, signed, 1500, 60*day)
	storetest.Exec(t, w.url, "UPDATE followers SET ledger_pos = (SELECT last FROM ledger)")
	storetest.Exec(t, w.url, "ANALYZE")
	w.declined()
	ctx, sent := store.CountStatements(t.Context())
	if _, err := w.engine.RunOnce(ctx); err != nil {
		t.Fatal(err)
	}
	all := ""
	for statement, plan := range storetest.Plans(t, w.url, sent.List()) {
		for _, table := range []string{"cases", "events", "parties", "sign_offs", "findings", "finding_evidence", "clocks", "rungs"} {
			if strings.Contains(plan, "Seq Scan on "+table+" ") {
				t.Errorf("%s\ngoes through all %s: %s", statement, table, plan)
			}
		}
		all += plan
	}
	for _, index := range []string{"events_ledger", "events_pkey", "parties_phone_case", "sign_offs_decided", "findings_identity", "findings_next"} {
		if !strings.Contains(all, "using "+index+" ") && !strings.Contains(all, "on "+index+" ") {
			t.Errorf("nothing is looked up in %s", index)
		}
	}
}

// Nor does anybody who lists, counts or opens findings, on either: that they may not
// rest on a case from which the reader is barred is looked up for each.
func TestFindingsAreListedByTheirIndexes(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		late := w.petition("10012345678")
		w.clock.Advance(60 * day)
		w.settledDown()
		storetest.CopyWhole(t, w.url, late, 1500, 60*day)
		storetest.Exec(t, w.url, "ANALYZE")
		ctx, sent := store.CountStatements(t.Context())
		for _, account := range []string{"clerk", "leader", "handler"} {
			w.readsFindings(ctx, account, late)
		}
		plans := storetest.Plans(t, w.url, sent.List())
		for statement, plan := range plans {
			pages := strings.Count(plan, "CO-ROUTINE findings") // which are gone through under the same name
			for _, table := range []string{"cases", "findings", "finding_evidence"} {
				if strings.Count(plan, "SCAN "+table) > pages || strings.Contains(plan, "Seq Scan on "+table+" ") {
					t.Errorf("%s\ngoes through all %s: %s", statement, table, plan)
				}
			}
		}
		if len(plans) == 0 {
			t.Error("nothing was asked")
		}
	})
}

func (w *works) readsFindings(ctx context.Context, account string, about grievance.CaseID) {
	w.Helper()
	err := w.store.Read(ctx, func(s *store.Snapshot) error {
		v := store.FindingViewerOf(w.as(account).Actor, officetest.Book(w, w.office), w.clock.Now())
		list, err := s.ListFindings(v, store.FindingFilter{}, nil, 51)
		if err != nil || len(list) == 0 && account != "handler" {
			w.Errorf("%s lists %d findings: %v", account, len(list), err)
		}
		for _, f := range list {
			if _, err := s.Finding(f.ID, v); err != nil {
				return err
			}
		}
		_, err = s.CountFindings(v, store.FindingFilter{CaseID: about})
		return err
	})
	w.must(err)
}

// declined lets a case be declined, signed and told.
func (w *works) declined() grievance.CaseID {
	w.Helper()
	id := w.petition("10012345678")
	w.done(w.desk.Decline(w.Context(), w.as("clerk"), id, grievance.Declining{Reason: grievance.OtherProcedure, Words: "应当起诉"}))
	w.done(w.desk.Approve(w.Context(), w.as("leader"), id, 1, grievance.Approval{}))
	w.done(w.desk.Serve(w.Context(), w.as("clerk"), id, 1, grievance.Service{How: "mail"}))
	return id
}

// Of a telephone that a crowd shares, which is nobody's own, the nearest cases on
// either side are looked at, the same whatever else is asked with it.
func TestOfACrowdTheNearestAreRelated(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect)
		var ids []grievance.CaseID
		for range 130 {
			ids = append(ids, w.petition("10012345678"))
		}
		alone, pair := w.petition("10099999999"), []grievance.CaseID{w.petition("10088888888"), w.petition("10088888888")}
		want := slices.Concat(ids[10:60], ids[61:111])
		for _, asked := range [][]grievance.CaseID{{ids[60]}, {ids[60], alone, pair[0]}} {
			err := w.store.Read(t.Context(), func(s *store.Snapshot) error {
				related, err := s.RelatedCases(asked)
				if !slices.Equal(related[ids[60]], want) || len(related[alone]) != 0 {
					t.Errorf("of %d: %d related, %d of one alone", len(asked), len(related[ids[60]]), len(related[alone]))
				}
				if len(asked) > 1 && !slices.Equal(related[pair[0]], pair[1:]) {
					t.Errorf("of a pair: %v", related[pair[0]])
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
