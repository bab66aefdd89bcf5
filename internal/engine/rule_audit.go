package engine

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// auditBatch is how many events of the ledger are audited in one transaction.
const auditBatch = 200

// audit follows the ledger and opens findings where an audit rule holds something
// against a unit; and it does to findings what time alone does: it records that
// an explanation is overdue, and closes what was decided and not appealed. What it
// records has its place in the ledger when the run is over.
var audit = Rule{
	Name: "audit",
	Step: func(ctx context.Context, e *Engine) (Batch, error) {
		done, err := e.desk.Audit(ctx, auditBatch, look)
		b := Batch{Done: done.Events, More: done.More, SetAside: done.SetAside, Why: done.LastErr}
		recorded := done.Findings
		if err == nil && !done.More {
			recorded, err = e.desk.AdvanceFindings(ctx, auditBatch)
			b.Done += recorded
			recorded += done.Findings
		}
		if err != nil || recorded == 0 {
			return b, err
		}
		b.More = true
		_, err = e.desk.Sequence(ctx, sequenceBatch)
		return b, err
	},
	Due: func(s *store.Snapshot, now time.Time) (store.Pending, error) {
		behind, err := s.ToAudit()
		if err != nil {
			return behind, err
		}
		due, err := s.DueFindings(now)
		if behind.N == 0 || due.N > 0 && due.Since.Before(behind.Since) {
			behind.Since = due.Since
		}
		behind.N += due.N
		return behind, err
	},
}
