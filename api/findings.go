package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FindingView is what an audit rule holds against a unit (问题线索).
type FindingView struct {
	ID string `json:"id" format:"uuid"`
	// What the ETag says and If-Match insists on.
	Version int64 `json:"version" example:"2"`
	// Absent for who may see the finding and not its case.
	CaseID string                `json:"case_id,omitempty" format:"uuid"`
	Rule   grievance.FindingRule `json:"rule" swaggertype:"string" enums:"overdue_acceptance,overdue_closure,no_first_contact,passing_the_buck,false_closure,repeat_petition,petition_two_levels_up,group_after_neglect,rubber_stamp,late_or_repeated_extension,suspension_abuse,order_unanswered,leak_or_retaliation"`
	Title  string                `json:"title" example:"逾期办结"`
	// The articles of the 信访工作条例 on which the rule rests.
	Articles []int `json:"articles" example:"34,45"`
	// What tells it apart from others of the rule in the case: a clock, a sign-off,
	// another case. Absent for who may not see what it names.
	Subject string `json:"subject,omitempty"`
	// The unit that it is held against.
	Unit UnitRef `json:"unit"`
	// The instant at which it showed, and its date.
	AboutAt  time.Time               `json:"about_at"`
	AboutOn  calendar.Date           `json:"about_on"`
	OpenedAt time.Time               `json:"opened_at"`
	State    grievance.FindingState  `json:"state" swaggertype:"string" enums:"opened,explained,decided,appealed,closed"`
	Result   grievance.FindingResult `json:"result,omitempty" swaggertype:"string" enums:"dismissed,measures"`
	Reason   grievance.Reason        `json:"reason,omitempty" swaggertype:"string" enums:"not_founded,lawful_cause,not_its_duty,wrongly_recorded"`
	// By when the unit is to explain it: the first instant that is late, and the last day in time.
	ExplainDueAt    time.Time     `json:"explain_due_at"`
	ExplainDueOn    calendar.Date `json:"explain_due_on"`
	ExplainedAt     *time.Time    `json:"explained_at,omitempty"`
	ExplainedBy     *PersonRef    `json:"explained_by,omitempty"`
	ExplanationLate bool          `json:"explanation_late"`
	// Since when the facts do not bear it any more.
	UnfoundedAt *time.Time `json:"unfounded_at,omitempty"`
	DecidedAt   *time.Time `json:"decided_at,omitempty"`
	DecidedBy   *PersonRef `json:"decided_by,omitempty"`
	DecidedUnit *UnitRef   `json:"decided_unit,omitempty"`
	AppealDueAt *time.Time `json:"appeal_due_at,omitempty"`
	AppealedAt  *time.Time `json:"appealed_at,omitempty"`
	AppealedBy  *PersonRef `json:"appealed_by,omitempty"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
} // @name Finding

// findingView shows a finding to who may see those of its cases that are open to
// them, and of no other anything that tells which it is.
func findingView(f *grievance.Finding, open openCases, book *grievance.Book) FindingView {
	audit := engine.AuditOf(f.Rule)
	return FindingView{
		ID: f.ID.String(), Version: f.Version, CaseID: open.name(f.CaseID), Rule: f.Rule, Title: f.Rule.Title(), Articles: audit.Articles,
		Subject: open.subject(f), Unit: unitRef(book, f.UnitID), AboutAt: f.AboutAt, AboutOn: calendar.DateOf(f.AboutAt), OpenedAt: f.OpenedAt,
		State: f.State, Result: f.Result, Reason: f.Reason, ExplainDueAt: f.ExplainDueAt, ExplainDueOn: f.ExplainDueOn,
		ExplainedAt: f.ExplainedAt, ExplainedBy: optionalPerson(book, f.ExplainedBy), ExplanationLate: f.ExplanationLate,
		UnfoundedAt: f.UnfoundedAt, DecidedAt: f.DecidedAt, DecidedBy: optionalPerson(book, f.DecidedBy),
		DecidedUnit: optionalUnit(book, f.DecidedUnitID), AppealDueAt: f.AppealDueAt, AppealedAt: f.AppealedAt,
		AppealedBy: optionalPerson(book, f.AppealedBy), ClosedAt: f.ClosedAt,
	}
}

// openCases are cases that a reader may see, by what tells them apart.
type openCases map[grievance.CaseID]string

func (o openCases) has(id grievance.CaseID) bool {
	_, open := o[id]
	return open
}

// name gives the id of a case, "" of one that is not open.
func (o openCases) name(id grievance.CaseID) string {
	if !o.has(id) {
		return ""
	}
	return id.String()
}

// number gives the number of a document of a case, "" of one that is not open.
func (o openCases) number(id grievance.CaseID, number string) string {
	if !o.has(id) {
		return ""
	}
	return number
}

func (o openCases) subject(f *grievance.Finding) string {
	if other, pair := f.OtherCase(); !o.has(f.CaseID) || pair && !o.has(other) {
		return ""
	}
	return f.Subject
}

// FindingPage is a page of findings.
type FindingPage struct {
	Items []FindingView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
	// How many there are on all pages; only with count=true.
	Total *int64 `json:"total,omitempty"`
} // @name FindingPage

// ExplainFindingRequest is the unit's explanation of a finding.
type ExplainFindingRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name ExplainFinding

// DecideFindingRequest decides a finding: with a reason to dismiss it, or with measures.
type DecideFindingRequest struct {
	Dismiss  grievance.Reason `json:"dismiss,omitempty" swaggertype:"string" enums:"not_founded,lawful_cause,not_its_duty,wrongly_recorded"`
	Measures []MeasureRequest `json:"measures,omitempty" validate:"max=50,dive"`
	Words    string           `json:"words" validate:"required,max=10000"`
} // @name DecideFinding

// MeasureRequest is a measure about a person who stands in one of the traces, or a unit.
type MeasureRequest struct {
	Kind   grievance.MeasureKind `json:"kind" validate:"required" swaggertype:"string" enums:"bulletin,talk,admonishment,discipline"`
	UserID grievance.UserID      `json:"user_id,omitzero" swaggertype:"string" format:"uuid"`
	UnitID grievance.UnitID      `json:"unit_id,omitzero" swaggertype:"string" format:"uuid"`
	// Of the 信访工作条例, 42 to 46.
	Articles []int `json:"articles" validate:"required,max=5" example:"45"`
} // @name MeasureAsked

// AppealFindingRequest appeals against the measures of a finding.
type AppealFindingRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name AppealFinding

// DecideAppealRequest decides an appeal: the measures that are taken back, none to
// uphold the decision.
type DecideAppealRequest struct {
	Reverse []int  `json:"reverse,omitempty" validate:"max=50"`
	Words   string `json:"words" validate:"required,max=10000"`
} // @name DecideAppeal

// listFindings lists findings, those about the newest instants first.
//
//	@Summary		问题线索列表 / findings
//	@Description	审计规则发现的问题，按所涉时点由近到远。领导、督查、纪检可见本单位及下级的，窗口可见本单位的，被处理人可见涉及本人的；不能查看所涉诉求的，不显示诉求。日期为北京日期，含首尾；可多选的参数用逗号分隔。 What audit rules hold against units, the newest first; of a case that the reader may not see nothing tells which it is. Dates are Beijing's, both included; several values are separated by commas.
//	@Tags			accountability
//	@Produce		json
//	@Param			unit		query	string	false	"held against this unit or one below"	format(uuid)
//	@Param			unit_alone	query	bool	false	"against that unit alone"
//	@Param			about_from	query	string	false	"first day"	format(date)
//	@Param			about_to	query	string	false	"last day"	format(date)
//	@Param			rule		query	string	false	"audit rules"
//	@Param			state		query	string	false	"opened, explained, decided, appealed, closed"
//	@Param			result		query	string	false	"dismissed, measures"
//	@Param			case		query	string	false	"of this case"	format(uuid)
//	@Param			count		query	bool	false	"count them all"
//	@Param			limit		query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor		query	string	false	"where the page begins"
//	@Success		200		{object}	FindingPage
//	@Failure		400,401,403,404,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings [get]
func (s *server) listFindings(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q := readQuery(c)
	f := store.FindingFilter{
		Unit: areaParam(q, book, ""), About: q.period("about_from", "about_to"),
		Rules: setParam(q, "rule", grievance.FindingRules...), States: setParam(q, "state", grievance.FindingStates...),
		Results: setParam(q, "result", grievance.ResultDismissed, grievance.ResultMeasures), CaseID: idParam[grievance.Case](q, "case"),
	}
	limit, after, counted := q.limit(), cursorParam[store.FindingPosition](q, "findings"), yes(q.boolean("count"))
	if err := q.err(); err != nil {
		return err
	}
	viewer := store.FindingViewerOf(actorOf(c), book, s.Clock.Now())
	var found []*grievance.Finding
	var open openCases
	var page FindingPage
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		if found, err = sn.ListFindings(viewer, f, after, limit+1); err != nil {
			return err
		}
		if open, err = sn.CasesOfFindings(viewer, found...); err != nil || !counted {
			return err
		}
		n, err := sn.CountFindings(viewer, f)
		page.Total = &n
		return err
	})
	if err != nil {
		return err
	}
	page.Items, page.Next, err = pageOf(c, "findings", found, limit,
		func(f *grievance.Finding) store.FindingPosition {
			return store.FindingPosition{AboutAt: f.AboutAt, ID: f.ID}
		},
		func(f *grievance.Finding) FindingView { return findingView(f, open, book) })
	return reply(c, page, err)
}

// explainFinding gives the unit's explanation.
//
//	@Summary		说明情况 / explain a finding
//	@Description	由被指单位的领导或窗口在期限内说明一次；逾期仍可说明，记为逾期。 By a leader or a clerk of the unit; late it is taken too, and marked.
//	@Tags			accountability
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"finding"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ExplainFindingRequest	true	"the explanation"
//	@Success		200				{object}	FindingView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings/{id}/explain [post]
func (s *server) explainFinding(c echo.Context) error {
	return performOnFinding(s, c, func(ctx context.Context, req casework.FindingRequest, id grievance.FindingID, in ExplainFindingRequest) (casework.FindingDone, error) {
		return s.Desk.ExplainFinding(ctx, req, id, grievance.Explaining(in))
	})
}

// decideFinding decides a finding.
//
//	@Summary		作出决定 / decide a finding
//	@Description	由上级单位的督查人员决定，其本人不得在责任链条中；须在单位说明之后，或说明期限届满之后。不予追究须选原因，处理措施须写明依据的条款（第四十二条至第四十六条）。 By a supervisor of a superior unit who stands in neither trace, after the unit has explained it or let its time pass.
//	@Tags			accountability
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"finding"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DecideFindingRequest	true	"the decision"
//	@Success		200				{object}	FindingView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings/{id}/decide [post]
func (s *server) decideFinding(c echo.Context) error {
	return performOnFinding(s, c, func(ctx context.Context, req casework.FindingRequest, id grievance.FindingID, in DecideFindingRequest) (casework.FindingDone, error) {
		d := grievance.FindingDecision{Dismiss: in.Dismiss, Words: in.Words}
		for _, m := range in.Measures {
			d.Measures = append(d.Measures, grievance.Measuring{Kind: m.Kind, User: m.UserID, Unit: m.UnitID, Articles: m.Articles})
		}
		return s.Desk.DecideFinding(ctx, req, id, d)
	})
}

// appealFinding appeals against measures.
//
//	@Summary		提出申诉 / appeal
//	@Description	由被指单位或被处理人在 15 日内提出一次。 Once, within 15 days, by the unit or a person whom a measure is about.
//	@Tags			accountability
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"finding"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		AppealFindingRequest	true	"what is wrong with the decision"
//	@Success		200				{object}	FindingView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings/{id}/appeal [post]
func (s *server) appealFinding(c echo.Context) error {
	return performOnFinding(s, c, func(ctx context.Context, req casework.FindingRequest, id grievance.FindingID, in AppealFindingRequest) (casework.FindingDone, error) {
		return s.Desk.AppealFinding(ctx, req, id, grievance.Appealing(in))
	})
}

// decideAppeal decides an appeal.
//
//	@Summary		申诉决定 / decide an appeal
//	@Description	由原决定单位的上级督查人员决定，无上级的由同级其他督查或纪检人员决定；决定后问题线索了结。 By a supervisor above the unit that decided; the finding is then closed.
//	@Tags			accountability
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"finding"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DecideAppealRequest	true	"the decision"
//	@Success		200				{object}	FindingView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/findings/{id}/decide-appeal [post]
func (s *server) decideAppeal(c echo.Context) error {
	return performOnFinding(s, c, func(ctx context.Context, req casework.FindingRequest, id grievance.FindingID, in DecideAppealRequest) (casework.FindingDone, error) {
		return s.Desk.DecideAppeal(ctx, req, id, grievance.AppealDecision(in))
	})
}
