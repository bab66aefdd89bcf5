package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

// CategoryView is a node of the subject tree; a code starts with its parent's.
type CategoryView struct {
	Code   string `json:"code" validate:"required,max=12,oneline" example:"0301"`
	Name   string `json:"name" validate:"required,notblank,max=100,oneline" example:"路灯照明"`
	Parent string `json:"parent" validate:"max=12,oneline" example:"03"`
} // @name Category

// CategoryList is the subject tree, by code.
type CategoryList struct {
	Items []CategoryView `json:"items" validate:"required,dive"`
} // @name CategoryList

// listCategories gives the whole subject tree.
//
//	@Summary	分类 / categories
//	@Tags		organisation
//	@Produce	json
//	@Success	200	{object}	CategoryList
//	@Success	304	"unchanged since If-None-Match"
//	@Failure	400,401,403,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/categories [get]
func (s *server) listCategories(c echo.Context) error {
	if err := readQuery(c).err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	return show(c, book.Version, categoriesView(book))
}

func categoriesView(book *grievance.Book) CategoryList {
	list := CategoryList{Items: []CategoryView{}}
	for _, x := range book.Categories() {
		list.Items = append(list.Items, CategoryView(x))
	}
	return list
}

// putCategories adds categories and renames those that are there.
//
//	@Summary		维护分类 / set categories
//	@Description	新增分类，已有代码的更名；不删除任何分类。 Adds categories and renames those whose code exists; none disappears.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			body	body		CategoryList	true	"categories"
//	@Success		200		{object}	CategoryList
//	@Failure		400,401,403,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/categories [put]
func (s *server) putCategories(c echo.Context) error {
	in, err := decode[CategoryList](c)
	if err != nil {
		return err
	}
	list := make([]grievance.Category, len(in.Items))
	for i, x := range in.Items {
		list[i] = grievance.Category(x)
	}
	if err := s.Office.SetCategories(c.Request().Context(), actorOf(c), list); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, categoriesView(book))
}

// ResponsibilityView is a line of the responsibility list (权责清单): what a unit
// answers for, by category and area. No area is everywhere.
type ResponsibilityView struct {
	Category string           `json:"category" validate:"required,max=12,oneline" example:"0301"`
	Area     string           `json:"area" validate:"max=22,oneline" example:"430102003"`
	UnitID   grievance.UnitID `json:"unit_id" validate:"required" swaggertype:"string" format:"uuid"`
	Note     string           `json:"note" validate:"max=500"`
} // @name Responsibility

// ResponsibilityList is the whole responsibility list, by category and area.
type ResponsibilityList struct {
	Items []ResponsibilityView `json:"items" validate:"required,dive"`
} // @name ResponsibilityList

// listResponsibilities gives the responsibility list, or a unit's part of it.
//
//	@Summary	权责清单 / responsibilities
//	@Tags		organisation
//	@Produce	json
//	@Param		unit	query		string	false	"the unit that answers"	format(uuid)
//	@Success	200		{object}	ResponsibilityList
//	@Success	304		"unchanged since If-None-Match"
//	@Failure	400,401,403,503	{object}	Problem
//	@Security	bearer
//	@Router		/api/v1/responsibilities [get]
func (s *server) listResponsibilities(c echo.Context) error {
	q := readQuery(c)
	unit := idParam[grievance.Unit](q, "unit")
	if err := q.err(); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	return show(c, book.Version, responsibilitiesView(book, unit))
}

// responsibilitiesView shows the lines of a unit, or all where there is none.
func responsibilitiesView(book *grievance.Book, unit grievance.UnitID) ResponsibilityList {
	list := ResponsibilityList{Items: []ResponsibilityView{}}
	for _, r := range book.Responsibilities() {
		if unit.IsZero() || r.UnitID == unit {
			list.Items = append(list.Items, ResponsibilityView(r))
		}
	}
	return list
}

// putResponsibilities replaces the responsibility list.
//
//	@Summary		替换权责清单 / replace the responsibilities
//	@Description	以所提交的清单整体替换现有清单。 The lines become the whole list.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			body	body		ResponsibilityList	true	"the whole list"
//	@Success		200		{object}	ResponsibilityList
//	@Failure		400,401,403,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/responsibilities [put]
func (s *server) putResponsibilities(c echo.Context) error {
	in, err := decode[ResponsibilityList](c)
	if err != nil {
		return err
	}
	lines := make([]grievance.Responsibility, len(in.Items))
	for i, r := range in.Items {
		lines[i] = grievance.Responsibility(r)
	}
	if err := s.Office.SetResponsibilities(c.Request().Context(), actorOf(c), lines); err != nil {
		return err
	}
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, responsibilitiesView(book, grievance.UnitID{}))
}
