package office

import (
	"context"
	"errors"
	"io"

	"github.com/huiyin/huiyin/internal/grievance"
)

var (
	ownUnits      = layout{[]string{"code", "name", "level", "kind", "parent_code", "organ"}, []string{"code"}}
	officialUnits = layout{[]string{"code", "name", "provinceCode"}, []string{"code"}}

	errOrgan         = grievance.Refuse(grievance.Invalid, "unit.organ", "organ 须为 true 或 false")
	errUnitDiffers   = grievance.Refuse(grievance.Conflict, "unit.differs", "该代码已登记为其他层级、类型或上级的单位")
	errParentRefused = grievance.Refuse(grievance.Invalid, "unit.parent_refused", "上级单位所在的行有误")
	errUnitCircle    = grievance.Refuse(grievance.Invalid, "unit.circle", "上下级关系成环")
)

// UnitImport says how to read a file of units.
type UnitImport struct {
	// Parent is the code of the unit under which units are put whose own
	// superior neither the file nor the organisation has; without it they are
	// refused.
	Parent string
}

// ImportUnits adds the units of a CSV file, in one transaction and in any order
// of rows. It reads Huiyin's own columns (code, name, level, kind, parent_code,
// organ) and the official lists of townships and villages (code, name, …Code),
// where the code says the level and, by its prefix, the superior. A unit that
// is there already under its code keeps everything but its name, so that the
// same file may be imported again; another level, kind or superior is refused.
func (o *Office) ImportUnits(ctx context.Context, by grievance.Actor, file io.Reader, in UnitImport) (Report, error) {
	var read Report
	which, rows, err := readTable(file, &read, ownUnits, officialUnits)
	if err != nil {
		return read, err
	}
	readUnit := []func(row) (unitRow, error){readOwnUnit, readOfficialUnit}[which]
	var report Report
	err = o.change(ctx, by, func(c *change) error {
		report = read // a transaction that is tried again counts anew
		im := unitImport{
			change: c, report: &report, under: in.Parent,
			rows: map[string]unitRow{}, placed: map[string]placement{},
		}
		return im.run(rows, readUnit)
	})
	return report, err
}

// unitRow is a unit as a file tells it; parents is the superior's code, and
// where the file does not name one, those that the unit's own code allows.
type unitRow struct {
	line    int
	in      NewUnit
	parents []string
	orphan  bool // may be put under UnitImport.Parent
}

// placement is what became of a row: its unit, or why there is none.
type placement struct {
	unit *grievance.Unit
	err  error
}

type unitImport struct {
	*change
	report *Report
	under  string
	rows   map[string]unitRow
	placed map[string]placement
	made   []grievance.Unit
}

func (im *unitImport) run(rows []row, read func(row) (unitRow, error)) error {
	for _, r := range rows {
		u, err := read(r)
		if err != nil {
			im.report.refuse(r.line, err)
			continue
		}
		im.rows[u.in.Code] = u
	}
	for _, r := range rows {
		u, ok := im.rows[r.fields["code"]]
		if !ok {
			continue
		}
		if _, err := im.put(u); grievance.KindOf(err) != "" {
			im.report.refuse(u.line, err)
		} else if err != nil {
			return err
		}
	}
	if err := im.report.verdict(); err != nil {
		return err
	}
	for _, u := range im.made {
		if err := im.recordUnit(u); err != nil {
			return err
		}
	}
	return im.tx.InsertUnits(im.made)
}

// put gives the unit of a row, after its superiors, however the rows are
// ordered. While a row's superiors are being put, the row itself is a circle.
func (im *unitImport) put(r unitRow) (*grievance.Unit, error) {
	if p, ok := im.placed[r.in.Code]; ok {
		return p.unit, p.err
	}
	im.placed[r.in.Code] = placement{err: errUnitCircle}
	parent, err := im.parent(r)
	var u *grievance.Unit
	if err == nil {
		u, err = im.settle(r, parent)
	}
	im.placed[r.in.Code] = placement{u, err}
	return u, err
}

