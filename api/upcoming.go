package api

import (
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	usualDays    = 7    // that are looked ahead, today included
	mostDays     = 31   // a month's
	mostForetold = 5000 // acts in one answer
)

// UpcomingItem is one thing that time alone will do to a case.
type UpcomingItem struct {
	// Unroutable is an escalation that nobody up to the root can take.
	Act report.Act `json:"act" validate:"required" swaggertype:"string" enums:"remind,warn,breach,escalate,unroutable,raise,resume,rebase"`
	// The instant that it will be about. Midnight belongs to the day that it ends.
	At            time.Time `json:"at" validate:"required" format:"date-time"`
	CaseID        string    `json:"case_id" validate:"required" format:"uuid"`
	ReceiptNumber string    `json:"receipt_number" validate:"required" example:"430102003-20261122-0007"`
	Title         string    `json:"title" validate:"required" example:"村口路灯不亮"`
	// Who owes; of a case that is resumed, or objected to, who has it.
	Unit *UnitRef `json:"unit,omitempty"`
	// Absent where a case is resumed, or an objection raised.
	ClockKind grievance.ClockKind `json:"clock_kind,omitempty" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	// Absent for a clock that is yet to start.
	ClockID string `json:"clock_id,omitempty" format:"uuid"`
	// Which rung of the clock's ladder, from 1, and of which of its due instants.
	Rung       int `json:"rung,omitempty,omitzero"`
	DueVersion int `json:"due_version,omitempty,omitzero"`
	// Absent where a case is resumed, or an objection raised.
	DueAt time.Time      `json:"due_at,omitempty,omitzero" format:"date-time"`
	DueOn *calendar.Date `json:"due_on,omitempty" swaggertype:"string" format:"date"`
	// Of an escalation.
	Level int             `json:"level,omitempty,omitzero"`
	Cause grievance.Cause `json:"cause,omitempty" swaggertype:"string" enums:"overdue_acceptance,overdue_acknowledgement,overdue_first_contact,overdue_handling,overdue_sign_off,overdue_review,overdue_re_review,overdue_consent,overdue_jurisdiction,overdue_co_handling,overdue_order,overdue_duty"`
	// The posts that it reaches, and who holds them then as appointments stand now.
	To []HolderView `json:"to" validate:"required"`
} // @name UpcomingItem

// UpcomingFigure is how often one act is coming, and to which cases, each once.
type UpcomingFigure struct {
	Act     report.Act `json:"act" validate:"required" swaggertype:"string" enums:"remind,warn,breach,escalate,unroutable,raise,resume,rebase"`
	Count   int        `json:"count" validate:"required"`
	CaseIDs []string   `json:"case_ids" validate:"required"`
} // @name UpcomingFigure

// UpcomingDay is what is coming on one day, in order of time.
type UpcomingDay struct {
	// In Beijing.
	Date    calendar.Date    `json:"date" validate:"required" swaggertype:"string" format:"date"`
	Figures []UpcomingFigure `json:"figures" validate:"required"`
	Items   []UpcomingItem   `json:"items" validate:"required"`
} // @name UpcomingDay

// UpcomingReport is what the coming days will bring if nobody does anything. Days
// without anything are left out.
type UpcomingReport struct {
	// The unit that it is about, with all below; absent for all units.
	Unit *UnitRef `json:"unit,omitempty"`
	// Today and the last day, in Beijing.
	From calendar.Date `json:"from" validate:"required" swaggertype:"string" format:"date"`
	To   calendar.Date `json:"to" validate:"required" swaggertype:"string" format:"date"`
	AsOf time.Time     `json:"as_of" validate:"required" format:"date-time"`
	// There is more than an answer holds: up to complete_until, exclusive, nothing
	// is left out.
	Truncated     bool       `json:"truncated" validate:"required"`
	CompleteUntil *time.Time `json:"complete_until,omitempty" format:"date-time"`
	// Cases that cannot be judged: the engine will set them aside.
	Unforetold []string         `json:"unforetold" validate:"required"`
	Total      []UpcomingFigure `json:"total" validate:"required"`
	Days       []UpcomingDay    `json:"days" validate:"required"`
} // @name UpcomingReport

// upcomingReport tells what the coming days will bring.
//
//	@Summary		时限预告 / what is coming
//	@Description	推算若无人办理，今天起若干天内将发生的提醒、黄牌、红牌、升级（含将无人可接的）、退单提请上级和恢复办理；与届时引擎的记录一致，不写入任何内容。零点归前一天。Accept: text/csv 得到可用电子表格打开的文件。 What would be reminded, warned, breached, escalated, raised and resumed from today on if nobody did anything: what the engine will record, told beforehand; nothing is written. Midnight belongs to the day that it ends, as for deadlines. It holds at most 5000 acts, the first; truncated says that there are more. Without unit it is about the highest unit that the reader watches over.
//	@Tags			reports
//	@Produce		json,text/csv
//	@Param			days	query	int		false	"how many days, today included"	minimum(1)	maximum(31)	default(7)
//	@Param			unit	query	string	false	"the unit that owes, with all below"	format(uuid)
//	@Success		200	{object}	UpcomingReport
//	@Failure		400,401,403,404,406,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/reports/upcoming [get]
func (s *server) upcomingReport(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q := readQuery(c)
	days, a := q.integer("days", 1, mostDays, usualDays), asked{unit: idParam[grievance.Unit](q, "unit")}
	if err := errors.Join(acceptable(c), q.err()); err != nil {
		return err
	}
	unit, err := reportUnit(a, actorOf(c), book)
	if err != nil {
		return err
	}
	wanted := upcoming(s.Clock.Now(), days)
	wanted.Titles, wanted.Most = true, mostForetold
	if !unit.IsZero() {
		wanted.Units = []grievance.UnitID{unit}
	}
	viewer := store.ViewerOf(actorOf(c), book).AtWork()
	r, err := report.Upcoming(c.Request().Context(), s.Store, book, viewer, wanted)
	if err != nil {
		return err
	}
	return sendReport(c, r.Table(), "时限预告", func() any { return upcomingView(r) })
}

// upcoming asks for so many days from today on.
func upcoming(now time.Time, days int) report.UpcomingQuery {
	today := calendar.DateOf(now)
	return report.UpcomingQuery{Period: store.Period{From: today, To: today.AddDays(days - 1)}, Now: now}
}

func upcomingView(r report.UpcomingReport) UpcomingReport {
	unit, _ := branchView(r.Unit)
	v := UpcomingReport{
		Unit: unit, From: r.Query.Period.From, To: r.Query.Period.To, AsOf: r.Query.Now,
		Truncated: r.CompleteUntil != nil, CompleteUntil: r.CompleteUntil,
		Unforetold: idTexts(r.Unforetold), Total: upcomingFigures(r.Figures()),
	}
	for _, d := range r.Days() {
		day := UpcomingDay{Date: dateOfText(d.Day), Figures: upcomingFigures(d.Figures)}
		for _, x := range d.Rows {
			day.Items = append(day.Items, upcomingItem(x))
		}
		v.Days = append(v.Days, day)
	}
	return v
}

func upcomingFigures(figures []report.UpcomingFigure) []UpcomingFigure {
	list := make([]UpcomingFigure, len(figures))
	for i, f := range figures {
		list[i] = UpcomingFigure{f.Act, f.Count, idTexts(f.Cases)}
	}
	return list
}

func upcomingItem(x report.UpcomingRow) UpcomingItem {
	unit, _ := branchView(report.Branch{Unit: x.Unit})
	item := UpcomingItem{
		Act: x.Act, At: x.At, CaseID: x.CaseID.String(), ReceiptNumber: x.Receipt, Title: x.Title, Unit: unit,
		ClockKind: x.Kind, ClockID: x.ClockID.String(), Rung: x.Rung, DueVersion: x.DueVersion,
		DueAt: x.DueAt, DueOn: optionalDate(dateOfText(x.DueOn())), Level: x.Level, Cause: x.Cause,
	}
	for _, to := range x.To {
		post := HolderView{Role: to.Role, Head: to.Head}
		if to.Unit != nil {
			post.UnitID, post.UnitName = to.Unit.ID.String(), to.Unit.Name
		}
		if len(to.People) == 0 {
			item.To = append(item.To, post)
		}
		for _, u := range to.People {
			post.ID, post.Name = u.ID.String(), u.Name
			item.To = append(item.To, post)
		}
	}
	return item
}

func idTexts(ids []grievance.CaseID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}

// dateOfText reads a date that this program wrote; "" is none.
func dateOfText(s string) (d calendar.Date) {
	_ = d.UnmarshalText([]byte(s))
	return d
}
