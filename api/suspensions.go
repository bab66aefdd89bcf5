package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// SuspendRequest asks that a case rests.
type SuspendRequest struct {
	Cause grievance.PauseCause `json:"cause" validate:"required" swaggertype:"string" enums:"hearing,expert_opinion,force_majeure,petitioner"`
	// The last day on which it is to rest.
	Until calendar.Date `json:"until" validate:"required" swaggertype:"string" format:"date" example:"2026-12-21"`
	Words string        `json:"words" validate:"required,max=10000"`
} // @name Suspend

// ResumeRequest says why a case is taken up again before its rest is over.
type ResumeRequest struct {
	Words string `json:"words" validate:"max=10000"`
} // @name Resume

// SuspensionView is a stretch in which a case rests (中止).
type SuspensionView struct {
	N     int                  `json:"n" example:"1"`
	Cause grievance.PauseCause `json:"cause" swaggertype:"string" enums:"hearing,expert_opinion,force_majeure,petitioner"`
	// The number of the sign-off that approved it.
	SignOff    int       `json:"sign_off" example:"2"`
	ApprovedBy PersonRef `json:"approved_by"`
	From       time.Time `json:"from"`
	// When it ends, or would have ended, by itself.
	Until time.Time `json:"until"`
	// The last day of it, as planned.
	Through calendar.Date `json:"through" swaggertype:"string" format:"date"`
	// Absent while it lasts.
	EndedAt *time.Time `json:"ended_at,omitempty"`
	// Absent where it ended by itself.
	EndedBy *PersonRef `json:"ended_by,omitempty"`
} // @name Suspension

// SuspensionList is every suspension of a case, in order.
type SuspensionList struct {
	Items []SuspensionView `json:"items"`
} // @name SuspensionList

// suspendCase asks a leader to approve that a case rests.
//
//	@Summary		申请中止 / ask for a suspension
//	@Description	因听证、鉴定、不可抗力或等待诉求人而中止办理，经领导签批后生效，签批前状态不变；期限届满自行恢复。中止期间只有模式规定的时限停止计时，其余时限照常计算（信访仅听证不计入复核期限，条例第三十六条）。 The status stays until a leader has signed. It ends by itself at the end of the day named. Only the deadlines that the profile says stand still; every other runs on.
//	@Tags			deadlines
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		SuspendRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/suspend [post]
func (s *server) suspendCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in SuspendRequest) (casework.Done, error) {
		return s.Desk.Suspend(ctx, req, id, grievance.Suspending(in))
	})
}

// resumeCase ends a suspension before its time.
//
//	@Summary		恢复办理 / resume
//	@Description	提前结束中止，停止的时限自此继续计算。 Ends a suspension before its time; what stood still runs on from now.
//	@Tags			deadlines
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ResumeRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/resume [post]
func (s *server) resumeCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ResumeRequest) (casework.Done, error) {
		return s.Desk.Resume(ctx, req, id, grievance.Resuming(in))
	})
}

// caseSuspensions lists the suspensions of a case.
//
//	@Summary		中止记录 / suspensions
//	@Description	原因、起止、签批人和实际结束时间。 Cause, planned and real end, and who approved it.
//	@Tags			deadlines
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	SuspensionList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/suspensions [get]
func (s *server) caseSuspensions(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, func(l look) (SuspensionList, error) {
		list := SuspensionList{Items: []SuspensionView{}}
		all, err := l.SuspensionsOf(l.about.ID)
		for _, x := range all {
			list.Items = append(list.Items, suspensionView(x, l.book))
		}
		return list, err
	})
	return reply(c, list, err)
}

func suspensionView(x grievance.Suspension, book *grievance.Book) SuspensionView {
	return SuspensionView{
		N: x.N, Cause: x.Cause, SignOff: x.SignOff, ApprovedBy: personRef(book, x.ApprovedBy), From: x.FromAt, Until: x.Until,
		Through: *lastDay(x.Until), EndedAt: x.EndedAt, EndedBy: optionalPerson(book, x.EndedBy),
	}
}

// lastDay is the last day before an instant at which a period ends.
func lastDay(until time.Time) *calendar.Date {
	day := calendar.DateOf(until.Add(-time.Microsecond))
	return &day
}
