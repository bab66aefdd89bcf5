package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// CaseFilter says which cases are meant; the zero value means all that the
// viewer may see.
type CaseFilter struct {
	Statuses    []grievance.Status
	Unit        Area // takes part as lead or as handling unit
	Handler     grievance.UserID
	Responsible grievance.UserID
	Channels    []grievance.Channel
	Natures     []grievance.Nature
	Category    string // or one below it
	Urgencies   []grievance.Urgency
	Profile     string
	Received    Period
	DueBefore   *time.Time // a running clock is due before it
	Overdue     *bool      // see overdue
	Unrouted    *bool
	Unassigned  *bool // see unassigned
	Listed      *bool // by a superior unit (挂牌)
	Sponsor     grievance.UserID
	Escalated   *bool // has an escalation that Escalation means
	Escalation  EscalationFilter
	Clocked     *ClockFilter
	Phone       string   // of the petitioner, however it is written
	IDNumber    string   // of the petitioner
	Searcher    Searcher // who looks for a petitioner
	Now         time.Time
}

// CaseOrder is an order of cases.
type CaseOrder string

// The orders: newest first; the longest waiting first; and by the running clock
// that is due first, cases in which none runs at the end, newest first.
const (
	NewestFirst CaseOrder = "newest"
	ByReceived  CaseOrder = "received_at"
	ByDue       CaseOrder = "due_at"
)

// CaseOrders lists them.
var CaseOrders = []CaseOrder{NewestFirst, ByReceived, ByDue}

// CasePosition is a place in an order of cases: At is the received or due
// instant, nil where the order has none.
type CasePosition struct {
	At *time.Time       `json:"at,omitempty"`
	ID grievance.CaseID `json:"id"`
}

// CaseItem is a case in a list, with its newest title and the running clock
// that is due first, nil where none runs.
type CaseItem struct {
	grievance.Case
	Title string
	Next  *grievance.Clock
}

// Position is where the item stands in an order.
func (i *CaseItem) Position(o CaseOrder) CasePosition {
	p := CasePosition{ID: i.ID}
	switch {
	case o == ByReceived:
		p.At = &i.ReceivedAt
	case o == ByDue && i.Next != nil:
		p.At = &i.Next.DueAt
	}
	return p
}

// ListCases gives up to limit cases after a position, nil for the beginning.
func (s session) ListCases(v Viewer, f CaseFilter, o CaseOrder, after *CasePosition, limit int) ([]CaseItem, error) {
	found, err := s.pageOfCases(v, f, o, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	return s.caseItems(found)
}

// CountCases counts all that the filter means.
func (s session) CountCases(v Viewer, f CaseFilter) (n int64, err error) {
	if err = s.casesFor(v, f).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting cases: %w", err)
	}
	return n, nil
}

func (s session) casesFor(v Viewer, f CaseFilter) *gorm.DB {
	return s.db.Table("cases").Scopes(visibleTo(v), s.conditionsOf(f).scope)
}

func (s session) pageOfCases(v Viewer, f CaseFilter, o CaseOrder, after *CasePosition, limit int) ([]grievance.Case, error) {
	page := s.casesFor(v, f).Limit(limit)
	switch o {
	case ByDue:
		return s.pageByDue(v, f, after, limit)
	case ByReceived:
		if after != nil && after.At != nil {
			page = page.Where("(cases.received_at, cases.id) > (?, ?)", *after.At, after.ID)
		}
		page = page.Order("cases.received_at, cases.id")
	default:
		page = newest(page, after)
	}
	var found []grievance.Case
	return found, page.Find(&found).Error
}

func newest(page *gorm.DB, after *CasePosition) *gorm.DB {
	if after != nil {
		page = page.Where("cases.id < ?", after.ID)
	}
	return page.Order("cases.id DESC")
}

const noClockRuns = "NOT EXISTS (SELECT 1 FROM clocks WHERE clocks.case_id = cases.id AND clocks.state = 'running')"

