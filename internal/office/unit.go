package office

import (
	"context"
	"slices"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
)

// The refusals about units.
var (
	errUnitUnknown   = grievance.Refuse(grievance.NotFound, "unit.unknown", "没有这个单位")
	errUnitEnded     = grievance.Refuse(grievance.Conflict, "unit.ended", "该单位已撤并")
	errParentUnknown = grievance.Refuse(grievance.Invalid, "unit.parent_unknown", "上级单位不存在")
	errCodeFormat    = grievance.Refuse(grievance.Invalid, "unit.code_format", "单位代码须为 2 至 18 位数字，部门另加“-”和 2 至 4 位数字")
	errCodeTaken     = grievance.Refuse(grievance.Conflict, "unit.code_taken", "单位代码已被使用")
	errLevel         = grievance.Refuse(grievance.Invalid, "unit.level", "单位层级不存在，或高于上级单位")
	errKind          = grievance.Refuse(grievance.Invalid, "unit.kind", "单位类型不存在")
	errHasUnits      = grievance.Refuse(grievance.Conflict, "unit.has_units", "请先撤并其下级单位")
	errSuccessor     = grievance.Refuse(grievance.Invalid, "unit.successor", "承接单位不能是本单位或其下级单位")
)

var unitKinds = []string{"government", "department", "station", "village", "grid"}

// NewUnit is a unit to be made. No ParentID makes a root, which only the system
// may.
type NewUnit struct {
	ParentID grievance.UnitID
	Code     string
	Name     string
	Level    grievance.Level
	Kind     string
	Organ    bool
}

// CreateUnit adds a unit to the tree. It refuses an unknown or ended parent
// (unit.parent_unknown, unit.ended), a code that is taken (unit.code_taken), a
// level above the parent's (unit.level), and what is malformed.
func (o *Office) CreateUnit(ctx context.Context, by grievance.Actor, in NewUnit, keep ...Keep[grievance.Unit]) (grievance.Unit, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Unit, error) {
		u, err := c.makeUnit(in)
		if err != nil {
			return u, err
		}
		if err := c.tx.InsertUnits([]grievance.Unit{u}); err != nil {
			return u, err
		}
		return u, c.recordUnit(u)
	})
}

// makeUnit checks a unit and gives it its id and path, without storing it.
func (c *change) makeUnit(in NewUnit) (grievance.Unit, error) {
	parent, err := c.parentFor(in)
	if err != nil {
		return grievance.Unit{}, err
	}
	if c.book.UnitByCode(in.Code) != nil {
		return grievance.Unit{}, errCodeTaken
	}
	return c.place(in, parent)
}

func (c *change) parentFor(in NewUnit) (*grievance.Unit, error) {
	if in.ParentID.IsZero() {
		if !c.by.IsSystem() {
			return nil, errNotYours
		}
		return nil, nil
	}
	if c.book.Unit(in.ParentID) == nil {
		return nil, errParentUnknown
	}
	return c.livingUnit(in.ParentID)
}

// place makes a checked unit under parent, or as a root where parent is nil. A
// new unit's id is in no path yet, so the tree can have no circle.
func (c *change) place(in NewUnit, parent *grievance.Unit) (grievance.Unit, error) {
	if err := in.check(parent); err != nil {
		return grievance.Unit{}, err
	}
	id, err := newID[grievance.Unit](c)
	if err != nil {
		return grievance.Unit{}, err
	}
	u := grievance.Unit{
		ID: id, ParentID: in.ParentID, Path: id.String() + "/", Code: in.Code, Name: in.Name,
		Level: in.Level, Kind: in.Kind, Organ: in.Organ, CreatedAt: c.now,
	}
	if parent != nil {
		u.ParentID, u.Path = parent.ID, parent.Path+u.Path
	}
	return u, nil
}

func (in NewUnit) check(parent *grievance.Unit) error {
	if err := checkName(in.Name); err != nil {
		return err
	}
	level := slices.Index(grievance.Levels, in.Level)
	switch {
	case !unitCode.MatchString(in.Code):
		return errCodeFormat
	case level < 0, parent != nil && level < slices.Index(grievance.Levels, parent.Level):
		return errLevel
	case !slices.Contains(unitKinds, in.Kind):
		return errKind
	}
	return nil
}

// RenameUnit gives a unit another name; its path and its code stay.
func (o *Office) RenameUnit(ctx context.Context, by grievance.Actor, id grievance.UnitID, name string, keep ...Keep[grievance.Unit]) (grievance.Unit, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Unit, error) {
		old, err := c.livingUnit(id)
		if err != nil {
			return grievance.Unit{}, err
		}
		u := *old
		err = c.rename(&u, name)
		return u, err
	})
}

func (c *change) rename(u *grievance.Unit, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	u.Name = name
	if err := c.tx.UpdateUnit(u); err != nil {
		return err
	}
	return c.record(changes.Unit(u.ID), EvUnitRenamed, c.now, Facts{Name: name})
}

// MergeUnit ends a unit now and names the one that does its work from now on;
// the actor must administer both. Its appointments end, so that its open cases
// are handed on. It refuses a unit that others stand below (unit.has_units):
// their paths lead through it, so they are merged first. It refuses a successor
// in the unit's own subtree (unit.successor), and to end the last administrator.
func (o *Office) MergeUnit(ctx context.Context, by grievance.Actor, id, into grievance.UnitID, keep ...Keep[grievance.Unit]) (grievance.Unit, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.Unit, error) {
		old, err := c.mergeable(id, into)
		if err != nil {
			return grievance.Unit{}, err
		}
		if err := c.keepsAdmin(func(a grievance.Appointment) bool { return a.UnitID == id }, c.now); err != nil {
			return grievance.Unit{}, err
		}
		u := *old
		u.SuccessorID, u.EndedAt = into, &c.now
		return u, c.merge(&u)
	})
}

func (c *change) merge(u *grievance.Unit) error {
	if err := c.tx.UpdateUnit(u); err != nil {
		return err
	}
	if err := c.record(changes.Unit(u.ID), EvUnitMerged, c.now, Facts{Successor: u.SuccessorID}); err != nil {
		return err
	}
	return c.end(c.book.Appointments(u.ID), c.now)
}

func (c *change) mergeable(id, into grievance.UnitID) (*grievance.Unit, error) {
	u, err := c.livingUnit(id)
	if err != nil {
		return nil, err
	}
	successor, err := c.livingUnit(into)
	if err != nil {
		return nil, err
	}
	if successor.Within(u) {
		return nil, errSuccessor
	}
	below := func(v *grievance.Unit) bool { return v.ParentID == id && v.EndedAt == nil }
	if slices.ContainsFunc(c.book.Units(), below) {
		return nil, errHasUnits
	}
	return u, nil
}
