package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// What the queries of an inbox select: all have the columns of inboxRow but for
// its subject.
const (
	caseRank    = "CASE WHEN " + unassigned + " THEN 1 ELSE 2 END"
	noClock     = "CAST(NULL AS uuid) AS clock_id"
	noRef       = "CAST(NULL AS uuid) AS ref_id"
	runningDue  = "(SELECT MIN(k.due_at) FROM clocks k WHERE k.case_id = cases.id AND k.state = 'running')"
	runsSince   = "(SELECT MAX(k.started_at) FROM clocks k WHERE k.case_id = cases.id AND k.state = 'running')"
	ofClock     = "clocks.case_id AS case_id, clocks.id AS clock_id, " + noRef + ", clocks.due_at AS at, "
	ofEscalated = "escalations.case_id AS case_id, escalations.clock_id AS clock_id, escalations.id AS ref_id, COALESCE(clocks.due_at, escalations.opened_at) AS at, escalations.opened_at AS since"
	ofFinding   = "findings.case_id AS case_id, " + noClock + ", findings.id AS ref_id, "
)

func row(place string, reason InboxReason, rest string) string {
	return fmt.Sprintf("%s AS place, '%s' AS reason, %s", place, reason, rest)
}

// waits gives one query for each way in which something can wait.
func (s session) waits(v Viewer, w Waiting, risen []grievance.SignOffID, passed []grievance.EscalationID) []*gorm.DB {
	ways := append(s.escalationsWaiting(v, w, passed), s.clocksWaiting(v, w)...)
	return append(append(ways, s.casesWaiting(v, w, risen)...), s.findingsWaiting(v, w)...)
}

// escalationsWaiting are those that nobody can take, for who takes care of the
// root or administers it, and those that have reached the user.
func (s session) escalationsWaiting(v Viewer, w Waiting, passed []grievance.EscalationID) []*gorm.DB {
	open := s.calling(v).Joins("LEFT JOIN clocks ON clocks.id = escalations.clock_id").
		Where(notRecused, w.actor.UserID, w.actor.UserID, w.actor.UserID).Session(&gorm.Session{})
	return []*gorm.DB{
		open.Where("escalations.unroutable = ? AND escalations.target_unit_id IN ?", true, w.seats.Roots).
			Select(row("0", WaitsUnroutable, ofEscalated)),
		s.calling(v).Joins("LEFT JOIN clocks ON clocks.id = escalations.clock_id").
			Where("escalations.unroutable = ? AND escalations.target_unit_id IN ?", true, w.seats.Admins).
			Select(row("0", WaitsUnroutable, ofEscalated)),
		s.vacancies(v, w).Select(row("0", WaitsUnroutable, "CAST(NULL AS uuid) AS case_id, "+noClock+", escalations.from_unit_id AS ref_id, MIN(escalations.opened_at) AS at, MIN(escalations.opened_at) AS since")),
		open.Where("escalations.unroutable = ?", false).
			Where("("+postsMatch("escalations.target", w.seats.CalledOn)+" OR escalations.id IN ?)", append(postsArgs(w.seats.CalledOn), passed)...).
			Select(row(caseRank, WaitsEscalated, ofEscalated)),
		open.Where("escalations.unroutable = ? AND (escalations.target_unit_id IN ?) IS NOT TRUE", true, w.seats.Roots).
			Where("(escalations.level = 1 AND escalations.from_unit_id IN ? OR escalations.level > 1 AND escalations.from_unit_id IN ? OR escalations.id IN ?)", w.seats.Leads, w.seats.Oversees, passed).
			Select(row(caseRank, WaitsEscalated, ofEscalated)),
	}
}

// vacancies are the units above which nobody can take an escalation, for who
// administers the root: of the cases that they may not see they learn that alone,
// and not even that of those from which they are barred.
func (s session) vacancies(v Viewer, w Waiting) *gorm.DB {
	of := func() *gorm.DB { return s.db.Table("cases").Select("COUNT(*)").Where("cases.id = escalations.case_id") }
	return s.db.Table("escalations").
		Where("escalations.unroutable = ? AND escalations.state <> 'resolved' AND escalations.target_unit_id IN ?", true, w.seats.Admins).
		Where("(?) = 0", of().Scopes(visibleTo(v))).Where("(?) = 1", of().Scopes(notBarred(v))). // one by one, as findingsNotBarred
		Group("escalations.from_unit_id")
}

