package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// PublicRateRequest is a rating by somebody without an account, who proves by
// the query code to be the petitioner.
type PublicRateRequest struct {
	LookupRequest
	RateRequest
} // @name PublicRate

// PublicDisputeRequest is a dispute by somebody without an account, who proves
// by the query code to be the petitioner.
type PublicDisputeRequest struct {
	LookupRequest
	DisputeRequest
} // @name PublicDispute

// PublicReviewRequest asks for a review by somebody without an account, who proves
// by the query code to be the petitioner.
type PublicReviewRequest struct {
	LookupRequest
	ReviewRequest
} // @name PublicAskReview

// PublicReply says where the case stands after the petitioner has spoken.
type PublicReply struct {
	ReceiptNumber string           `json:"receipt_number" example:"430102003-20261122-0007"`
	Status        grievance.Status `json:"status" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	Round         int              `json:"round" example:"1"`
} // @name PublicReply

// ratePublic records the rating of a petitioner who has no account.
//
//	@Summary		群众评价 / rate by query code
//	@Description	凭登记编号和查询码评价办理结果，无须登录。 Without a login, by receipt number and query code.
//	@Tags			public
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		PublicRateRequest	true	"number, code and rating"
//	@Success		200				{object}	PublicReply
//	@Failure		400,404,409,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/public/cases/rating [post]
func (s *server) ratePublic(c echo.Context) error {
	in, err := decode[PublicRateRequest](c)
	if err != nil {
		return err
	}
	rating := grievance.Rating{Contacted: yes(in.Contacted), Resolved: yes(in.Resolved), Satisfied: yes(in.Satisfied)}
	return s.speak(c, in.LookupRequest, func(ctx context.Context, req casework.Request, id grievance.CaseID) (casework.Done, error) {
		return s.Desk.Rate(ctx, req, id, rating)
	})
}

// disputePublic records that a petitioner who has no account disputes the answer.
//
//	@Summary		群众异议 / dispute by query code
//	@Description	凭登记编号和查询码对答复提出异议，无须登录；事项作为第二轮重新办理。 Without a login, by receipt number and query code; the case is handled again.
//	@Tags			public
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string					false	"names this request, so that it can be sent again"
//	@Param			body			body		PublicDisputeRequest	true	"number, code and what is disputed"
//	@Success		200				{object}	PublicReply
//	@Failure		400,404,409,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/public/cases/dispute [post]
func (s *server) disputePublic(c echo.Context) error {
	in, err := decode[PublicDisputeRequest](c)
	if err != nil {
		return err
	}
	return s.speak(c, in.LookupRequest, func(ctx context.Context, req casework.Request, id grievance.CaseID) (casework.Done, error) {
		return s.Desk.Dispute(ctx, req, id, grievance.Disputing(in.DisputeRequest))
	})
}

// reviewPublic asks for a review for a petitioner who has no account.
//
//	@Summary		群众申请复查、复核 / ask for a review by query code
//	@Description	凭登记编号和查询码申请复查；复查后不服的申请复核，无须登录。 Without a login, by receipt number and query code; after a review, a re-review.
//	@Tags			public
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		PublicReviewRequest	true	"number, code and why"
//	@Success		200				{object}	PublicReply
//	@Failure		400,404,409,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/public/cases/review [post]
func (s *server) reviewPublic(c echo.Context) error {
	in, err := decode[PublicReviewRequest](c)
	if err != nil {
		return err
	}
	return s.speak(c, in.LookupRequest, func(ctx context.Context, req casework.Request, id grievance.CaseID) (casework.Done, error) {
		return s.Desk.RequestReview(ctx, req, id, grievance.ReviewRequest(in.ReviewRequest))
	})
}

// speak lets whoever proves to be the petitioner of a case act on it.
func (s *server) speak(c echo.Context, proof LookupRequest, act func(context.Context, casework.Request, grievance.CaseID) (casework.Done, error)) error {
	var id grievance.CaseID
	err := s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) error {
		g, err := s.proved(sn, proof)
		if err == nil {
			id = g.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	reply := func(g *grievance.Case, _ *grievance.Book) any {
		return PublicReply{ReceiptNumber: g.ReceiptNumber, Status: g.Status, Round: g.Round}
	}
	return s.carryOut(c, http.StatusOK, reply, func(ctx context.Context, req casework.Request) (casework.Done, error) {
		req.Actor = grievance.Actor{Posts: []grievance.Post{{Role: grievance.RolePetitioner}}, Proved: id}
		req.IfVersion, req.Render = nil, withoutHeaders(req.Render)
		return act(ctx, req, id)
	})
}