// pageByDue walks the running clocks in order, so that the work follows what is
// due, and then the cases in which none runs.
func (s session) pageByDue(v Viewer, f CaseFilter, after *CasePosition, limit int) ([]grievance.Case, error) {
	var found []grievance.Case
	if after == nil || after.At != nil {
		due := s.casesFor(v, f).Joins("JOIN clocks AS first ON first.case_id = cases.id AND first.state = 'running'").
			Where(`NOT EXISTS (SELECT 1 FROM clocks AS other WHERE other.case_id = first.case_id AND other.state = 'running'
				AND (other.due_at, other.id) < (first.due_at, first.id))`)
		if after != nil {
			due = due.Where("(first.due_at, first.case_id) > (?, ?)", *after.At, after.ID)
		}
		if err := due.Order("first.due_at, first.case_id").Limit(limit).Find(&found).Error; err != nil {
			return nil, err
		}
		after = nil
	}
	if len(found) == limit {
		return found, nil
	}
	var rest []grievance.Case
	err := newest(s.casesFor(v, f).Where(noClockRuns), after).Limit(limit - len(found)).Find(&rest).Error
	return append(found, rest...), err
}

// overdue is the condition that a case is late, whatever its status says: a
// running clock is past its due instant, or one was breached and the case is
// still open.
const overdue = `EXISTS (SELECT 1 FROM clocks WHERE clocks.case_id = cases.id AND clocks.state = 'running' AND clocks.due_at <= ?)
	OR cases.status NOT IN ? AND EXISTS (SELECT 1 FROM clocks WHERE clocks.case_id = cases.id AND clocks.breached_at IS NOT NULL)`

func (s session) conditionsOf(f CaseFilter) *conditions {
	w := &conditions{}
	isOneOf(w, "cases.status", f.Statuses)
	is(w, "cases.handler_id", f.Handler)
	is(w, "cases.responsible_id", f.Responsible)
	is(w, "cases.sponsor_id", f.Sponsor)
	isOneOf(w, "cases.channel", f.Channels)
	isOneOf(w, "cases.nature", f.Natures)
	isOneOf(w, "cases.urgency", f.Urgencies)
	is(w, "cases.profile", f.Profile)
	if f.Category != "" {
		w.add("cases.category >= ? AND cases.category < ?", f.Category, f.Category+"\U0010FFFF")
	}
	w.during("cases.received_at", f.Received)
	w.either(f.Overdue, overdue, f.Now, grievance.Ended)
	w.either(f.Unrouted, "cases.unrouted = ?", true)
	w.either(f.Unassigned, unassigned)
	w.either(f.Listed, "cases.listed_at IS NOT NULL")
	if f.DueBefore != nil {
		w.add("EXISTS (SELECT 1 FROM clocks WHERE clocks.case_id = cases.id AND clocks.state = 'running' AND clocks.due_at < ?)", *f.DueBefore)
	}
	s.childrenPass(w, f)
	return w
}

// childrenPass adds the conditions on what belongs to a case.
func (s session) childrenPass(w *conditions, f CaseFilter) {
	if f.Unit.Path != "" {
		part := &conditions{}
		part.in("part.unit_path", f.Unit)
		w.add("EXISTS (SELECT 1 FROM case_units part WHERE part.case_id = cases.id AND part.part IN ('lead', 'handling') AND "+part.sql()+")", part.args...)
	}
	e := f.Escalation.conditions()
	w.either(f.Escalated, "EXISTS (SELECT 1 FROM escalations WHERE escalations.case_id = cases.id AND "+e.sql()+")", e.args...)
	if f.Clocked != nil {
		k := f.Clocked.conditions()
		w.add("EXISTS (SELECT 1 FROM clocks "+joinDebtors+" WHERE clocks.case_id = cases.id AND "+k.sql()+")", k.args...)
	}
	if f.Phone+f.IDNumber != "" {
		p := s.petitionerIs(f)
		w.add("EXISTS (SELECT 1 FROM parties WHERE parties.case_id = cases.id AND "+p.sql()+")", p.args...)
		w.add(mayFind, f.Searcher.mayFind()...)
	}
}
