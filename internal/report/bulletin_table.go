package report

import (
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Table gives the bulletin as a table: a row for each part, and the total last.
func (b *Bulletin) Table() Table {
	p, _ := grievance.ParseBulletinPeriod(b.Period)
	t := Table{
		Title: b.Title(), Header: []string{"单位编码", "单位"}, Number: 2,
		period: store.Period{From: p.From, To: p.To}, made: b.IssuedAt,
	}
	for _, s := range b.Total {
		t.Header = append(t.Header, s.Name.Words())
	}
	for _, q := range Questions {
		t.Header = append(t.Header, questionWords[q]+"率")
	}
	if b.Score != nil {
		t.Header = append(t.Header, "得分", "排名")
	}
	for _, part := range b.Parts {
		t.Rows = append(t.Rows, b.row([]string{part.Unit.Code, part.name()}, part, part.Alone))
	}
	t.Rows = append(t.Rows, b.row([]string{totalWord, ""}, b.whole(), false))
	return t
}

func (b *Bulletin) row(cells []string, p BulletinPart, alone bool) []string {
	for _, s := range b.Total {
		cells = append(cells, strconv.Itoa(p.Figure(s.Name).Count))
	}
	for _, q := range Questions {
		cells = append(cells, percent(p.Figure(FigYes(q)).Count, p.Figure(FigAsked(q)).Count))
	}
	if b.Score == nil {
		return cells
	}
	points, rank := "", ""
	if s, ok := b.Score.ScoreOf(p.Unit.ID); ok && !alone {
		points = strconv.Itoa(s.Points)
		rank = s.place()
	}
	return append(cells, points, rank)
}

// place gives the rank as people read it.
func (s Score) place() string {
	switch {
	case s.Whole:
		return ""
	case s.Rank == 0:
		return "件数少，不排名"
	}
	return strconv.Itoa(s.Rank)
}
