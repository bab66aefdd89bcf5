package grievance

import (
	"encoding/json"
	"fmt"
	"time"
)

// SubjectFinding is the subject kind of a finding's events.
const SubjectFinding = "finding"

// The events of a finding.
const (
	EvFindingOpened    EventKind = "finding_opened"
	EvFindingEvidence  EventKind = "finding_evidence_added"
	EvFindingUnfounded EventKind = "finding_unfounded" // the facts do not bear it any more
	EvFindingExplained EventKind = "finding_explained"
	EvFindingOverdue   EventKind = "finding_explanation_overdue"
	EvFindingDecided   EventKind = "finding_decided"
	EvFindingAppealed  EventKind = "finding_appealed"
	EvAppealDecided    EventKind = "finding_appeal_decided"
	EvFindingClosed    EventKind = "finding_closed"
)

// FindingFacts is the body of a finding's events; which fields an event of a kind
// has is shown by its golden file. It holds no words. V is the version of this
// shape.
type FindingFacts struct {
	V        int           `json:"v"`
	Case     CaseID        `json:"case,omitzero"`
	Rule     FindingRule   `json:"rule,omitempty"`
	Subject  string        `json:"subject,omitempty"`
	Unit     UnitID        `json:"unit,omitzero"`
	State    FindingState  `json:"state,omitempty"`
	Evidence []EventRef    `json:"evidence,omitempty"` // what was added
	DueAt    time.Time     `json:"due_at,omitzero"`
	Late     bool          `json:"late,omitempty"`
	Result   FindingResult `json:"result,omitempty"`
	Reason   Reason        `json:"reason,omitempty"`
	Measures []MeasureFact `json:"measures,omitempty"`
	Reversed []int         `json:"reversed,omitempty"` // numbers of the measures taken back
	Upheld   bool          `json:"upheld,omitempty"`
	Texts    []TextRef     `json:"texts,omitempty"`
}

// MeasureFact is what an event says of a measure.
type MeasureFact struct {
	N        int         `json:"n"`
	Kind     MeasureKind `json:"kind"`
	Articles Articles    `json:"articles"`
	User     UserID      `json:"user,omitzero"`
	Unit     UnitID      `json:"unit,omitzero"`
}

// ReadFindingFacts decodes the body of a finding's event.
func ReadFindingFacts(e Event) (FindingFacts, error) {
	var f FindingFacts
	err := json.Unmarshal(e.Body, &f)
	return f, err
}

// facts is what events say of the finding as it is.
func (f *Finding) facts() FindingFacts {
	return FindingFacts{Case: f.CaseID, Rule: f.Rule, Subject: f.Subject, Unit: f.UnitID, State: f.State}
}

// record appends an event about an instant. Whoever decides must have seen it: it
// is another version of the finding.
func (f *Finding) record(m Moment, by Post, kind EventKind, about time.Time, facts FindingFacts) error {
	facts.V = 1
	body, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("writing an event of a finding: %w", err)
	}
	recorded := m.Now
	if recorded.Before(f.LastRecordedAt) { // replicas' clocks differ; the record's order must not
		recorded = f.LastRecordedAt
	}
	f.Seq++
	f.Version, f.LastRecordedAt = f.Seq, recorded
	f.changes.Events = append(f.changes.Events, Event{
		SubjectKind: SubjectFinding, SubjectID: CaseID(f.ID), Seq: f.Seq, Kind: kind, ActorID: m.By.UserID, Post: by,
		AboutAt: about, RecordedAt: recorded, Body: body,
	})
	return nil
}

// write keeps words and gives the references for the event. They are kept with
// the texts of the finding's case.
func (f *Finding) write(m Moment, kind TextKind, words string) []TextRef {
	if words == "" {
		return nil
	}
	t := Text{
		ID: m.Mint.ID(), CaseID: f.CaseID, Kind: kind, Body: words, Salt: m.Mint.Salt(),
		AuthorID: m.By.UserID, RecordedAt: m.Now,
	}
	f.changes.Texts = append(f.changes.Texts, t)
	return []TextRef{{t.ID, kind, t.Digest()}}
}

// The texts of a finding. They are no part of what its case's events show.
const (
	TextExplanation   TextKind = "finding_explanation"
	TextFinding       TextKind = "finding_decision"
	TextAppeal        TextKind = "finding_appeal"
	TextAppealDecided TextKind = "finding_appeal_decision"
)

// FindingTexts lists the kinds of what is said of a finding.
var FindingTexts = []TextKind{TextExplanation, TextFinding, TextAppeal, TextAppealDecided}
