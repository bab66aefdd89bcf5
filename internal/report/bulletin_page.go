package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"time"
)

//go:embed bulletin.html
var bulletinHTML string

//go:embed bulletin.css
var bulletinCSS string

var bulletinTemplate = template.Must(template.New("bulletin").Parse(bulletinHTML))

// PageStyle names the page's only style sheet, which stands in it, as a policy of
// a browser does: it may use that and nothing else.
var PageStyle = func() string {
	sum := sha256.Sum256([]byte(bulletinCSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// page is what the printed bulletin shows.
type page struct {
	Title, From, To, Issued string
	Reason, Words, Digest   string
	Style                   template.CSS
	Main                    pageTable
	Others                  []pageLine
	Points, Scheme          int
	Scores                  []pageScore
	Changes                 []pageChange
}

type pageTable struct {
	Header []string
	Rows   []pageRow
}

type pageRow struct {
	Name  string
	Total bool
	Cells []string
}

type pageLine struct {
	Unit, Item string
	Count      int
}

type pageScore struct {
	Unit, Level, Place string
	Whole              bool
	Cases, Points      int
	Deductions         []string
}

type pageChange struct {
	Unit, Item string
	Was, Is    int
}

// WritePage writes the bulletin as a page that prints on A4 and needs nothing
// from elsewhere.
func (b *Bulletin) WritePage(w io.Writer, digest []byte) error {
	p := page{
		Title: b.Title(), From: b.From, To: b.To, Issued: b.IssuedAt.In(beijing).Format(time.DateTime),
		Reason: word(bulletinReasonWords, b.Reason), Words: b.Words, Digest: hex.EncodeToString(digest),
		Style: template.CSS(bulletinCSS), //nolint:gosec // our own style sheet
		Main:  b.mainTable(),
	}
	for _, part := range b.Parts {
		p.Others = append(p.Others, part.others()...)
	}
	if s := b.Score; s != nil {
		p.Points, p.Scheme = s.Points, s.Scheme
		for _, score := range s.Scores {
			p.Scores = append(p.Scores, score.page())
		}
	}
	for _, d := range b.Changes {
		unit := BulletinPart{Unit: d.Unit, Alone: d.Alone}
		p.Changes = append(p.Changes, pageChange{unit.name(), d.Figure.Words(), d.Was, d.Is})
	}
	if err := bulletinTemplate.Execute(w, p); err != nil {
		return fmt.Errorf("writing the page of a bulletin: %w", err)
	}
	return nil
}

func (b *Bulletin) mainTable() pageTable {
	t := pageTable{Header: []string{"单位"}}
	for _, name := range plainFigures {
		t.Header = append(t.Header, name.Words())
	}
	t.Header = append(t.Header, "超期")
	for _, q := range Questions {
		t.Header = append(t.Header, questionWords[q]+"率")
	}
	for _, part := range b.Parts {
		t.Rows = append(t.Rows, pageRow{Name: part.name(), Cells: part.mainCells()})
	}
	t.Rows = append(t.Rows, pageRow{Name: totalWord, Total: true, Cells: b.whole().mainCells()})
	return t
}

func (p BulletinPart) mainCells() (cells []string) {
	for _, name := range plainFigures {
		cells = append(cells, strconv.Itoa(p.Figure(name).Count))
	}
	late := 0
	for _, f := range p.Figures {
		if _, ok := f.Name.in(famBreached); ok {
			late += f.Count
		}
	}
	cells = append(cells, strconv.Itoa(late))
	for _, q := range Questions {
		cells = append(cells, percent(p.Figure(FigYes(q)).Count, p.Figure(FigAsked(q)).Count))
	}
	return cells
}

// others are the figures that the main table leaves out, where there is
// something.
func (p BulletinPart) others() (lines []pageLine) {
	for _, f := range p.Figures {
		for _, family := range []string{famBreached, famFindings, famUpheld, famMeasures} {
			if _, ok := f.Name.in(family); ok && f.Count > 0 {
				lines = append(lines, pageLine{p.name(), f.Name.Words(), f.Count})
			}
		}
	}
	return lines
}

func (s Score) page() pageScore {
	shown := pageScore{
		Unit: s.Unit.Name, Level: word(unitLevelWords, s.Unit.Level), Place: s.place(), Whole: s.Whole, Cases: s.Cases, Points: s.Points,
	}
	for _, d := range s.Deductions {
		shown.Deductions = append(shown.Deductions, fmt.Sprintf("%s %d 件，扣 %d 分", d.Figure.Words(), d.Count, d.Points))
	}
	return shown
}
