package report_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// press is a city with a printing press: what it issues can be read.
type press struct {
	*city
	url string
}

func eachPress(t *testing.T, test func(p *press)) {
	t.Helper()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		ck, url := clock.NewFake(storetest.Start), storetest.URL(t, dialect)
		st := storetest.OpenURL(t, url, storetest.WithClock(ck))
		of := officetest.Load(t, st, ck)
		test(&press{&city{t, st, of, casework.New(st, of, ck), ck}, url})
	})
}

// to lets time pass until a minute of Beijing's, and has the clocks climb and the
// ledger follow.
func (p *press) to(minute string) {
	p.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", minute, time.FixedZone("", 8*3600))
	if err != nil || at.Before(p.clock.Now()) {
		p.Fatalf("%s: %v", minute, err)
	}
	p.clock.Advance(at.Sub(p.clock.Now()))
	if _, err := p.desk.AdvanceDue(p.Context(), 200); err != nil {
		p.Fatal(err)
	}
	if _, err := p.desk.Sequence(p.Context(), 1000); err != nil {
		p.Fatal(err)
	}
}

// settle records what time has done, places it in the ledger and lets an audit
// that finds nothing pass over it, as the engine does before it issues anything.
func (p *press) settle() {
	p.Helper()
	if _, err := p.desk.AdvanceDue(p.Context(), 1000); err != nil {
		p.Fatal(err)
	}
	if _, err := p.desk.Sequence(p.Context(), 1000); err != nil {
		p.Fatal(err)
	}
	nothing := func(grievance.Dossier) []grievance.Charge { return nil }
	if _, err := p.desk.Audit(p.Context(), 1000, nothing); err != nil {
		p.Fatal(err)
	}
}

// issue issues what is due, and tells how many bulletins that were.
func (p *press) issue() (n int) {
	p.Helper()
	p.settle()
	for more := true; more; {
		done, err := p.desk.IssueBulletins(p.Context())
		if err != nil {
			p.Fatal(err)
		}
		n, more = n+done.Issued, done.More
	}
	return n
}

