// Package calendar is a sample.
package calendar

// Date is a day.
type Date struct{ year, month, day int }
