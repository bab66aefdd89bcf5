package api

import (
	"fmt"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/notice"
	"github.com/huiyin/huiyin/internal/store"
)

// NoticeView is a written notice (告知书 / 意见书).
type NoticeView struct {
	N      int                  `json:"n" example:"1"`
	Kind   grievance.NoticeKind `json:"kind" swaggertype:"string" enums:"acceptance,decline,forward,extension,opinion,review,re_review"`
	Number string               `json:"number" example:"受〔2026〕430102003-20261122-0007-1"`
	Round  int                  `json:"round"`
	Unit   UnitRef              `json:"unit"`
	// Its words beyond the form.
	Texts      []TextView `json:"texts"`
	IssuedAt   time.Time  `json:"issued_at"`
	IssuedBy   *PersonRef `json:"issued_by,omitempty"`
	ServedAt   *time.Time `json:"served_at,omitempty"`
	ServedHow  string     `json:"served_how,omitempty" enums:"in_person,mail,sms,phone,app,left,announcement"`
	ServedBy   *PersonRef `json:"served_by,omitempty"`
	RecordedAt *time.Time `json:"recorded_at,omitempty"`
	// The document number of the final opinion that a decline on the same facts goes by;
	// absent, as in the document, for who may not see the case of that opinion.
	RefersTo string `json:"refers_to,omitempty"`
	// What proves the service, for those who work on the case.
	Proof []TextView `json:"proof,omitempty"`
	// Its name, as the document has it.
	Name string `json:"name" example:"受理告知书"`
	// Where the case went, or to whom the petitioner may turn against it, and within
	// how many days of its service; absent where there is nothing to say.
	OtherUnit  *UnitRef `json:"other_unit,omitempty"`
	RemedyDays int      `json:"remedy_days,omitempty,omitzero" example:"30"`
	// The addresses of the document, ready to be printed, and of the proof of its
	// service (送达回证).
	DocumentHref string `json:"document_href" example:"/api/v1/cases/01939e7c-0000-7000-8000-000000000001/notices/1/document"`
	ServiceHref  string `json:"service_href" example:"/api/v1/cases/01939e7c-0000-7000-8000-000000000001/notices/1/service"`
} // @name Notice

// NoticeList is every notice of a case, in the order in which they were issued.
type NoticeList struct {
	Items []NoticeView `json:"items"`
} // @name NoticeList

// caseNotices lists the written notices of a case.
//
//	@Summary		文书 / notices
//	@Description	告知书和意见书，及其送达情况。 With their words and their service.
//	@Tags			cases
//	@Produce		json
//	@Param			id	path		string	true	"case"	format(uuid)
//	@Success		200	{object}	NoticeList
//	@Failure		400,401,403,404,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/cases/{id}/notices [get]
func (s *server) caseNotices(c echo.Context) error {
	list, err := lookAt(s, c, store.Needs{Notices: true}, look.notices)
	return reply(c, list, err)
}

func (l look) notices() (NoticeList, error) {
	list := NoticeList{Items: []NoticeView{}}
	papers, err := l.papers()
	if err != nil {
		return list, err
	}
	for _, n := range l.about.Notices() {
		n, err := l.notice(n)
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, l.noticeView(n, papers))
	}
	return list, nil
}

// notice completes a notice as the reader may see it: without the number of another
// case's opinion, unless they may see that case.
func (l look) notice(n *grievance.Notice) (grievance.Notice, error) {
	whole := l.about.Complete(l.book, *n)
	if whole.RefersTo == "" {
		return whole, nil
	}
	whole.RefersTo = ""
	events, err := l.EventsOfKinds(l.about.ID, grievance.EvDeclined)
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return whole, fmt.Errorf("reading event %d of case %s: %w", e.Seq, l.about.ID, err)
		}
		if f.Notice == nil || f.Notice.N != n.N {
			continue
		}
		open, err := l.opens([]grievance.CaseID{f.Earlier})
		if err != nil {
			return whole, err
		}
		whole.RefersTo = open.number(f.Earlier, n.RefersTo)
	}
	return whole, err
}

func (l look) noticeView(n grievance.Notice, papers papers) NoticeView {
	page := v1 + "/cases/" + l.about.ID.String() + "/notices/" + strconv.Itoa(n.N)
	v := NoticeView{
		N: n.N, Kind: n.Kind, Number: n.Number, Round: n.Round, Unit: unitRef(l.book, n.UnitID), Texts: orNone(papers.notices[n.N]),
		IssuedAt: n.IssuedAt, IssuedBy: optionalPerson(l.book, n.IssuedBy),
		ServedAt: n.ServedAt, ServedHow: n.ServedHow, ServedBy: optionalPerson(l.book, n.ServedBy), RecordedAt: n.RecordedAt, RefersTo: n.RefersTo,
		Proof: papers.proofs[n.N], OtherUnit: optionalUnit(l.book, n.OtherUnitID), RemedyDays: n.RemedyDays,
		DocumentHref: page + "/document", ServiceHref: page + "/service",
	}
	if t := notice.Lookup(n.Kind, n.TemplateVersion); t != nil {
		v.Name = t.Name
	}
	return v
}
