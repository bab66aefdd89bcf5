package store

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FindingFilter says which findings are meant; the zero value means all. CaseID means
// those of a case that the viewer may see: of another there are none.
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
	v.user, v.left = a.UserID, len(a.Posts) == 0
	for _, p := range b.Seats(a, t).Own {
		if u := b.Unit(p.UnitID); u != nil && p.Role == grievance.RoleClerk {
			v.desks = append(v.desks, u.Path)
		}
	}
	return v
}

// ofCases is the viewer of findings as a viewer of cases.
func (v Viewer) ofCases() Viewer {
	if v.left {
		v.user = grievance.UserID{}
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
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("("+strings.Join(any.parts, " OR ")+")", any.args...).Scopes(findingsNotBarred(v))
	}
}

// findingsNotBarred leaves out the findings that rest on a case from which the
// viewer is barred: their own, or another that their evidence names. Both are counted,
// finding by finding: of EXISTS PostgreSQL would make a join with all evidence.
func findingsNotBarred(v Viewer) func(*gorm.DB) *gorm.DB {
	switch {
	case v.all || v.known && len(v.barred) == 0:
		return func(db *gorm.DB) *gorm.DB { return db }
	case v.known:
		return func(db *gorm.DB) *gorm.DB {
			return db.Where(`findings.case_id NOT IN ? AND (SELECT COUNT(*) FROM finding_evidence other
				WHERE other.finding_id = findings.id AND other.case_id IN ?) = 0`, v.barred, v.barred)
		}
	}
	return func(db *gorm.DB) *gorm.DB {
		of := func(id string) *gorm.DB {
			return db.Session(&gorm.Session{NewDB: true}).Table("cases").Select("COUNT(*)").Where("cases.id = " + id).Scopes(notBarred(v))
		}
		return db.Where("(?) = 1", of("findings.case_id")).
			Where(`(SELECT COUNT(*) FROM finding_evidence other WHERE other.finding_id = findings.id
				AND other.case_id <> findings.case_id AND (?) = 0) = 0`, of("other.case_id"))
	}
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
func (s session) ListFindings(v Viewer, f FindingFilter, after *FindingPosition, limit int) (rows []*grievance.Finding, err error) {
	if v, err = s.knowing(v); err != nil {
		return nil, err
	}
	var pages []any
	for _, w := range v.waysToFindings() {
		page := s.findingsFor(v, w, f).Select("findings.*")
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
	if v, err = s.knowing(v); err != nil {
		return 0, err
	}
	var ids []any
	for _, w := range v.waysToFindings() {
		ids = append(ids, s.findingsFor(v, w, f).Select("findings.id"))
	}
	all := s.db.Raw("?"+strings.Repeat(" UNION ?", len(ids)-1), ids...)
	if err = s.db.Table("(?) AS seen", all).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting findings: %w", err)
	}
	return n, nil
}

// findingsFor are those that the viewer comes to see in one way and the filter means.
func (s session) findingsFor(v Viewer, way *conditions, f FindingFilter) *gorm.DB {
	meant := s.db.Table("findings").Scopes(way.scope, findingsNotBarred(v), f.conditions().scope)
	if !f.CaseID.IsZero() {
		meant = meant.Where("EXISTS (?)", s.db.Table("cases").Select("1").Where("cases.id = findings.case_id").Scopes(visibleTo(v.ofCases())))
	}
	return meant
}

// CasesOfFindings gives those of the cases which findings are about, or rest on, that
// the viewer of the findings may see, with their receipt numbers.
func (s session) CasesOfFindings(v Viewer, list ...*grievance.Finding) (map[grievance.CaseID]string, error) {
	var ids []grievance.CaseID
	for _, f := range list {
		ids = append(ids, f.CaseID)
		if other, ok := f.OtherCase(); ok {
			ids = append(ids, other)
		}
		for _, ref := range f.Evidence() {
			ids = append(ids, ref.CaseID)
		}
	}
	return s.CasesVisible(v.ofCases(), unique(ids))
}
