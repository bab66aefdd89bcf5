package store

import (
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Case reads a case with its clocks and the children that are needed.
// ErrNotFound for one that does not exist or that the viewer may not see.
func (s session) Case(id grievance.CaseID, v Viewer, n Needs) (*grievance.Case, error) {
	var rows []grievance.Case
	if err := s.db.Table("cases").Where("cases.id = ?", id).Scopes(visibleTo(v)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading a case: %w", err)
	}
	return s.only(rows, n)
}

func (s session) only(rows []grievance.Case, n Needs) (*grievance.Case, error) {
	cases, err := s.restore(rows, n)
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 {
		return nil, grievance.ErrNotFound
	}
	return cases[0], nil
}

// CaseByReceipt finds a case by its receipt number for whoever will prove the
// right to it by its query code; without children. ErrNotFound if there is none.
func (s session) CaseByReceipt(number string) (grievance.Case, error) {
	var rows []grievance.Case
	if err := s.db.Table("cases").Where("receipt_number = ?", number).Find(&rows).Error; err != nil {
		return grievance.Case{}, fmt.Errorf("looking up a receipt: %w", err)
	}
	if len(rows) == 0 {
		return grievance.Case{}, grievance.ErrNotFound
	}
	return rows[0], nil
}

// WithChildren gives a case that was read without them its clocks and the
// children that are needed.
func (s session) WithChildren(c grievance.Case, n Needs) (*grievance.Case, error) {
	return s.only([]grievance.Case{c}, n)
}

// CaseOfEscalation finds the case that an escalation is about. ErrNotFound where
// there is none, or none that the viewer may see.
func (s session) CaseOfEscalation(id grievance.EscalationID, v Viewer) (grievance.CaseID, error) {
	var found []grievance.CaseID
	err := s.db.Table("cases").Joins("JOIN escalations ON escalations.case_id = cases.id").
		Where("escalations.id = ?", id).Scopes(visibleTo(v)).Pluck("cases.id", &found).Error
	if err != nil {
		return grievance.CaseID{}, fmt.Errorf("looking up an escalation: %w", err)
	}
	if len(found) == 0 {
		return grievance.CaseID{}, grievance.ErrNotFound
	}
	return found[0], nil
}

// WorksOn reports whether the viewer sees the case by a post in a unit that
// takes part in it, and so may read what is not meant for the petitioner. Those
// who only sent the case in, and grid workers in whose grid it lies, do not.
func (s session) WorksOn(id grievance.CaseID, v Viewer) (bool, error) {
	v.user, v.proved, v.grids = grievance.UserID{}, grievance.CaseID{}, nil
	var n int64
	err := s.db.Table("cases").Where("cases.id = ?", id).Scopes(visibleTo(v)).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("looking who works on a case: %w", err)
	}
	return n > 0, nil
}

// EscalationsOf gives the escalations of a case in the order in which they were
// opened.
func (s session) EscalationsOf(id grievance.CaseID) (list []grievance.Escalation, err error) {
	if err := s.db.Table("escalations").Where("case_id = ?", id).Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading escalations: %w", err)
	}
	return list, nil
}

// EventsOfKinds gives the events of a case that are of one of the kinds, in order.
func (s session) EventsOfKinds(id grievance.CaseID, kinds ...grievance.EventKind) (events []grievance.Event, err error) {
	err = s.db.Table("events").
		Where("subject_kind = ? AND subject_id = ? AND kind IN ?", grievance.SubjectCase, id, kinds).
		Order("seq").Find(&events).Error
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	return events, nil
}
