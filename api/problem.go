package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
)

// Problem is a refusal or a failure (RFC 9457). Code is stable and never
// translated; title and detail are in the language of Accept-Language.
type Problem struct {
	// A URI reference that names the kind of problem.
	Type string `json:"type" validate:"required" example:"/problems/case.state"`
	// What sort of problem it is, the same for every occurrence.
	Title string `json:"title" validate:"required" example:"与当前状态冲突"`
	// The HTTP status.
	Status int `json:"status" validate:"required" example:"409"`
	// What went wrong this time, for the person at the desk.
	Detail string `json:"detail" validate:"required" example:"当前状态不允许这一操作"`
	// The path that was asked for, up to the first part that is no plain word.
	Instance string `json:"instance" validate:"required" example:"/api/v1/cases/01939e7c-0000-7000-8000-000000000001/accept"`
	// The stable name of the problem, for programs.
	Code string `json:"code" validate:"required" example:"case.state"`
	// The X-Request-Id of the response, to quote when reporting a fault.
	RequestID string `json:"request_id" validate:"required" example:"K5TQ3ZP2Z6B7XG4JH5NRMWYV3A"`
	// What is wrong with the request, where that can be said: everything, but no more
	// than a hundred faults.
	Errors []Fault `json:"errors,omitempty"`
} // @name Problem

// Fault is one wrong place of a request.
type Fault struct {
	// Where in the body, as a JSON pointer (RFC 6901), up to the first name that is no
	// plain word.
	Pointer string `json:"pointer,omitempty" example:"/title"`
	// Which query parameter, when it is not the body that is wrong; absent where its
	// name is no plain word.
	Parameter string `json:"parameter,omitempty" example:"limit"`
	// The stable name of the fault.
	Code string `json:"code" validate:"required" example:"required"`
	// What is wrong with it.
	Detail string `json:"detail" validate:"required" example:"title为必填字段"`
} // @name Fault

// badInput is a request that this package could not read. Its faults are
// worded already, in the language of the request.
type badInput struct {
	cause  *grievance.Error
	faults []Fault
}

func (e *badInput) Error() string { return fmt.Sprintf("%v %v", e.cause, e.faults) }
func (e *badInput) Unwrap() error { return e.cause }

// panicked is a panic on its way to the error handler.
type panicked struct {
	value any
	stack []byte
}

func (e *panicked) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// The refusals of HTTP itself.
var (
	errNoRoute     = grievance.Refuse(grievance.NotFound, "route.unknown", "没有这个地址")
	errMethod      = grievance.Refuse(grievance.Invalid, "route.method", "这个地址不支持该请求方法")
	errTimeout     = grievance.Refuse(grievance.Unavailable, "request.timeout", "处理超时，请稍后用同样的请求重试")
	errBadHTTP     = grievance.Refuse(grievance.Invalid, "request.http", "请求不符合 HTTP 规范")
	errInternal    = grievance.Refuse("", "internal", "系统内部错误，请稍后再试；如仍出现，请向管理员提供请求编号")
	errRateLimited = grievance.Refuse(grievance.TooMany, "request.rate", "请求过于频繁，请稍后再试")
)

var statusOfKind = map[grievance.Kind]int{
	grievance.Invalid:         http.StatusBadRequest,
	grievance.Unauthenticated: http.StatusUnauthorized,
	grievance.Forbidden:       http.StatusForbidden,
	grievance.NotFound:        http.StatusNotFound,
	grievance.Conflict:        http.StatusConflict,
	grievance.Stale:           http.StatusPreconditionFailed,
	grievance.TooMany:         http.StatusTooManyRequests,
	grievance.Unavailable:     http.StatusServiceUnavailable,
}

// statusOfCode has the refusals that HTTP tells apart more finely than the domain.
var statusOfCode = map[string]int{
	"request.media_type":   http.StatusUnsupportedMediaType,
	"request.too_large":    http.StatusRequestEntityTooLarge,
	"request.invalid":      http.StatusUnprocessableEntity,
	"request.wrong_type":   http.StatusUnprocessableEntity,
	"request.control_char": http.StatusUnprocessableEntity,
	"period.order":         http.StatusUnprocessableEntity,
	"bulletin.period":      http.StatusUnprocessableEntity,
	"request.accept":       http.StatusNotAcceptable,
	"request.accept_page":  http.StatusNotAcceptable,
	"bulletin.accept":      http.StatusNotAcceptable,
	"route.method":         http.StatusMethodNotAllowed,
	"store.busy":           http.StatusConflict,
}

// retryAfter is how many seconds to wait before the same request may succeed.
var retryAfter = map[string]string{
	"store.busy":                  "1",
	string(grievance.Unavailable): "5", string(grievance.TooMany): "30",
}

