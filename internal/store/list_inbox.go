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
)

// InboxItem is one reason why one case waits for a user. Case is nil for who
// administers the root but may not see the case: they learn of the vacant seat
// alone. Clock, Escalation and SignOff are set where the reason is one.
type InboxItem struct {
	Reason     InboxReason
	Since      time.Time
	CaseID     grievance.CaseID
	Case       *CaseItem
	Clock      *grievance.Clock
	Escalation *grievance.Escalation
	SignOff    *grievance.SignOff
	position   InboxPosition
}

// InboxPosition is a place in an inbox: At is the instant that orders it, which
// is the due instant where a clock runs.
type InboxPosition struct {
	Rank   int              `json:"rank"`
	At     time.Time        `json:"at"`
	CaseID grievance.CaseID `json:"case_id"`
	Reason InboxReason      `json:"reason"`
}

// Position is where the item stands in the inbox.
func (i *InboxItem) Position() InboxPosition { return i.position }

// inboxRow is a row of the union below.
type inboxRow struct {
	Place   int
	Reason  InboxReason
	CaseID  grievance.CaseID
	ClockID grievance.ClockID
	RefID   grievance.ID[any] // of the escalation or of the sign-off
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
// gravest reason, beside a signature that it is about; and a case once for each
// reason, with what presses most.
func (s session) Inbox(v Viewer, w Waiting, after *InboxPosition, limit int) ([]InboxItem, error) {
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
		Select("waits.*, row_number() OVER (PARTITION BY case_id, reason ORDER BY place, at, since DESC, ref_id) AS nth")
	page := s.db.Table("(?) AS items", once).Where("nth = 1").
		Select("place, reason, case_id, clock_id, ref_id, at, since")
	if after != nil {
		page = page.Where("(place, at, case_id, reason) > (?, ?, ?, ?)", after.Rank, after.At, after.CaseID, after.Reason)
	}
	var rows []inboxRow
	if err := page.Order("place, at, case_id, reason").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading an inbox: %w", err)
	}
	return s.inboxItems(v, rows)
}

// gravity ranks the reasons for which one clock can wait for one person.
const gravity = `CASE reason WHEN 'unroutable' THEN 0 WHEN 'escalation' THEN 1 WHEN 'sign_off' THEN 2 WHEN 'warning' THEN 3 WHEN 'reminder' THEN 4 ELSE 5 END`

const (
	caseRank   = "CASE WHEN " + unassigned + " THEN 1 ELSE 2 END"
	noClock    = "CAST(NULL AS uuid) AS clock_id"
	noRef      = "CAST(NULL AS uuid) AS ref_id"
	runningDue = "(SELECT MIN(k.due_at) FROM clocks k WHERE k.case_id = cases.id AND k.state = 'running')"
	runsSince  = "(SELECT MAX(k.started_at) FROM clocks k WHERE k.case_id = cases.id AND k.state = 'running')"
)

