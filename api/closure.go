package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// RateRequest is the petitioner's word on the answer; each of the three must be
// asked, for silence is not a no.
type RateRequest struct {
	Contacted *bool `json:"contacted" validate:"required"`
	Resolved  *bool `json:"resolved" validate:"required"`
	Satisfied *bool `json:"satisfied" validate:"required"`
} // @name Rate

// DisputeRequest is what the petitioner disputes in the answer.
type DisputeRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name Dispute

// rateCase records the petitioner's rating.
//
//	@Summary		评价 / rate
//	@Description	诉求人评价：是否联系、是否解决、是否满意；可由未经办该事项的窗口人员代录。 Given by the petitioner, or through a clerk who did not handle the case.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		RateRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/rating [post]
func (s *server) rateCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in RateRequest) (casework.Done, error) {
		return s.Desk.Rate(ctx, req, id, grievance.Rating{Contacted: yes(in.Contacted), Resolved: yes(in.Resolved), Satisfied: yes(in.Satisfied)})
	})
}

// disputeCase opens a case again as a further round.
//
//	@Summary		异议 / dispute
//	@Description	诉求人对答复不服，事项作为第二轮重新办理；信访事项请依法申请复查。 The case is handled again as a further round, once, within the profile's days; petitions have review instead (Art. 35).
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DisputeRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/dispute [post]
func (s *server) disputeCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in DisputeRequest) (casework.Done, error) {
		return s.Desk.Dispute(ctx, req, id, grievance.Disputing(in))
	})
}
