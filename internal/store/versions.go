package store

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// ProfileRow is a version of a profile as it is stored. RebaseAt is when somebody
// ordered that running clocks of older versions follow it, RebasedAt when they
// all had.
type ProfileRow struct {
	Name      string
	Version   int
	Release   int // of the program's own profile that it is; 0 where somebody put it
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

// ProfileVersions reads every version of a profile, in order.
func (s session) ProfileVersions(name string) (rows []ProfileRow, err error) {
	if err := s.db.Table("profiles").Where("name = ?", name).Order("version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading a profile: %w", err)
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

// Version is a version that open clocks of older ones have still to follow: of
// a profile, or of the calendar where Name is empty. Since is the instant from
// which they do.
type Version struct {
	Name    string
	Version int
	Since   time.Time
}

// Rebasing looks up what open clocks have still to follow, the calendar first,
// each in order of its versions.
func (s session) Rebasing() (list []Version, err error) {
	err = s.db.Raw(`SELECT '' AS name, version, created_at AS since FROM calendars WHERE rebased_at IS NULL
		UNION ALL SELECT name, version, rebase_at AS since FROM profiles WHERE rebase_at IS NOT NULL AND rebased_at IS NULL
		ORDER BY name, version`).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("reading what is to be re-based: %w", err)
	}
	return list, nil
}

// MarkCalendarRebased notes that open clocks follow a version of the calendar
// wherever they can. It is noted once.
func (tx *Tx) MarkCalendarRebased(version int, at time.Time) error {
	return tx.db.Table("calendars").Where("version = ? AND rebased_at IS NULL", version).Update("rebased_at", at).Error
}

// MarkProfileRebased notes that running clocks follow a version of a profile
// wherever they can. It is noted once.
func (tx *Tx) MarkProfileRebased(name string, version int, at time.Time) error {
	return tx.db.Table("profiles").Where("name = ? AND version = ? AND rebased_at IS NULL", name, version).
		Update("rebased_at", at).Error
}

// OldClocks says which running clocks follow an older version: of the calendar,
// those that are due at or after From; or of a profile.
type OldClocks struct {
	Calendar int
	From     time.Time
	Profile  string
	Version  int
}

// ClockPosition is a place among the running clocks, by their due instants; the
// zero position comes before the first.
type ClockPosition struct {
	DueAt  time.Time
	CaseID grievance.CaseID
}

// OldCases is a batch of cases with clocks that follow an older version: those
// that are free, by id, with how often they failed before. Last is the position
// of the last clock, zero where there are no more; Held counts the cases that
// somebody else holds.
type OldCases struct {
	Free []DueCase
	Last ClockPosition
	Held int
}

// LockOld names the cases of up to limit running clocks that have not been
// breached and follow an older version, in order of their due instants, after a
// position. It holds them, but for those that somebody else holds, and reads
// none: one that cannot be read is known.
func (tx *Tx) LockOld(old OldClocks, after ClockPosition, limit int) (batch OldCases, err error) {
	q := tx.db.Table("clocks").Select("due_at, case_id, attempts").Where("state = 'running' AND breached_at IS NULL")
	if !after.CaseID.IsZero() {
		q = q.Where("(due_at, case_id) > (?, ?)", after.DueAt, after.CaseID)
	}
	if old.Profile != "" {
		q = q.Where("profile = ? AND profile_version < ?", old.Profile, old.Version)
	} else {
		q = q.Where("due_at >= ? AND calendar_version < ?", old.From, old.Calendar)
	}
	var found []struct {
		ClockPosition
		Attempts int
	}
	if err := q.Order("due_at, case_id").Limit(limit).Find(&found).Error; err != nil {
		return batch, fmt.Errorf("looking for clocks to re-base: %w", err)
	}
	if len(found) == 0 {
		return batch, nil
	}
	batch.Last = found[len(found)-1].ClockPosition
	attempts := map[grievance.CaseID]int{}
	for _, f := range found {
		attempts[f.CaseID] = max(attempts[f.CaseID], f.Attempts)
	}
	free, err := tx.lockFree(slices.Collect(maps.Keys(attempts)))
	for _, id := range free {
		batch.Free = append(batch.Free, DueCase{id, attempts[id]})
	}
	batch.Held = len(attempts) - len(free)
	return batch, err
}

// lockFree holds cases in order of id, but for those that somebody else holds,
// and tells which.
func (tx *Tx) lockFree(ids []grievance.CaseID) (free []grievance.CaseID, err error) {
	err = tx.db.Table("cases").Where("cases.id IN ?", ids).Order("cases.id").Clauses(forUpdate("SKIP LOCKED")).
		Pluck("cases.id", &free).Error
	if err != nil {
		return nil, fmt.Errorf("locking cases: %w", err)
	}
	return free, nil
}

// TryAgain has the engine look at the running clocks of a case at until, or
// sooner where they need something before, because something failed.
func (tx *Tx) TryAgain(id grievance.CaseID, now, until time.Time, why string) error {
	return tx.db.Exec(`UPDATE clocks SET next_at = ?, attempts = attempts + 1, error = ?
		WHERE case_id = ? AND state = 'running' AND (next_at IS NULL OR next_at <= ? OR next_at > ?)`,
		until, why, id, now, until).Error
}
