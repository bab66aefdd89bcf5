// Package grievance is the domain of Huiyin: the grievance case (信访事项), its
// life, its clocks, its sign-offs and its escalations.
//
// It guarantees that a case changes only through a method of Case, that each
// such method checks permission, state and time before it changes anything,
// that every change is an Event, and that at every instant exactly one person
// answers for the case. It does no I/O and never asks for the time: whatever a
// decision may look at is in its Moment. Instants are UTC with microseconds;
// dates are dates of the Chinese calendar (Asia/Shanghai).
//
// Numbers of articles are those of the 信访工作条例 of 2022.
package grievance
