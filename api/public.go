package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// PublicCaseRequest is a grievance as somebody sends it in without logging in;
// how urgent it is, the desk decides.
type PublicCaseRequest struct {
	// Made by the client (UUIDv7), so that it can be sent again safely.
	ID      grievance.CaseID  `json:"id" swaggertype:"string" format:"uuid"`
	Channel grievance.Channel `json:"channel" validate:"required" swaggertype:"string" enums:"web,wechat,app,wall"`
	// A demand, if it is absent.
	Nature   grievance.Nature `json:"nature" swaggertype:"string" enums:"suggestion,accusation,demand,inquiry"`
	Category string           `json:"category" validate:"max=20,oneline" example:"0101"`
	// Marked as a petition (信访).
	Petition     bool `json:"petition"`
	Headcount    int  `json:"headcount" validate:"min=0,max=1000000"`
	Confidential bool `json:"confidential"`
	// To whose desk; that of the area, if it is absent.
	UnitID grievance.UnitID `json:"unit_id" swaggertype:"string" format:"uuid"`
	// Where the matter lies.
	AreaID     grievance.UnitID `json:"area_id" swaggertype:"string" format:"uuid"`
	Title      string           `json:"title" validate:"required,max=200,oneline" example:"村口路灯不亮"`
	Body       string           `json:"body" validate:"required,max=10000"`
	Petitioner PersonRequest    `json:"petitioner"`
	// Persons or units whom the grievance is about, as far as they are known: of an
	// accusation neither they nor their units will see anything.
	About []string `json:"about" validate:"max=20,dive,required,max=200,oneline" example:"上渡村村民委员会"`
} // @name NewPublicCase

// PublicReceipt is what a petitioner keeps: with both of them the case can be
// looked up.
type PublicReceipt struct {
	ReceiptNumber string        `json:"receipt_number" example:"430102003-20261122-0007"`
	QueryCode     string        `json:"query_code" example:"4KH-70M-2X9R"`
	Unit          UnitRef       `json:"unit"`
	ReceivedAt    time.Time     `json:"received_at"`
	ReceivedOn    calendar.Date `json:"received_on"`
} // @name PublicReceipt

// LookupRequest proves the right to ask how a case stands.
type LookupRequest struct {
	ReceiptNumber string `json:"receipt_number" validate:"required,max=64,oneline" example:"430102003-20261122-0007"`
	QueryCode     string `json:"query_code" validate:"required,max=64,oneline" example:"4KH-70M-2X9R"`
} // @name Lookup

