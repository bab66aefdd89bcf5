package api

import (
	"context"
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// InterestRequest is why somebody of the staff has an interest in a case.
type InterestRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name DeclareInterest

// RecusalRequest is whom the petitioner wants kept from the case, and why.
type RecusalRequest struct {
	User  grievance.UserID `json:"user_id" validate:"required" swaggertype:"string" format:"uuid"`
	Words string           `json:"words" validate:"required,max=10000"`
} // @name DemandRecusal

// RecusalView is a person who is kept from a case (回避).
type RecusalView struct {
	Person PersonRef              `json:"person"`
	Cause  grievance.RecusalCause `json:"cause" swaggertype:"string" enums:"named,declared,granted"`
	Since  time.Time              `json:"since"`
} // @name Recusal

// ShieldView is a unit that an accusation is about, or may be.
type ShieldView struct {
	Unit  UnitRef               `json:"unit"`
	Cause grievance.ShieldCause `json:"cause" swaggertype:"string" enums:"named,precaution"`
	Since time.Time             `json:"since"`
} // @name Shield

// RecusalList is who is kept from a case, and the units that it is about.
type RecusalList struct {
	Items []RecusalView `json:"items"`
	Units []ShieldView  `json:"units"`
} // @name RecusalList

// declareInterest records that the actor has an interest in the case.
//
//	@Summary		申明利害关系 / declare an interest
//	@Description	工作人员与该事项有利害关系的，申明后即回避，其承办的工作移交他人（条例第二十八条）。 The actor is recused at once, and what they had of the case passes on.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		InterestRequest	true	"why"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/interest [post]
func (s *server) declareInterest(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in InterestRequest) (casework.Done, error) {
		return s.Desk.DeclareInterest(ctx, req, id, grievance.Declaring(in))
	})
}

// demandRecusal asks a leader to keep somebody from the case.
//
//	@Summary		申请回避 / demand a recusal
//	@Description	诉求人（或窗口代为）申请工作人员回避，由其单位负责人签批决定；决定前不变（条例第二十八条）。 By the petitioner, or the desk for them; the head decides it as a sign-off of the kind recusal.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		RecusalRequest	true	"whom, and why"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/recusals [post]
func (s *server) demandRecusal(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in RecusalRequest) (casework.Done, error) {
		return s.Desk.DemandRecusal(ctx, req, id, grievance.Demanding(in))
	})
}

// caseRecusals lists who is kept from a case.
//
//	@Summary		回避人员 / who is recused
//	@Description	回避的人员及事由，被反映的单位；仅办理单位可见，回避人员本人除外。 For those who work on the case and are not recused themselves.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	RecusalList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/recusals [get]
func (s *server) caseRecusals(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{}, func(l look) (RecusalList, error) {
		list := RecusalList{Items: []RecusalView{}, Units: []ShieldView{}}
		switch {
		case l.about.Recused(l.actor.UserID):
			return list, grievance.ErrRecused
		case !l.inside:
			return list, errOutside
		}
		for _, r := range l.about.Recusals() {
			list.Items = append(list.Items, RecusalView{personRef(l.book, r.UserID), r.Cause, r.Since})
		}
		for _, x := range l.about.Shields() {
			list.Units = append(list.Units, ShieldView{unitRef(l.book, x.UnitID), x.Cause, x.Since})
		}
		return list, nil
	})
	return reply(c, list, err)
}

// noticed records in the case that somebody tried what the shield or recusal keeps
// them from, and gives the refusal as it was. Whoever asks for a case that is not
// there gets the very same answer.
func (s *server) noticed(c echo.Context, refusal error) error {
	var what grievance.Attempt
	switch {
	case errors.Is(refusal, grievance.ErrRecused):
		what = grievance.AttemptToAct
	case errors.Is(refusal, grievance.ErrNotFound):
		what = grievance.AttemptToRead
	default:
		return refusal
	}
	if err := s.noteAttempt(c, what); err != nil {
		return errors.Join(refusal, err)
	}
	return refusal
}

// noteAttempt finds the case that the path is about. An attempt is told once an hour.
func (s *server) noteAttempt(c echo.Context, what grievance.Attempt) error {
	ctx, actor := c.Request().Context(), actorOf(c)
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	var about grievance.CaseID
	err = s.Store.Read(ctx, func(sn *store.Snapshot) (err error) {
		about, err = sn.Attempted(c.Path(), c.Param("id"), store.ViewerOf(actor, book), what, s.Clock.Now().Add(-time.Hour))
		return err
	})
	if err != nil || about.IsZero() {
		return err
	}
	return s.Desk.RefuseAccess(ctx, actor, about, what)
}
