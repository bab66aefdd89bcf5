package store

import (
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/vault"
)

// petitionerIs is the condition on parties that one is the petitioner with this
// phone and id number. Neither is stored in a form that can be read: only blind
// indexes are compared. What has none, such as a phone without digits, is
// nobody's.
func (s session) petitionerIs(f CaseFilter) *conditions {
	w := &conditions{}
	w.add("parties.kind = ?", grievance.Petitioner)
	if f.Phone != "" {
		w.add("parties.phone_bidx = ?", s.vault.BlindIndex(vault.Phone, f.Phone))
	}
	if f.IDNumber != "" {
		w.add("parties.id_bidx = ?", s.vault.BlindIndex(vault.IDNumber, f.IDNumber))
	}
	return w
}

// Searcher is who looks for the cases of a petitioner, at the desks named.
type Searcher struct {
	User  grievance.UserID
	Desks []grievance.UnitID
}

// mayFind is the condition that to find a case tells nobody who its petitioner is
// who may not know: a confidential case is found at its own desk alone, and no
// case is found by whom it is about.
const mayFind = `(cases.confidential = ? OR cases.lead_unit_id IN ?)
	AND NOT EXISTS (SELECT 1 FROM recusals WHERE recusals.case_id = cases.id AND recusals.user_id = ?)`

func (w Searcher) mayFind() []any { return []any{false, w.Desks, w.User} }

// caseItems adds what a list shows beside the rows, with one statement for each
// kind of it.
func (s session) caseItems(rows []grievance.Case) ([]CaseItem, error) {
	items, ids := make([]CaseItem, len(rows)), make([]grievance.CaseID, len(rows))
	for i, c := range rows {
		items[i].Case, ids[i] = c, c.ID
	}
	if len(ids) == 0 {
		return items, nil
	}
	titles, err := s.titles(ids)
	if err != nil {
		return nil, err
	}
	next, err := s.nextDue(ids)
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i].Title, items[i].Next = titles[items[i].ID], next[items[i].ID]
	}
	return items, nil
}

// nextDue gives for each case the running clock that is due first.
func (s session) nextDue(ids []grievance.CaseID) (map[grievance.CaseID]*grievance.Clock, error) {
	var clocks []*grievance.Clock
	err := s.db.Table("clocks").Where("case_id IN ? AND state = 'running'", ids).Order("due_at DESC, id DESC").Find(&clocks).Error
	if err != nil {
		return nil, fmt.Errorf("reading the next due: %w", err)
	}
	first := make(map[grievance.CaseID]*grievance.Clock, len(ids))
	for _, k := range clocks {
		first[k.CaseID] = k
	}
	return first, nil
}

// itemsOf reads cases of a list by id, with what it shows of them. Whatever the
// viewer may not see is not in the result.
func (s session) itemsOf(ids []grievance.CaseID, v Viewer) (map[grievance.CaseID]*CaseItem, error) {
	var rows []grievance.Case
	if err := s.db.Table("cases").Where("cases.id IN ?", ids).Scopes(visibleTo(v)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the cases of a list: %w", err)
	}
	items, err := s.caseItems(rows)
	if err != nil {
		return nil, err
	}
	byID := make(map[grievance.CaseID]*CaseItem, len(items))
	for i := range items {
		byID[items[i].ID] = &items[i]
	}
	return byID, nil
}

// rowsByID reads rows of a table by id into a map.
func rowsByID[ID comparable, T any](s session, table string, ids []ID, idOf func(*T) ID) (map[ID]*T, error) {
	found := make(map[ID]*T, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []*T
	if err := s.db.Table(table).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading %s: %w", table, err)
	}
	for _, r := range rows {
		found[idOf(r)] = r
	}
	return found, nil
}
