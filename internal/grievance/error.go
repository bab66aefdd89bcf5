package grievance

import "errors"

// Kind says what sort of refusal an Error is, and so how an interface answers it.
type Kind string

// The kinds of refusal; every other error is internal.
const (
	Invalid         Kind = "invalid"         // the request itself is wrong
	Unauthenticated Kind = "unauthenticated" // nobody knows who asks
	Forbidden       Kind = "forbidden"       // visible, but not theirs to do
	NotFound        Kind = "not_found"       // does not exist, or may not be seen
	Conflict        Kind = "conflict"        // the state does not allow it
	Stale           Kind = "stale"           // made against an older version
	TooMany         Kind = "too_many"        // too often, too much
	Unavailable     Kind = "unavailable"     // try the same request again
)

// Error is a refusal that the caller is told about. Code is stable and part of
// the interface; Message is for a clerk, in Chinese; Fields name what is wrong
// inside the request.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Fields  []FieldError
}

// FieldError is one fault at one place of a request; Pointer is a JSON pointer
// (RFC 6901) into its body.
type FieldError struct {
	Pointer string
	Code    string
	Message string
}

// Error gives the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Is reports whether target is an Error with the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// KindOf gives the kind of the first Error in err's chain, or "".
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// CodeOf gives the code of the first Error in err's chain, or "".
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Refuse makes a refusal.
func Refuse(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// InvalidField is the refusal of one field of a request.
func InvalidField(pointer, code, message string) *Error {
	return faults{{Pointer: pointer, Code: code, Message: message}}.refusal()
}

// ErrNotFound answers for what does not exist and for what may not be seen alike.
var ErrNotFound = Refuse(NotFound, "not_found", "没有找到，或您无权查看")

// faults gathers the wrong fields of one request, so that all are told at once.
type faults []FieldError

func (f *faults) check(ok bool, pointer, code, message string) {
	if !ok {
		*f = append(*f, FieldError{Pointer: pointer, Code: code, Message: message})
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f.refusal()
}

func (f faults) refusal() *Error {
	return &Error{Kind: Invalid, Code: "request.invalid", Message: "提交的内容有误，请按提示修改", Fields: f}
}
