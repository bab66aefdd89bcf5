package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// TimelinessDimensions are those that the report of timeliness can be divided by.
var TimelinessDimensions = []Dimension{ByUnit, ByKind}

// TimelinessQuery asks for the report of timeliness. It counts every clock
//   - that started within the period, by its dates in Beijing, the last one
//     included;
//   - that the unit or one below it owes, or owed when it stopped;
//   - of a kind that is asked for, where any is;
//
// each as exactly one of
//   - on time: met before it was due;
//   - breached: met at the due instant or after it, cancelled after it, or still
//     running at Now and past it, whether or not the engine has recorded that yet;
//   - open: running at Now, and not yet due.
//
// The three add up to the total. A clock that was cancelled before it was due is
// not counted: what it timed was not owed any more. Besides, it tells how many of
// those that are open stand still now because their case rests (中止), and how
// many of all were extended (延期). Figures of cases count a case
// once, however many clocks it has. What the viewer may not see is not counted.
type TimelinessQuery struct {
	Unit   grievance.UnitID // zero for all
	Period store.Period
	Kinds  []grievance.ClockKind
	By     []Dimension
	Now    time.Time
}

// TimelinessReport is the report of timeliness. Divided by one dimension it has a
// row for each of its values, divided by both one for each combination that
// there is.
type TimelinessReport struct {
	Query TimelinessQuery
	Unit  Branch
	Rows  []TimelinessRow
	Total TimelinessRow
}

// TimelinessRow is the figures for some values of the dimensions that the report
// is divided by; the others are zero.
type TimelinessRow struct {
	Branch
	Kind grievance.ClockKind
	Counts
	Cases  Counts            // of how many cases the clocks of each count are
	Filter store.ClockFilter // finds exactly the clocks counted in Total
}

// Counts is how many clocks stand how: Total is the sum of the first three.
type Counts struct {
	Total    int `json:"total"`
	OnTime   int `json:"on_time"`
	Breached int `json:"breached"`
	Open     int `json:"open"` // not yet due
	// Paused of those that are open, and extended of all.
	Paused   int `json:"paused,omitzero"`
	Extended int `json:"extended,omitzero"`
}

// ByKind gives the figures of each kind of clock of a report that is divided by
// kind alone.
func (r TimelinessReport) ByKind() map[grievance.ClockKind]Counts {
	kinds := make(map[grievance.ClockKind]Counts, len(r.Rows))
	for _, row := range r.Rows {
		kinds[row.Kind] = row.Counts
	}
	return kinds
}

// Timeliness makes the report of timeliness for a viewer, on one snapshot.
// ErrNotFound for a unit that does not exist.
func Timeliness(ctx context.Context, st *store.Store, v store.Viewer, q TimelinessQuery) (r TimelinessReport, err error) {
	err = st.Read(ctx, func(s *store.Snapshot) error {
		r, err = timeliness(s, v, q)
		return err
	})
	return r, err
}

func timeliness(s *store.Snapshot, v store.Viewer, q TimelinessQuery) (TimelinessReport, error) {
	r := TimelinessReport{Query: q}
	whole, parts, err := branchesOf(s, q.Unit)
	if err != nil {
		return r, err
	}
	r.Unit, r.Total = whole, q.row(store.ClockFigures{}, whole, nil)
	all, err := s.CountClocksBy(v, r.Total.Filter, store.Grouping{})
	if err != nil {
		return r, err
	}
	for _, f := range all {
		r.Total.count(f)
	}
	cells, err := s.CountClocksBy(v, r.Total.Filter, groupingOf(q.By))
	if err != nil || len(q.By) == 0 {
		return r, err
	}
	for _, f := range cells {
		r.Rows = append(r.Rows, q.row(f, whole, parts))
	}
	if len(q.By) == 1 {
		r.fill(parts)
	}
	slices.SortStableFunc(r.Rows, TimelinessRow.order)
	return r, nil
}

func (q TimelinessQuery) row(f store.ClockFigures, whole Branch, parts []Branch) TimelinessRow {
	r := TimelinessRow{Branch: whole, Kind: f.Kind}
	if f.Branch != "" {
		r.Branch = find(parts, f.Branch)
	}
	r.count(f)
	r.Filter = store.ClockFilter{Debtor: r.Branch.area(), Started: q.Period, Kinds: q.Kinds, Now: q.Now}
	if f.Kind != "" {
		r.Filter.Kinds = []grievance.ClockKind{f.Kind}
	}
	return r
}

func (r *TimelinessRow) count(f store.ClockFigures) {
	r.Counts = Counts{f.Total, f.OnTime, f.Breached, f.Open, f.Paused, f.Extended}
	r.Cases = Counts{f.Cases, f.CasesOnTime, f.CasesBreached, f.CasesNotDue, f.CasesPaused, f.CasesExtended}
}

// fill adds the rows without figures to a report with one dimension.
func (r *TimelinessReport) fill(parts []Branch) {
	var every []store.ClockFigures
	if r.Query.By[0] == ByUnit {
		for _, b := range parts {
			every = append(every, store.ClockFigures{Branch: b.Unit.Path})
		}
	} else {
		for _, k := range grievance.ClockKinds {
			every = append(every, store.ClockFigures{Kind: k})
		}
	}
	for _, f := range every {
		row := r.Query.row(f, r.Unit, parts)
		known := func(o TimelinessRow) bool { return o.Branch == row.Branch && o.Kind == row.Kind }
		if within(row.Kind, r.Query.Kinds) && !slices.ContainsFunc(r.Rows, known) {
			r.Rows = append(r.Rows, row)
		}
	}
}

func (r TimelinessRow) order(o TimelinessRow) int {
	return cmp.Or(r.Branch.order(o.Branch),
		cmp.Compare(slices.Index(grievance.ClockKinds, r.Kind), slices.Index(grievance.ClockKinds, o.Kind)))
}
