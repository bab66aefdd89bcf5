package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// SponsorRequest names the leader who takes personal charge of a case.
type SponsorRequest struct {
	// The reader, if it is absent.
	User grievance.UserID `json:"user_id" swaggertype:"string" format:"uuid"`
	// Each duty once, within what the profile says, if it is absent.
	Duties []DutyRequest `json:"duties" validate:"max=9,dive"`
	Words  string        `json:"words" validate:"max=10000"`
} // @name NameSponsor

// DutyRequest is something that a sponsor has to do.
type DutyRequest struct {
	Kind grievance.DutyKind `json:"kind" validate:"required" swaggertype:"string" enums:"meet,visit,report"`
	// Working days; what the profile says, if it is absent.
	Days int `json:"days" minimum:"0" maximum:"60"`
} // @name NewDuty

// ReleaseRequest says why a leader is in charge no more.
type ReleaseRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name ReleaseSponsor

// DoneRequest says how a duty was done.
type DoneRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name DutyDone

// SponsorView is the leader in charge of a case (领导包案), and what the sponsors of
// the case had and have to do.
type SponsorView struct {
	// Absent where nobody is in charge.
	Sponsor *HolderView `json:"sponsor,omitempty"`
	Duties  []DutyView  `json:"duties"`
} // @name Sponsorship

// DutyView is something that a sponsor owes in person.
type DutyView struct {
	N       int                 `json:"n" example:"1"`
	Kind    grievance.DutyKind  `json:"kind" swaggertype:"string" enums:"meet,visit,report"`
	State   grievance.DutyState `json:"state" swaggertype:"string" enums:"open,done,cancelled"`
	Sponsor PersonRef           `json:"sponsor"`
	GivenAt time.Time           `json:"given_at"`
	// By when it is, or was, to be done, and whether that was missed; absent where its
	// profile sets no limit.
	DoneBy  *NextDueView `json:"done_by,omitempty"`
	EndedAt *time.Time   `json:"ended_at,omitempty"`
	// How it was done.
	Texts []TextView `json:"texts"`
} // @name Duty

// nameSponsor puts a case into the personal charge of a leader.
//
//	@Summary		领导包案 / name a sponsor
//	@Description	由本人或下级领导包案，并明确约见、走访、阶段报告的期限；重新指定时原有未尽职责取消。 The reader, or a leader below them of a unit that has the case or lies above it. What a sponsor before still owed is owed no more.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		SponsorRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sponsor [post]
func (s *server) nameSponsor(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in SponsorRequest) (casework.Done, error) {
		sponsoring := grievance.Sponsoring{Sponsor: in.User, Words: in.Words}
		for _, d := range in.Duties {
			sponsoring.Duties = append(sponsoring.Duties, grievance.DutyGiven(d))
		}
		return s.Desk.NameSponsor(ctx, req, id, sponsoring)
	})
}

// releaseSponsor ends the personal charge of a leader.
//
//	@Summary		解除包案 / release the sponsor
//	@Description	由包案领导本人的单位或其上级领导解除，未尽职责取消。 By a leader of the sponsor's unit or above.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ReleaseRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sponsor/release [post]
func (s *server) releaseSponsor(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ReleaseRequest) (casework.Done, error) {
		return s.Desk.ReleaseSponsor(ctx, req, id, grievance.Releasing(in))
	})
}

// doDuty records that the sponsor has done a duty.
//
//	@Summary		履行包案职责 / a duty is done
//	@Description	由包案领导本人记录；逾期履行仍为逾期。 By the sponsor in person. What is done late stays late.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			n				path		int		true	"number"	minimum(1)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DoneRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/duties/{n}/done [post]
func (s *server) doDuty(c echo.Context) error {
	return performNumbered(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, n int, in DoneRequest) (casework.Done, error) {
		return s.Desk.DoDuty(ctx, req, id, n, grievance.DutyDoing(in))
	})
}

// caseSponsor tells who is in charge of a case, and what of.
//
//	@Summary		包案情况 / sponsor
//	@Description	包案领导及其职责、期限和履行情况；仅办理单位可见。 With the duties and how they were done; for those who work on the case.
//	@Tags			supervision
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	SponsorView
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/sponsor [get]
func (s *server) caseSponsor(c echo.Context) error {
	now := s.Clock.Now()
	view, err := lookAt(s, c, store.Needs{}, func(l look) (SponsorView, error) { return l.sponsorship(now) })
	return reply(c, view, err)
}

func (l look) sponsorship(now time.Time) (SponsorView, error) {
	view := SponsorView{Sponsor: optionalHolder(l.book, l.about.SponsorPost, l.about.Sponsor), Duties: []DutyView{}}
	if !l.inside {
		return view, errOutside
	}
	written, err := l.written(func(f grievance.Facts) int {
		if f.Duty == nil {
			return 0
		}
		return f.Duty.N
	}, grievance.EvDutyDone)
	if err != nil {
		return view, err
	}
	duties, err := l.DutiesOf(l.about.ID)
	for _, d := range duties {
		view.Duties = append(view.Duties, DutyView{
			N: d.N, Kind: d.Kind, State: d.State, Sponsor: personRef(l.book, d.Sponsor), GivenAt: d.GivenAt,
			DoneBy: nextDueView(l.clock(d.ClockID), now), EndedAt: d.EndedAt, Texts: orNone(written[d.N]),
		})
	}
	return view, err
}

// DutyFactView is what an event says of a sponsor's duty.
type DutyFactView struct {
	N    int                `json:"n"`
	Kind grievance.DutyKind `json:"kind" swaggertype:"string" enums:"meet,visit,report"`
} // @name DutyFact

func dutyFactViews(facts []grievance.DutyFact) (views []DutyFactView) {
	for _, f := range facts {
		views = append(views, DutyFactView(f))
	}
	return views
}
