package grievance

import (
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// FindingID identifies a finding.
type FindingID = ID[Finding]

// FindingState says how far a finding has come.
type FindingState string

// The states of a finding.
const (
	FindingOpened    FindingState = "opened"
	FindingExplained FindingState = "explained"
	FindingDecided   FindingState = "decided"
	FindingAppealed  FindingState = "appealed"
	FindingClosed    FindingState = "closed"
)

// FindingStates lists them in their order.
var FindingStates = []FindingState{FindingOpened, FindingExplained, FindingDecided, FindingAppealed, FindingClosed}

// FindingResult says what a finding came to: none while it is not decided.
type FindingResult string

// The results. Measures that were all taken back on appeal leave it dismissed.
const (
	ResultDismissed FindingResult = "dismissed"
	ResultMeasures  FindingResult = "measures"
)

// The windows of a finding. The law sets neither; both are practice: as long as a
// unit has to answer an order twice over, and as long as the petitioner has to
// dispute an answer.
var (
	explainWithin = calendar.Length{N: 10, Unit: calendar.WorkingDay}
	appealWithin  = calendar.Length{N: 15, Unit: calendar.Day}
)

// Finding is what an audit rule holds against a unit (两倒查): one for each rule,
// case and subject, whenever and however often it is looked for. It is never
// deleted, and the engine closes none that nobody has decided. NextAt is the next
// instant at which time alone does something to it, nil for never. Its exported
// fields are exactly the columns of its row.
type Finding struct {
	ID       FindingID
	CaseID   CaseID
	Rule     FindingRule
	Subject  string
	UnitID   UnitID // that it is held against
	UnitPath string
	AboutAt  time.Time // at which it showed
	OpenedAt time.Time

	State           FindingState
	Result          FindingResult
	Reason          Reason // for which it was dismissed
	ExplainDueAt    time.Time
	ExplainDueOn    calendar.Date
	ExplainedAt     *time.Time
	ExplainedBy     UserID
	ExplanationLate bool // it was given late, or is still to come
	UnfoundedAt     *time.Time
	DecidedAt       *time.Time
	DecidedBy       UserID
	DecidedUnitID   UnitID
	AppealDueAt     *time.Time
	AppealedAt      *time.Time
	AppealedBy      UserID
	ClosedAt        *time.Time
	NextAt          *time.Time

	Seq            int64
	Version        int64
	LastRecordedAt time.Time

	evidence []EventRef
	measures []*Measure
	changes  FindingChanges
}

// FindingChanges is what a decision on a finding wants written, beside its row.
type FindingChanges struct {
	Created  bool
	Events   []Event
	Texts    []Text
	Evidence []EventRef // added
	Measures []*Measure
	Barred   []UserID // added, some of whom may be barred already
}

// RestoreFinding gives a finding read from the record its evidence and measures back.
func RestoreFinding(row Finding, evidence []EventRef, measures []*Measure) *Finding {
	f := row
	f.evidence, f.measures = evidence, measures
	return &f
}

// TakeChanges hands over what is to be written, and forgets it.
func (f *Finding) TakeChanges() FindingChanges {
	ch := f.changes
	f.changes = FindingChanges{}
	return ch
}

// Changed reports whether anything is to be written.
func (f *Finding) Changed() bool { return len(f.changes.Events) > 0 }

// Pending gives what is to be written without taking it.
func (f *Finding) Pending() FindingChanges { return f.changes }

// Evidence gives the events on which the finding rests, in the order in which they
// were found.
func (f *Finding) Evidence() []EventRef { return f.evidence }

// Measures gives the measures that were decided, taken back ones too.
func (f *Finding) Measures() []*Measure { return f.measures }

// Key tells findings apart.
func (f *Finding) Key() FindingKey { return FindingKey{f.CaseID, f.Rule, f.Subject} }

// FindingKey is the identity of a finding.
type FindingKey struct {
	CaseID  CaseID
	Rule    FindingRule
	Subject string
}

// Key is the identity of the finding that a charge makes.
func (c Charge) Key() FindingKey { return FindingKey{c.CaseID, c.Rule, c.Subject} }

// OpenFinding opens a finding for a charge. The unit's time to explain runs from
// now: nobody is late with what nobody could know of.
func OpenFinding(m Moment, ch Charge) (*Finding, error) {
	m = m.asSystem()
	due := m.Book.Calendar.Due(m.Now, explainWithin, true)
	f := &Finding{
		ID: m.Mint.ID(), CaseID: ch.CaseID, Rule: ch.Rule, Subject: ch.Subject, UnitID: ch.Unit, AboutAt: ch.AboutAt,
		OpenedAt: m.Now, State: FindingOpened, ExplainDueAt: due.At, ExplainDueOn: due.On, NextAt: &due.At,
	}
	if u := m.Book.Unit(ch.Unit); u != nil {
		f.UnitPath = u.Path
	}
	f.changes.Created = true
	facts := f.facts()
	facts.Evidence, facts.DueAt = f.add(ch.Evidence), due.At
	return f, f.record(m, systemPost, EvFindingOpened, ch.AboutAt, facts)
}

// Found looks at a finding again that a charge is made for once more: what it
// rests on besides is added, and what seemed unfounded is founded again. It
// changes nothing where nothing is new.
func (f *Finding) Found(m Moment, ch Charge) error {
	added := f.add(ch.Evidence)
	if len(added) == 0 && f.UnfoundedAt == nil {
		return nil
	}
	f.UnfoundedAt = nil
	return f.record(m.asSystem(), systemPost, EvFindingEvidence, m.Now, FindingFacts{Evidence: added})
}

// Unfound records, once, that the facts do not bear the finding any more. It stays
// as it is: a supervisor sees it and decides.
func (f *Finding) Unfound(m Moment) error {
	if f.UnfoundedAt != nil {
		return nil
	}
	now := m.Now
	f.UnfoundedAt = &now
	return f.record(m.asSystem(), systemPost, EvFindingUnfounded, m.Now, FindingFacts{})
}

// add adds evidence that is not there yet, and gives what was added.
func (f *Finding) add(refs []EventRef) (added []EventRef) {
	for _, r := range refs {
		if !slices.Contains(f.evidence, r) {
			f.evidence = append(f.evidence, r)
			added = append(added, r)
		}
	}
	f.changes.Evidence = append(f.changes.Evidence, added...)
	return added
}

// Advance does what time alone does to a finding, about its own instant: it
// records that the explanation is overdue, and closes what was decided and not
// appealed in time.
func (f *Finding) Advance(m Moment) error {
	if f.NextAt == nil || f.NextAt.After(m.Now) {
		return nil
	}
	at := *f.NextAt
	f.NextAt = nil
	if f.State == FindingOpened {
		f.ExplanationLate = true
		return f.record(m.asSystem(), systemPost, EvFindingOverdue, at, FindingFacts{DueAt: at})
	}
	return f.end(m.asSystem(), systemPost, at)
}

// end closes a finding about an instant.
func (f *Finding) end(m Moment, by Post, at time.Time) error {
	f.State, f.ClosedAt, f.NextAt = FindingClosed, &at, nil
	facts := f.facts()
	facts.Result = f.Result
	return f.record(m, by, EvFindingClosed, at, facts)
}

// MergeCharges puts charges of one finding together: two cases of a pair may both
// have been looked at.
func MergeCharges(list []Charge) (merged []Charge) {
	at := map[FindingKey]int{}
	for _, c := range list {
		i, seen := at[c.Key()]
		if !seen {
			at[c.Key()] = len(merged)
			merged = append(merged, c)
			continue
		}
		merged[i].Evidence = append(slices.Clip(merged[i].Evidence), c.Evidence...)
	}
	return merged
}
