package grievance

import (
	"cmp"
	"slices"
)

// The misconduct that Art. 46 names: a petitioner's particulars let out, and
// retaliation against a petitioner.
const (
	Leak        Reason = "leak"
	Retaliation Reason = "retaliation"
)

// MisconductReasons lists them.
var MisconductReasons = []Reason{Leak, Retaliation}

// Misconduct is what is reported of a unit, zero for the one that the case is with.
type Misconduct struct {
	Reason Reason
	Unit   UnitID
	Words  string
}

// ReportMisconduct records that somebody reports a leak or retaliation (Art. 46):
// the petitioner, through a clerk of the desk too, an inspector or a supervisor.
// It is for the inspectors and supervisors above the unit reported: MisconductFor
// says to whom its words may be shown. Nothing that people edit changes, so that
// the unit does not learn of it by the version.
func (c *Case) ReportMisconduct(m Moment, in Misconduct) error {
	by, err := c.permit(m, OpMisconduct)
	if err != nil {
		return err
	}
	unit := m.Book.Unit(cmp.Or(in.Unit, c.actingUnit()))
	var f faults
	f.check(slices.Contains(MisconductReasons, in.Reason), "/reason", "reason.unknown", "请选择泄露信息或打击报复")
	f.check(unit != nil, "/unit_id", "unit.unknown", "被反映的单位不存在")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	facts := Facts{Reason: in.Reason, Unit: unit.ID, OnBehalf: by.Role == RoleClerk || by.Role == RoleLeader, Texts: c.writeAll(m, false, textIn{TextMisconduct, in.Words})}
	return c.append(m, by, EvMisconductReported, m.Now, facts)
}

// MisconductFor reports whether an actor may learn what was reported of a unit:
// who reported it, and the inspectors and supervisors of the units above.
func (b *Book) MisconductFor(a Actor, reporter UserID, unit UnitID) bool {
	if !reporter.IsZero() && a.UserID == reporter {
		return true
	}
	_, ok := strictlyAbove(Moment{By: a, Book: b}, unit, RoleInspector, RoleSupervisor)
	return ok
}
