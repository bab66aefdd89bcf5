package engine

import "github.com/huiyin/huiyin/internal/grievance"

// noFirstContact: nobody spoke to the petitioner in time. The time is practice;
// going through the motions is what Art. 45 names.
var noFirstContact = Audit{
	Rule: grievance.FindNoFirstContact, Articles: []int{45},
	Look: overdue(grievance.FirstContact),
}
