package report

import (
	"cmp"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FigScore names, in what a correction changed, the points of the settlement.
const FigScore FigureName = "score"

// Difference is what a correction changed in one figure of one part. Gone is what
// was counted and is not, Come what is counted and was not.
type Difference struct {
	Unit   UnitName   `json:"unit"`
	Alone  bool       `json:"alone,omitempty"`
	Figure FigureName `json:"figure"`
	Was    int        `json:"was"`
	Is     int        `json:"is"`
	Gone   []Ref      `json:"gone,omitempty"`
	Come   []Ref      `json:"come,omitempty"`
}

// place is one figure of one part.
type place struct {
	unit   grievance.UnitID
	alone  bool
	figure FigureName
}

type opened struct {
	unit UnitName
	OpenedFigure
}

// Differences gives what differs between a bulletin and a newer one of the same
// unit and period, in the order of the units' codes and of the figures.
func Differences(was, is *Bulletin) (list []Difference) {
	before, after := byPlace(was), byPlace(is)
	for at, a := range after {
		if d := compare(at, before[at], a); d != nil {
			list = append(list, *d)
		}
	}
	for at, b := range before {
		if _, ok := after[at]; !ok {
			if d := compare(at, b, opened{unit: b.unit}); d != nil {
				list = append(list, *d)
			}
		}
	}
	list = append(list, scoreDifferences(was.Score, is.Score)...)
	slices.SortFunc(list, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Unit.Code, y.Unit.Code), x.Figure.order(y.Figure))
	})
	return list
}

func byPlace(b *Bulletin) map[place]opened {
	all := map[place]opened{}
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			all[place{p.Unit.ID, p.Alone, f.Name}] = opened{p.Unit, f}
		}
	}
	return all
}

func compare(at place, was, is opened) *Difference {
	gone, come := without(was.Refs, is.Refs), without(is.Refs, was.Refs)
	if len(gone)+len(come) == 0 {
		return nil
	}
	return &Difference{Unit: is.unit, Alone: at.alone, Figure: at.figure, Was: was.Count, Is: is.Count, Gone: gone, Come: come}
}

// without gives those of some references, which are in order, that are not among
// others, which are too.
func without(some, others []Ref) (rest []Ref) {
	for _, r := range some {
		if _, there := slices.BinarySearch(others, r); !there {
			rest = append(rest, r)
		}
	}
	return rest
}

func scoreDifferences(was, is *Settlement) (list []Difference) {
	if was == nil || is == nil {
		return nil
	}
	for _, s := range is.Scores {
		before, _ := was.ScoreOf(s.Unit.ID)
		if before.Points != s.Points {
			list = append(list, Difference{Unit: s.Unit, Figure: FigScore, Was: before.Points, Is: s.Points})
		}
	}
	return list
}

// Correct makes a bulletin, as it would be drawn now, the next edition of one.
// It reports false where the two do not differ: then there is nothing to correct.
func (b *Bulletin) Correct(before store.Bulletin, was *Bulletin, why grievance.BulletinCorrection, by grievance.UserID) bool {
	b.Edition, b.Corrects = before.Edition+1, before.ID
	b.Reason, b.Words, b.IssuedBy = why.Reason, why.Words, by
	b.Changes = Differences(was, b)
	return len(b.Changes) > 0
}

// Row gives the row of a bulletin that has its id.
func (b *Bulletin) Row(path string, p grievance.BulletinPeriod) (store.WholeBulletin, error) {
	body, digest, err := b.Encode()
	return store.WholeBulletin{Bulletin: store.Bulletin{
		ID: b.ID, UnitID: b.Unit.ID, UnitPath: path, Kind: b.Kind, Period: b.Period, FromDay: p.From, ToDay: p.To,
		Edition: b.Edition, Corrects: b.Corrects, Reason: b.Reason, Words: b.Words, Digest: digest,
		LedgerPos: b.LedgerPos, IssuedAt: b.IssuedAt, IssuedBy: b.IssuedBy,
	}, Body: body}, err
}
