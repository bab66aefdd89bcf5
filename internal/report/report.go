// Package report defines the figures of the reports, in words and in code, and
// prints them.
//
// It guarantees that a figure counts only what its viewer may see, that all
// figures of one report are of one instant of the database, and that every
// figure comes with the filter that finds exactly the rows it counts: no number
// without its cases. The SQL is in the store.
package report

import (
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Branch is what a figure says of units: a unit with all below it, or with Alone
// the unit by itself. Unit is nil for all units together.
type Branch struct {
	Unit  *grievance.Unit
	Alone bool
}

func (b Branch) area() store.Area {
	if b.Unit == nil {
		return store.Area{}
	}
	return store.Area{Path: b.Unit.Path, Alone: b.Alone}
}

func (b Branch) code() string {
	if b.Unit == nil {
		return ""
	}
	return b.Unit.Code
}

func (b Branch) name() string {
	switch {
	case b.Unit == nil:
		return "全部单位"
	case b.Alone:
		return b.Unit.Name + "（本级）"
	}
	return b.Unit.Name
}

// order is by code, which puts a unit before those below it.
func (b Branch) order(other Branch) int { return strings.Compare(b.code(), other.code()) }

// branchesOf gives the branches that divide a unit: the unit itself and each
// unit directly under it with all below. They do not overlap and leave nothing
// out. Without a unit they are the roots of the tree.
func branchesOf(s *store.Snapshot, id grievance.UnitID) (whole Branch, parts []Branch, err error) {
	top, under, err := s.UnitsUnder(id)
	if err != nil {
		return Branch{}, nil, err
	}
	if top != nil {
		whole.Unit = top
		parts = append(parts, Branch{Unit: top, Alone: true})
	}
	for i := range under {
		parts = append(parts, Branch{Unit: &under[i]})
	}
	slices.SortStableFunc(parts, Branch.order)
	return whole, parts, nil
}

// find gives the branch whose unit has a path.
func find(parts []Branch, path string) Branch {
	i := slices.IndexFunc(parts, func(b Branch) bool { return b.Unit.Path == path })
	if i < 0 {
		return Branch{}
	}
	return parts[i]
}

// Dimension is one way to divide the figures of a report.
type Dimension string

// The dimensions. By unit, the figures are divided as branches of the report's
// unit are.
const (
	ByUnit  Dimension = "unit"
	ByLevel Dimension = "level"
	ByCause Dimension = "cause"
	ByState Dimension = "state"
	ByKind  Dimension = "kind"
)

func groupingOf(by []Dimension) (g store.Grouping) {
	for _, d := range by {
		switch d {
		case ByUnit:
			g.Branch = true
		case ByLevel:
			g.Level = true
		case ByCause:
			g.Cause = true
		case ByState:
			g.State = true
		case ByKind:
			g.Kind = true
		}
	}
	return g
}
