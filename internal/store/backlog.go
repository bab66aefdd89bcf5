package store

import (
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Pending is how much of something is due and not done, and since when the
// first of it; zero where nothing is.
type Pending struct {
	N     int64
	Since time.Time
}

// backlogOf counts the rows of a table that meet a condition, and finds the
// earliest instant among them. Each condition has an index of its own: what it
// costs follows what waits, not what is there.
func (s session) backlogOf(table, instant, where string, args ...any) (w Pending, err error) {
	if err = s.db.Table(table).Where(where, args...).Count(&w.N).Error; err != nil {
		return w, fmt.Errorf("counting what waits in %s: %w", table, err)
	}
	if w.N == 0 {
		return w, nil
	}
	var first struct{ At time.Time }
	err = s.db.Table(table).Select(instant+" AS at").Where(where, args...).Order(instant).Limit(1).Find(&first).Error
	if err != nil {
		return w, fmt.Errorf("finding what waits longest in %s: %w", table, err)
	}
	w.Since = first.At
	return w, nil
}

// DueClocks tells how many clocks need something at now.
func (s session) DueClocks(now time.Time) (Pending, error) {
	return s.backlogOf("clocks", "next_at", "next_at <= ?", now)
}

// UnplacedEvents tells how many events have no place in the ledger yet.
func (s session) UnplacedEvents() (Pending, error) {
	return s.backlogOf("events", "recorded_at", "ledger_pos IS NULL")
}

// Settled reports whether all that time does before an instant has been done:
// no clock needs anything of before, every event about it has its place in the
// ledger and was audited. Cases that stand aside because of an error are not
// waited for.
func (s session) Settled(before time.Time) (bool, error) {
	var open bool
	err := s.db.Raw(`SELECT EXISTS (SELECT 1 FROM clocks WHERE next_at < ?)
		OR EXISTS (SELECT 1 FROM events WHERE ledger_pos IS NULL AND about_at < ?)
		OR EXISTS (SELECT 1 FROM events JOIN followers ON followers.name = ? AND events.ledger_pos > followers.ledger_pos WHERE events.about_at < ?)`,
		before, before, auditor, before).Find(&open).Error
	if err != nil {
		return false, fmt.Errorf("looking whether the record is settled: %w", err)
	}
	return !open, nil
}

// LeaversToHandOn tells how many appointments have ended whose open cases have
// not all been handed on.
func (s session) LeaversToHandOn(now time.Time) (Pending, error) {
	return s.backlogOf("appointments", "until", "handed_on_at IS NULL AND until IS NOT NULL AND until <= ?", now)
}

// OldAnswers tells how many answers were kept before an instant.
func (s session) OldAnswers(before time.Time) (Pending, error) {
	return s.backlogOf("idempotency", "created_at", "created_at < ?", before)
}

// VersionsToFollow tells how many versions open clocks have still to follow.
func (s session) VersionsToFollow() (w Pending, err error) {
	list, err := s.Rebasing()
	for _, v := range list {
		if w.N++; w.Since.IsZero() || v.Since.Before(w.Since) {
			w.Since = v.Since
		}
	}
	return w, err
}

// CasesAside tells how many cases stand aside because of an error. They are due
// again before until, for no delay is longer: clocks due later are not looked at.
func (s session) CasesAside(until time.Time) (int, error) {
	var ids []grievance.CaseID // told apart here: SQLite would go through all clocks, in order of case
	err := s.db.Table("clocks").Where("next_at <= ? AND attempts > 0", until).Pluck("case_id", &ids).Error
	if err != nil {
		return 0, fmt.Errorf("counting cases set aside: %w", err)
	}
	return len(unique(ids)), nil
}

// Unroutable tells how many unresolved escalations no post up to the root can take.
func (s session) Unroutable() (n int64, err error) {
	err = s.db.Table("escalations").Where("unroutable AND state <> 'resolved'").Count(&n).Error
	return n, err
}