// clocksWaiting are the running clocks that the user owes, and the reminders and
// warnings at those and at the clocks of whom the user leads.
func (s session) clocksWaiting(v Viewer, w Waiting) []*gorm.DB {
	owed := s.db.Table("clocks").Joins("JOIN cases ON cases.id = clocks.case_id").Scopes(visibleTo(v)).
		Where("clocks.state = 'running'").Session(&gorm.Session{})
	mine := owed.Where("clocks.kind <> 'sign_off'").
		Where("clocks.debtor_id = ? OR clocks.debtor_id IS NULL AND "+postsMatch("clocks.debtor", w.seats.Own)+" OR clocks.kind = 'order' AND clocks.debtor_unit_id IN ?",
			append(append([]any{w.actor.UserID}, postsArgs(w.seats.Own)...), w.seats.Leads)...).Session(&gorm.Session{})
	rung := func(q *gorm.DB) *gorm.DB {
		reason := fmt.Sprintf("CASE rungs.act WHEN 'warn' THEN '%s' ELSE '%s' END", WaitsWarning, WaitsReminder)
		return q.Joins("JOIN rungs ON rungs.clock_id = clocks.id AND rungs.act IN ('remind', 'warn')").
			Select(caseRank + " AS place, " + reason + " AS reason, " + ofClock + "rungs.about_at AS since")
	}
	return []*gorm.DB{
		mine.Select(row(caseRank, WaitsDeadline, ofClock+"clocks.started_at AS since")),
		rung(mine),
		rung(owed.Where("clocks.debtor_unit_id IN ?", w.seats.Leads)),
		rung(owed.Where("clocks.kind = 'sign_off' AND clocks.debtor_head = ? AND clocks.debtor_unit_id IN ?", false, w.seats.Signs)),
	}
}

// casesWaiting are the cases whose next move, signature or word is the user's.
func (s session) casesWaiting(v Viewer, w Waiting, risen []grievance.SignOffID) []*gorm.DB {
	const ofCase = "cases.id AS case_id, " + noClock + ", " + noRef + ", "
	return []*gorm.DB{
		s.awaited(v, w).Select(row(caseRank, WaitsMove, ofCase+"COALESCE("+runningDue+", ?) AS at, COALESCE("+runsSince+", cases.received_at) AS since"), never),
		s.unsigned(v, w, risen).Select(row(caseRank, WaitsSignature, "sign_offs.case_id AS case_id, step.id AS clock_id, sign_offs.id AS ref_id, "+
			"COALESCE(step.due_at, sign_offs.requested_at) AS at, sign_offs.requested_at AS since")),
		s.remindersFor(v, w).Select(row(caseRank, WaitsUrged, ofCase+"COALESCE("+runningDue+", ?) AS at, reminders.reminded_at AS since"), never),
		s.ordersToJudge(v, w).Select(row(caseRank, WaitsReply, ofCase+"orders.answered_at AS at, orders.answered_at AS since")),
	}
}

// findingsWaiting are the findings that the user is to explain or to decide about.
// They say nothing of who has the case, so none of them is unassigned.
func (s session) findingsWaiting(v Viewer, w Waiting) []*gorm.DB {
	return []*gorm.DB{
		s.toExplain(v, w).Select(row("2", WaitsExplaining, ofFinding+"findings.explain_due_at AS at, findings.opened_at AS since")),
		s.toDecide(v, w).Select(row("2", WaitsDecision, ofFinding+sinceExplained+" AS at, "+sinceExplained+" AS since")),
		s.toHear(v, w).Select(row("2", WaitsAppeal, ofFinding+"findings.appealed_at AS at, findings.appealed_at AS since")),
	}
}
