package api

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// ClockCell is a number of deadlines, of how many cases they are, and the address
// that lists those cases.
type ClockCell struct {
	Clocks int `json:"clocks"`
	// Each once, however many of its deadlines are counted.
	Cases     int    `json:"cases"`
	CasesHref string `json:"cases_href" example:"/api/v1/cases?clock_kind=handling&clock_standing=breached"`
} // @name ClockCell

// TimelinessCell is how deadlines stand; the total is the sum of those on
// time, breached and open.
type TimelinessCell struct {
	Total    ClockCell `json:"total"`
	OnTime   ClockCell `json:"on_time"`
	Breached ClockCell `json:"breached"`
	// Not yet due.
	Open ClockCell `json:"open"`
	// Of those that are open: what stands still while its case rests.
	Suspended ClockCell `json:"suspended"`
	// Of all: what was extended.
	Extended ClockCell `json:"extended"`
} // @name TimelinessCell

// TimelinessReportRow is the figures for some values of the dimensions that the
// report is divided by.
type TimelinessReportRow struct {
	// With all below it, unless unit_alone.
	Unit      *UnitRef            `json:"unit,omitempty"`
	UnitAlone bool                `json:"unit_alone"`
	Kind      grievance.ClockKind `json:"kind,omitempty" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	TimelinessCell
} // @name TimelinessReportRow

// TimelinessReportView is the report of timeliness.
type TimelinessReportView struct {
	ReportFrame
	Rows  []TimelinessReportRow `json:"rows"`
	Total TimelinessCell        `json:"total"`
} // @name TimelinessReport

// timelinessReport gives the report of timeliness.
//
//	@Summary		时限统计 / report of timeliness
//	@Description	按起算日的北京日期（含首尾）统计每一时限：按时、超期、未到期，三者之和为总数；逾期仍在计时的为超期，未超期而取消的不计；另列未到期中因中止而停止计时的，以及曾经延期的。Accept: text/csv 得到可用电子表格打开的文件。 Counts deadlines by the Beijing date on which they started, both days included: met in time; breached, which includes those that run late; and not yet due. One that was cancelled in time is not counted. Of those not yet due it tells how many stand still while their case rests, and of all how many were extended. By unit it is the unit that owes.
//	@Tags			reports
//	@Produce		json,text/csv
//	@Param			unit		query	string	false	"the unit, with all below"	format(uuid)
//	@Param			from		query	string	false	"first day"	format(date)
//	@Param			to			query	string	false	"last day"	format(date)
//	@Param			kind		query	string	false	"kinds of deadline"
//	@Param			group_by	query	string	false	"of unit and kind, separated by commas"	default(kind)
//	@Success		200	{object}	TimelinessReportView
//	@Failure		400,401,403,404,406,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/timeliness [get]
func (s *server) timelinessReport(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q, now := readQuery(c), s.Clock.Now()
	a := askedOf(q, report.TimelinessDimensions, []report.Dimension{report.ByKind})
	wanted := report.TimelinessQuery{
		Period: a.period, By: a.by, Now: now,
		Kinds: setParam(q, "kind", grievance.ClockKinds...),
	}
	if err := errors.Join(acceptable(c), q.err()); err != nil {
		return err
	}
	if wanted.Unit, err = reportUnit(a, actorOf(c), book); err != nil {
		return err
	}
	viewer := store.ViewerOf(actorOf(c), book).AtWork()
	r, err := report.Timeliness(c.Request().Context(), s.Store, viewer, wanted)
	if err != nil {
		return err
	}
	return sendReport(c, r.Table(), "时限统计", func() any { return timelinessReportView(r, frameOf(r.Unit, a, now)) })
}

func timelinessReportView(r report.TimelinessReport, frame ReportFrame) TimelinessReportView {
	view := TimelinessReportView{ReportFrame: frame, Rows: make([]TimelinessReportRow, len(r.Rows)), Total: timelinessCell(r.Total)}
	for i, row := range r.Rows {
		view.Rows[i] = TimelinessReportRow{Kind: row.Kind, TimelinessCell: timelinessCell(row)}
		if slices.Contains(frame.GroupBy, report.ByUnit) {
			view.Rows[i].Unit, view.Rows[i].UnitAlone = branchView(row.Branch)
		}
	}
	return view
}

func timelinessCell(r report.TimelinessRow) TimelinessCell {
	cell := func(clocks, cases int, standing store.Standing) ClockCell {
		return ClockCell{Clocks: clocks, Cases: cases, CasesHref: newLink().clocks(r.Branch, r.Filter, standing).to("/cases")}
	}
	paused, extended := r.Filter, r.Filter
	paused.Paused, extended.Extended = true, true
	some := func(clocks, cases int, f store.ClockFilter) ClockCell {
		return ClockCell{Clocks: clocks, Cases: cases, CasesHref: newLink().clocks(r.Branch, f, "").to("/cases")}
	}
	return TimelinessCell{
		Suspended: some(r.Paused, r.Cases.Paused, paused), Extended: some(r.Extended, r.Cases.Extended, extended),
		Total:  cell(r.Counts.Total, r.Cases.Total, ""),
		OnTime: cell(r.OnTime, r.Cases.OnTime, store.OnTime), Breached: cell(r.Breached, r.Cases.Breached, store.Breached),
		Open: cell(r.Open, r.Cases.Open, store.NotYetDue),
	}
}
