package api

import (
	"encoding/base64"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

const typeHTML = "text/html"

var (
	errBulletinAccept   = grievance.Refuse(grievance.Invalid, "bulletin.accept", "通报只能以 application/json、text/csv 或 text/html 提供")
	errBulletinWithheld = grievance.Refuse(grievance.Forbidden, "bulletin.withheld", "正文涉及您不能查看的事项，不予提供；统计数字可在通报中查看")
	errBulletinPeriod   = grievance.Refuse(grievance.Invalid, "bulletin.period", "期间应写作 2026-11、2026-Q4 或 2026")
)

// listBulletins lists the bulletins of the units that the reader watches over.
//
//	@Summary		通报 / bulletins
//	@Description	月度通报、季度讲评、年终考核，新编发的在前；更正后的版本另列。 Of the reader's units and those below, the newest first; each edition by itself.
//	@Tags			accountability
//	@Produce		json
//	@Param			unit	query	string	false	"about this unit"	format(uuid)
//	@Param			kind	query	string	false	"how long it looks back"	enums(monthly,quarterly,yearly)
//	@Param			period	query	string	false	"2026-11, 2026-Q4 or 2026"	example(2026-11)
//	@Param			limit	query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query	string	false	"where the page begins"
//	@Success		200		{object}	BulletinPage
//	@Failure		400,401,403,404,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins [get]
func (s *server) listBulletins(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	q := readQuery(c)
	f := store.BulletinFilter{
		Paths: report.BulletinPaths(actorOf(c), book), Unit: idParam[grievance.Unit](q, "unit"),
		Kind: enumParam(q, "kind", grievance.BulletinKinds...), Period: q.text("period", len("2026-Q4")),
	}
	limit, before := q.limit(), cursorParam[store.BulletinID](q, "bulletins")
	if err := q.err(); err != nil {
		return err
	}
	if _, ok := grievance.ParseBulletinPeriod(f.Period); !ok && f.Period != "" {
		return errBulletinPeriod
	}
	var found []store.Bulletin
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		found, err = sn.ListBulletins(f, orZero(before), limit+1)
		return err
	})
	if err != nil {
		return err
	}
	var page BulletinPage
	page.Items, page.Next, err = pageOf(c, "bulletins", found, limit,
		func(b store.Bulletin) store.BulletinID { return b.ID },
		func(b store.Bulletin) BulletinView { return bulletinView(&b, book) })
	return reply(c, page, err)
}

// getBulletin gives a bulletin.
//
//	@Summary		一份通报 / a bulletin
//	@Description	按 Accept 以 JSON、电子表格（text/csv）或可打印的页面（text/html，A4）提供。各单位的数字互不重叠，合计为其总和；每个数字都附有打开所涉诉求的地址。 As JSON, for a spreadsheet, or as a page that prints on A4. The parts do not overlap, and the total is their sum. Each figure has the address that opens it.
//	@Tags			accountability
//	@Produce		json,text/csv,html
//	@Param			id	path	string	true	"bulletin"	format(uuid)
//	@Success		200	{object}	BulletinDocument
//	@Failure		400,401,403,404,406,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins/{id} [get]
func (s *server) getBulletin(c echo.Context) error {
	csv, json := accepted(c)
	html := weight(c, typeHTML)
	if csv == 0 && json == 0 && html == 0 {
		return errBulletinAccept
	}
	b, book, err := s.bulletinOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "Accept")
	switch {
	case html > 0 && html >= max(csv, json):
		c.Response().Header().Set(echo.HeaderContentType, typeHTML+"; charset=utf-8")
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; style-src "+report.PageStyle+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		c.Response().WriteHeader(http.StatusOK)
		return b.WritePage(c.Response(), b.Row.Digest)
	case csv > 0 && csv >= json:
		return sendTable(c, b.Table(), b.Title())
	}
	return c.JSON(http.StatusOK, bulletinDocument(b, book))
}

// bulletinBody gives the bytes that were frozen.
//
//	@Summary		通报正文 / the frozen body of a bulletin
//	@Description	编发时固定的正文字节，其 SHA-256 即通报的 digest，也在 Repr-Digest 头（RFC 9530）中。正文列明每件诉求，其中有读者不能查看的即不予提供。 For who may see every case that it names: the bytes whose SHA-256 is the bulletin's digest, which Repr-Digest (RFC 9530) repeats.
//	@Tags			accountability
//	@Produce		json
//	@Param			id	path	string	true	"bulletin"	format(uuid)
//	@Success		200	{object}	BulletinBody
//	@Header			200	{string}	Repr-Digest	"sha-256"
//	@Success		304	"unchanged since If-None-Match"
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins/{id}/body [get]
func (s *server) bulletinBody(c echo.Context) error {
	b, book, err := s.bulletinOf(c)
	if err != nil {
		return err
	}
	var withheld bool
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		withheld, err = b.Withheld(sn, store.ViewerOf(actorOf(c), book))
		return err
	})
	if err != nil {
		return err
	}
	if withheld {
		return errBulletinWithheld
	}
	row := b.Row
	c.Response().Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(row.Digest)+":")
	if unchanged(c, contentTag(row.Body)) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, "application/json", row.Body)
}

// bulletinScheme gives the scheme of the yearly settlement.
//
//	@Summary		年终考核计分方案 / the scheme of the yearly settlement
//	@Description	千分制：每项扣分的依据、分值和上限；件数少于 min_cases 的单位计分但不排名。 What deducts how many points, and at most how many. Units of fewer cases than min_cases are scored, not ranked.
//	@Tags			accountability
//	@Produce		json
//	@Success		200	{object}	BulletinScheme
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/bulletins/scheme [get]
func (s *server) bulletinScheme(c echo.Context) error {
	return c.JSON(http.StatusOK, schemeView(report.CurrentScheme))
}

// bulletinOf reads the bulletin of the path as the actor is shown it. ErrNotFound
// where there is none that they may read.
func (s *server) bulletinOf(c echo.Context) (b report.Shown, book *grievance.Book, err error) {
	id, err := pathID[store.Bulletin](c, "id")
	if err != nil {
		return b, nil, err
	}
	if book, err = s.Office.Book(c.Request().Context()); err != nil {
		return b, nil, err
	}
	actor := actorOf(c)
	err = s.Store.Read(c.Request().Context(), func(sn *store.Snapshot) (err error) {
		b, err = report.ShowBulletin(sn, store.ViewerOf(actor, book), id, report.BulletinPaths(actor, book))
		return err
	})
	return b, book, err
}

// figureOf opens a figure of a bulletin of the path.
func (s *server) figureOf(c echo.Context, unit grievance.UnitID) (report.OpenedFigure, *grievance.Book, error) {
	b, book, err := s.bulletinOf(c)
	if err != nil {
		return report.OpenedFigure{}, nil, err
	}
	f, err := b.Opened(report.FigureName(c.Param("name")), unit)
	return f, book, err
}
