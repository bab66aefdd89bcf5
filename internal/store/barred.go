package store

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// carries is the condition on an appointment (held) of a person named that its unit is
// shielded with the person: a staff post that lasted beyond the naming. Couriers are
// residents, and carry no unit with them.
const carries = "held.role <> 'courier' AND (held.until IS NULL OR held.until > recusals.since)"

// notBarred is the condition on cases that no shield keeps the viewer from one: the
// same as grievance.Book.Bars says of it.
func (v Viewer) notBarred() *conditions {
	w := &conditions{}
	if v.all || v.known && len(v.barred) == 0 {
		return w
	}
	if v.known {
		w.add("cases.id NOT IN ?", v.barred)
		return w
	}
	lines := v.reach()
	w.add(`(NOT cases.shielded OR NOT EXISTS (SELECT 1 FROM shields WHERE shields.case_id = cases.id AND shields.unit_id IN ?)
		AND NOT EXISTS (SELECT 1 FROM recusals WHERE recusals.case_id = cases.id AND recusals.cause = ? AND (recusals.user_id = ?
			OR EXISTS (SELECT 1 FROM appointments held WHERE held.user_id = recusals.user_id AND held.unit_id IN ? AND `+carries+`))))`,
		lines, grievance.RecusedNamed, v.self, lines)
	return w
}

// reach is what lies in the viewer's line of command; never empty, for SQL has no empty
// list.
func (v Viewer) reach() []grievance.UnitID {
	if len(v.lines) == 0 {
		return []grievance.UnitID{{}}
	}
	return v.lines
}

// mostBarred is how many cases a query names one by one from which somebody is barred.
const mostBarred = 200

// knowing finds out once from which cases shields keep the viewer, for queries of many
// parts, each of which would look for itself. They are those that are about the
// viewer's own line of command: nearly always few or none. Where they are many, every
// part looks for itself.
func (s session) knowing(v Viewer) (Viewer, error) {
	if v.all {
		return v, nil
	}
	about := s.db.Raw(`SELECT case_id FROM shields WHERE unit_id IN ?
		UNION SELECT case_id FROM recusals WHERE cause = ? AND user_id = ?
		UNION SELECT recusals.case_id FROM appointments held JOIN recusals ON recusals.user_id = held.user_id AND recusals.cause = ?
			WHERE held.unit_id IN ? AND `+carries,
		v.reach(), grievance.RecusedNamed, v.self, grievance.RecusedNamed, v.reach())
	var found []grievance.CaseID
	err := s.db.Table("cases").Where("cases.shielded AND cases.id IN (?)", about).Limit(mostBarred+1).Pluck("cases.id", &found).Error
	if err != nil {
		return v, fmt.Errorf("looking from which cases somebody is barred: %w", err)
	}
	if len(found) <= mostBarred {
		v.known, v.barred = true, found
	}
	return v, nil
}

// notBarred narrows a query in which cases are joined to those from which no shield
// keeps the viewer, whether or not the viewer may see them.
func notBarred(v Viewer) func(*gorm.DB) *gorm.DB { return v.notBarred().scope }

// CasesBarred gives those of the cases from which the shield keeps the viewer.
func (s session) CasesBarred(v Viewer, ids []grievance.CaseID) (map[grievance.CaseID]bool, error) {
	if len(ids) == 0 || v.all {
		return nil, nil
	}
	free := v.notBarred()
	var found []grievance.CaseID
	err := s.db.Table("cases").Where("cases.shielded AND cases.id IN ?", ids).Where("NOT ("+free.sql()+")", free.args...).
		Where("cases.petitioner_user_id IS DISTINCT FROM ?", v.self).Pluck("cases.id", &found).Error
	if err != nil {
		return nil, fmt.Errorf("looking from which cases somebody is barred: %w", err)
	}
	barred := make(map[grievance.CaseID]bool, len(found))
	for _, id := range found {
		barred[id] = true
	}
	return barred, nil
}

// booksByCase has the book that each of some shielded cases is judged by (see
// grievance.Book.For), and the one for all others.
type booksByCase struct {
	common *grievance.Book
	own    map[grievance.CaseID]*grievance.Book
}

func (b booksByCase) of(id grievance.CaseID) *grievance.Book {
	if own, shielded := b.own[id]; shielded {
		return own
	}
	return b.common
}

// booksOf finds out by which book each of the cases is judged.
func (s session) booksOf(b *grievance.Book, ids []grievance.CaseID) (books booksByCase, err error) {
	books = booksByCase{b, map[grievance.CaseID]*grievance.Book{}}
	if len(ids) == 0 {
		return books, nil
	}
	var rows []grievance.Case
	if err := s.db.Table("cases").Where("cases.shielded AND cases.id IN ?", ids).Find(&rows).Error; err != nil {
		return books, fmt.Errorf("reading which cases are shielded: %w", err)
	}
	children := map[grievance.CaseID]*grievance.Children{}
	for _, c := range rows {
		children[c.ID] = &grievance.Children{}
	}
	if err := s.loadSupervision(rows, children, Needs{}); err != nil {
		return books, err
	}
	for _, c := range rows {
		books.own[c.ID] = b.For(grievance.Restore(c, *children[c.ID]))
	}
	return books, nil
}

// Attempted finds the case that a request was about, by the route's path and the id in
// it, where the viewer was kept from it: from reading by its shield, from acting by
// recusal. It is zero where there is no such case, and where the same attempt of the
// same person was told since an instant.
func (s session) Attempted(path, id string, v Viewer, what grievance.Attempt, since time.Time) (about grievance.CaseID, err error) {
	about, err = s.caseBehind(path, id)
	if err != nil || about.IsZero() {
		return about, err
	}
	if what == grievance.AttemptToRead {
		barred, err := s.CasesBarred(v, []grievance.CaseID{about})
		if err != nil || !barred[about] {
			return grievance.CaseID{}, err
		}
	}
	events, err := s.EventsOfKinds(about, grievance.EvAccessRefused)
	for _, e := range events {
		f, err := grievance.ReadFacts(e)
		if err != nil {
			return about, fmt.Errorf("reading event %d of case %s: %w", e.Seq, about, err)
		}
		if e.ActorID == v.self && f.Attempt == what && e.AboutAt.After(since) {
			return grievance.CaseID{}, nil
		}
	}
	return about, err
}

// behind are the routes to what belongs to a case, with the tables that tell to which.
var behind = []struct{ path, table, column string }{
	{"/cases/:id", "cases", "id"}, {"/escalations/:id", "escalations", "case_id"},
	{"/deadlines/:id", "clocks", "case_id"}, {"/findings/:id", "findings", "case_id"},
}

func (s session) caseBehind(path, id string) (found grievance.CaseID, err error) {
	asked, err := grievance.ParseID[any](id)
	if err != nil {
		return found, nil //nolint:nilerr // it names nothing
	}
	for _, b := range behind {
		if !strings.Contains(path, b.path) {
			continue
		}
		var ids []grievance.CaseID
		if err := s.db.Table(b.table).Where("id = ?", asked).Pluck(b.column, &ids).Error; err != nil {
			return found, fmt.Errorf("looking what a request was about: %w", err)
		}
		if len(ids) > 0 {
			return ids[0], nil
		}
	}
	return found, nil
}
