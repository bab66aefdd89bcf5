package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FollowUpRequest is what somebody heard who called on the petitioner: was the
// petitioner contacted, is the matter resolved, is the petitioner satisfied? Who
// could not be reached answers none of the three.
type FollowUpRequest struct {
	Contacted grievance.FollowUpAnswer `json:"contacted" validate:"required" swaggertype:"string" enums:"yes,no,unreachable"`
	Resolved  grievance.FollowUpAnswer `json:"resolved" validate:"required" swaggertype:"string" enums:"yes,no,unreachable"`
	Satisfied grievance.FollowUpAnswer `json:"satisfied" validate:"required" swaggertype:"string" enums:"yes,no,unreachable"`
	Words     string                   `json:"words" validate:"max=10000"`
} // @name NewFollowUp

// FollowUpView is one call on the petitioner after closure (回访).
type FollowUpView struct {
	N     int `json:"n" example:"1"`
	Round int `json:"round" example:"1"`
	// Which call of the round.
	Attempt   int                      `json:"attempt" example:"1"`
	By        HolderView               `json:"by"`
	At        time.Time                `json:"at"`
	Contacted grievance.FollowUpAnswer `json:"contacted" swaggertype:"string" enums:"yes,no,unreachable"`
	Resolved  grievance.FollowUpAnswer `json:"resolved" swaggertype:"string" enums:"yes,no,unreachable"`
	Satisfied grievance.FollowUpAnswer `json:"satisfied" swaggertype:"string" enums:"yes,no,unreachable"`
	// What the petitioner said, as it was written down.
	Texts []TextView `json:"texts"`
} // @name FollowUp

// FollowUpList is every follow-up of a case, in order.
type FollowUpList struct {
	Items []FollowUpView `json:"items"`
} // @name FollowUpList

// followUpCase records a call on the petitioner.
//
//	@Summary		回访 / follow up
//	@Description	由承办单位以外的人员回访；承办人、责任人和签批人不得回访。未解决的，允许异议的事项重新办理（每件仅一次，不占用诉求人的异议权），信访事项提示申请复查。 By somebody outside the handling unit, who had no part in the answer. What is not resolved is handled again, once in a case's life, where answers may be disputed; for petitions the right to a review is noted.
//	@Tags			closure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		FollowUpRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/follow-ups [post]
func (s *server) followUpCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in FollowUpRequest) (casework.Done, error) {
		return s.Desk.FollowUp(ctx, req, id, grievance.FollowingUp(in))
	})
}

// caseFollowUps lists the follow-ups of a case.
//
//	@Summary		回访记录 / follow-ups
//	@Description	每次回访一条；仅办理单位可见。 One for each call; for those who work on the case.
//	@Tags			closure
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	FollowUpList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/follow-ups [get]
func (s *server) caseFollowUps(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, look.followUps)
	return reply(c, list, err)
}

func (l look) followUps() (FollowUpList, error) {
	list := FollowUpList{Items: []FollowUpView{}}
	if !l.inside {
		return list, errOutside
	}
	all, err := l.FollowUpsOf(l.about.ID)
	if err != nil {
		return list, err
	}
	said, err := l.said(func(f grievance.Facts) int { return f.FollowUp.N }, grievance.EvFollowedUp)
	for _, f := range all {
		list.Items = append(list.Items, FollowUpView{
			N: f.N, Round: f.Round, Attempt: f.Attempt, By: holderView(l.book, f.Post, f.By), At: f.At,
			Contacted: f.Contacted, Resolved: f.Resolved, Satisfied: f.Satisfied, Texts: orNone(said[f.N]),
		})
	}
	return list, err
}
