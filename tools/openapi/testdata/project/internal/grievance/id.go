// Package grievance is a sample.
package grievance

// ID is an identifier.
type ID[T any] [16]byte

// Case is a case.
type Case struct{}

// CaseID identifies a case.
type CaseID = ID[Case]

// Nature is what kind of matter it is.
type Nature string

// The natures.
const (
	Inquiry Nature = "inquiry"
	Demand  Nature = "demand"
)

// Assignment is who shall handle a case.
type Assignment struct {
	// The unit that takes the lead.
	UnitID CaseID `json:"unit_id" format:"uuid" validate:"required"`
	Reason string `json:"reason,omitempty" maxLength:"200"`
} // @name Assignment
