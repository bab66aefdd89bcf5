package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
)

// NewCaseRequest is a grievance as it was received, on the petitioner's behalf or
// by a petitioner with an account.
type NewCaseRequest struct {
	// Made by the client (UUIDv7), so that a registration can be repeated safely.
	ID      grievance.CaseID  `json:"id" swaggertype:"string" format:"uuid"`
	Channel grievance.Channel `json:"channel" validate:"required" swaggertype:"string" enums:"visit,letter,hotline,app,wechat,web,wall,grid,courier"`
	// A demand, if it is absent.
	Nature grievance.Nature `json:"nature" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	// The item of Art. 31, for a demand; 6 if it is absent.
	Route    int    `json:"route" minimum:"0" maximum:"6"`
	Category string `json:"category" validate:"max=20,oneline" example:"0101"`
	// Ordinary, if it is absent.
	Urgency grievance.Urgency `json:"urgency" swaggertype:"string" enums:"life_property,utilities,simple,ordinary,complex"`
	// Marked as a petition (信访) whatever its channel.
	Petition bool `json:"petition"`
	// Simple, and the petitioner agrees (简易办理).
	SimplePetition bool `json:"simple_petition"`
	Headcount      int  `json:"headcount" validate:"min=0,max=1000000"`
	// At stake for the petitioner, in yuan; it may decide who signs.
	Amount       int64 `json:"amount" minimum:"0" maximum:"1000000000000"`
	Confidential bool  `json:"confidential"`
	// Whose desk; the registrar's own, if it is absent.
	UnitID grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	// Where the matter lies.
	AreaID grievance.UnitID `json:"area_id" swaggertype:"string" format:"uuid"`
	// When it was received, if that was before now; the law's time runs from it.
	ReceivedAt *time.Time          `json:"received_at" format:"date-time"`
	Title      string              `json:"title" validate:"required,max=200,oneline" example:"村口路灯不亮"`
	Body       string              `json:"body" validate:"required,max=10000"`
	Petitioner PersonRequest       `json:"petitioner"`
	Others     []OtherPartyRequest `json:"others" validate:"max=50,dive"`
} // @name NewCase

// PersonRequest is a person of a case; all of it is personal data, and any of it
// may be unknown.
type PersonRequest struct {
	Name     string `json:"name" validate:"max=200,oneline" example:"张三"`
	Phone    string `json:"phone" validate:"max=200,oneline" example:"10012345678"`
	IDNumber string `json:"id_number" validate:"max=200,oneline"`
	Address  string `json:"address" validate:"max=200,oneline"`
} // @name NewPerson

// OtherPartyRequest is a representative of a group petition, of whom there may
// be five (Art. 20), or a person whom the grievance is about.
type OtherPartyRequest struct {
	Kind     grievance.PartyKind `json:"kind" validate:"required" swaggertype:"string" enums:"representative,named"`
	Name     string              `json:"name" validate:"max=200,oneline"`
	Phone    string              `json:"phone" validate:"max=200,oneline"`
	IDNumber string              `json:"id_number" validate:"max=200,oneline"`
	Address  string              `json:"address" validate:"max=200,oneline"`
	// Of a person whom the grievance is about, if it is a user of the system: who then
	// signs nothing of the case.
	User grievance.UserID `json:"user_id" swaggertype:"string" format:"uuid"`
	// Of a unit that the grievance is about. Without either id the name is looked for.
	Unit grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
} // @name NewParty

// CaseWithCode is a case and the secret with which its petitioner asks how it
// stands. It is shown to whoever registers, and never stored.
type CaseWithCode struct {
	CaseView
	QueryCode string `json:"query_code" example:"4KH-70M-2X9R"`
} // @name CaseWithCode

func (in NewCaseRequest) registration() grievance.Registration {
	r := grievance.Registration{
		ID: in.ID, Channel: in.Channel, Nature: in.Nature, Route: in.Route, Category: in.Category, Urgency: in.Urgency,
		Petition: in.Petition, SimplePetition: in.SimplePetition, Headcount: in.Headcount, Amount: in.Amount, Confidential: in.Confidential,
		Unit: in.UnitID, Area: in.AreaID, ReceivedAt: received(in.ReceivedAt), Title: in.Title, Body: in.Body,
		Petitioner: in.Petitioner.party(),
	}
	for _, o := range in.Others {
		r.Others = append(r.Others, grievance.Party{Kind: o.Kind, Name: o.Name, Phone: o.Phone, IDNumber: o.IDNumber, Address: o.Address, User: o.User, Unit: o.Unit})
	}
	return r
}

// received gives the instant that was named, the zero time where none was. The
// zero time itself, when it is named, must not come to mean now: the instant
// after it is as much too early.
func received(at *time.Time) time.Time {
	switch {
	case at == nil:
		return time.Time{}
	case at.IsZero():
		return at.Add(time.Microsecond)
	}
	return *at
}

func (in PersonRequest) party() grievance.Party {
	return grievance.Party{Kind: grievance.Petitioner, Name: in.Name, Phone: in.Phone, IDNumber: in.IDNumber, Address: in.Address}
}

func (s *server) showWithCode(g *grievance.Case, book *grievance.Book) any {
	return CaseWithCode{caseView(g, book), s.Store.QueryCode(g)}
}

// registerCase opens a case at a desk.
//
//	@Summary		登记诉求 / register a grievance
//	@Description	登记一件诉求，返回登记编号和查询码。同一 id、同样内容重复提交即为同一件。 Opens a case and returns its receipt number and query code. The same id with the same content is the same case; with other content it is 409.
//	@Tags			intake
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"names this request, so that it can be sent again"
//	@Param			body			body		NewCaseRequest	true	"the grievance"
//	@Success		201				{object}	CaseWithCode
//	@Header			201				{string}	ETag		"the version"
//	@Header			201				{string}	Location	"the case"
//	@Failure		400,401,403,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases [post]
func (s *server) registerCase(c echo.Context) error {
	in, err := decodeWhole[NewCaseRequest](c)
	if err != nil {
		return err
	}
	if !actorOf(c).Has(intake.roles...) {
		in.blamePublic(c)
	}
	return s.carryOut(c, http.StatusCreated, s.showWithCode, func(ctx context.Context, req casework.Request) (casework.Done, error) {
		return s.Desk.Register(ctx, req, in.registration())
	})
}

// publicChannels are those through which nobody of the staff receives a case.
var publicChannels = []grievance.Channel{grievance.ByWeb, grievance.ByWeChat, grievance.ByApp, grievance.ByWall}

// blamePublic finds fault with what a petitioner cannot say of a case: that
// somebody received it otherwise or before, or how urgent it is to the authorities.
func (in NewCaseRequest) blamePublic(c echo.Context) {
	blameChannel(c, in.Channel)
	if in.ReceivedAt != nil {
		blameFields(c, grievance.FieldError{Pointer: "/received_at", Code: "received_at.not_yours", Message: "收到时间由受理单位记录"})
	}
	if in.Urgency != "" {
		blameFields(c, grievance.FieldError{Pointer: "/urgency", Code: "urgency.not_yours", Message: "紧急程度由受理单位确定"})
	}
}

func blameChannel(c echo.Context, channel grievance.Channel) {
	if !slices.Contains(publicChannels, channel) {
		blameFields(c, grievance.FieldError{Pointer: "/channel", Code: "channel.not_public", Message: "群众自行提交的渠道只能是网站、微信、应用或回音墙"})
	}
}

// reissueQueryCode gives a case a new query code.
//
//	@Summary		重发查询码 / a new query code
//	@Description	核验身份后换发，旧码随即失效。 After checking the petitioner's identity; the old code stops working.
//	@Tags			intake
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Success		200				{object}	CaseWithCode
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/query-code [post]
func (s *server) reissueQueryCode(c echo.Context) error {
	id, err := pathID[grievance.Case](c, "id")
	if err != nil {
		return err
	}
	return performOn(s, c, id, s.showWithCode, func(ctx context.Context, req casework.Request, id grievance.CaseID, _ nothing) (casework.Done, error) {
		return s.Desk.ReissueQueryCode(ctx, req, id)
	})
}
