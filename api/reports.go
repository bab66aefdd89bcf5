package api

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// ReportFrame says what a report covers.
type ReportFrame struct {
	// The unit that it is about, with all below; absent for all units.
	Unit *UnitRef `json:"unit,omitempty"`
	// The first and the last day, in Beijing; absent where the period is open.
	From *calendar.Date `json:"from,omitempty" swaggertype:"string" format:"date"`
	To   *calendar.Date `json:"to,omitempty" swaggertype:"string" format:"date"`
	// The instant that all its figures are of.
	AsOf time.Time `json:"as_of" format:"date-time"`
	// What its rows are divided by.
	GroupBy []report.Dimension `json:"group_by" swaggertype:"array,string" enums:"unit,level,cause,state,kind"`
} // @name ReportFrame

// EscalationCell is what a report counts, and the addresses that list it.
type EscalationCell struct {
	Escalations int `json:"escalations"`
	// Each once, however many escalations it has.
	Cases           int    `json:"cases"`
	EscalationsHref string `json:"escalations_href" example:"/api/v1/escalations?level=1"`
	CasesHref       string `json:"cases_href" example:"/api/v1/cases?escalated=true&escalation_level=1"`
} // @name EscalationCell

// EscalationReportRow is the figures for some values of the dimensions that the
// report is divided by.
type EscalationReportRow struct {
	// With all below it, unless unit_alone.
	Unit      *UnitRef                  `json:"unit,omitempty"`
	UnitAlone bool                      `json:"unit_alone"`
	Level     int                       `json:"level,omitempty,omitzero"`
	Cause     grievance.Cause           `json:"cause,omitempty" swaggertype:"string" enums:"overdue_acceptance,overdue_acknowledgement,overdue_first_contact,overdue_handling,overdue_sign_off,overdue_review,overdue_re_review,overdue_consent,overdue_jurisdiction,overdue_co_handling,overdue_order,overdue_duty,urgent,dispute,reported,supervised"`
	State     grievance.EscalationState `json:"state,omitempty" swaggertype:"string" enums:"open,acknowledged,resolved"`
	EscalationCell
} // @name EscalationReportRow

// EscalationReportView is the report of escalations.
type EscalationReportView struct {
	ReportFrame
	Rows  []EscalationReportRow `json:"rows"`
	Total EscalationCell        `json:"total"`
} // @name EscalationReport

// asked is what every report is asked with.
type asked struct {
	unit   grievance.UnitID
	period store.Period
	by     []report.Dimension
}

// askedOf declares and reads it.
func askedOf(q *query, dimensions, otherwise []report.Dimension) asked {
	a := asked{
		unit: idParam[grievance.Unit](q, "unit"), period: q.period("from", "to"),
		by: setParam(q, "group_by", dimensions...),
	}
	if a.by == nil {
		a.by = otherwise
	}
	return a
}

// reportUnit is the unit that a report is about: the one named, which must be
// overseen by the actor, or else does not exist for them; or topUnit.
func reportUnit(a asked, actor grievance.Actor, book *grievance.Book) (grievance.UnitID, error) {
	if a.unit.IsZero() {
		return topUnit(actor, book), nil
	}
	unit := book.Unit(a.unit)
	for _, p := range actor.Posts {
		over := book.Unit(p.UnitID)
		if unit != nil && over != nil && slices.Contains(overseers.roles, p.Role) && unit.Within(over) {
			return unit.ID, nil
		}
	}
	return grievance.UnitID{}, grievance.ErrNotFound
}

// topUnit is the unit that a report is about where none is named: the highest
// that the actor watches over.
func topUnit(actor grievance.Actor, book *grievance.Book) grievance.UnitID {
	var top *grievance.Unit
	for _, p := range actor.Posts {
		u := book.Unit(p.UnitID)
		if u != nil && slices.Contains(overseers.roles, p.Role) && (top == nil || len(u.Path) < len(top.Path)) {
			top = u
		}
	}
	if top == nil {
		return grievance.UnitID{}
	}
	return top.ID
}

