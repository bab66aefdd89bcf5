package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// evidenceRow is an event on which a finding rests.
type evidenceRow struct {
	FindingID grievance.FindingID
	N         int
	CaseID    grievance.CaseID
	Seq       int64
}

// barredRow is somebody who decides nothing of a finding.
type barredRow struct {
	FindingID grievance.FindingID
	UserID    grievance.UserID
}

// ErrFindingExists is what SaveFindings answers when a finding of the same rule,
// case and subject was opened since: nothing of the transaction may be kept.
var ErrFindingExists = fmt.Errorf("%w: a finding was opened by somebody else", ErrStale)

// LockFinding reads a finding with its evidence and measures and holds it until
// the transaction ends. ErrNotFound for one that the viewer may not see.
func (tx *Tx) LockFinding(id grievance.FindingID, v Viewer) (*grievance.Finding, error) {
	var rows []grievance.Finding
	err := tx.db.Table("findings").Where("findings.id = ?", id).Scopes(findingsVisibleTo(v)).
		Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	return tx.onlyFinding(rows, err)
}

// LockFindingsOf reads the findings of cases, and holds them.
func (tx *Tx) LockFindingsOf(ids []grievance.CaseID) ([]*grievance.Finding, error) {
	var rows []grievance.Finding
	err := tx.db.Table("findings").Where("case_id IN ?", ids).Order("id").
		Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	return tx.findings(rows, err)
}

// LockDueFindings reads up to limit findings to which time alone does something at
// now, those due first first, and holds them. What somebody else holds is left
// for the next time.
func (tx *Tx) LockDueFindings(now time.Time, limit int) ([]*grievance.Finding, error) {
	var rows []grievance.Finding
	err := tx.db.Table("findings").Where("next_at <= ?", now).Order("next_at, id").Limit(limit).
		Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Find(&rows).Error
	return tx.findings(rows, err)
}

// Finding reads a finding with its evidence and measures. ErrNotFound for one that
// does not exist or that the viewer may not see.
func (s session) Finding(id grievance.FindingID, v Viewer) (*grievance.Finding, error) {
	var rows []grievance.Finding
	err := s.db.Table("findings").Where("findings.id = ?", id).Scopes(findingsVisibleTo(v)).Find(&rows).Error
	return s.onlyFinding(rows, err)
}

func (s session) onlyFinding(rows []grievance.Finding, err error) (*grievance.Finding, error) {
	list, err := s.findings(rows, err)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, grievance.ErrNotFound
	}
	return list[0], nil
}

// findings gives findings their evidence and measures.
func (s session) findings(rows []grievance.Finding, err error) ([]*grievance.Finding, error) {
	if err != nil {
		return nil, fmt.Errorf("reading findings: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]grievance.FindingID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var evidence []evidenceRow
	if err := s.db.Table("finding_evidence").Where("finding_id IN ?", ids).Order("finding_id, n").Find(&evidence).Error; err != nil {
		return nil, fmt.Errorf("reading evidence: %w", err)
	}
	var measures []*grievance.Measure
	if err := s.db.Table("measures").Where("finding_id IN ?", ids).Order("finding_id, n").Find(&measures).Error; err != nil {
		return nil, fmt.Errorf("reading measures: %w", err)
	}
	return restoreFindings(rows, evidence, measures), nil
}

func restoreFindings(rows []grievance.Finding, evidence []evidenceRow, measures []*grievance.Measure) []*grievance.Finding {
	refs, held := map[grievance.FindingID][]grievance.EventRef{}, map[grievance.FindingID][]*grievance.Measure{}
	for _, e := range evidence {
		refs[e.FindingID] = append(refs[e.FindingID], grievance.EventRef{CaseID: e.CaseID, Seq: e.Seq})
	}
	for _, m := range measures {
		held[m.FindingID] = append(held[m.FindingID], m)
	}
	list := make([]*grievance.Finding, len(rows))
	for i, r := range rows {
		list[i] = grievance.RestoreFinding(r, refs[r.ID], held[r.ID])
	}
	return list
}

// SaveFindings writes findings that were opened, or locked and changed. ErrStale
// when one was changed, or opened, by somebody else since.
func (tx *Tx) SaveFindings(list []*grievance.Finding) error {
	b := &batch{tx: tx}
	for _, f := range list {
		if !f.Changed() {
			continue
		}
		if err := tx.saveFinding(f); err != nil {
			return err
		}
		ch := f.TakeChanges()
		texts, err := tx.sealTexts(ch.Texts)
		if err != nil {
			return err
		}
		insert(b, "finding_evidence", evidenceRows(f, ch.Evidence))
		insert(b, "measures", ch.Measures, over("finding_id", "n"))
		insert(b, "finding_barred", barredRows(f, ch.Barred), clause.OnConflict{DoNothing: true})
		insert(b, "texts", texts)
		insert(b, "events", ch.Events)
	}
	if err := b.send(); err != nil {
		return fmt.Errorf("saving findings: %w", err)
	}
	return nil
}

// saveFinding writes the row of a new finding, or of one that nobody has added an
// event to since it was read.
func (tx *Tx) saveFinding(f *grievance.Finding) error {
	if f.Pending().Created {
		made := tx.db.Table("findings").Clauses(clause.OnConflict{DoNothing: true}).Create(f)
		if made.Error != nil {
			return fmt.Errorf("saving a new finding: %w", made.Error)
		}
		if made.RowsAffected != 1 {
			return ErrFindingExists
		}
		return nil
	}
	was := f.Seq - int64(len(f.Pending().Events))
	saved := tx.db.Table("findings").Where("id = ? AND seq = ?", f.ID, was).Select("*").Omit("id").Updates(f)
	if saved.Error != nil {
		return fmt.Errorf("saving finding %s: %w", f.ID, saved.Error)
	}
	if saved.RowsAffected != 1 {
		return ErrStale
	}
	return nil
}

// evidenceRows numbers what was added behind what was there.
func evidenceRows(f *grievance.Finding, added []grievance.EventRef) []evidenceRow {
	rows, before := make([]evidenceRow, len(added)), len(f.Evidence())-len(added)
	for i, e := range added {
		rows[i] = evidenceRow{f.ID, before + i + 1, e.CaseID, e.Seq}
	}
	return rows
}

func barredRows(f *grievance.Finding, who []grievance.UserID) []barredRow {
	rows := make([]barredRow, len(who))
	for i, user := range who {
		rows[i] = barredRow{f.ID, user}
	}
	return rows
}

// FindingEvents gives the events of a finding, in order.
func (s session) FindingEvents(id grievance.FindingID) (events []grievance.Event, err error) {
	err = s.db.Table("events").Where("subject_kind = ? AND subject_id = ?", grievance.SubjectFinding, id).
		Order("seq").Find(&events).Error
	return events, err
}

// TextsNamed gives texts by their ids, in the order in which they were written.
func (s session) TextsNamed(ids []grievance.TextID) ([]grievance.Text, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []textRow
	if err := s.db.Table("texts").Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	return openAll(rows, s.openText)
}

// PetitionerOf gives whose account brought a case; none for most.
func (s session) PetitionerOf(id grievance.CaseID) (grievance.UserID, error) {
	var found []grievance.UserID
	if err := s.db.Table("cases").Where("id = ?", id).Pluck("petitioner_user_id", &found).Error; err != nil {
		return grievance.UserID{}, fmt.Errorf("looking whose a case is: %w", err)
	}
	if len(found) == 0 {
		return grievance.UserID{}, nil
	}
	return found[0], nil
}
