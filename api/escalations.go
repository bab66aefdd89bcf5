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

// EscalateRequest asks for an escalation by hand. Level 1 is the head of the
// unit, 2 the superior unit's supervisor, 3 the next level's.
type EscalateRequest struct {
	Level  *int             `json:"level" validate:"required,min=1,max=3"`
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"cannot_be_solved_here,needs_coordination,not_acted_upon,risk"`
	Words  string           `json:"words" validate:"max=10000"`
} // @name Escalate

// ResolveRequest says how the level reached has dealt with an escalation.
type ResolveRequest struct {
	Words string `json:"words" validate:"required,max=10000"`
} // @name Resolve

// EscalationView calls on a post because a case is late or in need (升级).
type EscalationView struct {
	ID     string `json:"id" format:"uuid"`
	CaseID string `json:"case_id" format:"uuid"`
	// The clock that ran out; absent for one that a person asked for.
	ClockID string `json:"clock_id,omitempty" format:"uuid"`
	// 1 the unit's head, 2 the superior unit's supervisor, 3 the next level's.
	Level int             `json:"level" minimum:"1" maximum:"3"`
	Cause grievance.Cause `json:"cause" swaggertype:"string" enums:"overdue_acceptance,overdue_acknowledgement,overdue_first_contact,overdue_handling,overdue_sign_off,overdue_review,overdue_re_review,overdue_consent,overdue_jurisdiction,overdue_co_handling,overdue_order,overdue_duty,urgent,dispute,reported,supervised"`
	// The unit that owes.
	FromUnit UnitRef    `json:"from_unit"`
	Target   HolderView `json:"target"`
	// No post up to the root can take it.
	Unroutable bool                      `json:"unroutable"`
	State      grievance.EscalationState `json:"state" swaggertype:"string" enums:"open,acknowledged,resolved"`
	// The instant that it is about, and its date.
	OpenedAt       time.Time     `json:"opened_at"`
	OpenedOn       calendar.Date `json:"opened_on"`
	RecordedAt     time.Time     `json:"recorded_at"`
	AcknowledgedAt *time.Time    `json:"acknowledged_at,omitempty"`
	AcknowledgedBy *PersonRef    `json:"acknowledged_by,omitempty"`
	ResolvedAt     *time.Time    `json:"resolved_at,omitempty"`
	ResolvedBy     *PersonRef    `json:"resolved_by,omitempty"`
} // @name Escalation

func escalationView(e *grievance.Escalation, book *grievance.Book) EscalationView {
	return EscalationView{
		ID: e.ID.String(), CaseID: e.CaseID.String(), ClockID: e.ClockID.String(), Level: e.Level, Cause: e.Cause,
		FromUnit: unitRef(book, e.FromUnitID), Target: holderView(book, e.TargetPost, grievance.UserID{}),
		Unroutable: e.Unroutable, State: e.State,
		OpenedAt: e.OpenedAt, OpenedOn: calendar.DateOf(e.OpenedAt), RecordedAt: e.RecordedAt,
		AcknowledgedAt: e.AcknowledgedAt, AcknowledgedBy: optionalPerson(book, e.AcknowledgedBy),
		ResolvedAt: e.ResolvedAt, ResolvedBy: optionalPerson(book, e.ResolvedBy),
	}
}

// escalateCase asks for an escalation by hand.
//
//	@Summary		升级 / escalate
//	@Description	经办人上报，或督查人员介入。 The matter cannot be solved here (上报), or nothing moves.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		EscalateRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/escalate [post]
func (s *server) escalateCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in EscalateRequest) (casework.Done, error) {
		return s.Desk.Escalate(ctx, req, id, grievance.EscalationRequest{Level: orZero(in.Level), Reason: in.Reason, Words: in.Words})
	})
}

// acknowledgeEscalation records that the level reached has taken note.
//
//	@Summary		签收升级事项 / acknowledge an escalation
//	@Description	由升级所至岗位签收；不停止任何时限。 It stops no clock.
//	@Tags			supervision
//	@Produce		json
//	@Param			id				path		string	true	"escalation"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/escalations/{id}/acknowledge [post]
func (s *server) acknowledgeEscalation(c echo.Context) error {
	return performOnEscalation(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, e grievance.EscalationID, _ nothing) (casework.Done, error) {
		return s.Desk.AcknowledgeEscalation(ctx, req, id, e)
	})
}

// resolveEscalation records how the level reached has dealt with an escalation.
//
//	@Summary		办结升级事项 / resolve an escalation
//	@Description	由升级所至岗位说明如何处理。 Says how it was dealt with.
//	@Tags			supervision
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"escalation"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ResolveRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/escalations/{id}/resolve [post]
func (s *server) resolveEscalation(c echo.Context) error {
	return performOnEscalation(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, e grievance.EscalationID, in ResolveRequest) (casework.Done, error) {
		return s.Desk.ResolveEscalation(ctx, req, id, e, in.Words)
	})
}

// performOnEscalation is perform for an action on the escalation of the path,
// whose case it finds. The answer is that case's escalation.
func performOnEscalation[In any](s *server, c echo.Context, act func(context.Context, casework.Request, grievance.CaseID, grievance.EscalationID, In) (casework.Done, error)) error {
	e, err := pathID[grievance.Escalation](c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	var id grievance.CaseID
	err = s.Store.Read(ctx, func(sn *store.Snapshot) (err error) {
		id, err = sn.CaseOfEscalation(e, store.ViewerOf(actorOf(c), book))
		return err
	})
	if err != nil {
		return err
	}
	return performOn(s, c, id, s.showCase, func(ctx context.Context, req casework.Request, id grievance.CaseID, in In) (casework.Done, error) {
		return act(ctx, req, id, e, in)
	})
}
