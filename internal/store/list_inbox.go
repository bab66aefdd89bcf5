package store

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// InboxReason says why something waits for a user.
type InboxReason string

// The reasons.
const (
	WaitsUnroutable InboxReason = "unroutable" // an escalation that nobody up to the root can take
	WaitsEscalated  InboxReason = "escalation" // an escalation that has reached the user's post
	WaitsDeadline   InboxReason = "deadline"   // a clock that the user owes, or the user's post and nobody by name
	WaitsMove       InboxReason = "awaiting"   // the case's next move is the user's
	WaitsSignature  InboxReason = "sign_off"   // a sign-off that the user may decide
	WaitsWarning    InboxReason = "warning"    // a yellow warning at a running clock
	WaitsReminder   InboxReason = "reminder"   // a reminder at a running clock
	WaitsUrged      InboxReason = "urged"      // somebody has reminded the user (催办)
	WaitsReply      InboxReason = "reply"      // the answer to an order that the user's post has issued
	WaitsExplaining InboxReason = "explain"    // a finding against a unit for which the user speaks
	WaitsDecision   InboxReason = "decide"     // a finding that was explained, or not in time, and that it is the user's turn to decide
	WaitsAppeal     InboxReason = "appeal"     // an appeal that it is the user's turn to decide
)

// InboxItem is one reason why one case waits for a user. Case is nil for who may
// see a finding but not its case, and of a vacancy: Unit, above which nobody can
// take escalations of cases that the user, who administers the root, may not see.
// Clock, Escalation, SignOff and Finding are set where the reason is one.
type InboxItem struct {
	Reason     InboxReason
	Since      time.Time
	Case       *CaseItem
	Unit       grievance.UnitID
	Clock      *grievance.Clock
	Escalation *grievance.Escalation
	SignOff    *grievance.SignOff
	Finding    *grievance.Finding // without its evidence
	position   InboxPosition
}

// InboxPosition is a place in an inbox: At is the instant that orders it, which
// is the due instant where a clock runs; Subject is the finding, where the reason
// is one, the unit of a vacancy, else the case.
type InboxPosition struct {
	Rank    int32             `json:"rank"`
	At      time.Time         `json:"at"`
	Subject grievance.ID[any] `json:"subject"`
	Reason  InboxReason       `json:"reason"`
}

// Position is where the item stands in the inbox.
func (i *InboxItem) Position() InboxPosition { return i.position }

// inboxRow is a row of the union below.
type inboxRow struct {
	Place   int32
	Reason  InboxReason
	CaseID  grievance.CaseID
	ClockID grievance.ClockID
	RefID   grievance.ID[any] // of the escalation, the sign-off, the finding or the unit
	Subject grievance.ID[any]
	At      instant
	Since   instant
}

// instant reads an instant from an expression, whose type SQLite does not tell.
type instant struct{ time.Time }

// Scan reads what either database gives; NULL is the zero time.
func (i *instant) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		i.Time = time.Time{}
	case time.Time:
		i.Time = v.UTC()
	case string:
		i.Time, err = time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
		i.Time = i.UTC()
	default:
		err = fmt.Errorf("cannot read an instant from %T", src)
	}
	return err
}

// Value writes it as any instant is written.
func (i instant) Value() (driver.Value, error) { return i.Time, nil }

// never is when something without a clock is due: after everything else.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Inbox gives up to limit things that wait for a user, after a position: first
// what nobody can take, then unassigned and unacknowledged cases, then all else,
// each by the due instant, the oldest first. A clock stands in it once, for the
// gravest reason, beside a signature that it is about; a case once for each
// reason, with what presses most; and each finding.
func (s session) Inbox(v Viewer, w Waiting, after *InboxPosition, limit int) ([]InboxItem, error) {
	v, err := s.knowing(v)
	if err != nil {
		return nil, err
	}
	risen, err := s.risenSignOffs(v, w)
	if err != nil {
		return nil, err
	}
	passed, err := s.passedOn(v, w)
	if err != nil {
		return nil, err
	}
	parts := s.waits(v, w, risen, passed)
	union := make([]string, len(parts))
	args := make([]any, len(parts))
	for i, p := range parts {
		union[i], args[i] = "?", p
	}
	all := s.db.Raw(strings.Join(union, " UNION ALL "), args...)
	gravest := s.db.Table("(?) AS waits", all).
		Select("waits.*, row_number() OVER (PARTITION BY case_id, clock_id ORDER BY " + gravity + ", since DESC, ref_id) AS grave")
	once := s.db.Table("(?) AS waits", gravest).Where("clock_id IS NULL OR grave = 1 OR reason = ?", WaitsSignature).
		Select("waits.*, " + subject + " AS subject, row_number() OVER (PARTITION BY " + subject + ", reason ORDER BY place, at, since DESC, ref_id) AS nth")
	page := s.db.Table("(?) AS items", once).Where("nth = 1").
		Select("place, reason, case_id, clock_id, ref_id, subject, at, since")
	if after != nil {
		page = page.Where("(place, at, subject, reason) > (?, ?, ?, ?)", after.Rank, after.At, after.Subject, after.Reason)
	}
	var rows []inboxRow
	if err := page.Order("place, at, subject, reason").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading an inbox: %w", err)
	}
	return s.inboxItems(v, rows)
}

// gravity ranks the reasons for which one clock can wait for one person.
const gravity = `CASE reason WHEN 'unroutable' THEN 0 WHEN 'escalation' THEN 1 WHEN 'sign_off' THEN 2 WHEN 'warning' THEN 3 WHEN 'reminder' THEN 4 ELSE 5 END`

// subject is what an item is about.
const subject = `CASE WHEN case_id IS NULL OR reason IN ('explain', 'decide', 'appeal') THEN ref_id ELSE case_id END`

// awaited are the cases that are open or before an organ for review whose next
// move is the user's, but for signatures.
func (s session) awaited(v Viewer, w Waiting) *gorm.DB {
	return s.db.Table("cases").Scopes(visibleTo(v)).
		Where("cases.pending_sign_off = 0 AND (cases.status NOT IN ? OR cases.open_review <> 0)", grievance.Ended).
		Where("cases.awaiting_id = ? OR cases.awaiting_id IS NULL", w.actor.UserID).
		Where(postsMatch("cases.awaiting", w.seats.Own), postsArgs(w.seats.Own)...)
}

// unsigned are the pending sign-offs for which the user is the nearest leader
// who may sign, or the nearest head where a head must.
func (s session) unsigned(v Viewer, w Waiting, risen []grievance.SignOffID) *gorm.DB {
	return s.pending(v).Joins(joinStep).Scopes(mayBeSignedBy(w.actor.UserID)).
		Where("NOT "+bySponsor+" AND (sign_offs.head = ? AND sign_offs.unit_id IN ? OR sign_offs.head = ? AND sign_offs.unit_id IN ?) OR sign_offs.id IN ?",
			false, w.seats.Signs, true, w.seats.Leads, risen)
}

// pending are the pending sign-offs that the viewer may see. SQLite takes the
// tables of a CROSS JOIN in their order: what waits is few, cases are many.
func (s session) pending(v Viewer) *gorm.DB {
	return s.db.Table("sign_offs").Joins("CROSS JOIN cases").Where("cases.id = sign_offs.case_id").
		Scopes(visibleTo(v)).Where("sign_offs.state = 'pending'")
}
