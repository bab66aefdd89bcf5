package engine

import "github.com/huiyin/huiyin/internal/grievance"

// overdueAcceptance: whether a case is taken on was not decided and told in
// writing in time (Art. 22, 23); who does not tell it answers for it (Art. 44).
var overdueAcceptance = Audit{
	Rule: grievance.FindOverdueAcceptance, Articles: []int{22, 23, 44},
	Look: overdue(grievance.Acceptance),
}
