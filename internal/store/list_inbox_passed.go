package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// notRecused is the condition that a person neither handles the case nor filed
// it: what is put before others is not before them.
const notRecused = "cases.handler_id IS DISTINCT FROM ? AND cases.petitioner_user_id IS DISTINCT FROM ?"

// ownCall is that an escalation stands before a role which somebody has, or had,
// whose own case it is.
type ownCall struct {
	grievance.Escalation
	UserID grievance.UserID
}

// passedOn finds the unresolved escalations of the cases of leaders and
// supervisors themselves for which the user is the nearest who may take them.
func (s session) passedOn(v Viewer, w Waiting) ([]grievance.EscalationID, error) {
	if !w.actor.Has(grievance.DeputyRoles...) {
		return nil, nil
	}
	of := func(user string) *gorm.DB {
		return s.calling(v).Select("escalations.*, " + user + " AS user_id").
			Where(user + " IN (SELECT user_id FROM appointments WHERE role = escalations.target_role)")
	}
	var rows []ownCall
	if err := s.db.Raw("? UNION ALL ?", of("cases.handler_id"), of("cases.petitioner_user_id")).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the escalations of leaders' own cases: %w", err)
	}
	recused := map[grievance.EscalationID][]grievance.UserID{}
	for _, r := range rows {
		recused[r.ID] = append(recused[r.ID], r.UserID)
	}
	var passed []grievance.EscalationID
	for _, r := range rows {
		if w.book.CalledOn(w.actor, &r.Escalation, w.now, recused[r.ID]...) {
			passed = append(passed, r.ID)
		}
	}
	return passed, nil
}

// calling are the unresolved escalations that the viewer may see.
func (s session) calling(v Viewer) *gorm.DB {
	return s.db.Table("escalations").Joins("JOIN cases ON cases.id = escalations.case_id").
		Scopes(visibleTo(v)).Where("escalations.state <> 'resolved'")
}
