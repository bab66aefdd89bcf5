package api

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

const blameKey = "faults"

// blame keeps faults of a request's fields until the domain has looked at it too.
func blame(c echo.Context, faults ...Fault) { c.Set(blameKey, append(blamed(c), faults...)) }

// blamed gives the faults found so far.
func blamed(c echo.Context) []Fault {
	faults, _ := c.Get(blameKey).([]Fault)
	return faults
}

// alsoBlamed adds what the domain finds wrong with a request's fields to what
// was found before, one fault for each place.
func alsoBlamed(c echo.Context, err error) error {
	refusal, ok := errors.AsType[*grievance.Error](err)
	if !ok || refusal.Code != errInvalid.Code || len(refusal.Fields) == 0 {
		return err
	}
	blameFields(c, refusal.Fields...)
	return &badInput{cause: errInvalid, faults: blamed(c)}
}

// blameFields is blame in the domain's words.
func blameFields(c echo.Context, fields ...grievance.FieldError) {
	for _, f := range fields {
		known := slices.ContainsFunc(blamed(c), func(b Fault) bool { return b.Pointer == f.Pointer })
		if !known {
			blame(c, Fault{Pointer: f.Pointer, Code: f.Code, Detail: voiceOf(c).detail(f.Code, f.Message)})
		}
	}
}
