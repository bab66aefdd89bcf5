package store

import (
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// ProfileRow is a version of a profile as it is stored. RebaseAt is when somebody
// ordered that running clocks of older versions follow it, RebasedAt when they
// all had.
type ProfileRow struct {
	Name      string
	Version   int
	Body      []byte
	CreatedAt time.Time
	RebaseAt  *time.Time
	RebasedAt *time.Time
}

// CalendarRow is a version of the calendar as it is stored. RebasedAt is when the
// open clocks of older versions had all been counted again by it.
type CalendarRow struct {
	Version   int
	Body      []byte
	CreatedAt time.Time
	RebasedAt *time.Time
}

// profiles reads every version of every profile, by name and version.
func (s session) profiles() (rows []ProfileRow, err error) {
	if err := s.db.Table("profiles").Order("name, version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading profiles: %w", err)
	}
	return rows, nil
}

// calendars reads every version of the calendar, in order.
func (s session) calendars() (rows []CalendarRow, err error) {
	if err := s.db.Table("calendars").Order("version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the calendars: %w", err)
	}
	return rows, nil
}

// OrderRebase notes that the running clocks of older versions follow a version
// of a profile from an instant on. It is noted once.
func (tx *Tx) OrderRebase(name string, version int, at time.Time) error {
	return tx.db.Table("profiles").Where("name = ? AND version = ? AND rebase_at IS NULL", name, version).
		Update("rebase_at", at).Error
}

// MarkProfileRebased notes that every running clock follows a version of a profile.
func (tx *Tx) MarkProfileRebased(name string, version int, at time.Time) error {
	return tx.db.Table("profiles").Where("name = ? AND version = ?", name, version).Update("rebased_at", at).Error
}

// MarkCalendarRebased notes that every open clock was counted again by a version
// of the calendar.
func (tx *Tx) MarkCalendarRebased(version int, at time.Time) error {
	return tx.db.Table("calendars").Where("version = ?", version).Update("rebased_at", at).Error
}

// Rebasing is what open clocks have still to follow.
type Rebasing struct {
	Calendars []int        // versions
	Profiles  []ProfileRow // without their bodies
}

// Rebasing looks up what open clocks have still to follow.
func (s session) Rebasing() (r Rebasing, err error) {
	if err := s.db.Table("calendars").Where("rebased_at IS NULL").Order("version").Pluck("version", &r.Calendars).Error; err != nil {
		return r, fmt.Errorf("reading what is to be re-based: %w", err)
	}
	err = s.db.Table("profiles").Select("name, version, rebase_at").
		Where("rebase_at IS NOT NULL AND rebased_at IS NULL").Order("name, version").Find(&r.Profiles).Error
	if err != nil {
		return r, fmt.Errorf("reading what is to be re-based: %w", err)
	}
	return r, nil
}

// OldClocks says which running clocks follow an older version: of the calendar,
// those that are due at or after From; or of a profile.
type OldClocks struct {
	Calendar int
	From     time.Time
	Profile  string
	Version  int
}

// ClockPosition is a place among the running clocks, by their due instants.
type ClockPosition struct {
	DueAt  time.Time
	CaseID grievance.CaseID
}

// LockOld reads up to limit cases with a running clock that has not been
// breached and follows an older version, after a position, and holds them. It
// gives the position after the last; the zero position when there are no more.
func (tx *Tx) LockOld(old OldClocks, after ClockPosition, limit int) ([]*grievance.Case, ClockPosition, error) {
	q := tx.db.Table("clocks").Select("due_at, case_id").
		Where("state = 'running' AND breached_at IS NULL AND (due_at, case_id) > (?, ?)", after.DueAt, after.CaseID)
	if old.Profile != "" {
		q = q.Where("profile = ? AND profile_version < ?", old.Profile, old.Version)
	} else {
		q = q.Where("due_at >= ? AND calendar_version < ?", old.From, old.Calendar)
	}
	var found []ClockPosition
	if err := q.Order("due_at, case_id").Limit(limit).Find(&found).Error; err != nil {
		return nil, ClockPosition{}, fmt.Errorf("looking for clocks to re-base: %w", err)
	}
	if len(found) == 0 {
		return nil, ClockPosition{}, nil
	}
	ids := make([]grievance.CaseID, len(found))
	for i, f := range found {
		ids[i] = f.CaseID
	}
	cases, err := tx.lock(limit, "cases.id IN ?", ids)
	return cases, found[len(found)-1], err
}
