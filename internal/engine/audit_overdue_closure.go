package engine

import "github.com/huiyin/huiyin/internal/grievance"

// overdueClosure: the opinion was not approved in time (Art. 34); who delays the
// handling answers for it (Art. 45).
var overdueClosure = Audit{
	Rule: grievance.FindOverdueClosure, Articles: []int{34, 45},
	Look: overdue(grievance.Handling),
}
