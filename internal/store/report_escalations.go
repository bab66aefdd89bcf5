package store

import (
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Grouping says which dimensions a report divides its figures by. Branch is
// meant from the filter's area: the unit itself, and each unit directly under
// it with all below.
type Grouping struct{ Branch, Level, Cause, State, Kind bool }

// EscalationFigures are the figures of one cell: how many escalations, and of
// how many cases. Of the dimensions those are set that were grouped by; Branch
// is a path.
type EscalationFigures struct {
	Branch      string
	Level       int
	Cause       grievance.Cause
	State       grievance.EscalationState
	Escalations int
	Cases       int
}

// CountEscalationsBy gives the figures of the escalations that the viewer may
// see and the filter means; cells without any are left out.
func (s session) CountEscalationsBy(v Viewer, f EscalationFilter, by Grouping) (cells []EscalationFigures, err error) {
	var dimensions []dimension
	for _, d := range []struct {
		wanted bool
		dimension
	}{
		{by.Branch, dimension{"branch", branch("escalations.from_path", f.From.Path)}},
		{by.Level, dimension{"level", "escalations.level"}},
		{by.Cause, dimension{"cause", "escalations.cause"}},
		{by.State, dimension{"state", "escalations.state"}},
	} {
		if d.wanted {
			dimensions = append(dimensions, d.dimension)
		}
	}
	rows := s.escalationsFor(v, f).Select("escalations.case_id" + selected(dimensions))
	err = s.count(rows, dimensions, "COUNT(*) AS escalations, COUNT(DISTINCT case_id) AS cases").Find(&cells).Error
	if err != nil {
		return nil, fmt.Errorf("counting escalations: %w", err)
	}
	return cells, nil
}
