package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// notRecused is the condition that a person neither handles the case nor filed
// it, nor is kept from it: what is put before others is not before them.
const notRecused = `cases.handler_id IS DISTINCT FROM ? AND cases.petitioner_user_id IS DISTINCT FROM ?
	AND (cases.recusal_count = 0 OR NOT EXISTS (SELECT 1 FROM recusals WHERE recusals.case_id = cases.id AND recusals.user_id = ?))`

// joinRecusals finds who is kept from cases.
const joinRecusals = "JOIN recusals ON recusals.case_id = cases.id"

// OwnCall is that an unresolved escalation stands before a role which somebody
// has, or had, whose own case it is.
type OwnCall struct {
	grievance.Escalation
	UserID grievance.UserID
}

// OwnCalls gives those before a role, but for what is known to be unroutable.
func (tx *Tx) OwnCalls(role grievance.Role) ([]OwnCall, error) {
	return tx.ownCalls(Viewer{all: true}, "escalations.unroutable = ? AND escalations.target_role = ?", false, role)
}

// OwnCallCases names the cases that OwnCalls tells of, unread.
func (tx *Tx) OwnCallCases(role grievance.Role) (ids []grievance.CaseID, err error) {
	err = tx.calling(Viewer{all: true}).Where("escalations.unroutable = ? AND escalations.target_role = ?", false, role).
		Where(`EXISTS (SELECT 1 FROM appointments WHERE role = escalations.target_role AND (user_id IN (cases.handler_id, cases.petitioner_user_id)
			OR cases.recusal_count > 0 AND user_id IN (SELECT recusals.user_id FROM recusals WHERE recusals.case_id = cases.id)))`).
		Order("cases.id").Distinct("cases.id").Pluck("cases.id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for leaders' own cases: %w", err)
	}
	return ids, nil
}

func (s session) ownCalls(v Viewer, where string, args ...any) (rows []OwnCall, err error) {
	of := func(user string) *gorm.DB {
		return s.calling(v).Select("escalations.*, "+user+" AS user_id").Where(where, args...).
			Where(user + " IN (SELECT user_id FROM appointments WHERE role = escalations.target_role)")
	}
	err = s.db.Raw("? UNION ALL ? UNION ALL ?", of("cases.handler_id"), of("cases.petitioner_user_id"), of("recusals.user_id").Joins(joinRecusals)).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the escalations of leaders' own cases: %w", err)
	}
	return rows, nil
}

// RecusedOf gives for each escalation those whose own case it is.
func RecusedOf(calls []OwnCall) map[grievance.EscalationID][]grievance.UserID {
	recused := map[grievance.EscalationID][]grievance.UserID{}
	for _, c := range calls {
		recused[c.ID] = append(recused[c.ID], c.UserID)
	}
	return recused
}

// passedOn finds the unresolved escalations of the cases of leaders and
// supervisors themselves, and of accusations, for which the user is the nearest who may
// take them.
func (s session) passedOn(v Viewer, w Waiting) ([]grievance.EscalationID, error) {
	if !w.actor.Has(grievance.DeputyRoles...) {
		return nil, nil
	}
	const near = "escalations.target_role IN ? AND (escalations.target_unit_id IN ? OR escalations.unroutable = ?)"
	about := []any{grievance.DeputyRoles, w.below(grievance.DeputyRoles...), true}
	calls, err := s.ownCalls(v, near, about...)
	if err != nil {
		return nil, err
	}
	var shielded []OwnCall
	if err := s.calling(v).Select("escalations.*").Where("cases.shielded").Where(near, about...).Find(&shielded).Error; err != nil {
		return nil, fmt.Errorf("reading the escalations of accusations: %w", err)
	}
	calls = append(calls, shielded...)
	ids := make([]grievance.CaseID, len(calls))
	for i, c := range calls {
		ids[i] = c.CaseID
	}
	books, err := s.booksOf(w.book, ids)
	if err != nil {
		return nil, err
	}
	var passed []grievance.EscalationID
	recused := RecusedOf(calls)
	for _, r := range calls {
		if books.of(r.CaseID).CalledOn(w.actor, &r.Escalation, w.now, recused[r.ID]...) {
			passed = append(passed, r.ID)
		}
	}
	return passed, nil
}

// calling are the unresolved escalations that the viewer may see, joined as pending
// joins.
func (s session) calling(v Viewer) *gorm.DB {
	return s.db.Table("escalations").Joins("CROSS JOIN cases").Where("cases.id = escalations.case_id").
		Scopes(visibleTo(v)).Where("escalations.state <> 'resolved'")
}
