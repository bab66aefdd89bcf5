package store

import (
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// exposed finds, as grievance.Case.HandOn judges of it, the shielded cases that are
// with whom they bar: of which a desk, a handling unit, a unit that helps, or somebody
// who answers for the case or owes anything of it has come behind the shield; and the
// open ones at a desk that was never one of inspectors. What names a unit that was
// merged bars the one that does its work.
const exposed = `WITH RECURSIVE succession(unit_id, now_id) AS (
		SELECT id, id FROM units
		UNION SELECT succession.unit_id, units.successor_id FROM succession JOIN units ON units.id = succession.now_id WHERE units.successor_id IS NOT NULL),
	about(case_id, unit_id) AS (
		SELECT case_id, unit_id FROM shields
		UNION SELECT recusals.case_id, held.unit_id FROM recusals JOIN appointments held ON held.user_id = recusals.user_id
			WHERE recusals.cause = @named AND ` + carries + `),
	barred(case_id, path) AS (
		SELECT about.case_id, units.path FROM about JOIN succession ON succession.unit_id = about.unit_id JOIN units ON units.id = succession.now_id),
	people(case_id, user_id) AS (
		SELECT id, responsible_id FROM cases WHERE shielded AND status NOT IN @ended
		UNION SELECT id, handler_id FROM cases WHERE shielded AND status NOT IN @ended AND handler_id IS NOT NULL
		UNION SELECT id, sponsor_id FROM cases WHERE shielded AND status NOT IN @ended AND sponsor_id IS NOT NULL
		UNION SELECT cases.id, clocks.debtor_id FROM cases JOIN clocks ON clocks.case_id = cases.id AND clocks.state = 'running'
			WHERE cases.shielded AND clocks.debtor_id IS NOT NULL),
	places(case_id, unit_id) AS (
		SELECT id, lead_unit_id FROM cases WHERE shielded
		UNION SELECT id, handling_unit_id FROM cases WHERE shielded AND status NOT IN @ended AND handling_unit_id IS NOT NULL
		UNION SELECT cases.id, co_handlers.unit_id FROM cases JOIN co_handlers ON co_handlers.case_id = cases.id AND co_handlers.state = 'asked'
			WHERE cases.shielded
		UNION SELECT people.case_id, held.unit_id FROM people JOIN appointments held ON held.user_id = people.user_id
			AND held.from_at <= @now AND (held.until IS NULL OR held.until > @now))
	SELECT places.case_id FROM places JOIN units ON units.id = places.unit_id JOIN barred ON barred.case_id = places.case_id
		WHERE substr(units.path, 1, length(barred.path)) = barred.path
	UNION SELECT people.case_id FROM people JOIN recusals ON recusals.case_id = people.case_id AND recusals.user_id = people.user_id
		AND recusals.cause = @named
	UNION SELECT id FROM cases WHERE shielded AND status NOT IN @ended
		AND NOT EXISTS (SELECT 1 FROM appointments held WHERE held.unit_id = cases.lead_unit_id AND held.role = @inspector)`

// LockExposed names some shielded cases that are with whom they bar, because the
// organisation has changed, and holds them.
func (tx *Tx) LockExposed(now time.Time, some Some) ([]grievance.CaseID, error) {
	found := tx.db.Raw(exposed, map[string]any{
		"named": grievance.RecusedNamed, "inspector": grievance.RoleInspector,
		"ended": grievance.Ended, "now": now,
	})
	return tx.lock(some, "cases.id IN (?)", found)
}
