package intake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/intake"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// desk is an importer into the demo city's township, and its database.
func desk(t *testing.T, dialect string) (intake.Importer, *store.Store) {
	t.Helper()
	ck := clock.NewFake(storetest.Start)
	st := storetest.Open(t, dialect, storetest.WithClock(ck))
	o := officetest.Load(t, st, ck)
	return intake.Importer{Desk: casework.New(st, o, ck), Unit: officetest.Unit(t, o, "990121101").ID, Batch: 2}, st
}

// outcome is what an import counted.
type outcome struct{ read, imported, known, refused int }

func counted(r intake.Report) outcome { return outcome{r.Read, r.Imported, r.Known, r.Refused} }

func rows() [][]string {
	return [][]string{
		message("1", "2019/3/1 9:00:00", "2019/3/4 9:00:00"), // in time
		message("2", "2019/3/1 9:00:00", "2019/3/2 8:59:59"), // answered next day
		message("3", "2019/3/1 9:00:00", "2019/9/1"),         // months late
		message("4", "三月一日", "2019/3/4 9:00:00"),             // refused
		message("5", "2019/3/1 9:00:00", ""),                 // never answered
		message("6", "2026/11/23 10:00:00", ""),              // this very instant
		message("7", "2026/11/23 10:00:01", ""),              // the future: refused by the domain
	}
}

func TestImportKeepsEveryRow(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		im, st := desk(t, dialect)
		var progress []int
		im.Progress = func(rows int) { progress = append(progress, rows) }
		report, err := im.Run(t.Context(), file(t, rows()...))
		if err != nil || counted(report) != (outcome{7, 5, 0, 2}) {
			t.Fatalf("imported %+v, %v", report, err)
		}
		want := []intake.Refusal{
			{Line: 5, ID: "4", Code: "received_at.unreadable", Message: "留言时间无法读取"},
			{Line: 8, ID: "7", Code: "received_at.future", Message: "收到时间不能晚于现在"},
		}
		if !slices.Equal(report.Refusals, want) {
			t.Errorf("refused %+v", report.Refusals)
		}
		if !slices.IsSorted(progress) || progress[len(progress)-1] != 7 {
			t.Errorf("progress %v", progress)
		}
		again, err := im.Run(t.Context(), file(t, append(rows(), message("8", "2019/3/1", ""))...))
		if err != nil || counted(again) != (outcome{8, 1, 5, 2}) {
			t.Errorf("imported again, with one more: %+v, %v", again, err)
		}
		other := im
		other.Source = "elsewhere"
		if r, err := other.Run(t.Context(), file(t, rows()...)); err != nil || r.Imported != 5 {
			t.Errorf("another system's numbers: %+v, %v", r, err)
		}
		judged(t, st, im.Desk)
	})
}

