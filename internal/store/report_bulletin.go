package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// CountedEvent is an event of a case that a bulletin may count. Debtor is set of a
// breach. Body is there for those kinds alone that need it.
type CountedEvent struct {
	CaseID  grievance.CaseID
	Seq     int64
	Kind    grievance.EventKind
	AboutAt time.Time
	Origin  grievance.UnitID // the unit that received the case
	Debtor  grievance.UnitID
	Body    []byte
}

// counted is the condition of the index events_counted, word for word.
const counted = `events.kind IN ('registered', 'closed', 'answered', 'imported', 'extended', 'suspended', 'breached', 'disputed', 'objected', 'rated', 'followed_up', 'review_decided')`

// The kinds that put a case on another unit's desk, in the words of the index
// events_moving, and those whose body says what is counted.
const (
	movingKinds = `('forwarded', 'objection_consented', 'unit_designated')`
	toldInBody  = `('breached', 'disputed', 'objected', 'rated', 'followed_up', 'review_decided')`
)

// MetLate is that a clock of a case was met over its time.
type MetLate struct {
	CaseID grievance.CaseID
	MetAt  time.Time
}

// HandlingMetLate gives when, in a period, clocks of the way to an answer were met
// over their time: those that a closing stops.
func (s session) HandlingMetLate(p Period) (list []MetLate, err error) {
	w := &conditions{}
	w.during("met_at", p)
	err = s.db.Table("clocks").Select("case_id, met_at").Where("met_at IS NOT NULL AND breached_at IS NOT NULL").
		Where("kind IN ?", []grievance.ClockKind{grievance.Acceptance, grievance.FirstContact, grievance.Handling}).
		Scopes(w.scope).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("reading which clocks were met late: %w", err)
	}
	return list, nil
}

// CountedEvents gives one after another the events about a period that a
// bulletin may count and that stand in the ledger up to a place. The snapshot
// must not be used for anything else meanwhile.
func (s session) CountedEvents(p Period, upTo int64, each func(CountedEvent) error) error {
	during := &conditions{}
	during.during("events.about_at", p)
	rows, err := s.db.Table("events").
		Select(`events.subject_id, events.seq, events.kind, events.about_at, cases.origin_unit_id, rungs.debtor_unit_id,
			CASE WHEN events.kind IN `+toldInBody+` THEN events.body END`).
		Joins("JOIN cases ON cases.id = events.subject_id").
		Joins("LEFT JOIN rungs ON events.kind = 'breached' AND rungs.case_id = events.subject_id AND rungs.event_seq = events.seq").
		Where(counted).Where(during.sql(), during.args...).Where("events.ledger_pos <= ?", upTo).Rows()
	if err != nil {
		return fmt.Errorf("counting events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanCounted(rows)
		if err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanCounted(rows *sql.Rows) (e CountedEvent, err error) {
	err = rows.Scan(&e.CaseID, &e.Seq, &e.Kind, &e.AboutAt, &e.Origin, &e.Debtor, &e.Body)
	e.AboutAt = e.AboutAt.UTC()
	return e, err
}

// MovingEvents gives the events that put the cases which CountedEvents gives
// events of on another unit's desk, of each case in the order of what they are
// about. Most cases never moved: only of those that have a sender is it read.
func (s session) MovingEvents(p Period, upTo int64) (moves []grievance.Event, err error) {
	during := &conditions{}
	during.during("events.about_at", p)
	of := s.db.Table("events").Select("events.subject_id").
		Joins("JOIN case_units ON case_units.case_id = events.subject_id AND case_units.part = 'sender'").
		Where(counted).Where(during.sql(), during.args...)
	err = s.db.Table("events AS moves").Where("moves.subject_kind = 'case' AND moves.kind IN "+movingKinds+" AND moves.ledger_pos <= ?", upTo).
		Where("moves.subject_id IN (?)", of).Order("moves.subject_id, moves.about_at, moves.seq").Find(&moves).Error
	if err != nil {
		return nil, fmt.Errorf("reading how cases moved: %w", err)
	}
	return moves, nil
}

// LedgerEnd gives the last place in the ledger.
func (s session) LedgerEnd() (last int64, err error) {
	if err := s.db.Table("ledger").Select("last").Where("id = 1").Take(&last).Error; err != nil {
		return 0, fmt.Errorf("reading the end of the ledger: %w", err)
	}
	return last, nil
}

// CountedFinding is a finding about something in a period. Upheld is set where it
// was decided that there be measures, and one of them stands.
type CountedFinding struct {
	ID     grievance.FindingID
	CaseID grievance.CaseID
	Rule   grievance.FindingRule
	UnitID grievance.UnitID
	Upheld bool
}

// FindingsAbout gives the findings about something in a period.
func (s session) FindingsAbout(p Period) (list []CountedFinding, err error) {
	w := &conditions{}
	w.during("about_at", p)
	err = s.db.Table("findings").
		Select(`id, case_id, rule, unit_id, (result = 'measures' AND EXISTS (SELECT 1 FROM measures
			WHERE measures.finding_id = findings.id AND measures.reversed_at IS NULL)) AS upheld`).
		Scopes(w.scope).Order("id").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("reading findings: %w", err)
	}
	return list, nil
}

// CountedMeasure is a measure that was decided in a period and stands.
type CountedMeasure struct {
	FindingID grievance.FindingID
	N         int
	CaseID    grievance.CaseID
	Kind      grievance.MeasureKind
	UnitID    grievance.UnitID
}

// MeasuresDecided gives the measures that were decided in a period and not
// reversed since. One against nobody's unit by name counts for the unit of its
// finding.
func (s session) MeasuresDecided(p Period) (list []CountedMeasure, err error) {
	w := &conditions{}
	w.during("measures.decided_at", p)
	err = s.db.Table("measures").
		Select("measures.finding_id, measures.n, findings.case_id, measures.kind, COALESCE(measures.unit_id, findings.unit_id) AS unit_id").
		Joins("JOIN findings ON findings.id = measures.finding_id").
		Where("measures.reversed_at IS NULL").Scopes(w.scope).Order("measures.finding_id, measures.n").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("reading measures: %w", err)
	}
	return list, nil
}
