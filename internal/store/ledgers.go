package store

import (
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
)

// loadLedgers gives cases what few have: the suspensions of those that rest, the
// pauses and extensions of clocks that have any, and reviews. For all others it
// costs nothing.
func (s session) loadLedgers(rows []grievance.Case, into map[grievance.CaseID]*grievance.Children) error {
	var resting, paused, extended, reviewed []grievance.CaseID
	for _, c := range rows {
		if c.Suspension != 0 {
			resting = append(resting, c.ID)
		}
		if c.ReviewCount > 0 {
			reviewed = append(reviewed, c.ID)
		}
		for _, k := range into[c.ID].Clocks {
			if k.PauseCount > 0 {
				paused = appendOnce(paused, c.ID)
			}
			if k.ExtensionCount > 0 {
				extended = appendOnce(extended, c.ID)
			}
		}
	}
	err := childrenInOrder(s, "suspensions", "case_id, n", resting, func(x *grievance.Suspension) {
		into[x.CaseID].Suspensions = append(into[x.CaseID].Suspensions, x)
	})
	if err != nil {
		return err
	}
	err = childrenInOrder(s, "pauses", "clock_id, n", paused, func(x *grievance.Pause) {
		into[x.CaseID].Pauses = append(into[x.CaseID].Pauses, x)
	})
	if err != nil {
		return err
	}
	err = childrenInOrder(s, "extensions", "clock_id, n", extended, func(x *grievance.Extension) {
		into[x.CaseID].Extensions = append(into[x.CaseID].Extensions, x)
	})
	if err != nil {
		return err
	}
	return childrenInOrder(s, "reviews", "case_id, n", reviewed, func(p *grievance.Proceeding) {
		into[p.CaseID].Proceedings = append(into[p.CaseID].Proceedings, p)
	})
}

// SuspensionsOf gives every suspension of a case, in order.
func (s session) SuspensionsOf(id grievance.CaseID) (list []grievance.Suspension, err error) {
	if err := s.db.Table("suspensions").Where("case_id = ?", id).Order("n").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading suspensions: %w", err)
	}
	return list, nil
}

func appendOnce(ids []grievance.CaseID, id grievance.CaseID) []grievance.CaseID {
	if n := len(ids); n > 0 && ids[n-1] == id {
		return ids
	}
	return append(ids, id)
}
