package api

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/notice"
	"github.com/huiyin/huiyin/internal/store"
)

// AddressRequest says what for somebody needs a notice with its addressee in clear.
type AddressRequest struct {
	// To serve it, if it is absent.
	Reason grievance.Reason `json:"reason" swaggertype:"string" enums:"serve_notice,contact,identity_check,site_visit,follow_up,named_check" default:"serve_notice"`
} // @name Address

const typePage = "text/html; charset=utf-8"

var errAcceptPage = grievance.Refuse(grievance.Invalid, "request.accept_page", "文书只能以 text/html 提供")

// noticeDocument shows a notice as a page to be printed, its addressee masked.
//
//	@Summary		文书页面 / a notice as a document
//	@Description	可打印的中文文书（A4），受送达人已脱敏；模板按文书出具时的版本。 Ready to be printed, in Chinese in whatever language one asks, the addressee masked, by the version of the template that it was issued with.
//	@Tags			cases
//	@Produce		html
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Param			n	path		int		true	"number"	minimum(1)
//	@Success		200	{string}	string	"a page"
//	@Failure		400,401,403,404,406,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notices/{n}/document [get]
func (s *server) noticeDocument(c echo.Context) error {
	return s.sendPage(c, func(l look, n grievance.Notice) (notice.Page, error) {
		r, err := l.record(n)
		if err != nil {
			return notice.Page{}, err
		}
		return r.Page()
	})
}

// addressNotice shows a notice as a page with its addressee in clear, to who has
// to serve it; while it is not served, with the form to take along. Each time is
// an event, so a request that is sent again is recorded again, and no answer is
// kept.
//
//	@Summary		文书页面（收件人明文） / a notice with its addressee in clear
//	@Description	供送达使用，未送达的附送达回证；每次打开均留痕。转送告知书由转送单位送达。保密事项仅窗口可用。 For who serves it: the desk, the handler of an open case, and, until it is served, the desk that issued it and who handled or reviewed the case; shown is what the reason needs. Every time is an event with its reason, so no answer is kept and an Idempotency-Key has no meaning here.
//	@Tags			handling
//	@Accept			json
//	@Produce		html
//	@Param			id		path		string			true	"case"	format(uuid)
//	@Param			n		path		int				true	"number"	minimum(1)
//	@Param			body	body		AddressRequest	false	"what for"
//	@Success		200		{string}	string	"a page"
//	@Failure		400,401,403,404,406,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notices/{n}/document [post]
func (s *server) addressNotice(c echo.Context) error {
	shown, err := s.address(c)
	if err != nil {
		return err
	}
	return s.sendPage(c, func(l look, n grievance.Notice) (notice.Page, error) {
		r, err := l.record(n)
		if err != nil {
			return notice.Page{}, err
		}
		to, err := l.addressee()
		if err != nil {
			return notice.Page{}, err
		}
		clear, _ := shown.Show(to)
		r.Addressee = cmp.Or(clear.Name, r.Addressee)
		return r.PageToServe(clear.Address)
	})
}

// address records that the actor is shown the addressee, before anything is, and
// gives what of the addressee may be shown.
func (s *server) address(c echo.Context) (shown grievance.Shown, err error) {
	id, err := pathID[grievance.Case](c, "id")
	if err != nil {
		return shown, err
	}
	number, err := pathNumber(c, "n")
	if err != nil {
		return shown, err
	}
	if !acceptsPage(c) {
		return shown, errAcceptPage
	}
	in := AddressRequest{}
	if c.Request().ContentLength != 0 {
		if in, err = decode[AddressRequest](c); err != nil {
			return shown, err
		}
	}
	why := grievance.Revealing{Reason: cmp.Or(in.Reason, grievance.ToServe)}
	return s.Desk.Address(c.Request().Context(), casework.Request{Actor: actorOf(c)}, id, number, why)
}

// noticeService shows the proof of a notice's service, or, before it is served,
// the form for it.
//
//	@Summary		送达回证 / the proof of a notice's service
//	@Description	未送达时为空白回证，送达后为已登记的送达情况；送达证明仅办理单位可见。 Before the service the form to take along, after it what was recorded; the words of the proof are for those who work on the case.
//	@Tags			cases
//	@Produce		html
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Param			n	path		int		true	"number"	minimum(1)
//	@Success		200	{string}	string	"a page"
//	@Failure		400,401,403,404,406,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notices/{n}/service [get]
func (s *server) noticeService(c echo.Context) error {
	return s.sendPage(c, func(l look, n grievance.Notice) (notice.Page, error) {
		r, err := l.record(n)
		if err != nil {
			return notice.Page{}, err
		}
		return r.ServicePage(personRef(l.book, n.ServedBy).Name)
	})
}

// sendPage answers with a page about the notice that the path names. ErrNotFound
// where there is none that the actor may see.
func (s *server) sendPage(c echo.Context, show func(look, grievance.Notice) (notice.Page, error)) error {
	number, err := pathNumber(c, "n")
	if err != nil {
		return err
	}
	if !acceptsPage(c) {
		return errAcceptPage
	}
	page, err := lookAt(s, c, store.Needs{Notices: true}, func(l look) (notice.Page, error) {
		for _, n := range l.about.Notices() {
			if n.N == number {
				whole, err := l.notice(n)
				if err != nil {
					return notice.Page{}, err
				}
				return show(l, whole)
			}
		}
		return notice.Page{}, grievance.ErrNotFound
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", page.Policy)
	return c.Blob(http.StatusOK, typePage, page.HTML)
}

// acceptsPage reports whether the client's Accept admits a page.
func acceptsPage(c echo.Context) bool {
	return c.Request().Header.Get("Accept") == "" || weight(c, "text/html", "text/*", "*/*") > 0
}

// record gathers what the reader may read of what a notice's documents are made
// from, the addressee masked.
func (l look) record(n grievance.Notice) (notice.Record, error) {
	to, err := l.addressee()
	if err != nil {
		return notice.Record{}, err
	}
	r := notice.Record{Case: l.about, Notice: n, Addressee: l.masked(to).Name}
	if r.Texts, err = l.words(); err != nil {
		return r, err
	}
	r.Events, err = l.EventsOfKinds(l.about.ID, notice.Kinds...)
	return r, err
}

// addressee is to whom the notices of the case are: the petitioner, or, of a
// group that names none, its first representative; nobody where none is known.
func (l look) addressee() (grievance.Party, error) {
	parties, err := l.Parties(l.about.ID)
	for _, p := range parties {
		if p.Name != "" && p.Kind != grievance.PersonNamed {
			return p, err
		}
	}
	return grievance.Party{}, err
}
