package api

import (
	"bytes"
	"cmp"
	"encoding"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
)

// maxBody is the most that a JSON request may hold, in bytes.
const maxBody = 1 << 20

const bodyKey = "body" // where the bytes of the request's body are kept for its digest

// The refusals of a body that cannot be read.
var (
	errMediaType    = grievance.Refuse(grievance.Invalid, "request.media_type", "请求体必须是 application/json")
	errTooLarge     = grievance.Refuse(grievance.Invalid, "request.too_large", "请求体不得超过 1 MiB")
	errUnreadable   = grievance.Refuse(grievance.Invalid, "request.unreadable", "请求体没有完整送达")
	errEmpty        = grievance.Refuse(grievance.Invalid, "request.empty", "请求体为空")
	errMalformed    = grievance.Refuse(grievance.Invalid, "request.malformed", "请求体不是合法的 JSON")
	errBadUTF8      = grievance.Refuse(grievance.Invalid, "request.bad_utf8", "请求体不是合法的 UTF-8 文本")
	errTrailing     = grievance.Refuse(grievance.Invalid, "request.trailing_data", "请求体中只能有一个 JSON 值")
	errDuplicateKey = grievance.Refuse(grievance.Invalid, "request.duplicate_key", "请求体中有重复的字段")
	errUnknownField = grievance.Refuse(grievance.Invalid, "request.unknown_field", "请求体中有不认识的字段")
	errWrongType    = grievance.Refuse(grievance.Invalid, "request.wrong_type", "请求体中有字段的类型或格式不对")
	errControlChar  = grievance.Refuse(grievance.Invalid, "request.control_char", "文本中不能有控制字符")
	errInvalid      = grievance.Refuse(grievance.Invalid, "request.invalid", "提交的内容有误，请按提示修改")
)

// decode reads the request's body as one strict JSON document and checks it
// against the struct's validate tags; every field at fault is told at once.
// Names are case-sensitive. What it returns has its instants in UTC and whole
// microseconds, and no text in it that nobody can see. All its errors are
// refusals.
func decode[T any](c echo.Context) (T, error) {
	in, err := parse[T](c)
	if faults := check(in, voiceOf(c)); err == nil && len(faults) > 0 {
		err = &badInput{cause: errInvalid, faults: faults}
	}
	return in, err
}

// decodeWhole is decode for a request that the domain looks at too: faults of
// fields are kept until it has, so that carryOut tells all of them at once.
func decodeWhole[T any](c echo.Context) (T, error) {
	in, err := parse[T](c)
	if err == nil {
		blame(c, check(in, voiceOf(c))...)
	}
	return in, err
}

// orZero gives what a request says of a member that it must not leave out; zero
// where it does, which decodeWhole has found.
func orZero[T any](said *T) (v T) {
	if said != nil {
		v = *said
	}
	return v
}

// parse reads the request's body as one strict JSON document.
func parse[T any](c echo.Context) (T, error) {
	var in T
	body, err := readBody(c)
	if err != nil {
		return in, err
	}
	v := voiceOf(c)
	if err := inspect(body, v); err != nil {
		return in, err
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return in, wrongType(v, "", reflect.TypeFor[T]())
	}
	if err := json.Unmarshal(body, &in, inputOptions); err != nil {
		return in, misread(err, v)
	}
	return in, nil
}

var inputOptions = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.JoinUnmarshalers(json.UnmarshalFunc(unmarshalInstant), json.UnmarshalFromFunc(unmarshalText))),
)

// unmarshalText reads a text; one that nobody can see is none.
func unmarshalText(d *jsontext.Decoder, s *string) error {
	if d.PeekKind() != '"' {
		return errors.ErrUnsupported
	}
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if *s = token.String(); !strings.ContainsFunc(*s, visible) {
		*s = ""
	}
	return nil
}

