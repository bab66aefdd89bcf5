package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// loadBetweenUnits gives cases the objections and co-handling units that are
// needed, and always those of a case in which one is open; whoever answered for a
// co-handling unit signs nothing, so sign-offs need them too. For all others it costs
// nothing.
func (s session) loadBetweenUnits(rows []grievance.Case, into map[grievance.CaseID]*grievance.Children, n Needs) error {
	var disputed, helped []grievance.CaseID
	for _, c := range rows {
		if c.PendingObjection != 0 || n.Objections && c.ObjectionCount > 0 {
			disputed = append(disputed, c.ID)
		}
		if c.OpenCoHandlers != 0 || (n.CoHandlers || n.SignOffs) && c.CoHandlerCount > 0 {
			helped = append(helped, c.ID)
		}
	}
	err := childrenInOrder(s, "objections", "case_id, n", disputed, func(o *grievance.Objection) {
		into[o.CaseID].Objections = append(into[o.CaseID].Objections, o)
	})
	if err != nil {
		return err
	}
	return childrenInOrder(s, "co_handlers", "case_id, n", helped, func(h *grievance.CoHandler) {
		into[h.CaseID].CoHandlers = append(into[h.CaseID].CoHandlers, h)
	})
}

// with finds the cases that move with units which are merged into others.
func (tx *Tx) with(units []grievance.UnitID) *gorm.DB {
	return tx.db.Raw(`SELECT id FROM cases WHERE lead_unit_id IN ?
		UNION SELECT id FROM cases WHERE handling_unit_id IN ?
		UNION SELECT case_id FROM objections WHERE state IN ('pending', 'raised') AND (sender_unit_id IN ? OR superior_unit_id IN ?)
		UNION SELECT case_id FROM co_handlers WHERE state = 'asked' AND unit_id IN ?
		UNION SELECT id FROM cases WHERE open_review <> 0 AND review_unit_id IN ?`, units, units, units, units, units, units)
}

// UnitObjections is how often a unit has objected.
type UnitObjections struct {
	UnitID grievance.UnitID
	N      int
}

// CountObjections counts the objections of units, whatever came of them, from one
// instant up to, not including, another. Units without any are left out, and so is
// what happened in a case from which the viewer is barred.
func (s session) CountObjections(v Viewer, units []grievance.UnitID, from, until time.Time) (counts []UnitObjections, err error) {
	err = s.db.Table("objections").Select("objections.unit_id, count(*) AS n").Joins("JOIN cases ON cases.id = objections.case_id").
		Where("objections.unit_id IN ? AND objections.objected_at >= ? AND objections.objected_at < ?", units, from, until).
		Scopes(notBarred(v)).Group("objections.unit_id").Order("objections.unit_id").Find(&counts).Error
	if err != nil {
		return nil, fmt.Errorf("counting objections: %w", err)
	}
	return counts, nil
}
