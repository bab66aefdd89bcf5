package api

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// CoHandlerRequest asks a unit to help.
type CoHandlerRequest struct {
	Unit grievance.UnitID `json:"unit_id" validate:"required" swaggertype:"string" format:"uuid"`
	// How many the unit has; what the profile says, if it is absent.
	Days  int    `json:"working_days" minimum:"0" maximum:"30" example:"5"`
	Words string `json:"words" validate:"required,max=10000"`
} // @name AskCoHandler

// CoHandlerAnswerRequest is what a co-handling unit has to say.
type CoHandlerAnswerRequest struct {
	Answer string `json:"answer" validate:"required,max=10000"`
} // @name AnswerCoHandler

// CoHandlerReleaseRequest says why a unit is asked no more.
type CoHandlerReleaseRequest struct {
	Words string `json:"words" validate:"max=10000"`
} // @name ReleaseCoHandler

// CoHandlerView is a unit that was asked to help (协办).
type CoHandlerView struct {
	N          int                      `json:"n" example:"1"`
	Round      int                      `json:"round"`
	Unit       UnitRef                  `json:"unit"`
	State      grievance.CoHandlerState `json:"state" swaggertype:"string" enums:"asked,answered,released,lapsed"`
	AskedBy    PersonRef                `json:"asked_by"`
	AskedAt    time.Time                `json:"asked_at"`
	AnsweredBy *PersonRef               `json:"answered_by,omitempty"`
	AnsweredAt *time.Time               `json:"answered_at,omitempty"`
	ReleasedBy *PersonRef               `json:"released_by,omitempty"`
	ReleasedAt *time.Time               `json:"released_at,omitempty"`
	// By when it has to answer, or had to; absent where its profile sets no limit.
	AnswerBy *NextDueView `json:"answer_by,omitempty"`
	// What was asked, and what was answered.
	Texts []TextView `json:"texts"`
} // @name CoHandler

// CoHandlerList is every unit that was asked to help with a case, in order.
type CoHandlerList struct {
	Items []CoHandlerView `json:"items"`
} // @name CoHandlerList

// askCoHandler asks a unit to help.
//
//	@Summary		请求协办 / ask a unit to help
//	@Description	请其他单位协助办理，可指定 1 至 30 个工作日的时限；协办单位须书面答复。 The unit answers in writing, in its own time.
//	@Tags			between units
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		CoHandlerRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/co-handlers [post]
func (s *server) askCoHandler(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in CoHandlerRequest) (casework.Done, error) {
		return s.Desk.AskCoHandler(ctx, req, id, grievance.CoHandlingRequest(in))
	})
}

// answerCoHandler answers for a co-handling unit.
//
//	@Summary		协办答复 / answer as a co-handling unit
//	@Description	协办单位书面答复主办单位，协办时限随即停止。 In writing; it stops the unit's deadline.
//	@Tags			between units
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		CoHandlerAnswerRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/co-handlers/{n}/answer [post]
func (s *server) answerCoHandler(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in CoHandlerAnswerRequest) (casework.Done, error) {
		return s.Desk.AnswerCoHandler(ctx, req, id, n, grievance.CoHandlerAnswer(in))
	})
}

// releaseCoHandler lets a co-handling unit go.
//
//	@Summary		解除协办 / let a co-handling unit go
//	@Description	不再需要协办，协办时限取消。 It is asked no more, and owes nothing.
//	@Tags			between units
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		CoHandlerReleaseRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/co-handlers/{n}/release [post]
func (s *server) releaseCoHandler(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in CoHandlerReleaseRequest) (casework.Done, error) {
		return s.Desk.ReleaseCoHandler(ctx, req, id, n, grievance.CoHandlerRelease(in))
	})
}

// caseCoHandlers lists the units that were asked to help with a case.
//
//	@Summary		协办单位 / co-handling units
//	@Description	各协办单位的请求、时限和答复；仅办理单位可见。 What was asked of each, by when, and its answer; for those who work on the case.
//	@Tags			between units
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	CoHandlerList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/co-handlers [get]
func (s *server) caseCoHandlers(c echo.Context) error {
	now := s.Clock.Now()
	list, err := lookAt(s, c, store.Needs{CoHandlers: true}, func(l look) (CoHandlerList, error) { return l.coHandlers(now) })
	return reply(c, list, err)
}

func (l look) coHandlers(now time.Time) (CoHandlerList, error) {
	list := CoHandlerList{Items: []CoHandlerView{}}
	if !l.inside {
		return list, errOutside
	}
	said, err := l.said(func(f grievance.Facts) int { return f.CoHandler.N }, coHandlerEvents...)
	for _, h := range l.about.CoHandlers() {
		list.Items = append(list.Items, CoHandlerView{
			N: h.N, Round: h.Round, Unit: unitRef(l.book, h.UnitID), State: h.State,
			AskedBy: personRef(l.book, h.AskedBy), AskedAt: h.AskedAt,
			AnsweredBy: optionalPerson(l.book, h.AnsweredBy), AnsweredAt: h.AnsweredAt,
			ReleasedBy: optionalPerson(l.book, h.ReleasedBy), ReleasedAt: h.ReleasedAt,
			AnswerBy: nextDueView(l.clockFor(grievance.CoHandling, h.N), now), Texts: orNone(said[h.N]),
		})
	}
	return list, err
}

var coHandlerEvents = []grievance.EventKind{grievance.EvCoHandlerAsked, grievance.EvCoHandlerAnswered, grievance.EvCoHandlerReleased}

// clockFor finds the clock of a kind whose subject is a number of the case.
func (l look) clockFor(kind grievance.ClockKind, n int) *grievance.Clock {
	for _, k := range l.about.Clocks() {
		if k.Kind == kind && k.Subject == strconv.Itoa(n) {
			return k
		}
	}
	return nil
}
