package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// EscalationDimensions are those that the report of escalations can be divided by.
var EscalationDimensions = []Dimension{ByUnit, ByLevel, ByCause, ByState}

// EscalationQuery asks for the report of escalations. It counts every
// escalation
//   - that was opened within the period: the instant that it is about, which is
//     the instant of the rung and not of the engine's run, lies on one of the
//     period's dates in Beijing, the last one included;
//   - that came from the unit or one below it: the unit which owed what was
//     late, or which the case was with when somebody escalated it;
//   - of a level, a cause and a state that is asked for, where any is.
//
// An escalation counts with the state that it has now. A case counts once in
// each figure, however many escalations it has, so that figures of cases do not
// add up; those of escalations do. What the viewer may not see is not counted.
type EscalationQuery struct {
	Unit   grievance.UnitID // zero for all
	Period store.Period
	Levels []int
	Causes []grievance.Cause
	States []grievance.EscalationState
	By     []Dimension
	Now    time.Time // when the report is made
}

// EscalationReport is the report of escalations. Divided by one dimension it has
// a row for each of its values, divided by several one for each combination
// that there is.
type EscalationReport struct {
	Query EscalationQuery
	Unit  Branch
	Rows  []EscalationRow
	Total EscalationRow
}

// EscalationRow is the figures for some values of the dimensions that the report
// is divided by; the others are zero. Filter finds exactly the escalations that
// were counted.
type EscalationRow struct {
	Branch
	Level       int
	Cause       grievance.Cause
	State       grievance.EscalationState
	Escalations int
	Cases       int
	Filter      store.EscalationFilter
}

// Escalations makes the report of escalations for a viewer, on one snapshot.
// ErrNotFound for a unit that does not exist.
func Escalations(ctx context.Context, st *store.Store, v store.Viewer, q EscalationQuery) (r EscalationReport, err error) {
	err = st.Read(ctx, func(s *store.Snapshot) error {
		r, err = escalations(s, v, q)
		return err
	})
	return r, err
}

func escalations(s *store.Snapshot, v store.Viewer, q EscalationQuery) (EscalationReport, error) {
	r := EscalationReport{Query: q}
	whole, parts, err := branchesOf(s, q.Unit)
	if err != nil {
		return r, err
	}
	r.Unit, r.Total = whole, EscalationRow{Branch: whole, Filter: q.filter(whole)}
	all, err := s.CountEscalationsBy(v, r.Total.Filter, store.Grouping{})
	if err != nil {
		return r, err
	}
	for _, f := range all {
		r.Total.Escalations, r.Total.Cases = f.Escalations, f.Cases
	}
	cells, err := s.CountEscalationsBy(v, r.Total.Filter, groupingOf(q.By))
	if err != nil || len(q.By) == 0 {
		return r, err
	}
	for _, f := range cells {
		r.Rows = append(r.Rows, q.row(f, whole, parts))
	}
	if len(q.By) == 1 {
		r.fill(parts)
	}
	slices.SortStableFunc(r.Rows, EscalationRow.order)
	return r, nil
}

func (q EscalationQuery) filter(b Branch) store.EscalationFilter {
	return store.EscalationFilter{From: b.area(), Opened: q.Period, Levels: q.Levels, Causes: q.Causes, States: q.States}
}

// row makes a row of figures, with the filter that finds what they count.
func (q EscalationQuery) row(f store.EscalationFigures, whole Branch, parts []Branch) EscalationRow {
	r := EscalationRow{Branch: whole, Level: f.Level, Cause: f.Cause, State: f.State, Escalations: f.Escalations, Cases: f.Cases}
	if slices.Contains(q.By, ByUnit) {
		r.Branch = find(parts, f.Branch)
	}
	r.Filter = q.filter(r.Branch)
	if f.Level != 0 {
		r.Filter.Levels = []int{f.Level}
	}
	if f.Cause != "" {
		r.Filter.Causes = []grievance.Cause{f.Cause}
	}
	if f.State != "" {
		r.Filter.States = []grievance.EscalationState{f.State}
	}
	return r
}

// fill adds the rows without figures to a report with one dimension, so that a
// zero is told too.
func (r *EscalationReport) fill(parts []Branch) {
	q := r.Query
	var every []store.EscalationFigures
	switch q.By[0] {
	case ByUnit:
		for _, b := range parts {
			every = append(every, store.EscalationFigures{Branch: b.Unit.Path})
		}
	case ByLevel:
		for level := 1; level <= grievance.MaxLevel; level++ {
			every = append(every, store.EscalationFigures{Level: level})
		}
	case ByCause:
		for _, c := range grievance.Causes {
			every = append(every, store.EscalationFigures{Cause: c})
		}
	case ByState:
		for _, s := range grievance.EscalationStates {
			every = append(every, store.EscalationFigures{State: s})
		}
	}
	for _, f := range every {
		row := q.row(f, r.Unit, parts)
		if q.asksFor(row) && !slices.ContainsFunc(r.Rows, row.same) {
			r.Rows = append(r.Rows, row)
		}
	}
}

// asksFor reports whether the values of a row are among those asked for.
func (q EscalationQuery) asksFor(r EscalationRow) bool {
	return within(r.Level, q.Levels) && within(r.Cause, q.Causes) && within(r.State, q.States)
}

func within[T comparable](x T, wanted []T) bool {
	var none T
	return x == none || len(wanted) == 0 || slices.Contains(wanted, x)
}

func (r EscalationRow) same(o EscalationRow) bool {
	return r.Branch == o.Branch && r.Level == o.Level && r.Cause == o.Cause && r.State == o.State
}

func (r EscalationRow) order(o EscalationRow) int {
	return cmp.Or(r.Branch.order(o.Branch), cmp.Compare(r.Level, o.Level),
		cmp.Compare(slices.Index(grievance.Causes, r.Cause), slices.Index(grievance.Causes, o.Cause)),
		cmp.Compare(slices.Index(grievance.EscalationStates, r.State), slices.Index(grievance.EscalationStates, o.State)))
}
