package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// ExtendRequest asks for more time for a deadline of a case.
type ExtendRequest struct {
	// The handling's, if it is absent.
	ClockID grievance.ClockID `json:"clock_id" swaggertype:"string" format:"uuid"`
	// Working days where the profile counts the extension in them.
	Days   *int             `json:"days" validate:"required,min=1,max=365" example:"30"`
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"complex,investigation,appraisal,coordination,other"`
	// What the petitioner is told once it is approved.
	Words string `json:"words" validate:"required,max=10000"`
} // @name Extend

// extendCase asks the head of the unit to extend a deadline.
//
//	@Summary		申请延期 / ask for an extension
//	@Description	到期前申请，由单位负责人签批；只能延长一次，天数以模式规定为限（信访为 30 日，条例第三十四条），加在顺延前的最后一日上，再顺延一次。签批前时限继续计算；到期后申请或签批的，不予延长，逾期记录不变。批准后制作延期告知书，须送达诉求人。 Asked for and signed before the deadline is due, once, within what the profile allows; the days are added to the last day before it was rolled. Nothing waits for it. Late it is refused, and the breach stands. Approved, it makes a notice to the petitioner, whose service is to be recorded.
//	@Tags			deadlines
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ExtendRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/extensions [post]
func (s *server) extendCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ExtendRequest) (casework.Done, error) {
		return s.Desk.Extend(ctx, req, id, grievance.Extending{Clock: in.ClockID, N: orZero(in.Days), Reason: in.Reason, Words: in.Words})
	})
}
