package report

import (
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Draw makes the bulletins of a period for units, as their first editions and
// without ids, from one reading of the period: what it costs does not grow with
// the number of units. The body of a yearly one holds the settlement by the
// scheme.
func Draw(s *store.Snapshot, book *grievance.Book, p grievance.BulletinPeriod, units []*grievance.Unit, now time.Time) ([]*Bulletin, error) {
	upTo, err := s.LedgerEnd()
	if err != nil {
		return nil, err
	}
	list, err := countPeriod(s, book, p, upTo)
	if err != nil {
		return nil, err
	}
	drawn := assemble(book, p, units, list)
	for _, b := range drawn {
		b.IssuedAt, b.LedgerPos = now, upTo
	}
	return drawn, nil
}

func countPeriod(s *store.Snapshot, book *grievance.Book, p grievance.BulletinPeriod, upTo int64) ([]counted, error) {
	period := store.Period{From: p.From, To: p.To}
	moving, err := s.MovingEvents(period, upTo)
	if err != nil {
		return nil, err
	}
	late, err := s.HandlingMetLate(period)
	if err != nil {
		return nil, err
	}
	t, err := newTally(book, p.To.End(), late, moving)
	if err != nil {
		return nil, err
	}
	if err := s.CountedEvents(period, upTo, t.event); err != nil {
		return nil, err
	}
	t.rates()
	found, err := s.FindingsAbout(period)
	if err != nil {
		return nil, err
	}
	measures, err := s.MeasuresDecided(period)
	t.findings(found, measures)
	return t.list, err
}

// assemble puts everything counted into the part that it belongs to of each
// unit's bulletin.
func assemble(book *grievance.Book, p grievance.BulletinPeriod, units []*grievance.Unit, list []counted) []*Bulletin {
	drawn, drafts := make([]*Bulletin, len(units)), map[grievance.UnitID]*draft{}
	for i, u := range units {
		drafts[u.ID] = newDraft(book, p, u)
		drawn[i] = drafts[u.ID].Bulletin
	}
	lines := map[grievance.UnitID][]*grievance.Unit{}
	for _, c := range list {
		line, known := lines[c.unit]
		if !known {
			line = book.Ancestors(c.unit)
			lines[c.unit] = line
		}
		for i, above := range line {
			if d := drafts[above.ID]; d != nil {
				d.count(line[:i], c)
			}
		}
	}
	for _, d := range drafts {
		d.finish()
	}
	return drawn
}

// draft is a bulletin in the making. The first part is the unit's own.
type draft struct {
	*Bulletin
	parts []*partDraft
	under map[grievance.UnitID]*partDraft
}

type partDraft struct {
	unit *grievance.Unit
	refs map[FigureName][]Ref
}

func newDraft(book *grievance.Book, p grievance.BulletinPeriod, u *grievance.Unit) *draft {
	d := &draft{
		Bulletin: &Bulletin{Unit: nameOf(u), Kind: p.Kind, Period: p.Name, From: p.From.String(), To: p.To.String(), Edition: 1},
		under:    map[grievance.UnitID]*partDraft{},
	}
	d.part(u)
	for _, child := range book.Units() {
		if child.ParentID == u.ID && child.Organ && child.CreatedAt.Before(p.To.End()) && (child.EndedAt == nil || child.EndedAt.After(p.From.Start())) {
			d.under[child.ID] = d.part(child)
		}
	}
	return d
}

func (d *draft) part(u *grievance.Unit) *partDraft {
	one := &partDraft{unit: u, refs: map[FigureName][]Ref{}}
	d.parts = append(d.parts, one)
	return one
}

// count counts what is a unit's whose line of superiors up to, not including, the
// draft's unit is given: for the organ directly under that, or else its own part.
func (d *draft) count(line []*grievance.Unit, c counted) {
	part := d.parts[0]
	if n := len(line); n > 0 && d.under[line[n-1].ID] != nil {
		part = d.under[line[n-1].ID]
	}
	part.refs[c.figure] = append(part.refs[c.figure], c.ref)
}

func (d *draft) finish() {
	for i, part := range d.parts {
		d.Parts = append(d.Parts, BulletinPart{Unit: nameOf(part.unit), Alone: i == 0, Figures: part.figures()})
	}
	slices.SortStableFunc(d.Parts[1:], func(x, y BulletinPart) int { return strings.Compare(x.Unit.Code, y.Unit.Code) })
	d.addUp()
	if d.Kind == grievance.Yearly {
		d.Score = CurrentScheme.Settle(d.Bulletin)
	}
}

// figures gives every figure of the part, those of which there is nothing too.
func (p *partDraft) figures() (list []OpenedFigure) {
	names := slices.Clone(everyFigure)
	for name := range p.refs {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, FigureName.order)
	for _, name := range names {
		refs := p.refs[name]
		slices.Sort(refs)
		list = append(list, OpenedFigure{Name: name, Count: len(refs), Refs: refs})
	}
	return list
}