// judged checks that the past was judged once: its breaches about their own
// instants, and at most one escalation a case.
func judged(t *testing.T, st *store.Store, d *casework.Desk) {
	t.Helper()
	for {
		n, err := d.Sequence(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	breached, escalated := map[grievance.CaseID]time.Time{}, map[grievance.CaseID]int{}
	for _, e := range ledger(t, st) {
		switch e.Kind {
		case grievance.EvBreached:
			breached[e.SubjectID] = e.AboutAt
		case grievance.EvEscalated:
			escalated[e.SubjectID]++
		}
	}
	// Of each source the third message and the fifth, and the eighth of one,
	// were late; the first was answered within seven days.
	if len(breached) != 5 || len(escalated) != 5 {
		t.Errorf("%d cases are breached, %d escalated", len(breached), len(escalated))
	}
	for id, n := range escalated {
		if n != 1 {
			t.Errorf("case %s is escalated %d times", id, n)
		}
		if at := breached[id]; at.Year() != 2019 || at.Month() != time.March {
			t.Errorf("case %s was breached at %v", id, at)
		}
	}
}

func ledger(t *testing.T, st *store.Store) (events []grievance.Event) {
	t.Helper()
	err := st.Read(t.Context(), func(s *store.Snapshot) (err error) {
		events, err = s.Ledger(0, 10_000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestImportGoesOnWhereItWasKilled(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		for commit := 1; commit <= 3; commit++ {
			im, st := desk(t, dialect)
			ctx, statements := store.CountStatements(t.Context())
			power := errors.New("power cut")
			n := 0
			statements.Fail(func(s string) error {
				// The book is read in transactions of its own, which insert no case.
				if strings.HasPrefix(s, "INSERT INTO ") && strings.Contains(s, "events") && !strings.Contains(s, "events_digest") {
					if n++; n == commit {
						return power
					}
				}
				return nil
			})
			report, err := im.Run(ctx, file(t, rows()...))
			if err == nil || report.Imported != 2*(commit-1) || report.Read != report.Imported+report.Known+report.Refused {
				t.Errorf("killed in batch %d: %+v, %v", commit, report, err)
			}
			if got := registered(t, st); got != report.Imported {
				t.Errorf("killed in batch %d: %d cases, %d reported", commit, got, report.Imported)
			}
			again, err := im.Run(t.Context(), file(t, rows()...))
			if err != nil || again.Imported+again.Known != 5 || again.Known != report.Imported || again.Refused != 2 {
				t.Errorf("started again after batch %d: %+v, %v", commit, again, err)
			}
		}
	})
}

func registered(t *testing.T, st *store.Store) (n int) {
	t.Helper()
	err := st.Read(t.Context(), func(s *store.Snapshot) error {
		ids := make([][2]string, 0, 7)
		for i := range 7 {
			ids = append(ids, [2]string{intake.DefaultSource, fmt.Sprint(i + 1)})
		}
		known, err := s.KnownSources(ids)
		n = len(known)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportedCaseHoldsWhatTheRowSays(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		im, st := desk(t, dialect)
		im.Categories, im.Profile = map[string]string{"城乡建设": "01"}, grievance.ProfilePetition
		text := "留言编号,留言用户,留言主题,留言时间,留言详情,一级标签\n" +
			"31,U0031,路灯不亮,2019/3/1 8:00:00,\"\n\t　村口的路灯\n\t坏了\",城乡建设\n" +
			"32,U0032,水压低,2019/3/1 8:00:00,三楼没有水,没有这一类\n"
		report, err := im.Run(t.Context(), strings.NewReader(text))
		if err != nil || counted(report) != (outcome{2, 2, 0, 0}) {
			t.Fatalf("imported %+v, %v", report, err)
		}
		if len(report.Remarks) != 1 || report.Remarks[0].ID != "32" || report.Remarks[0].Code != "label.unknown" {
			t.Errorf("remarks %+v", report.Remarks)
		}
		if _, err := im.Desk.Sequence(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
		for _, e := range ledger(t, st) {
			if e.Kind == grievance.EvRegistered {
				tellsRow(t, st, e)
			}
		}
	})
}

func tellsRow(t *testing.T, st *store.Store, e grievance.Event) {
	t.Helper()
	facts, err := grievance.ReadFacts(e)
	if err != nil {
		t.Fatal(err)
	}
	if facts.Profile != grievance.ProfilePetition || facts.Channel != grievance.ByWeb || facts.Source != intake.DefaultSource {
		t.Errorf("registered as %+v", facts)
	}
	err = st.Read(t.Context(), func(s *store.Snapshot) error {
		texts, err := s.Texts(e.SubjectID)
		if err != nil {
			return err
		}
		parties, err := s.Parties(e.SubjectID)
		if err != nil {
			return err
		}
		want := map[string][3]string{"01": {"U0031", "路灯不亮", "村口的路灯\n坏了"}, "": {"U0032", "水压低", "三楼没有水"}}[facts.Category]
		if got := [3]string{parties[0].Name, texts[0].Body, texts[1].Body}; got != want {
			t.Errorf("the case holds %q, want %q", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportRefusesAnUnknownProfile(t *testing.T) {
	t.Parallel()
	if _, err := (intake.Importer{Profile: "fast"}).Run(context.Background(), file(t)); err == nil {
		t.Error("a profile called fast is taken")
	}
}

func TestFirstLevel(t *testing.T) {
	t.Parallel()
	got := intake.FirstLevel([]grievance.Category{
		{Code: "02", Name: "民政"}, {Code: "01", Name: "民政"}, {Code: "0101", Name: "救助", Parent: "01"}, {Code: "03", Name: "交通"},
	})
	if len(got) != 2 || got["民政"] != "01" || got["交通"] != "03" {
		t.Errorf("first level %v", got)
	}
}
