package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// UnitView is a unit of the organisation.
type UnitView struct {
	ID       string          `json:"id" validate:"required" format:"uuid"`
	ParentID string          `json:"parent_id,omitempty" format:"uuid"`
	Code     string          `json:"code" validate:"required" example:"430102003"`
	Name     string          `json:"name" validate:"required" example:"朝阳街道办事处"`
	Level    grievance.Level `json:"level" validate:"required" swaggertype:"string" enums:"province,city,county,township,village,grid"`
	Kind     string          `json:"kind" validate:"required" enums:"government,department,station,village,grid"`
	// Whether it may issue decisions and opinions.
	Organ bool `json:"organ" validate:"required"`
	// The unit that does its work since it was merged.
	SuccessorID string     `json:"successor_id,omitempty" format:"uuid"`
	EndedAt     *time.Time `json:"ended_at,omitempty" format:"date-time"`
	CreatedAt   time.Time  `json:"created_at" validate:"required" format:"date-time"`
} // @name Unit

// UnitPage is a page of units.
type UnitPage struct {
	Items []UnitView `json:"items" validate:"required"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name UnitPage

// NewUnitRequest is a unit to be made under another.
type NewUnitRequest struct {
	ParentID grievance.UnitID `json:"parent_id" validate:"required" swaggertype:"string" format:"uuid"`
	Code     string           `json:"code" validate:"required,max=22,oneline" example:"430102003-01"`
	Name     string           `json:"name" validate:"required,notblank,max=100,oneline" example:"综合治理办公室"`
	Level    grievance.Level  `json:"level" validate:"required,oneof=province city county township village grid" swaggertype:"string" enums:"province,city,county,township,village,grid"`
	Kind     string           `json:"kind" validate:"required,oneof=government department station village grid" enums:"government,department,station,village,grid"`
	Organ    bool             `json:"organ"`
} // @name NewUnit

// RenameUnitRequest gives a unit another name.
type RenameUnitRequest struct {
	Name string `json:"name" validate:"required,notblank,max=100,oneline"`
} // @name RenameUnit

// MergeUnitRequest names the unit that takes over.
type MergeUnitRequest struct {
	SuccessorID grievance.UnitID `json:"successor_id" validate:"required" swaggertype:"string" format:"uuid"`
} // @name MergeUnit

func unitView(u *grievance.Unit) UnitView {
	return UnitView{
		ID: u.ID.String(), ParentID: u.ParentID.String(), Code: u.Code, Name: u.Name, Level: u.Level, Kind: u.Kind,
		Organ: u.Organ, SuccessorID: u.SuccessorID.String(), EndedAt: u.EndedAt, CreatedAt: u.CreatedAt,
	}
}

func showUnit(u office.Changed[grievance.Unit]) (string, any) {
	return "/units/" + u.Of.ID.String(), unitView(&u.Of)
}

// listUnits lists units by code.
//
//	@Summary		单位列表 / units
//	@Description	按代码排序；已撤并的单位仅在 ended=true 时列出。 By code; merged units only with ended=true.
//	@Tags			organisation
//	@Produce		json
//	@Param			parent	query		string	false	"directly under this unit"	format(uuid)
//	@Param			level	query		string	false	"level"						enums(province,city,county,township,village,grid)
//	@Param			q		query		string	false	"part of the name, or the beginning of the code"	maxlength(50)
//	@Param			ended	query		bool	false	"merged units too"
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	UnitPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/units [get]
func (s *server) listUnits(c echo.Context) error {
	q := readQuery(c)
	parent, level, words, ended := idParam[grievance.Unit](q, "parent"), enumParam(q, "level", grievance.Levels...), q.text("q", 50), q.boolean("ended")
	return s.pageOfUnits(c, q, func(u *grievance.Unit) bool {
		return (parent.IsZero() || u.ParentID == parent) && (level == "" || u.Level == level) &&
			(u.EndedAt == nil || ended != nil && *ended) &&
			(strings.Contains(u.Name, words) || strings.HasPrefix(u.Code, words))
	})
}

// publicUnits lists the units that somebody without a login can write to, or
// name as the place of a matter.
//
//	@Summary		可受理单位 / units, without a login
//	@Description	供群众提交诉求时选择单位或问题发生地，按代码排序。 For choosing whose desk, or where the matter lies; by code.
//	@Tags			public
//	@Produce		json
//	@Param			parent	query		string	false	"directly under this unit"	format(uuid)
//	@Param			level	query		string	false	"level"						enums(province,city,county,township,village,grid)
//	@Param			q		query		string	false	"part of the name, or the beginning of the code"	maxlength(50)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	UnitPage
//	@Failure		400,429,503	{object}	Problem
//	@Router			/api/v1/public/units [get]
func (s *server) publicUnits(c echo.Context) error {
	q := readQuery(c)
	parent, level, words := idParam[grievance.Unit](q, "parent"), enumParam(q, "level", grievance.Levels...), q.text("q", 50)
	return s.pageOfUnits(c, q, func(u *grievance.Unit) bool {
		return u.EndedAt == nil && (parent.IsZero() || u.ParentID == parent) && (level == "" || u.Level == level) &&
			(strings.Contains(u.Name, words) || strings.HasPrefix(u.Code, words))
	})
}

// unitSubtree lists a unit and every unit below it.
//
//	@Summary		下级单位 / subtree of a unit
//	@Description	本单位及其全部下级单位，按代码排序。 The unit and all below it, by code, merged ones included.
//	@Tags			organisation
//	@Produce		json
//	@Param			id		path		string	true	"unit"	format(uuid)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	UnitPage
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/units/{id}/subtree [get]
func (s *server) unitSubtree(c echo.Context) error {
	top, err := s.unitOfPath(c)
	if err != nil {
		return err
	}
	return s.pageOfUnits(c, readQuery(c), func(u *grievance.Unit) bool { return u.Within(top) })
}

func (s *server) pageOfUnits(c echo.Context, q *query, wanted func(*grievance.Unit) bool) error {
	limit, after := q.limit(), cursorParam[string](q, "units")
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	var found []*grievance.Unit
	for _, u := range book.Units() {
		if (after == nil || u.Code > *after) && wanted(u) && len(found) <= limit {
			found = append(found, u)
		}
	}
	items, next, err := pageOf(c, "units", found, limit, func(u *grievance.Unit) string { return u.Code }, unitView)
	return reply(c, UnitPage{items, next}, err)
}

// getUnit gives one unit.
//
//	@Summary	单位 / a unit
//	@Tags		organisation
//	@Produce	json
//	@Param		id	path		string	true	"unit"	format(uuid)
//	@Success	200	{object}	UnitView
//	@Failure	400,401,403,404,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/units/{id} [get]
func (s *server) getUnit(c echo.Context) error {
	u, err := s.unitOfPath(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, unitView(u))
}

func (s *server) unitOfPath(c echo.Context) (*grievance.Unit, error) {
	id, err := pathID[grievance.Unit](c, "id")
	if err != nil {
		return nil, err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return nil, err
	}
	u := book.Unit(id)
	if u == nil {
		return nil, grievance.ErrNotFound
	}
	return u, nil
}

// createUnit adds a unit to the tree.
//
//	@Summary		新增单位 / add a unit
//	@Description	代码不得重复；带 Idempotency-Key 重复提交，得到首次的答复。 A code is unique; sent again with its Idempotency-Key, it gets its first answer.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"names this request, so that it can be sent again"
//	@Param			body			body		NewUnitRequest	true	"the unit"
//	@Success		201				{object}	UnitView
//	@Header			201				{string}	Location	"the unit"
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/units [post]
func (s *server) createUnit(c echo.Context) error {
	in, err := decode[NewUnitRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusCreated, showUnit, func(ctx context.Context, keep office.Keep[grievance.Unit]) (grievance.Unit, error) {
		return s.Office.CreateUnit(ctx, actorOf(c), office.NewUnit(in), keep)
	})
}

// renameUnit gives a unit another name.
//
//	@Summary	单位更名 / rename a unit
//	@Tags		organisation
//	@Accept		json
//	@Produce	json
//	@Param		id				path		string				true	"unit"	format(uuid)
//	@Param		Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param		body			body		RenameUnitRequest	true	"the new name"
//	@Success	200				{object}	UnitView
//	@Failure	400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/units/{id}/rename [post]
func (s *server) renameUnit(c echo.Context) error {
	id, err := pathID[grievance.Unit](c, "id")
	if err != nil {
		return err
	}
	in, err := decode[RenameUnitRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, showUnit, func(ctx context.Context, keep office.Keep[grievance.Unit]) (grievance.Unit, error) {
		return s.Office.RenameUnit(ctx, actorOf(c), id, in.Name, keep)
	})
}

// mergeUnit ends a unit in favour of another.
//
//	@Summary		单位撤并 / merge a unit
//	@Description	即日撤销，由承接单位办理其事项；其任职随之结束，在办诉求逐件移交。 Ends the unit; its appointments end and its open cases are handed on.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string				true	"unit"	format(uuid)
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		MergeUnitRequest	true	"who takes over"
//	@Success		200				{object}	UnitView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/units/{id}/merge [post]
func (s *server) mergeUnit(c echo.Context) error {
	id, err := pathID[grievance.Unit](c, "id")
	if err != nil {
		return err
	}
	in, err := decode[MergeUnitRequest](c)
	if err != nil {
		return err
	}
	return reorganise(s, c, http.StatusOK, showUnit, func(ctx context.Context, keep office.Keep[grievance.Unit]) (grievance.Unit, error) {
		u, err := s.Office.MergeUnit(ctx, actorOf(c), id, in.SuccessorID, keep)
		if err == nil {
			s.handOn(ctx)
		}
		return u, err
	})
}
