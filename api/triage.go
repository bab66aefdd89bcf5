package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// AcceptRequest takes a case on; Service, where given, says that the written
// notice was served there and then.
type AcceptRequest struct {
	// Words of the notice beyond its form.
	Notice  string             `json:"notice" validate:"max=10000"`
	Service *ServedHereRequest `json:"service"`
} // @name Accept

// ServedHereRequest is how a notice was served at the counter.
type ServedHereRequest struct {
	How   string `json:"how" validate:"required" enums:"in_person,mail,sms,phone,app,left,announcement"`
	Proof string `json:"proof" validate:"max=10000"`
} // @name ServedHere

// ClassifyRequest decides or corrects what a case is; what is absent stays.
type ClassifyRequest struct {
	Nature         grievance.Nature  `json:"nature" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	Route          int               `json:"route" minimum:"0" maximum:"6"`
	Category       string            `json:"category" validate:"max=20,oneline" example:"0101"`
	Urgency        grievance.Urgency `json:"urgency" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	Petition       *bool             `json:"petition"`
	SimplePetition *bool             `json:"simple_petition"`
	// At stake for the petitioner, in yuan; it may decide who signs.
	Amount *int64 `json:"amount" minimum:"0" maximum:"1000000000000"`
} // @name Classify

// CorrectRequest puts right what was written down wrongly; what is absent stays.
type CorrectRequest struct {
	Area      grievance.UnitID `json:"area_id" swaggertype:"string" format:"uuid"`
	Headcount int              `json:"headcount" validate:"min=0,max=1000000"`
	Title     string           `json:"title" validate:"max=200,oneline"`
	Body      string           `json:"body" validate:"max=10000"`
} // @name Correct

// DeclineRequest is why a case is not to be taken on.
type DeclineRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"other_procedure,already_pending,finalised,no_facts,duplicate"`
	Words  string           `json:"words" validate:"required,max=10000"`
	// For the reason finalised, and for no other: the case of the same facts.
	Earlier grievance.CaseID `json:"earlier_case_id" swaggertype:"string" format:"uuid"`
} // @name Decline

// AnswerRequest is the answer to an inquiry.
type AnswerRequest struct {
	Answer string `json:"answer" validate:"required,max=10000"`
} // @name Answer

// ForwardRequest names the unit whose duty the case is.
type ForwardRequest struct {
	Unit   grievance.UnitID `json:"unit_id" validate:"required" swaggertype:"string" format:"uuid"`
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"not_our_duty,other_area,superior_matter,inspection_matter"`
	Words  string           `json:"words" validate:"max=10000"`
} // @name Forward

func (in AcceptRequest) decision() grievance.AcceptanceDecision {
	d := grievance.AcceptanceDecision{Notice: in.Notice}
	if in.Service != nil {
		d.Service = &grievance.Service{How: in.Service.How, Proof: in.Service.Proof}
	}
	return d
}

// acceptCase takes a case on.
//
//	@Summary		受理 / accept
//	@Description	受理并制作告知书；办理时限起算，受理时限待告知书送达时停止。 Takes the case on and issues the written notice; handling begins to run, acceptance stops when the notice is served (Art. 22, 23).
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		AcceptRequest	false	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/accept [post]
func (s *server) acceptCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in AcceptRequest) (casework.Done, error) {
		return s.Desk.Accept(ctx, req, id, in.decision())
	})
}

// classifyCase decides what a case is.
//
//	@Summary		分类 / classify
//	@Description	确定或更正性质、办理途径、类别和紧急程度；已起算的时限只会提前，不会延长。 Nature, route, category, urgency; a running clock may become shorter, never longer.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ClassifyRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/classify [post]
func (s *server) classifyCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ClassifyRequest) (casework.Done, error) {
		return s.Desk.Classify(ctx, req, id, grievance.Classification(in))
	})
}

// correctCase puts a registration right.
//
//	@Summary		更正登记 / correct
//	@Description	更正登记时写错的内容，不影响任何时限。 Puts right what was written down wrongly. No clock moves.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		CorrectRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/correct [post]
func (s *server) correctCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in CorrectRequest) (casework.Done, error) {
		return s.Desk.Correct(ctx, req, id, grievance.Correction(in))
	})
}

// declineCase asks a leader to approve that a case is not taken on.
//
//	@Summary		不予受理 / decline
//	@Description	报请领导批准不予受理，批准前状态不变。因同一事实已经终结的，须指明原事项，以原终结意见答复。 Asks a leader to approve; the status stays until then. Of facts that are finalised the earlier case has to be named, and the notice refers to its final opinion.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		DeclineRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/decline [post]
func (s *server) declineCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in DeclineRequest) (casework.Done, error) {
		return s.Desk.Decline(ctx, req, id, grievance.Declining{Reason: in.Reason, Words: in.Words, Earlier: in.Earlier})
	})
}

// answerCase answers an inquiry on the spot.
//
//	@Summary		当场答复 / answer on the spot
//	@Description	仅限咨询：当场答复即办结，无须签批。 Inquiries only: the one closure without a sign-off.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		AnswerRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/answer [post]
func (s *server) answerCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in AnswerRequest) (casework.Done, error) {
		return s.Desk.Answer(ctx, req, id, grievance.Answering(in))
	})
}

// forwardCase sends a case to the unit whose duty it is.
//
//	@Summary		转送 / forward
//	@Description	转送有权处理的单位，受理时限在该单位重新起算；对方签收前仍由本单位经办人负责。同时出具转送告知书，由本单位送达。 The petitioner is told by a notice that this desk serves. The acceptance clock runs anew there (Art. 23); the sender's person answers until the receiving clerk acknowledges.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		ForwardRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/forward [post]
func (s *server) forwardCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in ForwardRequest) (casework.Done, error) {
		return s.Desk.Forward(ctx, req, id, grievance.Forwarding(in))
	})
}
