// Package calendar counts days, working days and office hours the way the
// Regulations on Complaint Letters and Visits (信访工作条例, 2022), the Civil Code
// (Art. 201, 203) and the State Council's yearly arrangements do.
//
// It guarantees that the same calendar, start and length always give the same
// due instant: nothing here reads a clock, a file or a zone database. A Calendar
// never changes after New; a new arrangement makes a new Calendar with a higher
// version. Civil dates are dates in Asia/Shanghai (+08:00, no summer time since
// 1991); instants are UTC in microseconds.
//
// A day is a working day if an arrangement says so, otherwise if it is Monday to
// Friday. Make-up working weekends (调休) are working days like any other.
package calendar
