package app_test

import (
	"encoding/csv"
	"fmt"
	"strings"
)

type (
	cell struct {
		Escalations     int    `json:"escalations"`
		Cases           int    `json:"cases"`
		EscalationsHref string `json:"escalations_href"`
		CasesHref       string `json:"cases_href"`
	}
	reportRow struct {
		cell
		Unit *struct {
			Code string `json:"code"`
		} `json:"unit"`
		Level int    `json:"level"`
		Cause string `json:"cause"`
		State string `json:"state"`
	}
	reportView struct {
		Rows  []reportRow `json:"rows"`
		Total cell        `json:"total"`
	}
)

// checkReport pulls the report of escalations as the county's supervisor and
// opens each of its figures.
func (w *township) checkReport(id string) {
	w.Helper()
	u := w.as("supervisor")
	var all reportView
	u.get("/reports/escalations?from=2027-01-01&to=2027-01-31", &all)
	got := fmt.Sprintf("total %d/%d", all.Total.Escalations, all.Total.Cases)
	for _, r := range all.Rows {
		got += fmt.Sprintf(", %s level %d %s %s %d/%d", r.Unit.Code, r.Level, r.Cause, r.State, r.Escalations, r.Cases)
	}
	want := "total 3/1, " + town1 + " level 1 overdue_handling open 1/1, " + town1 + " level 2 overdue_handling open 1/1, " +
		town1 + " level 3 overdue_handling open 1/1"
	if got != want {
		w.Errorf("the report says\n%s\nwant\n%s", got, want)
	}
	u.opens(all.Total, id)
	for _, r := range all.Rows {
		u.opens(r.cell, id)
	}
	for _, by := range []string{"unit", "level", "cause", "state"} {
		var one reportView
		u.get("/reports/escalations?group_by="+by, &one)
		sum := 0
		for _, r := range one.Rows {
			sum += r.Escalations
			u.opens(r.cell, id)
		}
		if sum != 3 || one.Total.Escalations != 3 {
			u.Errorf("by %s: %+v", by, one)
		}
	}
	u.checkSpreadsheet()
}

// opens follows the addresses of a figure and counts what they list.
func (u *user) opens(c cell, id string) {
	u.Helper()
	var escalations list[struct {
		CaseID string `json:"case_id"`
	}]
	u.get(c.EscalationsHref+"&count=true", &escalations)
	var cases list[caseView]
	u.get(c.CasesHref+"&count=true", &cases)
	if escalations.Total != c.Escalations || len(escalations.Items) != c.Escalations ||
		cases.Total != c.Cases || len(cases.Items) != c.Cases {
		u.Errorf("%+v opens into %d escalations and %d cases", c, escalations.Total, cases.Total)
	}
	for _, e := range escalations.Items {
		if e.CaseID != id {
			u.Errorf("%s lists the case %s", c.EscalationsHref, e.CaseID)
		}
	}
}

func (u *user) checkSpreadsheet() {
	u.Helper()
	a := u.do(u.town.servers[0], "GET", "/reports/escalations?from=2027-01-01&to=2027-01-31&group_by=level", nil, "Accept: text/csv")
	text, marked := strings.CutPrefix(string(a.body), "\uFEFF")
	if !marked || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		u.Errorf("a spreadsheet would not read the Chinese of %s %q", a.header.Get("Content-Type"), a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		u.Fatal(err)
	}
	got := ""
	for _, row := range rows {
		got += strings.Join(row[:5], ",") + "\n"
	}
	want := "级别,升级次数,涉及诉求,起始日期,截止日期\n"
	for _, level := range []string{"一级（本单位负责人）", "二级（上级督查）", "三级（再上级督查）"} {
		want += level + ",1,1,2027-01-01,2027-01-31\n"
	}
	if want += "合计,3,1,2027-01-01,2027-01-31\n"; got != want {
		u.Errorf("the spreadsheet says\n%s\nwant\n%s", got, want)
	}
}
