package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// AssignRequest hands a case to a unit or to a handler.
type AssignRequest struct {
	// What the responsibility list proposes, if it is absent, else the desk's own.
	Unit grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	// Left to the unit, if it is absent.
	Handler grievance.UserID `json:"handler_id" swaggertype:"string" format:"uuid"`
	Words   string           `json:"words" validate:"max=10000"`
} // @name Assign

// ContactRequest says how the petitioner was contacted.
type ContactRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name Contact

// NoteRequest is a remark, for the staff or for the petitioner too.
type NoteRequest struct {
	Words        string `json:"words" validate:"required,max=10000"`
	ToPetitioner bool   `json:"to_petitioner"`
} // @name Note

// SubmitRequest is the outcome and the opinion document in its four parts.
type SubmitRequest struct {
	Outcome    grievance.Outcome `json:"outcome" validate:"required" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	Request    string            `json:"request" validate:"required,max=10000"`
	Facts      string            `json:"facts" validate:"required,max=10000"`
	Opinion    string            `json:"opinion" validate:"required,max=10000"`
	LegalBasis string            `json:"legal_basis" validate:"required,max=10000"`
} // @name Submit

// WithdrawRequest says why the petitioner takes the grievance back.
type WithdrawRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name Withdraw

// ServeRequest is how and when a notice was served.
type ServeRequest struct {
	How string `json:"how" validate:"required" enums:"in_person,mail,sms,phone,app,left,announcement"`
	// Now, if it is absent.
	At    time.Time `json:"at" format:"date-time"`
	Proof string    `json:"proof" validate:"max=10000"`
} // @name Serve

// assignCase hands a case to a handling unit or a handler.
//
//	@Summary		交办 / assign
//	@Description	交办给承办单位或承办人；签收前仍由原责任人负责。 Who answered for the case before still does until it is acknowledged.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		AssignRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/assign [post]
func (s *server) assignCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in AssignRequest) (casework.Done, error) {
		return s.Desk.Assign(ctx, req, id, grievance.Assignment(in))
	})
}

// acknowledgeCase records that the actor has received a case.
//
//	@Summary		签收 / acknowledge
//	@Description	承办人签收交办的事项，或窗口人员签收转来的事项；自此由签收人负责。 From now on the actor answers for the case.
//	@Tags			handling
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/acknowledge [post]
func (s *server) acknowledgeCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in nothing) (casework.Done, error) {
		return s.Desk.Acknowledge(ctx, req, id, grievance.Acknowledging(in))
	})
}

// contactCase records that the petitioner was contacted.
//
//	@Summary		联系群众 / contact
//	@Description	记录与诉求人的联系；首次联系使首次联系时限停止。 The first contact stops the first-contact clock.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ContactRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/contact [post]
func (s *server) contactCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ContactRequest) (casework.Done, error) {
		return s.Desk.Contact(ctx, req, id, grievance.Contacting(in))
	})
}

// noteCase adds a remark to a case.
//
//	@Summary		备注 / note
//	@Description	内部备注，或同时告知诉求人；不影响任何时限。 For the staff, or for the petitioner too. It never moves a clock.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		NoteRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notes [post]
func (s *server) noteCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in NoteRequest) (casework.Done, error) {
		return s.Desk.Note(ctx, req, id, grievance.Noting(in))
	})
}

// submitCase puts an opinion before a leader.
//
//	@Summary		提请签批 / submit
//	@Description	提交办理结果和处理意见，请领导签批；办理时限在批准前继续计算。 The handling clock runs on until it is approved.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		SubmitRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/submit [post]
func (s *server) submitCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in SubmitRequest) (casework.Done, error) {
		return s.Desk.Submit(ctx, req, id, grievance.Submission(in))
	})
}

// withdrawCase asks a leader to sign that the petitioner withdraws a case.
//
//	@Summary		撤回 / withdraw
//	@Description	诉求人撤回，经领导签批后终结，签批前状态不变。 The status stays until a leader has signed.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		WithdrawRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/withdraw [post]
func (s *server) withdrawCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in WithdrawRequest) (casework.Done, error) {
		return s.Desk.Withdraw(ctx, req, id, grievance.Withdrawal(in))
	})
}

// serveNotice records that a notice was served.
//
//	@Summary		登记送达 / service of a notice
//	@Description	登记文书送达的方式、时间和回证；除转送告知书外，送达使受理时限停止。 The service of any notice but that of a forward stops the acceptance clock.
//	@Tags			handling
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ServeRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notices/{n}/service [post]
func (s *server) serveNotice(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ServeRequest) (casework.Done, error) {
		return s.Desk.Serve(ctx, req, id, n, grievance.Service(in))
	})
}
