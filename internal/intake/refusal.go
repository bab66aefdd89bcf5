package intake

import (
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Refusal says why a row of a file was not brought in. Line is where the row
// begins, from 1; ID the message's own number where it could be read. It names
// no person and quotes nothing.
type Refusal struct {
	Line    int    `json:"line"`
	ID      string `json:"id,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error tells line, number and reason.
func (r *Refusal) Error() string {
	return fmt.Sprintf("line %d  %s  %s (%s)", r.Line, orDash(r.ID), r.Message, r.Code)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// refused tells a refusal of the domain as one of the row.
func refused(m Message, err error) Refusal {
	r := Refusal{Line: m.Line, ID: m.ID, Code: "row.refused", Message: "该行未能导入"}
	fault, ok := errors.AsType[*grievance.Error](err)
	if !ok {
		return r
	}
	r.Code, r.Message = fault.Code, fault.Message
	if len(fault.Fields) > 0 {
		r.Code, r.Message = fault.Fields[0].Code, fault.Fields[0].Message
	}
	return r
}