// escalationReport gives the report of escalations.
//
//	@Summary		升级统计 / report of escalations
//	@Description	按升级所涉时点的北京日期（含首尾）统计；级别、原因、状态可筛选。诉求数按诉求去重。Accept: text/csv 得到可用电子表格打开的文件。 Counts escalations by the Beijing date of the instant that they are about, both days included, as they stand now. Each figure has the address that lists exactly what it counts. Divided by one dimension it has a row for each value, by several one for each combination that there is; by unit, a row for the unit itself and one for each unit directly under it with all below. Without unit it is about the highest unit that the reader watches over.
//	@Tags			reports
//	@Produce		json,text/csv
//	@Param			unit		query	string	false	"the unit, with all below"	format(uuid)
//	@Param			from		query	string	false	"first day"	format(date)
//	@Param			to			query	string	false	"last day"	format(date)
//	@Param			level		query	string	false	"levels, 1 to 3"
//	@Param			cause		query	string	false	"causes"
//	@Param			state		query	string	false	"states"
//	@Param			group_by	query	string	false	"of unit, level, cause, state, separated by commas"	default(unit,level,cause,state)
//	@Success		200	{object}	EscalationReportView
//	@Failure		400,401,403,404,406,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/escalations [get]
func (s *server) escalationReport(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q, now := readQuery(c), s.Clock.Now()
	a := askedOf(q, report.EscalationDimensions, report.EscalationDimensions)
	wanted := report.EscalationQuery{
		Period: a.period, By: a.by, Now: now,
		Levels: levelsParam(q, "level"), Causes: setParam(q, "cause", grievance.Causes...),
		States: setParam(q, "state", grievance.EscalationStates...),
	}
	if err := errors.Join(acceptable(c), q.err()); err != nil {
		return err
	}
	if wanted.Unit, err = reportUnit(a, actorOf(c), book); err != nil {
		return err
	}
	viewer := store.ViewerOf(actorOf(c), book).AtWork()
	r, err := report.Escalations(c.Request().Context(), s.Store, viewer, wanted)
	if err != nil {
		return err
	}
	return sendReport(c, r.Table(), "升级统计", func() any { return escalationReportView(r, frameOf(r.Unit, a, now)) })
}

// sendReport sends a report as the client wants it: as a table for a
// spreadsheet, or as JSON.
func sendReport(c echo.Context, t report.Table, name string, view func() any) error {
	c.Response().Header().Add("Vary", "Accept")
	if wantsCSV(c) {
		return sendTable(c, t, name)
	}
	return c.JSON(http.StatusOK, view())
}

func frameOf(about report.Branch, a asked, now time.Time) ReportFrame {
	unit, _ := branchView(about)
	return ReportFrame{Unit: unit, From: optionalDate(a.period.From), To: optionalDate(a.period.To), AsOf: now, GroupBy: a.by}
}

func optionalDate(d calendar.Date) *calendar.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func branchView(b report.Branch) (unit *UnitRef, alone bool) {
	if b.Unit == nil {
		return nil, false
	}
	return &UnitRef{ID: b.Unit.ID.String(), Code: b.Unit.Code, Name: b.Unit.Name}, b.Alone
}

func escalationReportView(r report.EscalationReport, frame ReportFrame) EscalationReportView {
	view := EscalationReportView{ReportFrame: frame, Rows: make([]EscalationReportRow, len(r.Rows)), Total: escalationCell(r.Total)}
	for i, row := range r.Rows {
		view.Rows[i] = EscalationReportRow{Level: row.Level, Cause: row.Cause, State: row.State, EscalationCell: escalationCell(row)}
		if slices.Contains(frame.GroupBy, report.ByUnit) {
			view.Rows[i].Unit, view.Rows[i].UnitAlone = branchView(row.Branch)
		}
	}
	return view
}

func escalationCell(r report.EscalationRow) EscalationCell {
	cases := newLink().escalations(escalationPrefix, r.Branch, r.Filter)
	cases.Set("escalated", "true")
	return EscalationCell{
		Escalations: r.Escalations, Cases: r.Cases,
		EscalationsHref: newLink().escalations("", r.Branch, r.Filter).to("/escalations"), CasesHref: cases.to("/cases"),
	}
}
