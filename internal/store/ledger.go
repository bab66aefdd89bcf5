package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Sequence gives up to limit committed events their place in the ledger, and
// tells how many. Places have no gaps, and the events of a subject stand in
// their order. The ledger's row is held meanwhile, so that one sequencer works
// at a time.
func (tx *Tx) Sequence(limit int) (int, error) {
	var last int64
	held := tx.db.Table("ledger").Select("last").Where("id = 1").Clauses(clause.Locking{Strength: "UPDATE"}).Take(&last)
	if held.Error != nil {
		return 0, fmt.Errorf("holding the ledger: %w", held.Error)
	}
	placed := tx.db.Exec(`UPDATE events SET ledger_pos = n.pos FROM (
			SELECT subject_kind, subject_id, seq,
				CAST(? AS bigint) + row_number() OVER (ORDER BY recorded_at, subject_id, seq) AS pos
			FROM events WHERE ledger_pos IS NULL
			ORDER BY recorded_at, subject_id, seq LIMIT ?) AS n
		WHERE events.subject_kind = n.subject_kind AND events.subject_id = n.subject_id AND events.seq = n.seq`, last, limit)
	if placed.Error != nil || placed.RowsAffected == 0 {
		return 0, placed.Error
	}
	moved := tx.db.Table("ledger").Where("id = 1").Update("last", last+placed.RowsAffected)
	return int(placed.RowsAffected), moved.Error
}

// AppendEvents adds events of a subject that is not a case.
func (tx *Tx) AppendEvents(events []grievance.Event) error {
	if err := insertAll(tx, "events", events); err != nil {
		return fmt.Errorf("appending events: %w", err)
	}
	return nil
}

// EventsOf gives events of a case after a number, in order.
func (s session) EventsOf(id grievance.CaseID, after int64, limit int) (events []grievance.Event, err error) {
	err = s.db.Table("events").Where("subject_kind = ? AND subject_id = ? AND seq > ?", grievance.SubjectCase, id, after).
		Order("seq").Limit(limit).Find(&events).Error
	return events, err
}

// Ledger gives events by their place in the ledger, after a place, in order.
func (s session) Ledger(after int64, limit int) (events []grievance.Event, err error) {
	err = s.db.Table("events").Where("ledger_pos > ?", after).Order("ledger_pos").Limit(limit).Find(&events).Error
	return events, err
}

// DueCase names a case that the engine would read, and says how often that
// failed before.
type DueCase struct {
	ID       grievance.CaseID `gorm:"column:case_id"`
	Attempts int
}

// DueCases names up to limit cases that have a clock which needs something at
// now, those due first first, without reading them.
func (s session) DueCases(now time.Time, limit int) (due []DueCase, err error) {
	err = s.db.Table("clocks").Select("case_id, max(attempts) AS attempts").Where("next_at <= ?", now).
		Group("case_id").Order("min(next_at), case_id").Limit(limit).Find(&due).Error
	return due, err
}

// SetAside puts off what a case's due clocks need until an instant, with what
// went wrong, so that one bad case never holds up the rest.
func (tx *Tx) SetAside(id grievance.CaseID, now, until time.Time, why string) error {
	return tx.db.Exec("UPDATE clocks SET next_at = ?, attempts = attempts + 1, error = ? WHERE case_id = ? AND next_at <= ?",
		until, why, id, now).Error
}

// Batch is how many cases one transaction of the engine takes: hundreds where
// others write meanwhile, fewer where everybody waits for the one writer, which
// is held for some twenty milliseconds.
func (s *Store) Batch() int {
	if s.dialect == "sqlite" {
		return 100
	}
	return 200
}
