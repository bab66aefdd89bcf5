package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// RemindRequest is a reminder, with words where somebody has any.
type RemindRequest struct {
	Words string `json:"words" validate:"max=10000"`
} // @name Remind

// ListRequest is why a superior unit lists a case.
type ListRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"major_risk,repeated,group,overdue,public_concern"`
	Words  string           `json:"words" validate:"max=10000"`
} // @name ListCase

// LiftRequest is why a case is listed no more.
type LiftRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name LiftListing

// MisconductRequest is a report of a leak or of retaliation.
type MisconductRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"leak,retaliation"`
	// Whose misconduct; the unit that the case is with, if it is absent.
	Unit  grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	Words string           `json:"words" validate:"required,max=10000"`
} // @name ReportMisconduct

// NameRequest names whom the grievance is about: one of a user of the system, a unit,
// and the name of a person or a unit. Whoever bears the name nearby is meant.
type NameRequest struct {
	User grievance.UserID `json:"user_id" swaggertype:"string" format:"uuid"`
	Unit grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	Name string           `json:"name" validate:"max=200,oneline"`
} // @name NamePerson

// ListedView says that a superior unit watches a case (挂牌督办).
type ListedView struct {
	At     time.Time        `json:"at"`
	By     PersonRef        `json:"by"`
	Unit   UnitRef          `json:"unit"`
	Reason grievance.Reason `json:"reason" swaggertype:"string" enums:"major_risk,repeated,group,overdue,public_concern"`
} // @name Listed

func listedView(c *grievance.Case, book *grievance.Book) *ListedView {
	if c.ListedAt == nil {
		return nil
	}
	return &ListedView{*c.ListedAt, personRef(book, c.ListedBy), unitRef(book, c.ListedUnit), c.ListedFor}
}

// remindCase reminds whoever must act.
//
//	@Summary		催办 / remind
//	@Description	提醒当前应办理的人员，进入其待办；同一人一小时内不重复催办。 It stands in the inbox of whose move it is until they do anything about the case. The same person reminds once an hour at most.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		RemindRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reminders [post]
func (s *server) remindCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in RemindRequest) (casework.Done, error) {
		return s.Desk.Remind(ctx, req, id, grievance.Reminding(in))
	})
}

// listCase puts a case on the list of a superior unit.
//
//	@Summary		挂牌督办 / list a case
//	@Description	由上级单位的督查人员挂牌；不影响时限，模式可以要求挂牌事项由更多领导签批。 By a supervisor of a unit above. No deadline moves; a profile may ask for more signatures.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ListRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/listing [post]
func (s *server) listCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ListRequest) (casework.Done, error) {
		return s.Desk.List(ctx, req, id, grievance.Listing(in))
	})
}

// liftListing takes a case off the list.
//
//	@Summary		摘牌 / lift the listing
//	@Description	由挂牌单位或其上级的督查人员摘牌。 By a supervisor of the unit that listed it, or of one above.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		LiftRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/listing/lift [post]
func (s *server) liftListing(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in LiftRequest) (casework.Done, error) {
		return s.Desk.Lift(ctx, req, id, grievance.Lifting(in))
	})
}

// reportMisconduct records a report of a leak or of retaliation.
//
//	@Summary		反映泄露信息、打击报复 / report misconduct
//	@Description	诉求人（或由窗口代为）、督查或纪检人员反映（条例第四十六条）；被反映的单位看不到。 By the petitioner, a clerk for the petitioner, a supervisor or an inspector (Art. 46). The unit reported does not see it: supervisors and inspectors above it do, and who reported it.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		MisconductRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/misconduct [post]
func (s *server) reportMisconduct(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in MisconductRequest) (casework.Done, error) {
		return s.Desk.ReportMisconduct(ctx, req, id, grievance.Misconduct(in))
	})
}

// namePerson names whom the grievance is about.
//
//	@Summary		列为被反映人 / name whom it is about
//	@Description	被反映人应当回避：不得承办、签批、包案或承接该事项的升级。检举控告事项随即移交其上级纪检人员，被反映人、所在单位及下属单位均不可见（条例第二十八、三十条）。 Such a person does nothing to the case. An accusation goes to the inspectors above at once, and neither the person nor the whole unit sees it from then on.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		NameRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/named [post]
func (s *server) namePerson(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in NameRequest) (casework.Done, error) {
		return s.Desk.Name(ctx, req, id, grievance.Naming(in))
	})
}
