package api

import (
	"encoding/hex"
	"net/url"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// BulletinView is a bulletin in a list.
type BulletinView struct {
	ID     string                 `json:"id" format:"uuid"`
	Unit   UnitRef                `json:"unit"`
	Kind   grievance.BulletinKind `json:"kind" swaggertype:"string" enums:"monthly,quarterly,yearly"`
	Period string                 `json:"period" example:"2026-11"`
	From   calendar.Date          `json:"from" swaggertype:"string" format:"date"`
	To     calendar.Date          `json:"to" swaggertype:"string" format:"date"`
	// 1, or more of a correction.
	Edition int `json:"edition"`
	// The edition before, and why it is corrected.
	Corrects string                   `json:"corrects,omitempty" format:"uuid"`
	Reason   grievance.BulletinReason `json:"reason,omitempty" swaggertype:"string" enums:"late_records,wrong_records,decision_changed"`
	Words    string                   `json:"words,omitempty"`
	IssuedAt time.Time                `json:"issued_at" format:"date-time"`
	// Absent where the engine issued it.
	IssuedBy *PersonRef `json:"issued_by,omitempty"`
	// The place in the ledger up to which events were counted.
	LedgerPos int64 `json:"ledger_pos"`
	// The SHA-256 of the body, in hex.
	Digest   string `json:"digest"`
	BodyHref string `json:"body_href" example:"/api/v1/bulletins/01939e7c-0000-7000-8000-000000000001/body"`
} // @name Bulletin

// BulletinPage is a page of bulletins.
type BulletinPage struct {
	Items []BulletinView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name BulletinPage

// BulletinDocument is a whole bulletin.
type BulletinDocument struct {
	BulletinView
	Title string `json:"title" example:"霁川镇 2026-11 群众诉求办理通报"`
	// The sums of the parts, which do not overlap.
	Total []BulletinFigureView `json:"total"`
	Parts []BulletinPartView   `json:"parts"`
	Rates []BulletinRateView   `json:"rates"`
	// What a correction changed.
	Changes []BulletinChangeView `json:"changes"`
	// Of a yearly one.
	Settlement *SettlementView `json:"settlement,omitempty"`
} // @name BulletinDocument

// BulletinPartView is the figures of a part of the bulletin's unit.
type BulletinPartView struct {
	Unit UnitRef `json:"unit"`
	// By itself, with what below it is no organ.
	UnitAlone bool                 `json:"unit_alone"`
	Figures   []BulletinFigureView `json:"figures"`
} // @name BulletinPart

// BulletinFigureView is a number, and the address that opens it into its cases.
type BulletinFigureView struct {
	Name  report.FigureName `json:"name" swaggertype:"string" example:"breached.handling"`
	Title string            `json:"title" example:"办理超期"`
	Count int               `json:"count"`
	Href  string            `json:"href" example:"/api/v1/bulletins/01939e7c-0000-7000-8000-000000000001/figures/registered"`
} // @name BulletinFigure

// BulletinRateView is one of the three rates, of the whole unit.
type BulletinRateView struct {
	Question string             `json:"question" enums:"contacted,resolved,satisfied"`
	Yes      BulletinFigureView `json:"yes"`
	Asked    BulletinFigureView `json:"asked"`
} // @name BulletinRate

// BulletinChangeView is a figure that a correction changed: what came and went are
// the references of what is counted now and was not, and the other way round, in
// cases that the reader may see.
type BulletinChangeView struct {
	Unit      UnitRef           `json:"unit"`
	UnitAlone bool              `json:"unit_alone"`
	Name      report.FigureName `json:"name" swaggertype:"string" example:"registered"`
	Title     string            `json:"title" example:"登记"`
	Was       int               `json:"was"`
	Is        int               `json:"is"`
	Gone      []report.Ref      `json:"gone" swaggertype:"array,string"`
	Come      []report.Ref      `json:"come" swaggertype:"array,string"`
} // @name BulletinChange

// SettlementView is the yearly settlement.
type SettlementView struct {
	// The version of the scheme that it was settled by.
	Scheme int         `json:"scheme"`
	Points int         `json:"points"`
	Scores []ScoreView `json:"scores"`
} // @name Settlement

// ScoreView is what a unit is left with.
type ScoreView struct {
	Unit UnitRef `json:"unit"`
	// The bulletin's own unit, with all below it.
	Whole  bool `json:"whole"`
	Cases  int  `json:"cases"`
	Points int  `json:"points"`
	// Among the units of its level; absent where it is not ranked.
	Rank       int             `json:"rank,omitempty,omitzero"`
	Deductions []DeductionView `json:"deductions"`
} // @name Score

// DeductionView is points that were taken off, and the address that opens them.
type DeductionView struct {
	BulletinFigureView
	Points int `json:"points"`
	// What they were taken off for, in cases that the reader may see: "case/seq",
	// "case/finding" or "case/finding/n".
	Refs []report.Ref `json:"refs" swaggertype:"array,string"`
} // @name Deduction

// BulletinBody is the frozen body: its shape is that of version v, and whoever
// checks the digest must take the bytes as they are.
type BulletinBody struct {
	V int `json:"v" example:"1"`
} // @name BulletinBody

// BulletinScheme is the scheme of the yearly settlement.
type BulletinScheme struct {
	Version  int                  `json:"version"`
	Title    string               `json:"title"`
	Points   int                  `json:"points"`
	MinCases int                  `json:"min_cases"`
	Items    []BulletinSchemeItem `json:"items"`
} // @name BulletinScheme

// BulletinSchemeItem deducts each points, cap at most: for each thing that a
// figure counts, or for each full percentage point that a rate lies below its
// target.
type BulletinSchemeItem struct {
	Figure   report.FigureName `json:"figure,omitempty" swaggertype:"string" example:"upheld.false_closure"`
	Rate     string            `json:"rate,omitempty" enums:"contacted,resolved,satisfied"`
	Target   int               `json:"target,omitempty,omitzero"`
	MinAsked int               `json:"min_asked,omitempty,omitzero"`
	Each     int               `json:"each"`
	Cap      int               `json:"cap"`
} // @name BulletinSchemeItem

func schemeView(s report.Scheme) BulletinScheme {
	v := BulletinScheme{Version: s.Version, Title: s.Title, Points: s.Points, MinCases: s.MinCases}
	for _, i := range s.Items {
		v.Items = append(v.Items, BulletinSchemeItem(i))
	}
	return v
}

func bulletinView(b *store.Bulletin, book *grievance.Book) BulletinView {
	return BulletinView{
		ID: b.ID.String(), Unit: unitRef(book, b.UnitID), Kind: b.Kind, Period: b.Period, From: b.FromDay, To: b.ToDay,
		Edition: b.Edition, Corrects: b.Corrects.String(), Reason: b.Reason, Words: b.Words,
		IssuedAt: b.IssuedAt, IssuedBy: optionalPerson(book, b.IssuedBy), LedgerPos: b.LedgerPos,
		Digest: hex.EncodeToString(b.Digest), BodyHref: v1 + "/bulletins/" + b.ID.String() + "/body",
	}
}

// bulletinDocument shows a bulletin as it was issued: its units are called what
// they were called then.
func bulletinDocument(b report.Shown, book *grievance.Book) BulletinDocument {
	doc := BulletinDocument{BulletinView: bulletinView(&b.Row.Bulletin, book), Title: b.Title()}
	doc.Unit = unitThen(b.Unit)
	for _, sum := range b.Total {
		doc.Total = append(doc.Total, openFigure(b.Bulletin, sum.Name, sum.Count, grievance.UnitID{}))
	}
	for _, p := range b.Parts {
		v := BulletinPartView{Unit: unitThen(p.Unit), UnitAlone: p.Alone}
		for _, f := range p.Figures {
			v.Figures = append(v.Figures, openFigure(b.Bulletin, f.Name, f.Count, p.Unit.ID))
		}
		doc.Parts = append(doc.Parts, v)
	}
	for _, q := range report.Questions {
		figure := func(name report.FigureName) BulletinFigureView {
			return openFigure(b.Bulletin, name, b.SumOf(name), grievance.UnitID{})
		}
		doc.Rates = append(doc.Rates, BulletinRateView{Question: q, Yes: figure(report.FigYes(q)), Asked: figure(report.FigAsked(q))})
	}
	for _, d := range b.Changes {
		doc.Changes = append(doc.Changes, BulletinChangeView{
			Unit: unitThen(d.Unit), UnitAlone: d.Alone, Name: d.Figure, Title: d.Figure.Words(), Was: d.Was, Is: d.Is,
			Gone: b.Named(d.Gone), Come: b.Named(d.Come),
		})
	}
	doc.Settlement = settlementView(b)
	return doc
}

func settlementView(b report.Shown) *SettlementView {
	if b.Score == nil {
		return nil
	}
	v := &SettlementView{Scheme: b.Score.Scheme, Points: b.Score.Points}
	for _, score := range b.Score.Scores {
		of := score.Unit.ID
		if score.Whole {
			of = grievance.UnitID{}
		}
		one := ScoreView{Unit: unitThen(score.Unit), Whole: score.Whole, Cases: score.Cases, Points: score.Points, Rank: score.Rank}
		for _, d := range score.Deductions {
			one.Deductions = append(one.Deductions, DeductionView{openFigure(b.Bulletin, d.Figure, d.Count, of), d.Points, b.Named(d.Refs)})
		}
		v.Scores = append(v.Scores, one)
	}
	return v
}

func unitThen(u report.UnitName) UnitRef {
	return UnitRef{ID: u.ID.String(), Code: u.Code, Name: u.Name}
}

// openFigure shows a figure of a part, or of the whole where no unit is named.
func openFigure(b *report.Bulletin, name report.FigureName, count int, unit grievance.UnitID) BulletinFigureView {
	href := v1 + "/bulletins/" + b.ID.String() + "/figures/" + url.PathEscape(string(name))
	if !unit.IsZero() {
		href += "?unit=" + unit.String()
	}
	return BulletinFigureView{Name: name, Title: name.Words(), Count: count, Href: href}
}