func visible(r rune) bool {
	const brailleBlank, noncharacter = '\u2800', 0xFFFE
	if r == brailleBlank || r&noncharacter == noncharacter || r >= 0xFDD0 && r <= 0xFDEF {
		return false
	}
	return !unicode.IsControl(r) && !unicode.In(r, unicode.Z, unicode.M, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// unmarshalInstant reads RFC 3339 with any offset; null is no instant.
func unmarshalInstant(text []byte, t *time.Time) error {
	if string(text) == "null" {
		*t = time.Time{}
		return nil
	}
	got, err := parseInstant(strings.Trim(string(text), `"`))
	*t = got
	return err
}

// errYear is an instant that has no RFC 3339 in UTC, or that only an offset puts
// into a year.
var errYear = errors.New("outside the years 1 to 9999")

func parseInstant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, err
	}
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return time.Time{}, errYear
	}
	return clock.Normal(t), nil
}

// readBody reads the body once and keeps it for the digest of the request.
func readBody(c echo.Context) ([]byte, error) {
	if kept, ok := c.Get(bodyKey).([]byte); ok {
		return kept, nil
	}
	r := c.Request()
	if err := checkMediaType(r.Header); err != nil {
		return nil, err
	}
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, errUnreadable
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errEmpty
	}
	c.Set(bodyKey, body)
	return body, nil
}

func checkMediaType(h http.Header) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return errMediaType
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return errMediaType
	}
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return errMediaType
	}
	return nil
}

// inspect walks the document before it is given meaning: it refuses what is
// not one valid JSON value, and characters that are forbidden.
func inspect(body []byte, v *voice) error {
	if !utf8.Valid(body) {
		return errBadUTF8
	}
	var faults []Fault
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return notJSON(err, v)
		}
		if token.Kind() == '"' && len(faults) < faultsMost && strings.ContainsFunc(token.String(), forbidden) {
			faults = append(faults, v.fault(string(d.StackPointer()), "control_char"))
		}
		if d.StackDepth() == 0 {
			break
		}
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	if len(faults) > 0 {
		return &badInput{cause: errControlChar, faults: faults}
	}
	return nil
}

// forbidden are control characters other than \n and \t, and those that turn the
// direction of writing, so that a text reads as something else than it is.
func forbidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func notJSON(err error, v *voice) error {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		return &badInput{cause: errDuplicateKey, faults: []Fault{v.fault(string(syntax.JSONPointer), "duplicate_key")}}
	case ok && strings.Contains(syntax.Error(), "surrogate"):
		return errBadUTF8
	}
	return errMalformed
}

func misread(err error, v *voice) error {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return errMalformed
	}
	pointer := string(semantic.JSONPointer)
	if errors.Is(semantic.Err, json.ErrUnknownName) {
		return &badInput{cause: errUnknownField, faults: []Fault{v.fault(pointer, "unknown_field")}}
	}
	return wrongType(v, pointer, semantic.GoType)
}

func wrongType(v *voice, pointer string, t reflect.Type) error {
	fault := v.fault(pointer, "wrong_type")
	if expected := v.say("expect."+expectation(t), nil); expected != "" {
		fault.Detail = expected
	}
	return &badInput{cause: errWrongType, faults: []Fault{fault}}
}

// fault words a fault whose text needs nothing but its code.
func (v *voice) fault(pointer, code string) Fault {
	return Fault{Pointer: pointer, Code: code, Detail: v.say("fault."+code, nil)}
}

// expectation names what a field of type t must look like.
func expectation(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
		return ""
	case t == reflect.TypeFor[time.Time]():
		return "instant"
	case t.Kind() == reflect.Array && t.Len() == 16:
		return "uuid"
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return cmp.Or(expectedTexts[t], "string")
	}
	return expectationOfKind(t.Kind())
}

// expectedTexts names the forms of texts that are more than text.
var expectedTexts = map[reflect.Type]string{
	reflect.TypeFor[calendar.Date]():     "date",
	reflect.TypeFor[calendar.MonthDay](): "month_day",
	reflect.TypeFor[calendar.Interval](): "interval",
	reflect.TypeFor[calendar.Length]():   "length",
}

func expectationOfKind(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Float32, reflect.Float64:
		return "number"
	}
	return "integer"
}
