package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
)

// watchers are people who see different parts of the city.
var watchers = []string{"city_supervisor", "supervisor", "county_leader", "leader", "leader2", "housing_leader", "economy_head", "inspector", "admin"}

// Every figure of a report opens into exactly what it counts, for everybody, in
// every division of it, by pages of any size.
func TestEveryFigureOpensIntoItsCases(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		eachCity(t, func(t *testing.T, s *city) {
			p := populate(s, seed+1, 25)
			counted := 0
			for _, who := range watchers {
				for range 3 {
					counted += p.checkEscalationReport(who, p.question(who, "unit", "level", "cause", "state"))
					p.checkTimelinessReport(who, p.question(who, "unit", "kind"))
				}
			}
			if counted == 0 {
				t.Error("nothing was counted: the population shows nothing")
			}
		})
	}
}

// question makes a random one about a part of the city, a period, and a
// division.
func (p *population) question(who string, dimensions ...string) string {
	q := url.Values{}
	unit := pick(p, "9901", "990121", jichuan, qiqiao, economy)
	if p.IntN(3) > 0 && p.oversees(who, unit) {
		q.Set("unit", p.unit(unit))
	}
	today := calendar.DateOf(p.clock.Now())
	if p.IntN(2) == 0 {
		q.Set("from", today.AddDays(-10-p.IntN(15)).String())
	}
	if p.IntN(2) == 0 {
		q.Set("to", today.AddDays(-p.IntN(10)).String())
	}
	by := slices.DeleteFunc(slices.Clone(dimensions), func(string) bool { return p.IntN(2) == 0 })
	if len(by) > 0 {
		q.Set("group_by", strings.Join(by, ","))
	}
	return "?" + q.Encode()
}

func (s *city) oversees(who, unit string) bool {
	for _, p := range officetest.Actor(s.t, s.Office, s.clock, who).Posts {
		if book(s).UnitByCode(unit).Within(book(s).Unit(p.UnitID)) {
			return true
		}
	}
	return false
}

// A report of a unit that the reader does not watch over does not exist.
func TestReportsAreRefused(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for _, report := range []string{"escalations", "timeliness"} {
			path := v1 + "/reports/" + report
			s.refuses("leader", "GET", path+"?unit="+s.unit(qiqiao), "", 404, "not_found")
			s.refuses("leader", "GET", path+"?unit="+s.unit("9901"), "", 404, "not_found")
			s.refuses("leader", "GET", path+"?unit="+s.user("clerk"), "", 404, "not_found")
			p := s.refuses("leader", "GET", path+"?from=2026-11-23&to=2026-11-22", "", 422, "period.order")
			if len(p.Errors) != 1 || p.Errors[0].Parameter != "from" {
				t.Errorf("%+v", p.Errors)
			}
			xlsx := "Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
			s.refuses("leader", "GET", path, "", 406, "request.accept", xlsx)
			for _, header := range []string{xlsx + ", */*;q=0.1", "Accept: text/csv", "Accept: application/json"} {
				if res := s.send("leader", "GET", path+"?from=2026-11-22&to=2026-11-22&unit="+s.unit(economy), "", header); res.StatusCode != 200 {
					t.Errorf("%s: %d", header, res.StatusCode)
				}
			}
		}
	})
}

func (p *population) checkEscalationReport(who, question string) int {
	p.t.Helper()
	r := read[EscalationReportView](p.city, who, "/reports/escalations"+question)
	cells, sum := []EscalationCell{r.Total}, 0
	for _, row := range r.Rows {
		cells, sum = append(cells, row.EscalationCell), sum+row.Escalations
	}
	if sum != r.Total.Escalations {
		p.t.Errorf("%s as %s: the rows have %d escalations, the total %d", question, who, sum, r.Total.Escalations)
	}
	for _, c := range cells {
		p.opens(who, c.EscalationsHref, c.Escalations)
		p.opens(who, c.CasesHref, c.Cases)
	}
	return r.Total.Escalations
}