// read gives the editions of a bulletin, the first first.
func (p *press) read(unit, period string) (list []*report.Bulletin) {
	p.Helper()
	root := p.unit("9901").Path
	err := p.store.Read(p.Context(), func(s *store.Snapshot) error {
		rows, err := s.ListBulletins(store.BulletinFilter{Paths: []string{root}, Unit: p.unit(unit).ID, Period: period}, store.BulletinID{}, 100)
		for _, row := range slices.Backward(rows) {
			whole, readErr := s.Bulletin(row.ID, []string{root})
			b, decodeErr := report.ReadBulletin(whole.Body)
			err = errors.Join(err, readErr, decodeErr)
			list = append(list, b)
		}
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return list
}

// figures spells what was counted of each part: "990121101 closed=1".
func figures(b *report.Bulletin) (lines []string) {
	for _, part := range b.Parts {
		for _, f := range part.Figures {
			if f.Count > 0 {
				lines = append(lines, fmt.Sprintf("%s %s=%d", part.Unit.Code, f.Name, f.Count))
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func (p *press) wants(b *report.Bulletin, want ...string) {
	p.Helper()
	slices.Sort(want)
	if got := figures(b); !slices.Equal(got, want) {
		p.Errorf("%s of %s, edition %d:\n%s\nwant\n%s", b.Period, b.Unit.Name, b.Edition, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, s := range b.Total {
		opened, err := b.Opened(s.Name, grievance.UnitID{})
		if err != nil || opened.Count != s.Count || len(opened.Refs) != s.Count {
			p.Errorf("%s of %s is %d and opens into %d: %v", s.Name, b.Unit.Name, s.Count, len(opened.Refs), err)
		}
	}
}

// handled brings a matter of 24 hours to its handler, who has called.
func (p *press) handled() grievance.CaseID {
	ctx, id := p.Context(), p.register("clerk", grievance.Registration{Urgency: grievance.Simple})
	p.must(p.desk.Accept(ctx, p.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	p.must(p.desk.Assign(ctx, p.as("clerk"), id, grievance.Assignment{Unit: p.unit("990121101-03").ID}))
	p.must(p.desk.Acknowledge(ctx, p.as("handler"), id, grievance.Acknowledging{}))
	p.must(p.desk.Contact(ctx, p.as("handler"), id, grievance.Contacting{Words: "电话"}))
	return id
}

// A month of which every figure is known by hand, as three units see it; what is
// written down later changes nothing in it, and a correction says what changed.
func TestABulletinByHand(t *testing.T) {
	t.Parallel()
	eachPress(t, func(p *press) {
		ctx := p.Context()
		p.answered() // in time, at the township
		late := p.handled()
		disputed := p.register("clerk", grievance.Registration{Nature: grievance.Inquiry})
		p.must(p.desk.Answer(ctx, p.as("clerk"), disputed, grievance.Answering{Answer: "周一至周五"}))
		p.to("2026-11-23 11:00")
		p.must(p.desk.Rate(ctx, p.as("clerk_afternoon"), disputed, grievance.Rating{Contacted: true}))
		p.must(p.desk.Dispute(ctx, p.as("clerk_afternoon"), disputed, grievance.Disputing{Words: "没有说清"}))
		sent := p.register("clerk", grievance.Registration{})
		p.to("2026-11-23 15:00")
		p.must(p.desk.Forward(ctx, p.as("clerk"), sent, grievance.Forwarding{Unit: p.unit("990121-01").ID, Reason: grievance.ForwardReasons[0]}))
		p.to("2026-11-26 10:00") // its 24 hours are over
		p.must(p.desk.Submit(ctx, p.as("handler"), late, grievance.Submission{
			Outcome: grievance.Supported, Request: "修路灯", Facts: "线路老化", Opinion: "本周修好", LegalBasis: "条例",
		}))
		p.must(p.desk.Approve(ctx, p.as("leader"), late, 1, grievance.Approval{}))
		finding := p.find(disputed, "false_closure", "990121101", "2026-11-24 01:00:00", "measures")
		p.find(sent, "overdue_acceptance", "990121-01", "2026-11-25 01:00:00", "dismissed")
		p.measure(finding, 1, "talk", "2026-11-26 01:00:00")
		p.to("2026-12-01 10:00")
		p.register("clerk2", grievance.Registration{ReceivedAt: p.clock.Now().Add(-24 * time.Hour)}) // written down a day later
		p.to("2026-12-03 23:59")
		if n := p.issue(); n != 0 {
			t.Errorf("%d bulletins within three working days", n)
		}
		p.to("2026-12-04 00:00")
		organs := 0
		for _, u := range officetest.Book(t, p.office).Units() {
			if u.IssuesBulletins(mustPeriod("2026-11")) {
				organs++
			}
		}
		if n := p.issue(); n != organs {
			t.Errorf("%d bulletins of %d organs", n, organs)
		}
		town := []string{
			"990121101 registered=4", "990121101 closed=3", "990121101 on_time=2", "990121101 breached.handling=1", "990121101 disputed=1", "990121101 rehandled=1",
			"990121101 asked.contacted=1", "990121101 yes.contacted=1", "990121101 asked.resolved=1", "990121101 asked.satisfied=1",
			"990121101 findings.false_closure=1", "990121101 upheld.false_closure=1", "990121101 measures.talk=1",
		}
		housing := []string{"990121-01 breached.acceptance=1", "990121-01 findings.overdue_acceptance=1"}
		before := p.read("990121101", "2026-11")[0]
		p.wants(before, town...)
		p.wants(p.read("990121-01", "2026-11")[0], housing...)
		p.wants(p.read("990121", "2026-11")[0], slices.Concat(town, housing, []string{"990121001 registered=1"})...)
		p.correctLate(before, town)
	})
}

// What a round costs follows its period: no query goes through a whole table.
func TestARoundReadsItsPeriodAlone(t *testing.T) {
	t.Parallel()
	ck, url := clock.NewFake(storetest.Start), storetest.URL(t, migrations.SQLite) // PostgreSQL plans by how much there is
	st := storetest.OpenURL(t, url, storetest.WithClock(ck))
	of := officetest.Load(t, st, ck)
	p := &press{&city{t, st, of, casework.New(st, of, ck), ck}, url}
	p.answered()
	p.to("2026-12-04 00:00")
	ctx, sent := store.CountStatements(t.Context())
	for more := true; more; {
		done, err := p.desk.IssueBulletins(ctx)
		if err != nil {
			t.Fatal(err)
		}
		more = done.More
	}
	for statement, plan := range storetest.Plans(t, url, sent.List()) {
		for _, table := range []string{"cases", "clocks", "events", "moves", "rungs", "case_units", "findings", "measures", "bulletins"} {
			if slices.Contains(strings.Fields(plan), table) && strings.Contains(plan, "SCAN "+table) {
				t.Errorf("%s\ngoes through all %s: %s", statement, table, plan)
			}
		}
	}
}

func mustPeriod(name string) grievance.BulletinPeriod {
	p, ok := grievance.ParseBulletinPeriod(name)
	if !ok {
		panic(name)
	}
	return p
}

// correctLate lets a fact come late, and a measure be reversed.
func (p *press) correctLate(before *report.Bulletin, town []string) {
	p.Helper()
	id := before.ID
	why := grievance.BulletinCorrection{Reason: grievance.LateRecords, Words: "窗口补录"}
	p.correct("supervisor", id, why, "bulletin.unchanged")
	p.register("clerk", grievance.Registration{ReceivedAt: storetest.Start.Add(time.Hour)})
	storetest.Exec(p.T, p.url, "UPDATE measures SET reversed_at = '2026-12-03 01:00:00+00:00'")
	p.to("2026-12-08 10:00")
	if n := p.issue(); n != 0 {
		p.Errorf("%d bulletins are issued again", n)
	}
	p.wants(p.read("990121101", "2026-11")[0], town...)
	p.correct("leader", id, why, "bulletin.forbidden")
	p.correct("supervisor", id, grievance.BulletinCorrection{Reason: "because"}, "request.invalid")
	p.correct("leader2", id, why, "not_found")
	p.correct("supervisor", id, why, "")
	p.correct("supervisor", id, why, "bulletin.superseded")
	p.wants(p.read("990121101", "2026-11")[0], town...)
	next := p.read("990121101", "2026-11")[1]
	if next.Edition != 2 || next.Corrects != id || next.Words != why.Words || next.IssuedBy != p.as("supervisor").Actor.UserID {
		p.Errorf("the correction is %+v", next)
	}
	changed := map[report.FigureName]string{}
	for _, d := range next.Changes {
		changed[d.Figure] = fmt.Sprintf("%d→%d", d.Was, d.Is)
	}
	late := "0→1"
	want := map[report.FigureName]string{"registered": "4→5", "breached.acceptance": late, "upheld.false_closure": "1→0", "measures.talk": "1→0"}
	if !maps.Equal(changed, want) {
		p.Errorf("changed %v, want %v", changed, want)
	}
	p.correct("admin", next.ID, why, "bulletin.unchanged")
}

func (p *press) correct(account string, id store.BulletinID, why grievance.BulletinCorrection, code string) {
	p.Helper()
	_, err := p.desk.CorrectBulletin(p.Context(), casework.BulletinRequest{Actor: p.as(account).Actor}, id, why)
	if grievance.CodeOf(err) != code || code == "" && err != nil {
		p.Errorf("%s corrects: %v, want %q", account, err, code)
	}
}

// find puts a finding into the record, as a rule and a superior would.
func (p *press) find(of grievance.CaseID, rule, unit, about, result string) string {
	p.Helper()
	id := fmt.Sprintf("01900000-0000-7000-8000-%012d", len(p.Name())+len(rule)*1000)
	u := p.unit(unit)
	storetest.Exec(p.T, p.url, fmt.Sprintf(`INSERT INTO findings (id, case_id, rule, subject, unit_id, unit_path, about_at, opened_at, state, result, reason,
			explain_due_at, explain_due_on, explanation_late, seq, version, last_recorded_at)
		VALUES ('%s', '%s', '%s', '', '%s', '%s', '%s+00:00', '%s+00:00', 'decided', '%s', '', '%s+00:00', '2026-12-09', false, 1, 1, '%s+00:00')`,
		id, of, rule, u.ID, u.Path, about, about, result, about, about))
	return id
}

func (p *press) measure(finding string, n int, kind, at string) {
	p.Helper()
	storetest.Exec(p.T, p.url, fmt.Sprintf(`INSERT INTO measures (finding_id, n, kind, articles, unit_id, unit_path, decided_at, decided_by)
		SELECT id, %d, '%s', '42', unit_id, unit_path, '%s+00:00', '%s' FROM findings WHERE id = '%s'`, n, kind, at, p.as("supervisor").Actor.UserID, finding))
}
