package app_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// bulletin is what a test reads of one.
type bulletin struct {
	ID      string `json:"id"`
	Period  string `json:"period"`
	Edition int    `json:"edition"`
	Digest  string `json:"digest"`
	Total   []figure
	Parts   []struct{ Figures []figure }
	Changes []struct {
		Name    string
		Was, Is int
	}
	Settlement *struct {
		Scores []struct{ Points int }
	}
}

type figure struct {
	Name  string
	Count int
	Href  string
}

// Two months pass, and the bulletins of both, of the quarter and of the year
// appear; each adds up and opens. What is written down in January about November
// changes nothing that was issued, until a supervisor has it corrected: the next
// edition says what changed.
func TestTheBulletinsOfTwoMonths(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		clerk, leader := w.as("clerk"), w.as("leader")
		clerk.post("/cases", petition)
		clerk.post("/cases", petition)
		w.at(time.Date(2026, 12, 3, 15, 59, 0, 0, time.UTC))
		if list := leader.bulletins(""); len(list) != 0 {
			t.Fatalf("issued before the third working day was over: %+v", list)
		}
		w.at(time.Date(2026, 12, 3, 16, 0, 0, 0, time.UTC))
		november := leader.bulletin("2026-11")
		leader.wantFigures(november, map[string]int{"registered": 2})
		w.at(time.Date(2027, 1, 7, 1, 0, 0, 0, time.UTC))
		leader.wantFigures(leader.bulletin("2026-12"), map[string]int{"breached.acceptance": 2, "findings.overdue_acceptance": 2})
		year := map[string]int{"registered": 2, "breached.acceptance": 2, "findings.overdue_acceptance": 2}
		leader.wantFigures(leader.bulletin("2026-Q4"), year)
		settled := leader.bulletin("2026")
		leader.wantFigures(settled, year)
		if s := settled.Settlement; s == nil || len(s.Scores) != 1 || s.Scores[0].Points != 1000-2*2 {
			t.Errorf("the year is settled with %+v", s)
		}

		late := maps.Clone(petition)
		late["received_at"] = "2026-11-26T09:00:00+08:00"
		clerk.post("/cases", late)
		w.advance(day)
		if again := leader.bulletin("2026-11"); again.Digest != november.Digest || again.Edition != 1 {
			t.Errorf("a late fact changed the bulletin: %+v", again)
		}
		w.as("supervisor").corrects(november)
		corrected := leader.bulletin("2026-11")
		leader.wantFigures(corrected, map[string]int{"registered": 3})
		if c := corrected.Changes; corrected.Edition != 2 || len(c) != 1 || c[0].Name != "registered" || c[0].Was != 2 || c[0].Is != 3 {
			t.Errorf("the correction says %+v", corrected)
		}
	})
}

func (u *user) bulletins(period string) []bulletin {
	u.Helper()
	path := "/bulletins"
	if period != "" {
		path += "?period=" + period
	}
	var page struct{ Items []bulletin }
	u.get(path, &page)
	return page.Items
}

// bulletin reads the newest edition that the user finds of a period.
func (u *user) bulletin(period string) (b bulletin) {
	u.Helper()
	list := u.bulletins(period)
	if len(list) == 0 {
		u.Fatalf("no bulletin of %s", period)
	}
	u.get("/bulletins/"+list[0].ID, &b)
	return b
}

// wantFigures checks which figures there are, that the parts add up to them, and
// that each opens into as many cases.
func (u *user) wantFigures(b bulletin, want map[string]int) {
	u.Helper()
	got, sums := map[string]int{}, map[string]int{}
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			sums[f.Name] += f.Count
		}
	}
	for _, f := range b.Total {
		if f.Count == 0 && sums[f.Name] == 0 {
			continue
		}
		got[f.Name] = f.Count
		var opened struct{ Items []object }
		if u.get(f.Href, &opened); len(opened.Items) != f.Count || sums[f.Name] != f.Count {
			u.Errorf("%s of %s is %d, the parts add up to %d, and it opens into %d", f.Name, b.Period, f.Count, sums[f.Name], len(opened.Items))
		}
	}
	if !maps.Equal(got, want) {
		u.Errorf("%s counts %v, want %v", b.Period, got, want)
	}
}

func (u *user) corrects(b bulletin) {
	u.Helper()
	a := u.do(u.town.servers[0], "POST", "/bulletins/"+b.ID+"/correct", object{"reason": "late_records", "words": "窗口补录一件"})
	if a.status != http.StatusCreated {
		u.Fatalf("correcting: %d %s", a.status, a.body)
	}
}

// An operator issues the bulletin of a month that is over, once.
func TestABulletinByHand(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.set(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC))
		issue := func(code int, unit, period, says string) {
			t.Helper()
			p := w.huiyin("", "bulletin", "issue", "--unit", unit, "--period", period)
			p.await(says)
			p.wantExit(code)
		}
		issue(0, town1, "2026-11", `issued: 霁川镇 2026-11`)
		issue(1, town1, "2026-11", `bulletin.issued`)
		issue(1, town1, "2026-12", `bulletin.period_open`)
		issue(1, town1+"-01", "2026-11", `bulletin.no_unit`)
		issue(1, "1", "2026-11", `no unit of that code`)
		issue(1, town1, "november", `--period is`)
	})
}
