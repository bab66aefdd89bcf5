package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// The floor of the climb is a fair one only while it leaves in the database what
// the engine leaves there.
func TestClimbFloorLeavesWhatTheEngineLeaves(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newWorks(t, dialect, engineStarts)
		w.newContest(t, 3).pair(t, 4) // the floor in two transactions
		for _, query := range climbed {
			engine, floor := w.list(t, query, engineStarts), w.list(t, query, floorStarts)
			if engine != floor || engine == "" {
				t.Errorf("%s\nthe engine leaves\n%sand the floor\n%s", query, engine, floor)
			}
		}
	})
}

// climbed are questions to which both sides must give one answer: of what kind
// the rows are that stand behind the clocks started at an instant, how long what
// they say, and how many.
var climbed = []string{
	`SELECT r.act, r.rung, r.event_seq, count(*), count(DISTINCT r.case_id), count(r.leader_unit_id)
		FROM rungs r JOIN clocks k ON k.id = r.clock_id AND k.case_id = r.case_id WHERE k.started_at = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
	`SELECT e.kind, e.seq, length(e.body), count(*), count(e.ledger_pos)
		FROM events e JOIN clocks k ON k.case_id = e.subject_id WHERE k.started_at = $1 AND e.seq > 1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
	`SELECT e.level, e.rung, e.cause, e.state, e.target_role, e.unroutable, count(DISTINCT e.id), count(*)
		FROM escalations e JOIN clocks k ON k.id = e.clock_id AND k.case_id = e.case_id WHERE k.started_at = $1 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2`,
	`SELECT k.rung, k.state, k.attempts, c.seq, c.version, c.escalated_level, length(c.events_digest), count(k.next_at), count(k.breached_at), count(*)
		FROM clocks k JOIN cases c ON c.id = k.case_id WHERE k.started_at = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2`,
}

// list spells the rows of a query about clocks that were started at an instant.
func (w *works) list(t *testing.T, query string, started time.Time) (text string) {
	t.Helper()
	rows, err := w.raw.QueryContext(t.Context(), floorDialect(w.store.Dialect(), query), started)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	for err == nil && rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		err = rows.Scan(into...)
		text += fmt.Sprintln(values...)
	}
	if err != nil || rows.Err() != nil {
		t.Fatal(err, rows.Err())
	}
	return text
}
