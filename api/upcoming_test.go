package api

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/report"
)

// Every figure of the forecast opens into its cases, and all of them are of
// cases that the reader may open.
func TestUpcomingFiguresOpenIntoTheirCases(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		populate(s, 3, 20)
		seen := 0
		for _, who := range watchers {
			r := read[UpcomingReport](s, who, "/reports/upcoming?days=31")
			total := map[report.Act]int{}
			for _, d := range r.Days {
				seen += len(d.Items)
				for _, f := range d.Figures {
					total[f.Act] += f.Count
					wantFigure(t, who, f, d.Items)
				}
			}
			for _, f := range r.Total {
				if f.Count != total[f.Act] {
					t.Errorf("%s: %d %s in all, %d by day", who, f.Count, f.Act, total[f.Act])
				}
				if who == "admin" {
					continue // who sees nothing
				}
				for _, id := range f.CaseIDs[:min(2, len(f.CaseIDs))] {
					read[CaseDetail](s, who, "/cases/"+id)
				}
			}
			if r.Truncated || len(r.Unforetold) > 0 || who == "admin" && len(r.Days) > 0 {
				t.Errorf("%s: %+v", who, r)
			}
		}
		if seen == 0 {
			t.Error("nothing was foretold: the population shows nothing")
		}
	})
}

// wantFigure checks that a figure is what the items of its day come to.
func wantFigure(t *testing.T, who string, f UpcomingFigure, items []UpcomingItem) {
	t.Helper()
	n, cases := 0, []string{}
	for _, i := range items {
		if i.Act != f.Act {
			continue
		}
		n++
		if !slices.Contains(cases, i.CaseID) {
			cases = append(cases, i.CaseID)
		}
	}
	if n != f.Count || !slices.Equal(cases, f.CaseIDs) {
		t.Errorf("%s: the items come to %d of %v, the figure is %+v", who, n, cases, f)
	}
}

// The coming week of one case that nobody answers, by day, and as a table.
func TestUpcomingWeek(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		r := read[UpcomingReport](s, "leader", "/reports/upcoming")
		if from := r.From.AddDays(6); r.To != from || r.Unit.Code != jichuan || r.AsOf != s.clock.Now() {
			t.Errorf("%+v", r)
		}
		breached := map[string]UpcomingItem{}
		for _, d := range r.Days {
			for _, i := range d.Items {
				if i.CaseID != id || i.Title != "村口路灯不亮" || i.Unit == nil || i.At.Before(r.AsOf) || i.At.After(r.To.End()) {
					t.Errorf("%+v", i)
				}
				if i.Act == report.Breach {
					breached[string(i.ClockKind)] = i
					if *i.DueOn != d.Date || len(i.To) == 0 || i.To[0].Name != "周远志" {
						t.Errorf("on %s: %+v", d.Date, i)
					}
				}
			}
		}
		if i := breached["first_contact"]; i.Rung != 2 || i.DueVersion != 1 || i.ClockID == "" || !i.At.Equal(i.DueAt) {
			t.Errorf("the breach of the first contact: %+v", i)
		}

		res := s.send("leader", "GET", v1+"/reports/upcoming?days=31", "", "Accept: text/csv")
		body := string(bodyOf(t, res))
		table, ok := strings.CutPrefix(body, "\uFEFF")
		rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
		if err != nil || !ok || rows[0][0] != "日期" || rows[0][5] != "标题" {
			t.Fatalf("%v: %s", err, body)
		}
		last := rows[len(rows)-1]
		if want := fmt.Sprintf("%d 项", len(rows)-2); last[0] != "合计" || !strings.HasPrefix(last[1], want) || !strings.Contains(body, ",红牌,首次联系,") {
			t.Errorf("the table ends with %v, want %s:\n%s", last, want, body)
		}
		s.clock.Advance(time.Hour)
		if again := read[UpcomingReport](s, "leader2", "/reports/upcoming?days=31"); len(again.Days) != 0 {
			t.Errorf("another township sees %+v", again.Days)
		}
	})
}

func TestUpcomingIsRefused(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		const path = v1 + "/reports/upcoming"
		s.refuses("", "GET", path, "", 401, "auth.required")
		s.refuses("handler", "GET", path, "", 403, "auth.role")
		s.refuses("petitioner", "GET", path, "", 403, "auth.role")
		s.refuses("leader", "GET", path+"?unit="+s.unit(qiqiao), "", 404, "not_found")
		s.refuses("leader", "GET", path+"?days=0", "", 400, "request.parameter")
		s.refuses("leader", "GET", path+"?days=32", "", 400, "request.parameter")
		s.refuses("leader", "GET", path+"?from=2026-11-22", "", 400, "request.unknown_parameter")
		s.refuses("leader", "GET", path, "", 406, "request.accept", "Accept: application/pdf")
	})
}