// PublicCase is how a case stands, for its petitioner.
type PublicCase struct {
	ReceiptNumber string            `json:"receipt_number"`
	Status        grievance.Status  `json:"status" swaggertype:"string" enums:"registered,accepted,assigned,handling,suspended,awaiting_signoff,closed,finalised,declined,withdrawn"`
	Round         int               `json:"round"`
	Unit          UnitRef           `json:"unit"`
	HandlingUnit  *UnitRef          `json:"handling_unit,omitempty"`
	ReceivedAt    time.Time         `json:"received_at"`
	ReceivedOn    calendar.Date     `json:"received_on"`
	AcceptedAt    *time.Time        `json:"accepted_at,omitempty"`
	ClosedAt      *time.Time        `json:"closed_at,omitempty"`
	Outcome       grievance.Outcome `json:"outcome,omitempty" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	// When the petitioner next has to hear something; absent when nothing is owed.
	DueAt *time.Time    `json:"due_at,omitempty"`
	DueOn calendar.Date `json:"due_on,omitempty"`
	Texts []PublicText  `json:"texts"`
	// What may be asked for now by who does not accept the answer; absent where
	// nothing may, or the answer may be disputed instead.
	MayAsk *PublicReviewWindow `json:"may_ask,omitempty"`
	// How reviews stand, in the order in which they were asked for.
	Reviews []PublicReview `json:"reviews"`
} // @name PublicCase

// PublicText is a text of a case that is meant for its petitioner.
type PublicText struct {
	Kind       grievance.TextKind `json:"kind" swaggertype:"string" enums:"title,body,note,contact,answer,opinion_request,opinion_facts,opinion,opinion_legal_basis,reason,proof,dispute,notice,minutes,co_handling,follow_up,review_request,agreement,order,order_reply,misconduct"`
	Body       string             `json:"body"`
	RecordedAt time.Time          `json:"recorded_at"`
} // @name PublicText

var errLookup = grievance.Refuse(grievance.NotFound, "public.not_found", "登记编号或查询码不正确")

func (in PublicCaseRequest) registration() grievance.Registration {
	r := grievance.Registration{
		ID: in.ID, Channel: in.Channel, Nature: in.Nature, Category: in.Category, Petition: in.Petition,
		Headcount: in.Headcount, Confidential: in.Confidential, Unit: in.UnitID, Area: in.AreaID,
		Title: in.Title, Body: in.Body, Petitioner: in.Petitioner.party(),
	}
	for _, name := range in.About {
		r.Others = append(r.Others, grievance.Party{Kind: grievance.PersonNamed, Name: name})
	}
	return r
}

// registerPublic opens a case that came in through a public door.
//
//	@Summary		群众提交诉求 / send in a grievance
//	@Description	无须登录；返回登记编号和查询码，请妥善保存。 Without a login. Keep the receipt number and the query code.
//	@Tags			public
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		PublicCaseRequest	true	"the grievance"
//	@Success		201				{object}	PublicReceipt
//	@Failure		400,409,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/public/cases [post]
func (s *server) registerPublic(c echo.Context) error {
	in, err := decodeWhole[PublicCaseRequest](c)
	if err != nil {
		return err
	}
	blameChannel(c, in.Channel)
	return s.carryOut(c, http.StatusCreated, s.showReceipt, func(ctx context.Context, req casework.Request) (casework.Done, error) {
		req.Render = withoutHeaders(req.Render)
		return s.Desk.Register(ctx, req, in.registration())
	})
}

// withoutHeaders keeps the case's version and own address from those who cannot
// use them.
func withoutHeaders(render func(*grievance.Case) (casework.Response, error)) func(*grievance.Case) (casework.Response, error) {
	return func(g *grievance.Case) (casework.Response, error) {
		r, err := render(g)
		r.Header = nil
		return r, err
	}
}

func (s *server) showReceipt(g *grievance.Case, book *grievance.Book) any {
	return PublicReceipt{
		ReceiptNumber: g.ReceiptNumber, QueryCode: s.Store.QueryCode(g), Unit: unitRef(book, g.LeadUnitID),
		ReceivedAt: g.ReceivedAt, ReceivedOn: calendar.DateOf(g.ReceivedAt),
	}
}

// lookupPublic tells how a case stands.
//
//	@Summary		查询办理情况 / how a case stands
//	@Description	凭登记编号和查询码查询；编号不存在和查询码错误不作区分。 By receipt number and query code; a wrong code and an unknown number are the same 404.
//	@Tags			public
//	@Accept			json
//	@Produce		json
//	@Param			body	body		LookupRequest	true	"number and code"
//	@Success		200		{object}	PublicCase
//	@Failure		400,404,413,415,422,429,503	{object}	Problem
//	@Router			/api/v1/public/cases/lookup [post]
func (s *server) lookupPublic(c echo.Context) error {
	in, err := decode[LookupRequest](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	var found PublicCase
	err = s.Store.Read(ctx, func(sn *store.Snapshot) error {
		g, err := s.proved(sn, in)
		if err != nil {
			return err
		}
		found, err = publicCase(look{Snapshot: sn, about: g, book: book}, s.Clock.Now())
		return err
	})
	return reply(c, found, err)
}

// proved finds the case whose receipt number and query code are given. It does
// the same work for a number that does not exist as for a code that is wrong.
func (s *server) proved(sn *store.Snapshot, in LookupRequest) (*grievance.Case, error) {
	row, err := sn.CaseByReceipt(in.ReceiptNumber)
	if err != nil && grievance.KindOf(err) != grievance.NotFound {
		return nil, err
	}
	if right := s.Store.CheckQueryCode(&row, in.QueryCode); err != nil || !right {
		return nil, errLookup
	}
	return sn.WithChildren(row, store.Needs{Notices: true})
}

func publicCase(l look, now time.Time) (PublicCase, error) {
	g := l.about
	v := PublicCase{
		ReceiptNumber: g.ReceiptNumber, Status: g.Status, Round: g.Round, Unit: unitRef(l.book, g.LeadUnitID),
		HandlingUnit: optionalUnit(l.book, g.HandlingUnitID), ReceivedAt: g.ReceivedAt, ReceivedOn: calendar.DateOf(g.ReceivedAt),
		AcceptedAt: g.AcceptedAt, ClosedAt: g.ClosedAt, Outcome: g.Outcome, Texts: []PublicText{},
		MayAsk: l.mayAsk(now), Reviews: l.publicReviews(),
	}
	if k := nextOwed(g.Clocks()); k != nil {
		v.DueAt, v.DueOn = &k.DueAt, k.DueOn
	}
	all, err := l.texts()
	for _, t := range all {
		v.Texts = append(v.Texts, PublicText{t.Kind, t.Body, t.RecordedAt})
	}
	return v, err
}

// promised are the clocks that the petitioner waits for.
var promised = []grievance.ClockKind{grievance.Acceptance, grievance.FirstContact, grievance.Handling, grievance.Review, grievance.ReReview}

// nextOwed gives the first due of the running clocks that the petitioner waits
// for, or nil.
func nextOwed(clocks []*grievance.Clock) *grievance.Clock {
	var first *grievance.Clock
	for _, k := range clocks {
		if slices.Contains(promised, k.Kind) && k.State == grievance.Running && (first == nil || k.DueAt.Before(first.DueAt)) {
			first = k
		}
	}
	return first
}
