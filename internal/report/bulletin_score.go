package report

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Scheme is how the yearly settlement scores (千分制): data, published, with a
// version that changes with every change of it. A bulletin names the version that
// it was settled by.
type Scheme struct {
	Version int    `json:"version"`
	Title   string `json:"title"`
	// What everybody begins with; no unit falls below 0.
	Points int `json:"points"`
	// A unit of fewer cases is scored but not ranked: its figures are noise.
	MinCases int          `json:"min_cases"`
	Items    []SchemeItem `json:"items"`
}

// SchemeItem deducts points. One with a Figure deducts Each for each thing that
// was counted; "upheld.*" means the rules that no item before it names. One with
// a Rate deducts Each for every full percentage point that the rate lies below
// Target, unless fewer than MinAsked were asked. No item deducts more than Cap.
type SchemeItem struct {
	Figure   FigureName `json:"figure,omitempty"`
	Rate     string     `json:"rate,omitempty"`
	Target   int        `json:"target,omitempty"`
	MinAsked int        `json:"min_asked,omitempty"`
	Each     int        `json:"each"`
	Cap      int        `json:"cap"`
}

//go:embed scheme.json
var schemeFile []byte

// CurrentScheme is the published one.
var CurrentScheme = mustScheme(schemeFile)

func mustScheme(file []byte) Scheme {
	s, err := ReadScheme(file)
	if err != nil {
		panic(err)
	}
	return s
}

// ReadScheme reads a scheme and checks that each item says one thing.
func ReadScheme(file []byte) (s Scheme, err error) {
	if err := json.Unmarshal(file, &s); err != nil {
		return s, fmt.Errorf("reading the scheme: %w", err)
	}
	if s.Version < 1 || s.Points < 1 || len(s.Items) == 0 {
		return s, errors.New("a scheme has a version, points and items")
	}
	for _, i := range s.Items {
		if (i.Figure == "") == (i.Rate == "") || i.Each < 1 || i.Cap < i.Each || i.Rate != "" && (!slices.Contains(Questions, i.Rate) || i.Target < 1 || i.Target > 100) {
			return s, fmt.Errorf("the scheme's item %+v is none", i)
		}
	}
	return s, nil
}

// Settlement is the yearly settlement of a unit and of each organ directly under
// it that took part.
type Settlement struct {
	Scheme int     `json:"scheme"`
	Points int     `json:"points"`
	Scores []Score `json:"scores"`
}

// Score is what a unit is left with. Rank is its place among the units of its
// level that were ranked, 0 for a unit that was not: the bulletin's own, and those
// of too few cases. Units with as many points share a place.
type Score struct {
	Unit       UnitName    `json:"unit"`
	Whole      bool        `json:"whole,omitempty"` // the bulletin's own unit, with all below
	Cases      int         `json:"cases"`
	Points     int         `json:"points"`
	Rank       int         `json:"rank,omitempty"`
	Deductions []Deduction `json:"deductions,omitempty"`
}

// Deduction is points that were taken off, and for what: the figure opens into
// the findings, or the cases, that they were taken off for.
type Deduction struct {
	Figure FigureName `json:"figure"`
	Count  int        `json:"count"`
	Points int        `json:"points"`
	Refs   []Ref      `json:"refs"`
}

// Settle scores the units of a bulletin.
func (s Scheme) Settle(b *Bulletin) *Settlement {
	done := &Settlement{Scheme: s.Version, Points: s.Points}
	own := s.score(b.whole())
	own.Whole = true
	done.Scores = append(done.Scores, own)
	for _, p := range b.Parts {
		if p.Alone {
			continue
		}
		if score := s.score(p); score.Cases > 0 { // else it took no part
			done.Scores = append(done.Scores, score)
		}
	}
	s.rank(done.Scores[1:])
	return done
}

func (s Scheme) score(p BulletinPart) Score {
	score := Score{Unit: p.Unit, Cases: len(p.Cases()), Points: s.Points}
	for _, item := range s.Items {
		score.Deductions = append(score.Deductions, s.deduct(item, p)...)
	}
	for _, d := range score.Deductions {
		score.Points -= d.Points
	}
	score.Points = max(0, score.Points)
	return score
}

// deduct gives what an item takes off.
func (s Scheme) deduct(item SchemeItem, p BulletinPart) (list []Deduction) {
	if item.Rate != "" {
		return item.deductRate(p)
	}
	left := item.Cap
	for _, f := range p.Figures {
		if f.Count == 0 || !s.means(item, f.Name) {
			continue
		}
		points := min(left, item.Each*f.Count)
		if left -= points; points > 0 {
			list = append(list, Deduction{f.Name, f.Count, points, f.Refs})
		}
	}
	return list
}

// means reports whether an item is about a figure.
func (s Scheme) means(item SchemeItem, name FigureName) bool {
	if item.Figure != famUpheld+"*" {
		return item.Figure == name
	}
	_, upheld := name.in(famUpheld)
	named := slices.ContainsFunc(s.Items, func(o SchemeItem) bool { return o.Figure == name })
	return upheld && !named
}

// deductRate opens into the answers that were not yes.
func (i SchemeItem) deductRate(p BulletinPart) []Deduction {
	asked, yes := p.Figure(FigAsked(i.Rate)), p.Figure(FigYes(i.Rate))
	if asked.Count < max(1, i.MinAsked) {
		return nil
	}
	below := (i.Target*asked.Count - 100*yes.Count) / asked.Count // full points: of a part of one there is none
	if below <= 0 {
		return nil
	}
	no := slices.DeleteFunc(slices.Clone(asked.Refs), func(r Ref) bool { return slices.Contains(yes.Refs, r) })
	return []Deduction{{asked.Name, len(no), min(i.Cap, i.Each*below), no}}
}

// rank gives the units of each level that have enough cases their places.
func (s Scheme) rank(scores []Score) {
	for i := range scores {
		if scores[i].Cases < s.MinCases {
			continue
		}
		scores[i].Rank = 1
		for _, o := range scores {
			if o.Unit.Level == scores[i].Unit.Level && o.Cases >= s.MinCases && o.Points > scores[i].Points {
				scores[i].Rank++
			}
		}
	}
}

// ScoreOf gives the score of a unit, false where it has none.
func (s *Settlement) ScoreOf(unit grievance.UnitID) (Score, bool) {
	if s == nil {
		return Score{}, false
	}
	for _, score := range s.Scores {
		if score.Unit.ID == unit {
			return score, true
		}
	}
	return Score{}, false
}
