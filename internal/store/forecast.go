package store

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// DueFilter says which cases are meant: those with a clock that needs something
// at or before Until, of which a unit of one of the areas owes something that
// runs, or handles the case. Without areas they are everywhere.
type DueFilter struct {
	Until time.Time
	Areas []Area
}

// DuePosition is a place in the order in which cases need something: that of the
// first clock of a case.
type DuePosition struct {
	NextAt time.Time
	ID     grievance.ClockID
}

// dueRow is the first clock of a case that needs something.
type dueRow struct {
	NextAt time.Time
	ID     grievance.ClockID
	CaseID grievance.CaseID
}

// DueUntil gives up to limit cases after a position which the viewer may see and
// the filter means, with their clocks and ledgers, each once, what needs
// something first first. Next is the position of the last, nil where nothing
// follows. Nothing is locked: it is for looking ahead.
func (s session) DueUntil(v Viewer, f DueFilter, after *DuePosition, limit int) (cases []*grievance.Case, next *DuePosition, err error) {
	page := s.db.Table("clocks").Select("clocks.next_at, clocks.id, clocks.case_id").
		Joins("JOIN cases ON cases.id = clocks.case_id").
		Where("clocks.next_at <= ?", f.Until).Where(firstOfCase).
		Scopes(visibleTo(v), f.within).
		Order("clocks.next_at, clocks.id").Limit(limit)
	if after != nil {
		page = page.Where("(clocks.next_at, clocks.id) > (?, ?)", after.NextAt, after.ID)
	}
	var first []dueRow
	if err := page.Find(&first).Error; err != nil {
		return nil, nil, fmt.Errorf("looking for what comes due: %w", err)
	}
	if cases, err = s.casesOf(first); err != nil {
		return nil, nil, err
	}
	if len(first) == limit {
		last := first[limit-1]
		next = &DuePosition{last.NextAt, last.ID}
	}
	return cases, next, nil
}

// firstOfCase is the condition that no other clock of the case needs something
// sooner.
const firstOfCase = `NOT EXISTS (SELECT 1 FROM clocks sooner WHERE sooner.case_id = clocks.case_id
	AND (sooner.next_at, sooner.id) < (clocks.next_at, clocks.id))`

// within narrows a query over cases to the filter's areas.
func (f DueFilter) within(db *gorm.DB) *gorm.DB {
	if len(f.Areas) == 0 {
		return db
	}
	w := &conditions{}
	for _, a := range f.Areas {
		near := &conditions{}
		near.in("path", a)
		units := "(SELECT id FROM units WHERE " + near.sql() + ")"
		w.add(`(cases.handling_unit_id IN `+units+` OR EXISTS (SELECT 1 FROM clocks owed
			WHERE owed.case_id = cases.id AND owed.state = 'running' AND owed.debtor_unit_id IN `+units+"))", append(near.args, near.args...)...)
	}
	return db.Where("("+strings.Join(w.parts, " OR ")+")", w.args...)
}

// casesOf reads the cases of clocks, in the clocks' order.
func (s session) casesOf(clocks []dueRow) ([]*grievance.Case, error) {
	ids := make([]grievance.CaseID, len(clocks))
	for i, k := range clocks {
		ids[i] = k.CaseID
	}
	found, err := rowsByID(s, "cases", ids, func(c *grievance.Case) grievance.CaseID { return c.ID })
	if err != nil {
		return nil, err
	}
	rows := make([]grievance.Case, len(ids))
	for i, id := range ids {
		rows[i] = *found[id]
	}
	return s.restore(rows, Needs{})
}

// Titles gives the newest title of each case, opened.
func (s session) Titles(ids []grievance.CaseID) (map[grievance.CaseID]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.titles(ids)
}

// Holds reports whether a path lies in the area.
func (a Area) Holds(path string) bool {
	if a.Alone {
		return path == a.Path
	}
	return strings.HasPrefix(path, a.Path)
}
