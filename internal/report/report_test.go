package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// city is the demo city on a database of its own.
type city struct {
	*testing.T
	store  *store.Store
	office *office.Office
	desk   *casework.Desk
	clock  *clock.Fake
}

func eachCity(t *testing.T, test func(s *city)) {
	t.Helper()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		ck := clock.NewFake(storetest.Start)
		st := storetest.Open(t, dialect, storetest.WithClock(ck))
		of := officetest.Load(t, st, ck)
		test(&city{t, st, of, casework.New(st, of, ck), ck})
	})
}

func (s *city) as(account string) casework.Request {
	return casework.Request{Actor: officetest.Actor(s, s.office, s.clock, account)}
}

func (s *city) must(d casework.Done, err error) *grievance.Case {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	return d.Case
}

func (s *city) register(account string, in grievance.Registration) grievance.CaseID {
	s.Helper()
	in.Channel, in.Title, in.Body = grievance.ByApp, "路灯", "不亮"
	return s.must(s.desk.Register(s.Context(), s.as(account), in)).ID
}

func (s *city) unit(code string) *grievance.Unit { return officetest.Unit(s, s.office, code) }

func (s *city) viewer(account string) store.Viewer {
	return store.ViewerOf(s.as(account).Actor, officetest.Book(s, s.office))
}

// everything is what the engine sees.
func (s *city) everything() store.Viewer {
	return store.ViewerOf(grievance.System, officetest.Book(s, s.office))
}

func (s *city) timeliness(v store.Viewer, q report.TimelinessQuery) report.TimelinessReport {
	s.Helper()
	if q.Now.IsZero() {
		q.Now = s.clock.Now()
	}
	if q.By == nil {
		q.By = []report.Dimension{report.ByKind}
	}
	r, err := report.Timeliness(s.Context(), s.store, v, q)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *city) wantKinds(when string, want map[grievance.ClockKind]report.Counts) {
	s.Helper()
	got := s.timeliness(s.everything(), report.TimelinessQuery{}).ByKind()
	for _, kind := range grievance.ClockKinds {
		if got[kind] != want[kind] {
			s.Errorf("%s, %s: %+v, want %+v", when, kind, got[kind], want[kind])
		}
	}
}

// answered brings a case to its end within the hour.
func (s *city) answered() {
	ctx, id := s.Context(), s.register("clerk", grievance.Registration{})
	s.must(s.desk.Accept(ctx, s.as("clerk"), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	s.must(s.desk.Assign(ctx, s.as("clerk"), id, grievance.Assignment{Unit: s.unit("990121101-03").ID}))
	s.must(s.desk.Acknowledge(ctx, s.as("handler"), id, grievance.Acknowledging{}))
	s.must(s.desk.Contact(ctx, s.as("handler"), id, grievance.Contacting{Words: "电话"}))
	s.must(s.desk.Submit(ctx, s.as("handler"), id, grievance.Submission{
		Outcome: grievance.Supported, Request: "修路灯", Facts: "线路老化", Opinion: "本周修好", LegalBasis: "条例",
	}))
	s.must(s.desk.Approve(ctx, s.as("leader"), id, 1, grievance.Approval{}))
}

// What each way of a clock counts as, by hand.
func TestTimelinessByHand(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		s.answered()
		withdrawn := s.register("clerk", grievance.Registration{})
		s.must(s.desk.Withdraw(s.Context(), s.as("clerk"), withdrawn, grievance.Withdrawal{Words: "不反映了"}))
		s.must(s.desk.Approve(s.Context(), s.as("leader"), withdrawn, 1, grievance.Approval{}))
		late := s.register("clerk", grievance.Registration{})
		one := report.Counts{Total: 1, OnTime: 1}
		s.wantKinds("on the day", map[grievance.ClockKind]report.Counts{
			grievance.Acceptance:      {Total: 2, OnTime: 1, Open: 1}, // the withdrawn one is not owed
			grievance.Acknowledgement: one, grievance.FirstContact: one, grievance.Handling: one,
			grievance.SignOffStep: {Total: 2, OnTime: 2},
		})
		due := calendar.DateOf(s.clock.Now()).AddDays(1).End() // one working day
		s.clock.Set(due.Add(-time.Microsecond))
		acceptance := func() report.Counts {
			return s.timeliness(s.everything(), report.TimelinessQuery{}).ByKind()[grievance.Acceptance]
		}
		if got := acceptance(); got.Open != 1 {
			s.Errorf("a moment before it is due: %+v", got)
		}
		s.clock.Set(due) // and the engine has not run
		if got := acceptance(); got != (report.Counts{Total: 2, OnTime: 1, Breached: 1}) {
			s.Errorf("running late: %+v", got)
		}
		s.must(s.desk.Withdraw(s.Context(), s.as("clerk"), late, grievance.Withdrawal{Words: "不反映了"}))
		s.must(s.desk.Approve(s.Context(), s.as("leader"), late, 1, grievance.Approval{}))
		if got := acceptance(); got != (report.Counts{Total: 2, OnTime: 1, Breached: 1}) {
			s.Errorf("cancelled late: %+v", got)
		}
	})
}

