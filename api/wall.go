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

// TakeDownRequest is why a post is to leave the echo wall.
type TakeDownRequest struct {
	Reason grievance.Reason `json:"reason" validate:"required" swaggertype:"string" enums:"personal_information,unlawful,rights_of_others,petitioner_request"`
	Words  string           `json:"words" validate:"required,max=10000"`
} // @name TakeDown

// WallPost is a post on the echo wall (民情回音墙), as everybody may read it: nothing
// of who wrote it, and nothing by which the case could be looked up.
type WallPost struct {
	ReceivedOn   calendar.Date `json:"received_on"`
	Category     string        `json:"category,omitempty" example:"0101"`
	CategoryName string        `json:"category_name,omitempty" example:"土地承包"`
	Unit         string        `json:"unit" example:"霁川镇"`
	Title        string        `json:"title" example:"村口路灯不亮"`
	Body         string        `json:"body"`
	// Absent until it is answered.
	Outcome    grievance.Outcome `json:"outcome,omitempty" swaggertype:"string" enums:"supported,explained,not_supported,mediated,redirected"`
	Answer     string            `json:"answer,omitempty"`
	AnsweredOn *calendar.Date    `json:"answered_on,omitempty" swaggertype:"string" format:"date"`
} // @name WallPost

// WallPage is a page of the echo wall.
type WallPage struct {
	Items []WallPost `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name WallPage

// publicWall lists the posts on the echo wall.
//
//	@Summary		民情回音墙 / echo wall
//	@Description	无须登录；已受理、未撤下的留言及其答复，新的在前。检举控告和要求保密的事项不公开。 Without a login: posts that were taken on and not taken down, with their answers, the newest first. Never an accusation, and nothing that is confidential.
//	@Tags			public
//	@Produce		json
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	WallPage
//	@Failure		400,429,503	{object}	Problem
//	@Router			/api/v1/public/wall [get]
func (s *server) publicWall(c echo.Context) error {
	q := readQuery(c)
	limit, after := q.limit(), cursorParam[store.WallPosition](q, "wall")
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request().Context()
	book, err := s.Office.Book(ctx)
	if err != nil {
		return err
	}
	var found []store.WallItem
	err = s.Store.Read(ctx, func(sn *store.Snapshot) (err error) {
		found, err = sn.Wall(after, limit+1)
		return err
	})
	if err != nil {
		return err
	}
	items, next, err := pageOf(c, "wall", found, limit,
		func(i store.WallItem) store.WallPosition { return i.Position() },
		func(i store.WallItem) WallPost { return wallPost(&i, book) })
	return reply(c, WallPage{items, next}, err)
}

func wallPost(i *store.WallItem, book *grievance.Book) WallPost {
	category, _ := book.Category(i.Category)
	v := WallPost{
		ReceivedOn: calendar.DateOf(i.ReceivedAt), Category: i.Category, CategoryName: category.Name, Unit: unitRef(book, i.LeadUnitID).Name,
		Title: i.Title, Body: i.Body,
	}
	if i.Status == grievance.Closed {
		v.Outcome, v.Answer, v.AnsweredOn = i.Outcome, i.Answer, dayOf(i.ClosedAt)
	}
	return v
}

func dayOf(t *time.Time) *calendar.Date {
	if t == nil {
		return nil
	}
	day := calendar.DateOf(*t)
	return &day
}

// takeDownCase asks for approval that a post leaves the echo wall.
//
//	@Summary		申请撤下 / ask for a take-down
//	@Description	经领导签批后不再公开；不影响办理，办结后仍可签批。 Once a leader has signed it is public no more. Nothing of the case waits for it, and it outlasts the closure.
//	@Tags			triage
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"case"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Param			If-Match		header		string	false	"the version that it is made against"
//	@Param			body			body		TakeDownRequest	true	"what is to be done"
//	@Success		200				{object}	CaseView
//	@Header			200				{string}	ETag	"the version"
//	@Failure		400,401,403,404,409,412,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/take-down [post]
func (s *server) takeDownCase(c echo.Context) error {
	return perform(s, c, func(ctx context.Context, req casework.Request, id grievance.CaseID, in TakeDownRequest) (casework.Done, error) {
		return s.Desk.TakeDown(ctx, req, id, grievance.TakingDown(in))
	})
}
