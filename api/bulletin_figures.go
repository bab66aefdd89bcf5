package api

import (
	"bytes"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// BulletinFigurePage is what a figure opens into.
type BulletinFigurePage struct {
	Name report.FigureName `json:"name" swaggertype:"string" example:"breached.handling"`
	// The figure: how many things were counted.
	Count int `json:"count"`
	// Of how many cases they are, whether or not the reader may see them.
	Cases int                  `json:"cases"`
	Items []BulletinFigureItem `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name BulletinFigurePage

// BulletinFigureItem is a case behind a figure, with what was counted of it: its
// events, "case/seq"; findings, "case/finding"; or measures, "case/finding/n".
type BulletinFigureItem struct {
	CaseID        string       `json:"case_id" format:"uuid"`
	ReceiptNumber string       `json:"receipt_number" example:"430102003-20261122-0007"`
	Refs          []report.Ref `json:"refs" swaggertype:"array,string"`
} // @name BulletinFigureItem

// bulletinFigure lists the cases behind a figure.
//
//	@Summary		通报数字所涉诉求 / the cases behind a figure
//	@Description	unit 为通报中的一个单位（通报单位自身即其本级），不指定则为合计。只列出读者可以查看的诉求，count 为通报中的数字。 Of one part, the bulletin's own unit meaning that alone, or of all together. Only cases that the reader may see are listed; count is the figure.
//	@Tags			accountability
//	@Produce		json
//	@Param			id		path	string	true	"bulletin"	format(uuid)
//	@Param			name	path	string	true	"the figure"	example(breached.handling)
//	@Param			unit	query	string	false	"of this part"	format(uuid)
//	@Param			limit	query	int		false	"how many cases"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Success		200		{object}	BulletinFigurePage
//	@Failure		400,401,403,404,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins/{id}/figures/{name} [get]
func (s *server) bulletinFigure(c echo.Context) error {
	q := readQuery(c)
	unit, limit, after := idParam[grievance.Unit](q, "unit"), q.limit(), cursorParam[grievance.CaseID](q, "figure")
	if err := q.err(); err != nil {
		return err
	}
	f, book, err := s.figureOf(c, unit)
	if err != nil {
		return err
	}
	cases := report.CasesOf(f.Refs)
	page := BulletinFigurePage{Name: f.Name, Count: f.Count, Cases: len(cases)}
	var open openCases
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		open, err = report.OpenTo(sn, store.ViewerOf(actorOf(c), book), casesAfter(cases, after))
		return err
	})
	if err != nil {
		return err
	}
	shown := slices.DeleteFunc(casesAfter(cases, after), func(id grievance.CaseID) bool { return !open.has(id) })
	page.Items, page.Next, err = pageOf(c, "figure", shown, limit,
		func(id grievance.CaseID) grievance.CaseID { return id },
		func(id grievance.CaseID) BulletinFigureItem {
			return BulletinFigureItem{CaseID: id.String(), ReceiptNumber: open[id], Refs: refsOf(f, id)}
		})
	return reply(c, page, err)
}

// casesAfter gives those of some cases, in order, that come after one.
func casesAfter(cases []grievance.CaseID, after *grievance.CaseID) []grievance.CaseID {
	if after == nil {
		return cases
	}
	i := slices.IndexFunc(cases, func(id grievance.CaseID) bool { return bytes.Compare(id[:], after[:]) > 0 })
	if i < 0 {
		return nil
	}
	return cases[i:]
}

func refsOf(f report.OpenedFigure, id grievance.CaseID) (refs []report.Ref) {
	for _, r := range f.Refs {
		if r.Case() == id {
			refs = append(refs, r)
		}
	}
	return refs
}
