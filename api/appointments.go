package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// AppointmentView says who holds which post from when until when (任职).
type AppointmentView struct {
	ID     string         `json:"id" validate:"required" format:"uuid"`
	UserID string         `json:"user_id" validate:"required" format:"uuid"`
	UnitID string         `json:"unit_id" validate:"required" format:"uuid"`
	Role   grievance.Role `json:"role" validate:"required" swaggertype:"string" enums:"courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin"`
	Head   bool           `json:"head" validate:"required"`
	OnDuty bool           `json:"on_duty" validate:"required"`
	From   time.Time      `json:"from" validate:"required" format:"date-time"`
	// Exclusive; absent while it lasts.
	Until *time.Time `json:"until,omitempty" format:"date-time"`
	// When the open cases of an ended appointment had all been handed on.
	HandedOnAt *time.Time `json:"handed_on_at,omitempty" format:"date-time"`
	// Of a deputy (AB 角): the appointment that it rests on.
	DeputyFor string    `json:"deputy_for,omitempty" format:"uuid"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
} // @name Appointment

// AppointmentPage is a page of appointments.
type AppointmentPage struct {
	Items []AppointmentView `json:"items" validate:"required"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name AppointmentPage

// NewAppointmentRequest gives a user a post.
type NewAppointmentRequest struct {
	UserID grievance.UserID `json:"user_id" validate:"required" swaggertype:"string" format:"uuid"`
	UnitID grievance.UnitID `json:"unit_id" validate:"required" swaggertype:"string" format:"uuid"`
	Role   grievance.Role   `json:"role" validate:"required,oneof=courier grid_worker clerk handler leader supervisor inspector admin" swaggertype:"string" enums:"courier,grid_worker,clerk,handler,leader,supervisor,inspector,admin"`
	// The head of the unit; leaders only.
	Head bool `json:"head"`
	// The clerk on duty; clerks only.
	OnDuty bool `json:"on_duty"`
	// Now, if it is absent.
	From  time.Time  `json:"from,omitzero" format:"date-time"`
	Until *time.Time `json:"until" format:"date-time"`
} // @name NewAppointment

// EndAppointmentRequest says until when a post is held.
type EndAppointmentRequest struct {
	// Now, if it is absent.
	Until time.Time `json:"until,omitzero" format:"date-time"`
} // @name EndAppointment

func appointmentView(a grievance.Appointment) AppointmentView {
	return AppointmentView{
		ID: a.ID.String(), UserID: a.UserID.String(), UnitID: a.UnitID.String(), Role: a.Role, Head: a.Head,
		OnDuty: a.OnDuty, From: a.From, Until: a.Until, HandedOnAt: a.HandedOnAt, DeputyFor: a.DeputyFor.String(), CreatedAt: a.CreatedAt,
	}
}

// showAppointment gives no address: an appointment is found in the list.
func showAppointment(a office.Changed[grievance.Appointment]) (string, any) {
	return "", appointmentView(a.Of)
}

// listAppointments lists appointments in the order in which they were made.
//
//	@Summary		任职列表 / appointments
//	@Description	可按单位、人员和时间点筛选：某日由谁任职，查的是任职记录；含 AB 角代理。 By unit, user and instant: who held a post on a day is a question about appointments. Deputies are among them.
//	@Tags			organisation
//	@Produce		json
//	@Param			unit	query		string	false	"in this unit"		format(uuid)
//	@Param			user	query		string	false	"of this user"		format(uuid)
//	@Param			at		query		string	false	"held at this instant"	format(date-time)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	AppointmentPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/appointments [get]
func (s *server) listAppointments(c echo.Context) error {
	q := readQuery(c)
	unit, user, at := idParam[grievance.Unit](q, "unit"), idParam[grievance.User](q, "user"), q.instant("at")
	limit, after := q.limit(), cursorParam[string](q, "appointments")
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	var found []grievance.Appointment
	for _, a := range appointmentsInOrder(book) {
		if isOf(a, unit, user, at) && (after == nil || a.ID.String() > *after) && len(found) <= limit {
			found = append(found, a)
		}
	}
	items, next, err := pageOf(c, "appointments", found, limit,
		func(a grievance.Appointment) string { return a.ID.String() }, appointmentView)
	return reply(c, AppointmentPage{items, next}, err)
}

// isOf reports whether an appointment is to a unit, of a user and held at an
// instant, of which none need be asked for.
func isOf(a grievance.Appointment, unit grievance.UnitID, user grievance.UserID, at *time.Time) bool {
	return (unit.IsZero() || a.UnitID == unit) && (user.IsZero() || a.UserID == user) && (at == nil || a.HeldAt(*at))
}

func appointmentsInOrder(book *grievance.Book) []grievance.Appointment {
	var all []grievance.Appointment
	for _, u := range book.Users() {
		all = append(all, book.AppointmentsOf(u.ID)...)
	}
	slices.SortFunc(all, func(a, b grievance.Appointment) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return all
}

// appoint gives a user a post.
//
//	@Summary		任命 / appoint
//	@Description	同一时段同一岗位不得重复任命；带 Idempotency-Key 重复提交，得到首次的答复。 The same post at the same time is refused; sent again with its Idempotency-Key, it gets its first answer.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string					false	"names this request, so that it can be sent again"
//	@Param			body			body		NewAppointmentRequest	true	"the appointment"
//	@Success		201				{object}	AppointmentView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/appointments [post]
func (s *server) appoint(c echo.Context) error {
	in, err := decode[NewAppointmentRequest](c)
	if err != nil {
		return err
	}
	post := office.NewAppointment{UnitID: in.UnitID, Role: in.Role, Head: in.Head, OnDuty: in.OnDuty, From: in.From, Until: in.Until}
	return reorganise(s, c, http.StatusCreated, showAppointment, func(ctx context.Context, keep office.Keep[grievance.Appointment]) (grievance.Appointment, error) {
		return s.Office.Appoint(ctx, actorOf(c), in.UserID, post, keep)
	})
}

// endAppointment lets an appointment last until an instant.
//
//	@Summary		免职 / end an appointment
//	@Description	任职到此为止，在办诉求随后逐件移交。 The open cases are handed on from then on.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string					true	"appointment"	format(uuid)
//	@Param			Idempotency-Key	header		string					false	"names this request, so that it can be sent again"
//	@Param			body			body		EndAppointmentRequest	false	"until when"
//	@Success		200				{object}	AppointmentView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/appointments/{id}/end [post]
func (s *server) endAppointment(c echo.Context) error {
	id, err := pathID[grievance.Appointment](c, "id")
	if err != nil {
		return err
	}
	in, err := decodeAction[EndAppointmentRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, showAppointment, func(ctx context.Context, keep office.Keep[grievance.Appointment]) (grievance.Appointment, error) {
		a, err := s.Office.EndAppointment(ctx, actorOf(c), id, in.Until, keep)
		if err == nil {
			s.handOn(ctx)
		}
		return a, err
	})
}
