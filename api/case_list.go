package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// NextDueView is the running deadline of a case that is due first.
type NextDueView struct {
	ID   string              `json:"id" format:"uuid"`
	Kind grievance.ClockKind `json:"kind" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	// The first instant that is late.
	DueAt time.Time `json:"due_at"`
	// The last day that is in time.
	DueOn calendar.Date `json:"due_on"`
	Late  bool          `json:"late"`
} // @name NextDue

// CaseItemView is a case in a list.
type CaseItemView struct {
	CaseView
	Title string `json:"title" example:"村口路灯不亮"`
	// Absent when no deadline runs.
	NextDue *NextDueView `json:"next_due,omitempty"`
} // @name CaseItem

// CasePage is a page of cases.
type CasePage struct {
	Items []CaseItemView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
	// How many there are on all pages; only with count=true.
	Total *int64 `json:"total,omitempty"`
} // @name CasePage

func caseItemView(i *store.CaseItem, book *grievance.Book, now time.Time) CaseItemView {
	return CaseItemView{CaseView: caseView(&i.Case, book), Title: i.Title, NextDue: nextDueView(i.Next, now)}
}

func nextDueView(k *grievance.Clock, now time.Time) *NextDueView {
	if k == nil {
		return nil
	}
	return &NextDueView{ID: k.ID.String(), Kind: k.Kind, DueAt: k.DueAt, DueOn: k.DueOn, Late: k.Late(now)}
}

// listCases lists the cases that the actor may see and the parameters mean.
//
//	@Summary		诉求列表 / cases
//	@Description	只列出有权查看的诉求；各条件同时成立；可多选的参数用逗号分隔。日期为北京日期，含首尾。 Cases that the reader may see, for which all conditions hold; where several values are allowed they are separated by commas. Dates are Beijing's, both included. The escalation_ and clock_ conditions mean cases with an escalation, or a clock, for which all of them hold; they, and escalated, look only at cases that the reader's units take part in.
//	@Tags			cases
//	@Produce		json
//	@Param			status			query	string	false	"statuses"	example(registered,accepted)
//	@Param			unit			query	string	false	"takes part as lead or handling unit, with all below"	format(uuid)
//	@Param			unit_alone		query	bool	false	"that unit alone"
//	@Param			handler			query	string	false	"its handler"	format(uuid)
//	@Param			responsible		query	string	false	"who answers for it"	format(uuid)
//	@Param			channel			query	string	false	"channels"
//	@Param			nature			query	string	false	"natures"
//	@Param			category		query	string	false	"a category and all below it"	maxlength(20)
//	@Param			urgency			query	string	false	"grades of urgency"
//	@Param			profile			query	string	false	"profile"	maxlength(50)
//	@Param			received_from	query	string	false	"first day"	format(date)
//	@Param			received_to		query	string	false	"last day"	format(date)
//	@Param			due_before		query	string	false	"a deadline that runs is due before"	format(date-time)
//	@Param			overdue			query	bool	false	"a deadline is late now, or was missed and the case is still open"
//	@Param			unrouted		query	bool	false	"nobody's duty by the responsibility list"
//	@Param			unassigned		query	bool	false	"open, and nobody has acknowledged it"
//	@Param			listed			query	bool	false	"a superior unit watches it (挂牌督办)"
//	@Param			sponsor			query	string	false	"the leader in charge (包案)"	format(uuid)
//	@Param			escalated				query	bool	false	"has been escalated"
//	@Param			escalation_unit			query	string	false	"escalated from this unit or one below"	format(uuid)
//	@Param			escalation_unit_alone	query	bool	false	"from that unit alone"
//	@Param			escalation_opened_from	query	string	false	"escalated on this day or later"	format(date)
//	@Param			escalation_opened_to	query	string	false	"escalated on this day or earlier"	format(date)
//	@Param			escalation_level		query	string	false	"levels, 1 to 3"
//	@Param			escalation_cause		query	string	false	"causes"
//	@Param			escalation_state		query	string	false	"states"
//	@Param			escalation_unroutable	query	bool	false	"nobody could take it"
//	@Param			clock_unit			query	string	false	"a deadline owed by this unit or one below"	format(uuid)
//	@Param			clock_unit_alone	query	bool	false	"by that unit alone"
//	@Param			clock_started_from	query	string	false	"started on this day or later"	format(date)
//	@Param			clock_started_to	query	string	false	"started on this day or earlier"	format(date)
//	@Param			clock_kind			query	string	false	"kinds of deadline"
//	@Param			clock_paused		query	bool	false	"in time, and stands still while its case rests"
//	@Param			clock_extended		query	bool	false	"was extended"
//	@Param			clock_standing		query	string	false	"on_time, breached or open: any of those where it is absent"
//	@Param			sort	query	string	false	"newest first; received first first; due first first, those without a running deadline last"	enums(newest,received_at,due_at)	default(newest)
//	@Param			count	query	bool	false	"count them all"
//	@Param			limit	query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Success		200		{object}	CasePage
//	@Failure		400,401,403,404,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases [get]
func (s *server) listCases(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q := readQuery(c)
	return s.pageOfCases(c, book, q, caseFilter(q, book, s.Clock.Now()))
}

// pageOfCases reads how the list is to be shown, and shows it.
func (s *server) pageOfCases(c echo.Context, book *grievance.Book, q *query, f store.CaseFilter) error {
	order := enumParam(q, "sort", store.CaseOrders...)
	if order == "" {
		order = store.NewestFirst
	}
	list := "cases." + string(order)
	limit, after, counted := q.limit(), cursorParam[store.CasePosition](q, list), yes(q.boolean("count"))
	if err := q.err(); err != nil {
		return err
	}
	viewer := store.ViewerOf(actorOf(c), book)
	if f.Escalated != nil || f.Clocked != nil {
		viewer = viewer.AtWork()
	}
	var found []store.CaseItem
	var page CasePage
	err := s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		if found, err = sn.ListCases(viewer, f, order, after, limit+1); err != nil || !counted {
			return err
		}
		n, err := sn.CountCases(viewer, f)
		page.Total = &n
		return err
	})
	if err != nil {
		return err
	}
	page.Items, page.Next, err = pageOf(c, list, found, limit,
		func(i store.CaseItem) store.CasePosition { return i.Position(order) },
		func(i store.CaseItem) CaseItemView { return caseItemView(&i, book, f.Now) })
	return reply(c, page, err)
}

func yes(b *bool) bool { return b != nil && *b }
