package api

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
)

// reports holds every figure of some questions against what it opens into.
func (a *agreement) reports(route string) {
	a.t.Helper()
	if status, _ := a.get(route); status != 200 {
		return
	}
	dimensions := []string{"unit", "kind"}
	if strings.HasSuffix(route, "escalations") {
		dimensions = []string{"unit", "level", "cause", "state"}
	}
	for range 2 {
		question := a.question(a.account, dimensions...)
		a.tells(route, route+question, "Accept: text/csv")
		_, body := a.tells(route, route+question)
		a.opensFigures(body)
	}
}

// opensFigures follows the addresses of a report: each lists as many as it counts.
func (a *agreement) opensFigures(body string) {
	a.t.Helper()
	var r struct {
		Rows  []map[string]any `json:"rows"`
		Total map[string]any   `json:"total"`
	}
	must(a.t, json.Unmarshal([]byte(body), &r))
	for _, row := range append(r.Rows, r.Total) {
		for _, cell := range cellsOf(row) {
			for name, counted := range map[string]string{"cases_href": "cases", "escalations_href": "escalations"} {
				href, ok := cell[name].(string)
				n, _ := cell[counted].(float64)
				if !ok || n == 0 && a.IntN(8) > 0 {
					continue
				}
				if got := a.pages(v1+"/cases", href); len(got) != int(n) {
					a.t.Errorf("%s as %s lists %d, its figure is %v", href, a.account, len(got), n)
				}
			}
		}
	}
}

// cellsOf gives the cells of a row of a report, which may be one itself.
func cellsOf(row map[string]any) []map[string]any {
	cells := []map[string]any{row}
	for _, v := range row {
		if cell, ok := v.(map[string]any); ok {
			cells = append(cells, cell)
		}
	}
	return cells
}

// upcoming holds the figures of what is coming against its items.
func (a *agreement) upcoming(route string) {
	a.t.Helper()
	a.tells(route, route+"?days=31", "Accept: text/csv")
	status, body := a.tells(route, route+"?days=31")
	if status != 200 {
		return
	}
	var r UpcomingReport
	must(a.t, json.Unmarshal([]byte(body), &r))
	for _, f := range r.Total {
		n, cases := 0, map[string]bool{}
		for _, day := range r.Days {
			for _, i := range day.Items {
				if i.Act == f.Act {
					n, cases[i.CaseID] = n+1, true
				}
			}
		}
		if n != f.Count || len(cases) != len(f.CaseIDs) {
			a.t.Errorf("%s is coming %d times to %d cases, %d and %d are told", f.Act, f.Count, len(f.CaseIDs), n, len(cases))
		}
	}
}

// subscribes reads a calendar by an address made for the account, with nobody
// logged in: what it tells is held against what the account may open.
func (a *agreement) subscribes(route string) {
	a.t.Helper()
	w := a.ask(a.account, "POST", v1+"/reports/upcoming/feeds", `{"days":31}`)
	if w.Code != 201 {
		return
	}
	var feed FeedWithURL
	must(a.t, json.Unmarshal(w.Body.Bytes(), &feed))
	_, path, _ := strings.Cut(feed.URL, feedsPath)
	status, body := a.tells(route, feedsPath+path)
	if status != 200 || !strings.HasPrefix(body, "BEGIN:VCALENDAR") {
		a.t.Errorf("the calendar of %s: %d %s", a.account, status, body)
	}
}

// bulletins wants each number of each bulletin to count what its frozen body names,
// but for the cases from which the account is barred.
func (a *agreement) bulletins(route string) {
	a.t.Helper()
	for _, whole := range a.reads {
		path := strings.Replace(route, ":id", whole.ID.String(), 1)
		status, body := a.tells(route, path)
		if status != 200 {
			continue
		}
		for _, form := range []string{"text/csv", "text/html"} {
			a.tells(route, path, "Accept: "+form)
		}
		var doc BulletinDocument
		must(a.t, json.Unmarshal([]byte(body), &doc))
		frozen, err := report.ReadBulletin(whole.Body)
		must(a.t, err)
		for i, part := range doc.Parts {
			for _, f := range part.Figures {
				if want := a.left(frozen.Parts[i].Figure(f.Name).Refs); f.Count != len(want) {
					a.t.Errorf("%s of %s is %d to %s, want %d", f.Name, part.Unit.Name, f.Count, a.account, len(want))
				}
			}
		}
		for _, sum := range doc.Total {
			all, _ := frozen.Opened(sum.Name, grievance.UnitID{})
			left := a.left(all.Refs)
			if len(left) < all.Count {
				a.met["less in a bulletin"]++
			}
			if sum.Count != len(left) {
				a.t.Errorf("%s is %d to %s, want %d", sum.Name, sum.Count, a.account, len(left))
			}
		}
	}
}

// left gives the references to cases from which the account is not barred.
func (a *agreement) left(refs []report.Ref) []report.Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r report.Ref) bool { return a.barred[r.Case()] })
}

// bodies wants the frozen bytes to be given to who may open every case that they name,
// and to nobody else.
func (a *agreement) bodies(route string) {
	a.t.Helper()
	for _, whole := range a.reads {
		status, _ := a.tells(route, strings.Replace(route, ":id", whole.ID.String(), 1))
		if read, _ := a.get(strings.Replace(v1+"/bulletins/:id", ":id", whole.ID.String(), 1)); read != 200 {
			continue
		}
		all := true
		for _, mark := range marks.FindAllString(string(whole.Body), -1) {
			id, is := a.of[mark]
			all = all && (!is || a.sees[id])
		}
		if a.met["a body"]++; !all {
			a.met["a body withheld"]++
		}
		if all != (status == 200) {
			a.t.Errorf("%s gets the body of a bulletin: %d, may open all its cases: %v", a.account, status, all)
		}
	}
}

// figures opens some of each bulletin: they list what may be opened.
func (a *agreement) figures(route string) {
	a.t.Helper()
	for _, whole := range a.reads {
		path := strings.Replace(route, ":id", whole.ID.String(), 1)
		for _, name := range []report.FigureName{report.FigRegistered, report.FigBreached(grievance.Acceptance), report.FigFindings(grievance.FindOverdueAcceptance)} {
			status, body := a.tells(route, strings.Replace(path, ":name", string(name), 1)+"?limit=3")
			if status != 200 {
				continue
			}
			var page BulletinFigurePage
			must(a.t, json.Unmarshal([]byte(body), &page))
			frozen, err := report.ReadBulletin(whole.Body)
			must(a.t, err)
			all, _ := frozen.Opened(name, grievance.UnitID{})
			if left := a.left(all.Refs); page.Count != len(left) || page.Cases != len(report.CasesOf(left)) {
				a.t.Errorf("%s is %d of %d to %s, want %d of %d", name, page.Count, page.Cases, a.account, len(left), len(report.CasesOf(left)))
			}
		}
	}
}
