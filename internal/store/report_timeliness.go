package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// ClockFigures are the figures of one cell: how many clocks, of how many cases,
// and both for each standing. Of the dimensions those are set that were grouped
// by; Branch is a path.
type ClockFigures struct {
	Branch                                         string
	Kind                                           grievance.ClockKind
	Total, OnTime, Breached, Open                  int
	Cases, CasesOnTime, CasesBreached, CasesNotDue int
	Paused, CasesPaused                            int // of those that are open
	Extended, CasesExtended                        int // of all
}

// CountClocksBy gives the figures of the clocks of cases that the viewer may see
// which the filter means; cells without any are left out.
func (s session) CountClocksBy(v Viewer, f ClockFilter, by Grouping) (cells []ClockFigures, err error) {
	var dimensions []dimension
	if by.Branch {
		dimensions = append(dimensions, dimension{"branch", branch("debtors.path", f.Debtor.Path)})
	}
	if by.Kind {
		dimensions = append(dimensions, dimension{"kind", "clocks.kind"})
	}
	standing := fmt.Sprintf("CASE WHEN %s THEN '%s' WHEN %s THEN '%s' ELSE '%s' END AS standing",
		OnTime.sql(), OnTime, Breached.sql(), Breached, NotYetDue)
	rows := s.clocksFor(v, f).Select("clocks.case_id, "+standing+", CASE WHEN "+pausedSQL+" THEN 1 ELSE 0 END AS paused, "+
		"CASE WHEN "+extendedSQL+" THEN 1 ELSE 0 END AS extended"+selected(dimensions), f.Now, f.Now, f.Now)
	if err := s.count(rows, dimensions, clockFigures).Find(&cells).Error; err != nil {
		return nil, fmt.Errorf("counting clocks: %w", err)
	}
	return cells, nil
}

const clockFigures = `COUNT(*) AS total,
	COUNT(CASE standing WHEN 'on_time' THEN 1 END) AS on_time,
	COUNT(CASE standing WHEN 'breached' THEN 1 END) AS breached,
	COUNT(CASE standing WHEN 'open' THEN 1 END) AS open,
	COUNT(DISTINCT case_id) AS cases,
	COUNT(DISTINCT CASE standing WHEN 'on_time' THEN case_id END) AS cases_on_time,
	COUNT(DISTINCT CASE standing WHEN 'breached' THEN case_id END) AS cases_breached,
	COUNT(DISTINCT CASE standing WHEN 'open' THEN case_id END) AS cases_not_due,
	COUNT(CASE WHEN paused = 1 AND standing = 'open' THEN 1 END) AS paused,
	COUNT(DISTINCT CASE WHEN paused = 1 AND standing = 'open' THEN case_id END) AS cases_paused,
	COUNT(CASE extended WHEN 1 THEN 1 END) AS extended,
	COUNT(DISTINCT CASE extended WHEN 1 THEN case_id END) AS cases_extended`

func (s session) clocksFor(v Viewer, f ClockFilter) *gorm.DB {
	return s.db.Table("clocks").Joins("JOIN cases ON cases.id = clocks.case_id").Joins(joinDebtors).
		Scopes(visibleTo(v), f.conditions().scope)
}
