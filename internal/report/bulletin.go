package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Bulletin is a frozen document (通报 monthly, 讲评 quarterly, 年终 yearly) about a
// unit with all below it in a period. What it counts is what is ABOUT the period
// and stood in the ledger up to LedgerPos when it was issued: what is recorded
// later changes nothing in it, and stands in the next edition, which says so.
//
// Parts do not overlap and leave nothing out: the unit by itself, with what below
// it is no organ, and each organ directly under it with all below. Each figure of
// Total is the sum of that figure of the parts.
type Bulletin struct {
	V         int                      `json:"v"`
	ID        store.BulletinID         `json:"id"`
	Unit      UnitName                 `json:"unit"`
	Kind      grievance.BulletinKind   `json:"kind"`
	Period    string                   `json:"period"`
	From      string                   `json:"from"`
	To        string                   `json:"to"`
	Edition   int                      `json:"edition"`
	Corrects  store.BulletinID         `json:"corrects,omitzero"`
	Reason    grievance.BulletinReason `json:"reason,omitempty"`
	Words     string                   `json:"words,omitempty"`
	IssuedAt  time.Time                `json:"issued_at"`
	IssuedBy  grievance.UserID         `json:"issued_by,omitzero"`
	LedgerPos int64                    `json:"ledger_pos"`
	Parts     []BulletinPart           `json:"parts"`
	Total     []Sum                    `json:"total"`
	Changes   []Difference             `json:"changes,omitempty"`
	Score     *Settlement              `json:"settlement,omitempty"`
}

// UnitName names a unit as it was called when the bulletin was issued.
type UnitName struct {
	ID    grievance.UnitID `json:"id"`
	Code  string           `json:"code"`
	Name  string           `json:"name"`
	Level grievance.Level  `json:"level"`
}

func nameOf(u *grievance.Unit) UnitName { return UnitName{u.ID, u.Code, u.Name, u.Level} }

// BulletinPart is the figures of a part: of a unit with all below it, or with
// Alone of the bulletin's own unit without the organs below it.
type BulletinPart struct {
	Unit    UnitName       `json:"unit"`
	Alone   bool           `json:"alone,omitempty"`
	Figures []OpenedFigure `json:"figures"`
}

// Figure gives the figure of a name, with none where nothing was counted.
func (p BulletinPart) Figure(name FigureName) OpenedFigure {
	for _, f := range p.Figures {
		if f.Name == name {
			return f
		}
	}
	return OpenedFigure{Name: name}
}

// Cases gives the cases behind all figures of the part, each once.
func (p BulletinPart) Cases() []grievance.CaseID {
	var refs []Ref
	for _, f := range p.Figures {
		refs = append(refs, f.Refs...)
	}
	return CasesOf(refs)
}

// OpenedFigure is a number with what is behind it: Count is how many Refs there
// are.
type OpenedFigure struct {
	Name  FigureName `json:"name"`
	Count int        `json:"count"`
	Refs  []Ref      `json:"refs,omitempty"`
}

// Sum is a figure of the total, which opens into those of the parts.
type Sum struct {
	Name  FigureName `json:"name"`
	Count int        `json:"count"`
}

// Ref names one thing that was counted: the event of a case, "case/seq"; a
// finding, "case/finding"; or a measure, "case/finding/n".
type Ref string

func eventRef(id grievance.CaseID, seq int64) Ref { return Ref(fmt.Sprintf("%s/%d", id, seq)) }

// Case gives the case that the reference is about.
func (r Ref) Case() grievance.CaseID {
	id, _, _ := strings.Cut(string(r), "/")
	c, _ := grievance.ParseID[grievance.Case](id)
	return c
}

// CasesOf gives the cases of references, each once, in order.
func CasesOf(refs []Ref) (ids []grievance.CaseID) {
	for _, r := range refs {
		ids = append(ids, r.Case())
	}
	slices.SortFunc(ids, func(a, b grievance.CaseID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// Opened gives what is behind a figure: of a part, or of all parts together where
// no unit is named. ErrNotFound for a figure or a unit that the bulletin does not
// have.
func (b *Bulletin) Opened(name FigureName, unit grievance.UnitID) (all OpenedFigure, err error) {
	all, found := OpenedFigure{Name: name}, false
	for _, p := range b.Parts {
		if !unit.IsZero() && p.Unit.ID != unit {
			continue
		}
		f := p.Figure(name)
		all.Count, all.Refs = all.Count+f.Count, append(all.Refs, f.Refs...)
		found = true
	}
	known := slices.ContainsFunc(b.Total, func(s Sum) bool { return s.Name == name })
	if !found || !known {
		return OpenedFigure{}, grievance.ErrNotFound
	}
	return all, nil
}

// SumOf gives a figure of the total.
func (b *Bulletin) SumOf(name FigureName) int {
	for _, s := range b.Total {
		if s.Name == name {
			return s.Count
		}
	}
	return 0
}

// whole is the total as a part: what is behind the sums, together.
func (b *Bulletin) whole() BulletinPart {
	p := BulletinPart{Unit: b.Unit}
	for _, s := range b.Total {
		f, _ := b.Opened(s.Name, grievance.UnitID{})
		p.Figures = append(p.Figures, f)
	}
	return p
}

// addUp makes the total the sum of the parts.
func (b *Bulletin) addUp() {
	b.Total = nil
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			i := slices.IndexFunc(b.Total, func(s Sum) bool { return s.Name == f.Name })
			if i < 0 {
				i, b.Total = len(b.Total), append(b.Total, Sum{Name: f.Name})
			}
			b.Total[i].Count += f.Count
		}
	}
	slices.SortStableFunc(b.Total, func(x, y Sum) int { return x.Name.order(y.Name) })
}

// Encode gives the body of the bulletin: canonical JSON, with its fields in the
// order of the types, nothing that is empty, what was counted in order, and
// times in UTC. The same bulletin is the same bytes.
func (b *Bulletin) Encode() (body, digest []byte, err error) {
	b.V = 1
	body, err = json.Marshal(b)
	sum := sha256.Sum256(body)
	return body, sum[:], err
}

// ReadBulletin decodes the body of a bulletin.
func ReadBulletin(body []byte) (*Bulletin, error) {
	b := new(Bulletin)
	if err := json.Unmarshal(body, b); err != nil {
		return nil, fmt.Errorf("reading the body of a bulletin: %w", err)
	}
	return b, nil
}
