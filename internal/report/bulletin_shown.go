package report

import (
	"maps"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// casesAtOnce is how many cases are asked about in one statement.
const casesAtOnce = 1000

// Shown is a bulletin as one reader is shown it. The cases from which they are
// barred (Art. 30) are not in it, as if they had never been: not in a list, a sum, a
// rate, a change or a score. Of all others that they may not see it has the numbers.
type Shown struct {
	*Bulletin
	Row  store.WholeBulletin // as it was frozen: for who may see every case of it
	open map[grievance.CaseID]string
}

// ShowBulletin reads a bulletin of a unit at or below one of the paths as it is
// shown to a viewer. ErrNotFound where there is none.
func ShowBulletin(s *store.Snapshot, v store.Viewer, id store.BulletinID, paths []string) (Shown, error) {
	row, b, err := wholeBulletin(s, id, paths)
	if err != nil {
		return Shown{}, err
	}
	var before *Bulletin
	if !b.Corrects.IsZero() {
		if _, before, err = wholeBulletin(s, b.Corrects, paths); err != nil {
			return Shown{}, err
		}
	}
	return ShowEdition(s, v, row, b, before)
}

func wholeBulletin(s *store.Snapshot, id store.BulletinID, paths []string) (row store.WholeBulletin, b *Bulletin, err error) {
	if row, err = s.Bulletin(id, paths); err != nil {
		return row, nil, err
	}
	b, err = ReadBulletin(row.Body)
	return row, b, err
}

// ShowEdition shows an edition to a viewer beside the one before it, nil for the first.
func ShowEdition(s *store.Snapshot, v store.Viewer, row store.WholeBulletin, b, before *Bulletin) (Shown, error) {
	all := b.cases()
	if before != nil {
		all = append(all, before.cases()...)
	}
	barred := map[grievance.CaseID]bool{}
	for part := range slices.Chunk(all, casesAtOnce) {
		some, err := s.CasesBarred(v, part)
		if err != nil {
			return Shown{}, err
		}
		maps.Copy(barred, some)
	}
	if len(barred) > 0 {
		b = b.without(barred, before)
	}
	open, err := OpenTo(s, v, CasesOf(b.named()))
	return Shown{Bulletin: b, Row: row, open: open}, err
}

// Withheld reports whether the viewer may not see every case that the frozen body
// names, and so may not have it.
func (b Shown) Withheld(s *store.Snapshot, v store.Viewer) (bool, error) {
	frozen, err := ReadBulletin(b.Row.Body)
	if err != nil {
		return true, err
	}
	all := CasesOf(append(frozen.refs(), frozen.named()...))
	open, err := OpenTo(s, v, all)
	return len(open) < len(all), err
}

// OpenTo gives those of the cases, however many, that a viewer may see, with their
// receipt numbers.
func OpenTo(s *store.Snapshot, v store.Viewer, ids []grievance.CaseID) (map[grievance.CaseID]string, error) {
	open := map[grievance.CaseID]string{}
	for part := range slices.Chunk(ids, casesAtOnce) {
		some, err := s.CasesVisible(v, part)
		if err != nil {
			return nil, err
		}
		maps.Copy(open, some)
	}
	return open, nil
}

// Named gives those of some references, which stand in a change or a deduction, whose
// cases the reader may see.
func (b Shown) Named(refs []Ref) []Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool {
		_, open := b.open[r.Case()]
		return !open
	})
}

// refs gives everything that the figures count.
func (b *Bulletin) refs() (all []Ref) {
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			all = append(all, f.Refs...)
		}
	}
	return all
}

func (b *Bulletin) cases() []grievance.CaseID { return CasesOf(b.refs()) }

// named gives the references that stand outside the figures.
func (b *Bulletin) named() (refs []Ref) {
	for _, d := range b.Changes {
		refs = append(append(refs, d.Gone...), d.Come...)
	}
	if b.Score == nil {
		return refs
	}
	for _, s := range b.Score.Scores {
		for _, d := range s.Deductions {
			refs = append(refs, d.Refs...)
		}
	}
	return refs
}

// without draws the bulletin as if some cases had never been; before is the edition
// that it corrects, nil of the first. It is scored anew by the scheme of its time,
// and not at all where that is not the current one any more.
func (b *Bulletin) without(cases map[grievance.CaseID]bool, before *Bulletin) *Bulletin {
	left := *b
	left.Parts = make([]BulletinPart, len(b.Parts))
	for i, p := range b.Parts {
		left.Parts[i] = p.without(cases)
	}
	left.addUp()
	if left.Score = nil; b.Score != nil && b.Score.Scheme == CurrentScheme.Version {
		left.Score = CurrentScheme.Settle(&left)
	}
	if left.Changes = nil; before != nil {
		left.Changes = Differences(before.without(cases, nil), &left)
	}
	return &left
}

func (p BulletinPart) without(cases map[grievance.CaseID]bool) BulletinPart {
	figures := p.Figures
	p.Figures = nil
	for _, f := range figures {
		f.Refs = slices.DeleteFunc(slices.Clone(f.Refs), func(r Ref) bool { return cases[r.Case()] })
		if f.Count = len(f.Refs); f.Count > 0 || slices.Contains(everyFigure, f.Name) {
			p.Figures = append(p.Figures, f)
		}
	}
	return p
}
