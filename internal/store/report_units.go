package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// pathStep is how long a unit's own part of a path is: its id and a slash.
const pathStep = 37

// UnitsUnder gives a unit and the units directly under it, by code; for no unit
// the roots. ErrNotFound where there is no such unit.
func (s session) UnitsUnder(id grievance.UnitID) (top *grievance.Unit, under []grievance.Unit, err error) {
	children := s.db.Table("units").Order("code")
	if id.IsZero() {
		children = children.Where("parent_id IS NULL")
	} else {
		var found []grievance.Unit
		if err := s.db.Table("units").Where("id = ?", id).Find(&found).Error; err != nil {
			return nil, nil, fmt.Errorf("reading a unit: %w", err)
		}
		if len(found) == 0 {
			return nil, nil, grievance.ErrNotFound
		}
		top, children = &found[0], children.Where("parent_id = ?", id)
	}
	if err := children.Find(&under).Error; err != nil {
		return nil, nil, fmt.Errorf("reading the units below: %w", err)
	}
	return top, under, nil
}

// branch is the expression that cuts a column of paths down to one step below
// a path: the path of the unit itself, or of the unit directly under it that a
// row belongs to.
func branch(column, path string) string {
	return fmt.Sprintf("substr(%s, 1, %d)", column, len(path)+pathStep)
}

// dimension is one that figures are divided by: its name and its expression.
type dimension struct{ name, from string }

// selected and named list dimensions for a query and for one above it.
func selected(by []dimension) (columns string) {
	for _, d := range by {
		columns += ", " + d.from + " AS " + d.name
	}
	return columns
}

func named(by []dimension) (columns string) {
	for _, d := range by {
		columns += d.name + ", "
	}
	return columns
}

// count gives figures over the rows of a query, which selects the dimensions.
func (s session) count(rows *gorm.DB, by []dimension, figures string) *gorm.DB {
	q := s.db.Table("(?) AS counted", rows).Select(named(by) + figures)
	for _, d := range by {
		q = q.Group(d.name)
	}
	return q
}
