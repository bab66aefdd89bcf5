package store

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FindingFilter says which findings are meant; the zero value means all.
type FindingFilter struct {
	Unit    Area // that they are held against
	About   Period
	Rules   []grievance.FindingRule
	States  []grievance.FindingState
	Results []grievance.FindingResult
	CaseID  grievance.CaseID
}

// FindingPosition is a place in the list of findings.
type FindingPosition struct {
	AboutAt time.Time           `json:"about_at"`
	ID      grievance.FindingID `json:"id"`
}

func (f FindingFilter) conditions() *conditions {
	w := &conditions{}
	w.in("findings.unit_path", f.Unit)
	w.during("findings.about_at", f.About)
	isOneOf(w, "findings.rule", f.Rules)
	isOneOf(w, "findings.state", f.States)
	isOneOf(w, "findings.result", f.Results)
	is(w, "findings.case_id", f.CaseID)
	return w
}

// FindingViewerOf makes the viewer of findings that an actor is at t. Leaders,
// supervisors and inspectors see the findings of their subtree; clerks those of
// the units at whose desk they sit, or are on duty; and everybody those by which a
// measure is about them.
func FindingViewerOf(a grievance.Actor, b *grievance.Book, t time.Time) Viewer {
	v := ViewerOf(a, b)
	if v.all {
		return v
	}
	v.user = a.UserID
	for _, p := range b.Seats(a, t).Own {
		if u := b.Unit(p.UnitID); u != nil && p.Role == grievance.RoleClerk {
			v.desks = append(v.desks, u.Path)
		}
	}
	return v
}

// findingsVisibleTo narrows a query over findings to those that the viewer may
// see. It is the one visibility predicate of findings.
func findingsVisibleTo(v Viewer) func(*gorm.DB) *gorm.DB {
	any := &conditions{}
	for _, w := range v.waysToFindings() {
		any.add("("+w.sql()+")", w.args...)
	}
	return func(db *gorm.DB) *gorm.DB { return db.Where("("+strings.Join(any.parts, " OR ")+")", any.args...) }
}

// waysToFindings are the ways in which the viewer comes to see findings; there is
// at least one.
func (v Viewer) waysToFindings() (ways []*conditions) {
	way := func(part string, args ...any) {
		w := &conditions{}
		w.add(part, args...)
		ways = append(ways, w)
	}
	if v.all {
		way("1 = 1")
		return ways
	}
	for _, path := range v.subtrees {
		low, high := subtree(path)
		way("findings.unit_path >= ? AND findings.unit_path < ?", low, high)
	}
	if len(v.desks) > 0 {
		way("findings.unit_path IN ?", v.desks)
	}
	if !v.user.IsZero() {
		way("findings.id IN (SELECT finding_id FROM measures WHERE user_id = ?)", v.user)
	}
	if len(ways) == 0 {
		way("1 = 0")
	}
	return ways
}

// ListFindings gives up to limit findings after a position, those about the newest
// instants first, without their evidence. Each way to see some is gone by itself,
// for each has another index; together they have none.
func (s session) ListFindings(v Viewer, f FindingFilter, after *FindingPosition, limit int) (rows []grievance.Finding, err error) {
	var pages []any
	for _, w := range v.waysToFindings() {
		page := s.db.Table("findings").Select("findings.*").Scopes(w.scope, f.conditions().scope)
		if after != nil {
			page = page.Where("(findings.about_at, findings.id) < (?, ?)", after.AboutAt, after.ID)
		}
		pages = append(pages, s.db.Table("(?) AS page", page.Order("findings.about_at DESC, findings.id DESC").Limit(limit)).Select("page.*"))
	}
	all := s.db.Raw("?"+strings.Repeat(" UNION ?", len(pages)-1), pages...)
	err = s.db.Table("(?) AS findings", all).Order("about_at DESC, id DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("listing findings: %w", err)
	}
	return rows, nil
}

// CountFindings counts all that the filter means.
func (s session) CountFindings(v Viewer, f FindingFilter) (n int64, err error) {
	var ids []any
	for _, w := range v.waysToFindings() {
		ids = append(ids, s.db.Table("findings").Select("findings.id").Scopes(w.scope, f.conditions().scope))
	}
	all := s.db.Raw("?"+strings.Repeat(" UNION ?", len(ids)-1), ids...)
	if err = s.db.Table("(?) AS seen", all).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting findings: %w", err)
	}
	return n, nil
}
