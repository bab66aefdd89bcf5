package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// EscalationItem is an escalation in a list, with the case that it is about.
type EscalationItem struct {
	grievance.Escalation
	Case CaseItem
}

// EscalationPosition is a place in the list of escalations.
type EscalationPosition struct {
	Rank     int32                  `json:"rank"`
	OpenedAt time.Time              `json:"opened_at"`
	ID       grievance.EscalationID `json:"id"`
}

// AtWork is the viewer in the posts held alone: without the cases that a person
// only sent in, or in whose grid they lie. How a unit works, its escalations and
// what it missed, is for those who work there.
func (v Viewer) AtWork() Viewer {
	v.user, v.grids = grievance.UserID{}, nil
	return v
}

// unassigned is the condition of grievance.Case.Unassigned.
const unassigned = `(cases.status NOT IN ('closed', 'finalised', 'declined', 'withdrawn') AND (cases.handler_id IS NULL OR cases.status = 'assigned'))`

// escalationRank puts what nobody can take first, then unassigned cases; both
// while they wait for somebody.
const escalationRank = `CASE WHEN escalations.state = 'resolved' THEN 2 WHEN escalations.unroutable THEN 0 WHEN ` + unassigned + ` THEN 1 ELSE 2 END`

// Position is where the item stands in the list.
func (i *EscalationItem) Position() EscalationPosition {
	p := EscalationPosition{Rank: 2, OpenedAt: i.OpenedAt, ID: i.ID}
	switch {
	case i.State == grievance.EscalationResolved:
	case i.Unroutable:
		p.Rank = 0
	case i.Case.Unassigned():
		p.Rank = 1
	}
	return p
}

// ListEscalations gives up to limit escalations after a position: unroutable
// ones first, then those of unassigned cases, then the others, each oldest first.
func (s session) ListEscalations(v Viewer, f EscalationFilter, after *EscalationPosition, limit int) ([]EscalationItem, error) {
	page := s.escalationsFor(v, f).Limit(limit)
	if after != nil {
		page = page.Where("("+escalationRank+", escalations.opened_at, escalations.id) > (?, ?, ?)", after.Rank, after.OpenedAt, after.ID)
	}
	var rows []grievance.Escalation
	err := page.Order(escalationRank + ", escalations.opened_at, escalations.id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("listing escalations: %w", err)
	}
	return s.escalationItems(v, rows)
}

// CountEscalations counts all that the filter means.
func (s session) CountEscalations(v Viewer, f EscalationFilter) (n int64, err error) {
	if err = s.escalationsFor(v, f).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting escalations: %w", err)
	}
	return n, nil
}

func (s session) escalationsFor(v Viewer, f EscalationFilter) *gorm.DB {
	return s.db.Table("escalations").Joins("JOIN cases ON cases.id = escalations.case_id").
		Scopes(visibleTo(v), f.conditions().scope)
}

func (s session) escalationItems(v Viewer, rows []grievance.Escalation) ([]EscalationItem, error) {
	ids := make([]grievance.CaseID, len(rows))
	for i, e := range rows {
		ids[i] = e.CaseID
	}
	cases, err := s.itemsOf(ids, v)
	if err != nil {
		return nil, err
	}
	items := make([]EscalationItem, len(rows))
	for i, e := range rows {
		items[i] = EscalationItem{e, *cases[e.CaseID]}
	}
	return items, nil
}