// statusClientClosed marks in logs and metrics a request whose client went
// away; nobody receives it.
const statusClientClosed = 499

// fail is the one place where an error becomes a response. What is not a
// refusal is logged once, here, as an error, and told to nobody; why the service
// is unavailable is a warning. A request whose client has gone away, and whose
// work stopped for that, is no failure.
func (s *server) fail(err error, c echo.Context) {
	refusal, faults := refusalOf(err)
	if refusal == errInternal && s.clientGone(err, c) {
		return
	}
	switch {
	case refusal == errInternal:
		s.logFailure(slog.LevelError, err, c)
	case refusal.Kind == grievance.Unavailable:
		s.logFailure(slog.LevelWarn, err, c)
	}
	if !c.Response().Committed {
		s.writeProblem(c, refusal, faults)
	}
}

func (s *server) clientGone(err error, c echo.Context) bool {
	_, crashed := errors.AsType[*panicked](err)
	if crashed || c.Request().Context().Err() == nil {
		return false
	}
	if !c.Response().Committed {
		c.Response().WriteHeader(statusClientClosed)
	}
	return true
}

// refusalOf finds what the caller may be told about err.
func refusalOf(err error) (*grievance.Error, []Fault) {
	if bad, ok := errors.AsType[*badInput](err); ok {
		return bad.cause, bad.faults
	}
	if refusal, ok := errors.AsType[*grievance.Error](err); ok {
		return refusal, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errTimeout, nil
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return refusalOfHTTP(he), nil
	}
	return errInternal, nil
}

func refusalOfHTTP(he *echo.HTTPError) *grievance.Error {
	switch {
	case he.Code == http.StatusNotFound:
		return errNoRoute
	case he.Code == http.StatusMethodNotAllowed:
		return errMethod
	case he.Code < http.StatusInternalServerError:
		return errBadHTTP
	}
	return errInternal
}

func (s *server) writeProblem(c echo.Context, refusal *grievance.Error, faults []Fault) {
	v, status := voiceOf(c), statusOf(refusal)
	p := Problem{
		Type: "/problems/" + refusal.Code, Title: v.title(status), Status: status,
		Detail: v.detail(refusal.Code, refusal.Message), Instance: cmp.Or(toldPath(c.Request().URL.EscapedPath()), "/"),
		Code: refusal.Code, RequestID: requestID(c),
	}
	for _, f := range refusal.Fields {
		faults = append(faults, Fault{Pointer: f.Pointer, Code: f.Code, Detail: v.detail(f.Code, f.Message)})
	}
	p.Errors = toldFaults(faults)
	body, err := marshal(p)
	if err != nil {
		s.Log.Error("writing a problem", "error", err, "request_id", requestID(c))
	}
	header := c.Response().Header()
	setRefusalHeaders(header, refusal, status)
	header.Set("Content-Language", v.tag)
	header.Add("Vary", "Accept-Language")
	header.Set("Cache-Control", "no-store")
	header.Del("ETag")
	if err := c.Blob(status, "application/problem+json", body); err != nil {
		s.Log.Debug("the client did not take its answer", "error", err, "request_id", requestID(c))
	}
}

func statusOf(refusal *grievance.Error) int {
	if status, ok := statusOfCode[refusal.Code]; ok {
		return status
	}
	if len(refusal.Fields) > 0 {
		return http.StatusUnprocessableEntity
	}
	if status, ok := statusOfKind[refusal.Kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

func setRefusalHeaders(h http.Header, refusal *grievance.Error, status int) {
	if wait := retryAfter[refusal.Code]; wait != "" {
		h.Set("Retry-After", wait)
	} else if wait := retryAfter[string(refusal.Kind)]; wait != "" && h.Get("Retry-After") == "" {
		h.Set("Retry-After", wait)
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(refusal))
	}
}

func (s *server) logFailure(level slog.Level, err error, c echo.Context) {
	attrs := []slog.Attr{
		slog.String("error", err.Error()), slog.String("method", c.Request().Method),
		slog.String("route", c.Path()), slog.String("request_id", requestID(c)),
	}
	if p, ok := errors.AsType[*panicked](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.Log.LogAttrs(c.Request().Context(), level, "request failed", attrs...)
}

// challenge says how to log in, and whether it was the token that was no good
// (RFC 6750).
func challenge(refusal *grievance.Error) string {
	switch refusal.Code {
	case auth.ErrTokenInvalid.Code, auth.ErrTokenExpired.Code, auth.ErrTokenRevoked.Code, auth.ErrSessionEnded.Code,
		auth.ErrKeyInvalid.Code, auth.ErrKeyExpired.Code, auth.ErrKeyRevoked.Code:
		return `Bearer realm="huiyin", error="invalid_token"`
	}
	return `Bearer realm="huiyin"`
}
