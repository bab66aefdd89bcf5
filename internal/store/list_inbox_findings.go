package store

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// sinceExplained is since when a finding can be decided.
const sinceExplained = "COALESCE(findings.explained_at, findings.explain_due_at)"

// waitingFindings are those that the user, who is the viewer, may see.
func (s session) waitingFindings(v Viewer, w Waiting) *gorm.DB {
	of := FindingViewerOf(w.actor, w.book, w.now)
	of.known, of.barred = v.known, v.barred
	return s.db.Table("findings").Scopes(findingsVisibleTo(of))
}

// toExplain are the findings against units for which the user speaks, which have
// not been explained.
func (s session) toExplain(v Viewer, w Waiting) *gorm.DB {
	return s.waitingFindings(v, w).Where("findings.state = 'opened' AND findings.unit_id IN ?", w.book.Explains(w.actor, w.now))
}

// toDecide are the findings that were explained, or not in time, and that it is
// the user's turn to decide.
func (s session) toDecide(v Viewer, w Waiting) *gorm.DB {
	return s.waitingFindings(v, w).Where("findings.state = 'explained' OR findings.state = 'opened' AND findings.explain_due_at <= ?", w.now).
		Scopes(w.turn("findings.unit_id", (*grievance.Book).Judges))
}

// toHear are the appeals that it is the user's turn to decide.
func (s session) toHear(v Viewer, w Waiting) *gorm.DB {
	return s.waitingFindings(v, w).Where("findings.state = 'appealed'").
		Scopes(w.turn("findings.decided_unit_id", (*grievance.Book).AppealJudges))
}

const barred = "(SELECT COUNT(*) FROM finding_barred b WHERE b.finding_id = findings.id AND b.user_id IN ?)"

// turn narrows a query to the findings that it is the user's turn to decide, for
// the unit in a column: the user is not barred, and everybody before is.
func (w Waiting) turn(column string, judges func(*grievance.Book, grievance.UnitID, time.Time) [][]grievance.UserID) func(*gorm.DB) *gorm.DB {
	where, args := []string{"1 = 0"}, []any{}
	for _, t := range w.book.JudgingTurns(w.actor, w.now, judges) {
		if len(t.Before) == 0 {
			where, args = append(where, column+" IN ?"), append(args, t.Units)
			continue
		}
		where = append(where, column+" IN ? AND "+barred+" = ?")
		args = append(args, t.Units, t.Before, len(t.Before))
	}
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("("+strings.Join(where, " OR ")+")", args...).Where(barred+" = 0", []grievance.UserID{w.actor.UserID})
	}
}
