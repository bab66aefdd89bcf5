package store

import (
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Clock reads a clock with its ledgers, and the case that it belongs to.
// ErrNotFound where there is none, or none of a case that the viewer may see.
func (s session) Clock(id grievance.ClockID, v Viewer) (*grievance.Case, *grievance.Clock, error) {
	var rows []grievance.Case
	err := s.db.Table("cases").Where("cases.id = (SELECT case_id FROM clocks WHERE clocks.id = ?)", id).
		Scopes(visibleTo(v)).Find(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("reading the case of a clock: %w", err)
	}
	about, err := s.only(rows, Needs{})
	if err != nil {
		return nil, nil, err
	}
	clocks := about.Clocks()
	i := slices.IndexFunc(clocks, func(k *grievance.Clock) bool { return k.ID == id })
	return about, clocks[i], nil
}