func (p *population) checkTimelinessReport(who, question string) {
	p.t.Helper()
	r := read[TimelinessReportView](p.city, who, "/reports/timeliness"+question)
	sum := 0
	for _, row := range append(r.Rows, TimelinessReportRow{TimelinessCell: r.Total}) {
		sum += row.Total.Clocks
		if row.Total.Clocks != row.OnTime.Clocks+row.Breached.Clocks+row.Open.Clocks {
			p.t.Errorf("%s as %s: %+v does not add up", question, who, row)
		}
		for _, c := range []ClockCell{row.Total, row.OnTime, row.Breached, row.Open} {
			p.opens(who, c.CasesHref, c.Cases)
		}
	}
	if sum != 2*r.Total.Total.Clocks {
		p.t.Errorf("%s as %s: the rows have %d clocks, the total %d", question, who, sum-r.Total.Total.Clocks, r.Total.Total.Clocks)
	}
}

// opens checks that a link lists as many as the figure that it belongs to says.
func (p *population) opens(who, href string, want int) {
	p.t.Helper()
	if got := p.follow(who, href, 1+p.IntN(3)); len(got) != want {
		p.t.Errorf("%s as %s lists %d, its figure is %d", href, who, len(got), want)
	}
	if p.IntN(5) == 0 {
		if got := p.total(who, href); got != want {
			p.t.Errorf("%s as %s counts %d, its figure is %d", href, who, got, want)
		}
	}
}

// A report without a question is about the unit that its reader watches over,
// and a zero is told too.
func TestReportHasARowForEveryValue(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		for by, rows := range map[string]int{"level": 3, "cause": len(grievance.Causes), "state": 3} {
			r := read[EscalationReportView](s, "supervisor", "/reports/escalations?group_by="+by)
			if r.Unit.Code != "990121" || len(r.Rows) != rows || r.Total.Escalations != 0 {
				t.Errorf("by %s: %+v", by, r)
			}
		}
		r := read[EscalationReportView](s, "leader", "/reports/escalations?group_by=unit")
		if !r.Rows[0].UnitAlone || r.Rows[0].Unit.Code != jichuan || r.Rows[1].UnitAlone || r.Rows[1].Unit.Code != "990121101-01" {
			t.Errorf("by unit: %+v", r.Rows)
		}
		k := read[TimelinessReportView](s, "leader", "/reports/timeliness")
		if len(k.Rows) != len(grievance.ClockKinds) || k.Rows[0].Kind != "acceptance" {
			t.Errorf("by kind: %+v", k.Rows)
		}
		s.send("handler", "GET", v1+"/reports/escalations", "")
		for path, status := range map[string]int{
			"/reports/escalations?unit=" + s.user("clerk"): 404, "/reports/escalations?level=4": 400,
			"/reports/escalations?group_by=colour": 400, "/reports/timeliness?group_by=level": 400,
			"/reports/timeliness?from=yesterday": 400, "/reports/escalations?month=1": 400,
		} {
			if res := s.send("leader", "GET", v1+path, ""); res.StatusCode != status {
				t.Errorf("%s: status %d, want %d", path, res.StatusCode, status)
			}
		}
		if res := s.send("handler", "GET", v1+"/reports/escalations", ""); res.StatusCode != 403 {
			t.Errorf("a handler gets a report: %d", res.StatusCode)
		}
	})
}

// The table for a spreadsheet has its mark, Chinese headers and Beijing's time.
func TestReportAsCSV(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		s.register(`,"urgency":"life_property"`)
		res := s.send("leader", "GET", v1+"/reports/escalations?from=2026-11-01", "", "Accept: text/csv;q=0.9, */*;q=0.1")
		want := "\uFEFF单位编码,单位,级别,原因,状态,升级次数,涉及诉求,起始日期,截止日期,统计时间（北京时间）\r\n" +
			"990121101,霁川镇（本级）,一级（本单位负责人）,紧急事项,待签收,1,1,2026-11-01,,2026-11-23 10:00:00\r\n" +
			"合计,,,,,1,1,2026-11-01,,2026-11-23 10:00:00\r\n"
		if got := string(bodyOf(t, res)); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if kind := res.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || res.Header.Get("Vary") != "Accept" {
			t.Errorf("%s, varies by %s", kind, res.Header.Get("Vary"))
		}
		json := s.send("leader", "GET", v1+"/reports/timeliness", "", "Accept: application/json, text/csv;q=0.5")
		if kind := json.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			t.Errorf("%s, though JSON is preferred", kind)
		}
		if name := res.Header.Get("Content-Disposition"); !strings.Contains(name, fmt.Sprintf("UTF-8''%s", url.PathEscape("升级统计.csv"))) {
			t.Errorf("the file is called %s", name)
		}
	})
}
