package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// ReviewRequest says why the petitioner does not accept the answer.
type ReviewRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name AskReview

// ReviewOpinionRequest is what a review comes to: the decision with the opinion
// document in its four parts, or the agreement of a mediation.
type ReviewOpinionRequest struct {
	Decision   grievance.Decision `json:"decision" validate:"required" swaggertype:"string" enums:"upheld,changed,revoked,mediated"`
	Request    string             `json:"request" validate:"max=10000"`
	Facts      string             `json:"facts" validate:"max=10000"`
	Opinion    string             `json:"opinion" validate:"max=10000"`
	LegalBasis string             `json:"legal_basis" validate:"max=10000"`
	// Of a mediation alone, where it takes the place of the four parts.
	Agreement string `json:"agreement" validate:"max=10000"`
} // @name DecideReview

// HearingOrderRequest orders a hearing.
type HearingOrderRequest struct {
	// The last day on which it is to be held.
	Until calendar.Date `json:"until" validate:"required" swaggertype:"string" format:"date" example:"2026-12-21"`
	Words string        `json:"words" validate:"max=10000"`
} // @name OrderHearing

// HearingRecordRequest is the record of a hearing.
type HearingRecordRequest struct {
	HeldAt time.Time `json:"held_at" validate:"required" format:"date-time"`
	// 0 where nobody came.
	Attended *int `json:"attended" validate:"required,min=0,max=100000" example:"9"`
	// The minutes.
	Words string `json:"words" validate:"required,max=10000"`
} // @name RecordHearing

// ReviewView is a review (复查, Art. 35) or a re-review (复核, Art. 36).
type ReviewView struct {
	N     int                 `json:"n" example:"1"`
	Kind  grievance.ClockKind `json:"kind" swaggertype:"string" enums:"review,re_review"`
	Round int                 `json:"round" example:"1"`
	// The organ before which it is.
	Unit  UnitRef                   `json:"unit"`
	State grievance.ProceedingState `json:"state" swaggertype:"string" enums:"open,awaiting_signoff,decided"`
	// Absent for who proved to be the petitioner by the query code.
	RequestedBy *PersonRef `json:"requested_by,omitempty"`
	RequestedAt time.Time  `json:"requested_at"`
	// Asked for by a clerk for the petitioner.
	OnBehalf bool `json:"on_behalf"`
	// The number of the sign-off of its opinion; absent before that was submitted.
	SignOff   int                `json:"sign_off,omitempty,omitzero"`
	Decision  grievance.Decision `json:"decision,omitempty" swaggertype:"string" enums:"upheld,changed,revoked,mediated"`
	DecidedBy *PersonRef         `json:"decided_by,omitempty"`
	DecidedAt *time.Time         `json:"decided_at,omitempty"`
	// The number of the opinion document.
	Notice  int          `json:"notice,omitempty,omitzero"`
	Hearing *HearingView `json:"hearing,omitempty"`
	// Why it was asked for, and the minutes of the hearing for those who work on the
	// case. What was decided stands with the notice.
	Texts []TextView `json:"texts"`
} // @name Review

// HearingView is the hearing of a review (听证).
type HearingView struct {
	OrderedBy PersonRef `json:"ordered_by"`
	OrderedAt time.Time `json:"ordered_at"`
	// The last day on which it was to be held.
	Through calendar.Date `json:"through" swaggertype:"string" format:"date"`
	// Absent before it is on record.
	HeldAt     *time.Time `json:"held_at,omitempty"`
	Attended   *int       `json:"attended,omitempty"`
	RecordedBy *PersonRef `json:"recorded_by,omitempty"`
	RecordedAt *time.Time `json:"recorded_at,omitempty"`
} // @name Hearing

// ReviewList is every review of a case, in order.
type ReviewList struct {
	Items []ReviewView `json:"items"`
} // @name ReviewList

// requestReview asks for a review or a re-review.
//
//	@Summary		申请复查、复核 / ask for a review
//	@Description	信访事项的诉求人自意见书送达之日起三十日内，向上一级机关申请复查；对复查意见不服的，同样期限内申请复核（条例第三十五条、第三十六条）。事项仍为已办结。 Within 30 days from the service of the opinion, by the organ one level up; and after a review, a re-review by the next. The case stays closed.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReviewRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reviews [post]
func (s *server) requestReview(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ReviewRequest) (casework.Done, error) {
		return s.Desk.RequestReview(ctx, req, id, grievance.ReviewRequest(in))
	})
}

// decideReview puts the opinion of a review before a leader.
//
//	@Summary		提请复查、复核意见 / submit the opinion of a review
//	@Description	由复查、复核机关的人员提请本机关领导签批；批准后维持的可以复核或者终结，变更或撤销的重新办理，调解的终结。 By the reviewing organ, before a leader of it who had no part in the answer. Signed: upheld, the case stays closed, after a re-review it is final; changed or revoked, it is handled again; mediated, it is final.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReviewOpinionRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reviews/{n}/decision [post]
func (s *server) decideReview(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in ReviewOpinionRequest) (casework.Done, error) {
		return s.Desk.SubmitReview(ctx, req, id, n, grievance.ReviewOpinion(in))
	})
}

// orderHearing orders a hearing on a review.
//
//	@Summary		决定听证 / order a hearing
//	@Description	听证所需时间不计入复核期限（条例第三十六条），至所定截止日为止；提前归档笔录的即恢复计算。 The time until the day named does not count for a re-review; sooner where the record is filed.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		HearingOrderRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reviews/{n}/hearing [post]
func (s *server) orderHearing(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in HearingOrderRequest) (casework.Done, error) {
		return s.Desk.OrderHearing(ctx, req, id, n, grievance.HearingOrder(in))
	})
}

// recordHearing files the record of a hearing.
//
//	@Summary		归档听证笔录 / record a hearing
//	@Description	举行时间、参加人数和笔录；归档前不能提请复查、复核意见。 When it was held, how many attended, and the minutes. No opinion is submitted before.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		HearingRecordRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/reviews/{n}/hearing/record [post]
func (s *server) recordHearing(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in HearingRecordRequest) (casework.Done, error) {
		return s.Desk.RecordHearing(ctx, req, id, n, grievance.HearingRecord{HeldAt: in.HeldAt, Attended: orZero(in.Attended), Words: in.Words})
	})
}