// waits gives one query for each way in which something can wait; all have the
// columns of inboxRow.
func (s session) waits(v Viewer, w Waiting, risen []grievance.SignOffID, passed []grievance.EscalationID) []*gorm.DB {
	row := func(place string, reason InboxReason, rest string) string {
		return fmt.Sprintf("%s AS place, '%s' AS reason, %s", place, reason, rest)
	}
	from := func(table, join string) *gorm.DB { return s.db.Table(table).Joins(join).Scopes(visibleTo(v)) }
	escalated := s.calling(v).Joins("LEFT JOIN clocks ON clocks.id = escalations.clock_id").Where(notRecused, w.actor.UserID, w.actor.UserID, w.actor.UserID)
	escalation := "escalations.case_id AS case_id, escalations.clock_id AS clock_id, escalations.id AS ref_id, COALESCE(clocks.due_at, escalations.opened_at) AS at, escalations.opened_at AS since"
	owed := from("clocks", "JOIN cases ON cases.id = clocks.case_id").Where("clocks.state = 'running'").Session(&gorm.Session{})
	mine := owed.Where("clocks.debtor_id = ? OR clocks.debtor_id IS NULL AND "+postsMatch("clocks.debtor", w.seats.Own)+" OR clocks.kind = 'order' AND clocks.debtor_unit_id IN ?",
		append(append([]any{w.actor.UserID}, postsArgs(w.seats.Own)...), w.seats.Leads)...).Session(&gorm.Session{})
	rung := func(q *gorm.DB) *gorm.DB {
		reason := fmt.Sprintf("CASE rungs.act WHEN 'warn' THEN '%s' ELSE '%s' END", WaitsWarning, WaitsReminder)
		return q.Joins("JOIN rungs ON rungs.clock_id = clocks.id AND rungs.act IN ('remind', 'warn')").
			Select(caseRank + " AS place, " + reason + " AS reason, clocks.case_id AS case_id, clocks.id AS clock_id, " + noRef + ", clocks.due_at AS at, rungs.about_at AS since")
	}
	return []*gorm.DB{
		escalated.Session(&gorm.Session{}).Where("escalations.unroutable = ? AND escalations.target_unit_id IN ?", true, w.seats.Roots).
			Select(row("0", WaitsUnroutable, escalation)),
		s.db.Table("escalations").Where("unroutable = ? AND state <> 'resolved' AND target_unit_id IN ?", true, w.seats.Admins).
			Select(row("0", WaitsUnroutable, "case_id, "+noClock+", id AS ref_id, opened_at AS at, opened_at AS since")),
		escalated.Session(&gorm.Session{}).Where("escalations.unroutable = ?", false).
			Where("("+postsMatch("escalations.target", w.seats.CalledOn)+" OR escalations.id IN ?)", append(postsArgs(w.seats.CalledOn), passed)...).
			Select(row(caseRank, WaitsEscalated, escalation)),
		escalated.Session(&gorm.Session{}).Where("escalations.unroutable = ? AND (escalations.target_unit_id IN ?) IS NOT TRUE", true, w.seats.Roots).
			Where("(escalations.level = 1 AND escalations.from_unit_id IN ? OR escalations.level > 1 AND escalations.from_unit_id IN ? OR escalations.id IN ?)", w.seats.Leads, w.seats.Oversees, passed).
			Select(row(caseRank, WaitsEscalated, escalation)),
		mine.Where("clocks.kind <> 'sign_off'").
			Select(row(caseRank, WaitsDeadline, "clocks.case_id AS case_id, clocks.id AS clock_id, "+noRef+", clocks.due_at AS at, clocks.started_at AS since")),
		s.awaited(v, w).Select(row(caseRank, WaitsMove, "cases.id AS case_id, "+noClock+", "+noRef+
			", COALESCE("+runningDue+", ?) AS at, COALESCE("+runsSince+", cases.received_at) AS since"), never),
		s.unsigned(v, w, risen).Select(row(caseRank, WaitsSignature, "sign_offs.case_id AS case_id, step.id AS clock_id, sign_offs.id AS ref_id, "+
			"COALESCE(step.due_at, sign_offs.requested_at) AS at, sign_offs.requested_at AS since")),
		s.remindersFor(v, w).Select(row(caseRank, WaitsUrged, "cases.id AS case_id, "+noClock+", "+noRef+
			", COALESCE("+runningDue+", ?) AS at, reminders.reminded_at AS since"), never),
		s.ordersToJudge(v, w).Select(row(caseRank, WaitsReply, "cases.id AS case_id, "+noClock+", "+noRef+", orders.answered_at AS at, orders.answered_at AS since")),
		rung(mine.Where("clocks.kind <> 'sign_off'")),
		rung(owed.Where("clocks.debtor_unit_id IN ?", w.seats.Leads)),
		rung(owed.Where("clocks.kind = 'sign_off' AND clocks.debtor_head = ? AND clocks.debtor_unit_id IN ?", false, w.seats.Signs)),
	}
}

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
