package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// DeputyView says who stands in for whom, in which post, from when until when
// (AB 角).
type DeputyView struct {
	ID string `json:"id" validate:"required" format:"uuid"`
	// The appointment that it rests on, and whose that is.
	DeputyFor string `json:"deputy_for" validate:"required" format:"uuid"`
	LeaderID  string `json:"leader_id" validate:"required" format:"uuid"`
	// Who stands in.
	UserID string         `json:"user_id" validate:"required" format:"uuid"`
	UnitID string         `json:"unit_id" validate:"required" format:"uuid"`
	Role   grievance.Role `json:"role" validate:"required" swaggertype:"string" enums:"leader,supervisor"`
	Head   bool           `json:"head" validate:"required"`
	From   time.Time      `json:"from" validate:"required" format:"date-time"`
	// Exclusive.
	Until     time.Time `json:"until" validate:"required" format:"date-time"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
} // @name Deputy

// DeputyPage is a page of deputyships.
type DeputyPage struct {
	Items []DeputyView `json:"items" validate:"required"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name DeputyPage

// NewDeputyRequest lets a user stand in for the holder of an appointment.
type NewDeputyRequest struct {
	// The appointment of the leader or supervisor.
	DeputyFor grievance.AppointmentID `json:"deputy_for" validate:"required" swaggertype:"string" format:"uuid"`
	// Who stands in.
	UserID grievance.UserID `json:"user_id" validate:"required" swaggertype:"string" format:"uuid"`
	// Now, if it is absent; never earlier.
	From time.Time `json:"from,omitzero" format:"date-time"`
	// Exclusive; at most 180 days after the beginning.
	Until time.Time `json:"until" validate:"required" format:"date-time"`
} // @name NewDeputy

// EndDeputyRequest says until when somebody stands in.
type EndDeputyRequest struct {
	// Now, if it is absent.
	Until time.Time `json:"until,omitzero" format:"date-time"`
} // @name EndDeputy

func deputyView(a grievance.Appointment, book *grievance.Book) DeputyView {
	of, _ := book.Appointment(a.DeputyFor)
	return DeputyView{
		ID: a.ID.String(), DeputyFor: a.DeputyFor.String(), LeaderID: of.UserID.String(), UserID: a.UserID.String(),
		UnitID: a.UnitID.String(), Role: a.Role, Head: a.Head, From: a.From, Until: *a.Until, CreatedAt: a.CreatedAt,
	}
}

// showDeputy gives no address: a deputyship is found in the list.
func showDeputy(a office.Changed[grievance.Appointment]) (string, any) {
	return "", deputyView(a.Of, a.Book)
}

// listDeputies lists deputyships in the order in which they were named.
//
//	@Summary		AB 角代理列表 / deputies
//	@Description	可按单位、代理人、被代理人和时间点筛选；含已结束的。 By unit, deputy, leader and instant; those that have ended are listed too.
//	@Tags			organisation
//	@Produce		json
//	@Param			unit	query		string	false	"in this unit"					format(uuid)
//	@Param			user	query		string	false	"this user stands in"			format(uuid)
//	@Param			leader	query		string	false	"somebody stands in for this user"	format(uuid)
//	@Param			at		query		string	false	"at this instant"				format(date-time)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	DeputyPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/deputies [get]
func (s *server) listDeputies(c echo.Context) error {
	q := readQuery(c)
	unit, user, leader := idParam[grievance.Unit](q, "unit"), idParam[grievance.User](q, "user"), idParam[grievance.User](q, "leader")
	at, limit, after := q.instant("at"), q.limit(), cursorParam[string](q, "deputies")
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	found := []DeputyView{}
	for _, a := range appointmentsInOrder(book) {
		if !a.IsDeputy() || !isOf(a, unit, user, at) || after != nil && a.ID.String() <= *after || len(found) > limit {
			continue
		}
		if v := deputyView(a, book); leader.IsZero() || v.LeaderID == leader.String() {
			found = append(found, v)
		}
	}
	items, next, err := pageOf(c, "deputies", found, limit,
		func(v DeputyView) string { return v.ID }, func(v DeputyView) DeputyView { return v })
	return reply(c, DeputyPage{items, next}, err)
}

// nameDeputy lets somebody stand in for a leader or a supervisor.
//
//	@Summary		指定代理人 / name a deputy
//	@Description	由任职者本人或其单位的管理员指定；代理期间双方均可履职，任职结束则代理随之结束。 By who holds the appointment, or an administrator of its unit. Both can act while it lasts; it ends with the appointment that it rests on.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		NewDeputyRequest	true	"the deputyship"
//	@Success		201				{object}	DeputyView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/deputies [post]
func (s *server) nameDeputy(c echo.Context) error {
	in, err := decode[NewDeputyRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusCreated, showDeputy, func(ctx context.Context, keep office.Keep[grievance.Appointment]) (grievance.Appointment, error) {
		return s.Office.NameDeputy(ctx, actorOf(c), office.NewDeputy(in), keep)
	})
}

// endDeputy lets somebody stand in no longer than until an instant.
//
//	@Summary		结束代理 / end a deputyship
//	@Description	代理到此为止，代理人名下的在办诉求随后逐件移交。 What the deputy answers for in that post is handed on from then on.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string				true	"deputyship"	format(uuid)
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		EndDeputyRequest	false	"until when"
//	@Success		200				{object}	DeputyView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/deputies/{id}/end [post]
func (s *server) endDeputy(c echo.Context) error {
	id, err := pathID[grievance.Appointment](c, "id")
	if err != nil {
		return err
	}
	in, err := decodeAction[EndDeputyRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, showDeputy, func(ctx context.Context, keep office.Keep[grievance.Appointment]) (grievance.Appointment, error) {
		a, err := s.Office.EndDeputy(ctx, actorOf(c), id, in.Until, keep)
		if err == nil {
			s.handOn(ctx)
		}
		return a, err
	})
}
