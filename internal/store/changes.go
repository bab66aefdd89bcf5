package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// aChange is an event of the log of changes: of the record all that is about
// neither a case nor a finding. The words are those of the index events_changes.
const aChange = "subject_kind NOT IN ('case', 'finding')"

// ChangeScope says which of the changes somebody may read.
type ChangeScope struct {
	all   bool
	user  grievance.UserID
	paths []string // of units that are seen with all below
}

// ChangesFor makes the scope of an actor who reads the log in some roles. Who
// holds one of them in a root reads all. Who holds one elsewhere reads what is
// about units of that subtree and about users who hold, or have held, a post
// there. And everybody reads what they did themselves. The system reads all.
func ChangesFor(a grievance.Actor, b *grievance.Book, roles ...grievance.Role) ChangeScope {
	if a.IsSystem() {
		return ChangeScope{all: true}
	}
	s := ChangeScope{user: a.UserID}
	for _, p := range a.Posts {
		u := b.Unit(p.UnitID)
		if u == nil || !(grievance.Actor{Posts: []grievance.Post{p}}).Has(roles...) {
			continue
		}
		s.all = s.all || u.ParentID.IsZero()
		s.paths = append(s.paths, u.Path)
	}
	return s
}

// ChangeFilter says which changes are meant; the zero value means all.
type ChangeFilter struct {
	SubjectKind string
	SubjectID   grievance.CaseID
	Kinds       []grievance.EventKind
	Actor       grievance.UserID
	BySystem    bool
	Recorded    Period
}

// ChangePosition is a place in the list of changes.
type ChangePosition struct {
	RecordedAt  time.Time        `json:"at"`
	SubjectKind string           `json:"kind"`
	SubjectID   grievance.CaseID `json:"id"`
	Seq         int64            `json:"seq"`
}

// PositionOfChange is where an event stands in the list of changes.
func PositionOfChange(e grievance.Event) ChangePosition {
	return ChangePosition{e.RecordedAt, e.SubjectKind, e.SubjectID, e.Seq}
}

// ListChanges gives up to limit changes after a position, the newest first.
func (s session) ListChanges(scope ChangeScope, f ChangeFilter, after *ChangePosition, limit int) (events []grievance.Event, err error) {
	page := s.changes(scope, f).Limit(limit)
	if after != nil {
		page = page.Where("(recorded_at, subject_kind, subject_id, seq) < (?, ?, ?, ?)",
			after.RecordedAt, after.SubjectKind, after.SubjectID, after.Seq)
	}
	err = page.Order("recorded_at DESC, subject_kind DESC, subject_id DESC, seq DESC").Find(&events).Error
	if err != nil {
		return nil, fmt.Errorf("listing changes: %w", err)
	}
	return events, nil
}

// CountChanges counts all that the filter means.
func (s session) CountChanges(scope ChangeScope, f ChangeFilter) (n int64, err error) {
	if err = s.changes(scope, f).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting changes: %w", err)
	}
	return n, nil
}

func (s session) changes(scope ChangeScope, f ChangeFilter) *gorm.DB {
	return s.db.Table("events").Where(aChange).Scopes(scope.conditions().scope, f.conditions().scope)
}

// conditions are those of whoever reads: the alternatives are one condition.
func (s ChangeScope) conditions() *conditions {
	w := &conditions{}
	if s.all {
		return w
	}
	where, args := "(actor_id = ?", []any{s.user}
	for _, path := range s.paths {
		low, high := subtree(path)
		where += " OR subject_kind = 'unit' AND subject_id IN (SELECT id FROM units WHERE path >= ? AND path < ?)" +
			" OR subject_kind = 'user' AND subject_id IN (SELECT a.user_id FROM appointments a JOIN units u ON u.id = a.unit_id WHERE u.path >= ? AND u.path < ?)"
		args = append(args, low, high, low, high)
	}
	w.add(where+")", args...)
	return w
}

func (f ChangeFilter) conditions() *conditions {
	w := &conditions{}
	is(w, "subject_kind", f.SubjectKind)
	is(w, "subject_id", f.SubjectID)
	isOneOf(w, "kind", f.Kinds)
	is(w, "actor_id", f.Actor)
	if f.BySystem {
		w.add("actor_id IS NULL")
	}
	w.during("recorded_at", f.Recorded)
	return w
}