// The period is of Beijing's dates, the last one included; the unit is the one
// that owes; and what a viewer may not see is not counted.
func TestTimelinessIsBounded(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		day := calendar.DateOf(s.clock.Now())
		s.clock.Set(day.End().Add(-time.Second))
		s.register("clerk", grievance.Registration{})
		s.clock.Set(day.End())
		s.register("clerk2", grievance.Registration{})
		for name, c := range map[string]struct {
			who  string
			q    report.TimelinessQuery
			want int
		}{
			"all":              {"supervisor", report.TimelinessQuery{}, 2},
			"the first day":    {"supervisor", report.TimelinessQuery{Period: store.Period{From: day, To: day}}, 1},
			"since the second": {"supervisor", report.TimelinessQuery{Period: store.Period{From: day.AddDays(1)}}, 1},
			"until before":     {"supervisor", report.TimelinessQuery{Period: store.Period{To: day.AddDays(-1)}}, 0},
			"of a township":    {"supervisor", report.TimelinessQuery{Unit: s.unit("990121101").ID}, 1},
			"of the county":    {"supervisor", report.TimelinessQuery{Unit: s.unit("990121").ID}, 2},
			"of one kind":      {"supervisor", report.TimelinessQuery{Kinds: []grievance.ClockKind{grievance.Handling}}, 0},
			"for a township":   {"leader2", report.TimelinessQuery{}, 1},
			"for a department": {"housing_leader", report.TimelinessQuery{}, 0},
			"for admin":        {"admin", report.TimelinessQuery{}, 0},
		} {
			if got := s.timeliness(s.viewer(c.who), c.q).Total.Total; got != c.want {
				s.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		if _, err := report.Timeliness(s.Context(), s.store, s.everything(), report.TimelinessQuery{Unit: grievance.UnitID{1}}); grievance.KindOf(err) != grievance.NotFound {
			s.Errorf("a unit that does not exist: %v", err)
		}
	})
}

// All figures of a report are of one instant: one snapshot.
func TestReportsAreOneSnapshot(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		ctx, statements := store.CountStatements(s.Context())
		for name, make := range map[string]func(context.Context) error{
			"escalations": func(ctx context.Context) error {
				_, err := report.Escalations(ctx, s.store, s.everything(), report.EscalationQuery{By: report.EscalationDimensions})
				return err
			},
			"timeliness": func(ctx context.Context) error {
				_, err := report.Timeliness(ctx, s.store, s.everything(), report.TimelinessQuery{By: report.TimelinessDimensions})
				return err
			},
		} {
			statements.Reset()
			if err := make(ctx); err != nil {
				s.Fatal(err)
			}
			if got := strings.Count(strings.Join(statements.List(), "\n"), "BEGIN"); got != 1 {
				s.Errorf("%s takes %d snapshots", name, got)
			}
		}
	})
}

func TestEscalationTable(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		s.register("clerk", grievance.Registration{Urgency: grievance.LifeProperty})
		r, err := report.Escalations(s.Context(), s.store, s.everything(), report.EscalationQuery{
			By: []report.Dimension{report.ByCause, report.ByLevel}, Now: s.clock.Now(), Unit: s.unit("990121101").ID,
		})
		if err != nil {
			s.Fatal(err)
		}
		var text, file bytes.Buffer
		if err := report.WriteTable(&text, r.Table()); err != nil {
			s.Fatal(err)
		}
		want := strings.Join([]string{
			"升级统计　霁川镇　全部时间",
			"级别                  原因      升级次数  涉及诉求",
			"--------------------------------------------------",
			"一级（本单位负责人）  紧急事项         1         1",
			"--------------------------------------------------",
			"合计                                   1         1", "",
		}, "\n")
		if text.String() != want {
			s.Errorf("got\n%s\nwant\n%s", text.String(), want)
		}
		if err := report.WriteCSV(&file, r.Table()); err != nil {
			s.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != 3 || rows[1][1] != "紧急事项" || rows[2][0] != "合计" {
			s.Errorf("%v, %q", err, rows)
		}
	})
}