// parent finds the superior: in the file, in the organisation, or the one that
// the import names for units without one.
func (im *unitImport) parent(r unitRow) (*grievance.Unit, error) {
	for _, code := range r.parents {
		if above, ok := im.rows[code]; ok {
			u, err := im.put(above)
			if grievance.KindOf(err) != "" && !errors.Is(err, errUnitCircle) {
				err = errParentRefused
			}
			return u, err
		}
		if u := im.book.UnitByCode(code); u != nil {
			return u, nil
		}
	}
	if old := im.book.UnitByCode(r.in.Code); old != nil && r.orphan {
		return im.book.Unit(old.ParentID), nil
	}
	if r.orphan && im.under != "" {
		return im.livingByCode(im.under)
	}
	if len(r.parents) > 0 {
		return nil, errParentUnknown
	}
	return nil, nil
}

func (im *unitImport) livingByCode(code string) (*grievance.Unit, error) {
	u := im.book.UnitByCode(code)
	switch {
	case u == nil:
		return nil, errParentUnknown
	case u.EndedAt != nil:
		return nil, errUnitEnded
	}
	return u, nil
}

// settle makes the unit, or brings the name of the one that is there up to date.
func (im *unitImport) settle(r unitRow, parent *grievance.Unit) (*grievance.Unit, error) {
	if old := im.book.UnitByCode(r.in.Code); old != nil {
		return im.update(r, old, parent)
	}
	if err := im.mayMakeUnder(parent); err != nil {
		return nil, err
	}
	u, err := im.place(r.in, parent)
	if err != nil {
		return nil, err
	}
	im.made = append(im.made, u)
	im.report.Created++
	return &u, nil
}

func (im *unitImport) mayMakeUnder(parent *grievance.Unit) error {
	switch {
	case parent != nil && parent.EndedAt != nil:
		return errUnitEnded
	case parent == nil && !im.by.IsSystem():
		return errNotYours
	}
	return im.administers(parent)
}

func (im *unitImport) update(r unitRow, old, parent *grievance.Unit) (*grievance.Unit, error) {
	same := old.Level == r.in.Level && old.Kind == r.in.Kind && old.Organ == r.in.Organ &&
		(parent == nil && old.ParentID.IsZero() || parent != nil && old.ParentID == parent.ID)
	if !same {
		return nil, errUnitDiffers
	}
	if old.Name == r.in.Name || old.EndedAt != nil {
		im.report.Unchanged++
		return old, nil
	}
	if err := im.administers(old); err != nil {
		return nil, err
	}
	u := *old
	im.report.Changed++
	return &u, im.rename(&u, r.in.Name)
}

func readOwnUnit(r row) (unitRow, error) {
	if organ := r.fields["organ"]; organ != "true" && organ != "false" {
		return unitRow{}, errOrgan
	}
	u := unitRow{line: r.line, in: NewUnit{
		Code: r.fields["code"], Name: r.fields["name"], Level: grievance.Level(r.fields["level"]),
		Kind: r.fields["kind"], Organ: r.fields["organ"] == "true",
	}}
	if parent := r.fields["parent_code"]; parent != "" {
		u.parents = []string{parent}
	}
	return u, nil
}

// officialLevels says what a code of the statistical division codes (统计用区划
// 代码) of a length is, and how much of it is its superior's.
var officialLevels = map[int]struct {
	level  grievance.Level
	kind   string
	organ  bool
	parent int
}{
	2:  {grievance.LevelProvince, "government", true, 0},
	4:  {grievance.LevelCity, "government", true, 2},
	6:  {grievance.LevelCounty, "government", true, 4},
	9:  {grievance.LevelTownship, "government", true, 6},
	12: {grievance.LevelVillage, "village", false, 9},
}

func readOfficialUnit(r row) (unitRow, error) {
	code := r.fields["code"]
	is, ok := officialLevels[len(code)]
	if !ok || !unitCode.MatchString(code) {
		return unitRow{}, errCodeFormat
	}
	u := unitRow{line: r.line, orphan: true, in: NewUnit{
		Code: code, Name: r.fields["name"], Level: is.level, Kind: is.kind, Organ: is.organ,
	}}
	if is.parent > 0 {
		u.parents = []string{code[:is.parent]}
	}
	return u, nil
}
