package api

import (
	"context"
	"encoding/hex"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// ApproveRequest is a leader's signature.
type ApproveRequest struct {
	Words string `json:"words" validate:"max=10000"`
} // @name Approve

// ReturnRequest is why a leader does not sign.
type ReturnRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"facts_unclear,basis_missing,opinion_improper,petitioner_not_contacted,wrong_unit,other"`
	Words  string           `json:"words" validate:"required,max=10000"`
} // @name Return

// approveSignOff signs what was submitted.
//
//	@Summary		批准 / approve
//	@Description	领导签批：事项办结、不予受理、撤回、中止，复查、复核作出决定，或由单位负责人批准延期（到期后不得批准）。不能签批本人承办或提请的事项。 The case is closed, declined, withdrawn or suspended, a review decided, or a deadline extended, which a head signs before it is due. Nobody signs their own work.
//	@Tags			sign-off
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ApproveRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sign-offs/{n}/approve [post]
func (s *server) approveSignOff(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ApproveRequest) (casework.Done, error) {
		return s.Desk.Approve(ctx, req, id, n, grievance.Approval(in))
	})
}

// returnSignOff gives what was submitted back.
//
//	@Summary		退回 / return
//	@Description	领导退回并说明理由；处理意见退回后继续办理。 A returned opinion is handled on; whatever else is returned leaves the case where it was.
//	@Tags			sign-off
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReturnRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sign-offs/{n}/return [post]
func (s *server) returnSignOff(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ReturnRequest) (casework.Done, error) {
		return s.Desk.Return(ctx, req, id, n, grievance.Returning(in))
	})
}

// amendOpinion changes an opinion that is before a leader.
//
//	@Summary		修改处理意见 / amend an opinion
//	@Description	承办人在签批期间修改处理意见：原有签批全部作废，自第一环节重新签批；办理时限不变。 While it waits for a signature: every signature on the one before is void, and the new one begins at the first step. The handling deadline does not move.
//	@Tags			sign-off
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		SubmitRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sign-offs/{n}/amend [post]
func (s *server) amendOpinion(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in SubmitRequest) (casework.Done, error) {
		return s.Desk.Amend(ctx, req, id, n, grievance.Submission(in))
	})
}

// signOffView shows a sign-off; about is its case with its clocks, which may be
// nil where nothing is to be told of what an extension would come to. Of another case
// that it rests on only what is open to the reader is named.
func signOffView(x *grievance.SignOff, about *grievance.Case, open openCases, book *grievance.Book, texts []TextView) SignOffView {
	v := SignOffView{
		N: x.N, Round: x.Round, Kind: x.Kind, State: x.State, Unit: unitRef(book, x.UnitID), Outcome: x.Outcome, Reason: x.Reason,
		RequestedBy: optionalPerson(book, x.RequestedBy), RequestedAt: x.RequestedAt,
		DecidedBy: optionalPerson(book, x.DecidedBy), DecidedAt: x.DecidedAt, ReturnedFor: x.ReturnedFor,
		Texts: orNone(texts), Digest: hex.EncodeToString(x.Digest),
		ClockID: x.ClockID.String(), Length: x.Length.N, LengthUnit: x.Length.Unit,
		Request: x.Request, Step: x.Step, Chain: x.Chain.Signers(), Head: x.Head,
		SeenSeq: x.SeenSeq, SeenDigest: hex.EncodeToString(x.SeenDigest), EarlierCaseID: open.name(x.EarlierCaseID), RefersTo: open.number(x.EarlierCaseID, x.EarlierNumber),
		Recuse: optionalPerson(book, x.Recuse),
	}
	if x.Until != nil {
		v.Through = lastDay(*x.Until)
	}
	if about == nil {
		return v
	}
	if due, ok := about.DueIfExtended(book, x); ok {
		v.NewDueAt, v.NewDueOn = &due.At, &due.On
	}
	return v
}
