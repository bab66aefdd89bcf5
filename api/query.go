package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The refusals of a query.
var (
	errQuery            = grievance.Refuse(grievance.Invalid, "request.query", "地址中的查询部分不合规范")
	errParameter        = grievance.Refuse(grievance.Invalid, "request.parameter", "查询参数有误")
	errPeriod           = grievance.Refuse(grievance.Invalid, "period.order", "起始日期不能晚于截止日期")
	errUnknownParameter = grievance.Refuse(grievance.Invalid, "request.unknown_parameter", "有不认识的查询参数")
)

// query reads the parameters of a request, strictly: whatever is read is
// thereby declared, and err refuses the rest. A parameter may stand once and
// may not be empty.
//
//	q := readQuery(c)
//	unit, overdue := idParam[grievance.Unit](q, "unit"), q.boolean("overdue")
//	if err := q.err(); err != nil {
type query struct {
	c      echo.Context
	values url.Values
	known  []string
	faults []Fault
	broken error
}

func readQuery(c echo.Context) *query {
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return &query{c: c, broken: errQuery}
	}
	return &query{c: c, values: values}
}

// err gives every fault found so far, unknown parameters first of all.
func (q *query) err() error {
	if q.broken != nil {
		return q.broken
	}
	var unknown []Fault
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			unknown = append(unknown, q.faultOf(name, "unknown_parameter"))
		}
	}
	if len(unknown) > 0 {
		slices.SortFunc(unknown, func(a, b Fault) int { return strings.Compare(a.Parameter, b.Parameter) })
		return &badInput{cause: errUnknownParameter, faults: unknown}
	}
	if len(q.faults) > 0 {
		return &badInput{cause: errParameter, faults: q.faults}
	}
	return nil
}

// bare is a handler that takes no parameters: any is refused.
func bare(answer echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := readQuery(c).err(); err != nil {
			return err
		}
		return answer(c)
	}
}

func (q *query) faultOf(name, code string) Fault {
	f := voiceOf(q.c).fault("", code)
	f.Parameter = name
	return f
}

func (q *query) refuse(name, expected string) {
	f := q.faultOf(name, "wrong_type")
	f.Detail = voiceOf(q.c).say("expect."+expected, nil)
	q.faults = append(q.faults, f)
}

// take declares a parameter and gives its text; ok is false when it is absent, or
// no text that could be what is expected.
func (q *query) take(name, expected string) (text string, ok bool) {
	q.known = append(q.known, name)
	all, ok := q.values[name]
	if !ok {
		return "", false
	}
	if len(all) > 1 {
		q.faults = append(q.faults, q.faultOf(name, "repeated"))
		return "", false
	}
	if all[0] == "" || !utf8.ValidString(all[0]) || strings.ContainsFunc(all[0], forbidden) {
		q.refuse(name, expected)
		return "", false
	}
	return all[0], true
}

// require finds fault with the absence of parameters.
func (q *query) require(names ...string) {
	for _, name := range names {
		if !q.values.Has(name) {
			q.faults = append(q.faults, q.faultOf(name, "required"))
		}
	}
}

// text reads a parameter of at most max characters; "" is absent.
func (q *query) text(name string, max int) string {
	s, ok := q.take(name, "string")
	if ok && utf8.RuneCountInString(s) > max {
		f := q.faultOf(name, "too_long")
		f.Detail = voiceOf(q.c).say("fault.too_long", map[string]any{"Param": max})
		q.faults = append(q.faults, f)
	}
	return s
}

// integer reads a whole number between least and most; absent, it is otherwise.
func (q *query) integer(name string, least, most, otherwise int) int {
	s, ok := q.take(name, "integer")
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		q.refuse(name, "integer")
	} else if n < least || n > most {
		f := q.faultOf(name, "out_of_range")
		f.Detail = voiceOf(q.c).say("fault.out_of_range", map[string]any{"Least": least, "Most": most})
		q.faults = append(q.faults, f)
	}
	return n
}

// boolean reads true or false; absent, it is nil.
func (q *query) boolean(name string) *bool {
	s, ok := q.take(name, "boolean")
	if !ok {
		return nil
	}
	if s != "true" && s != "false" {
		q.refuse(name, "boolean")
	}
	yes := s == "true"
	return &yes
}

// instant reads RFC 3339 with any offset; absent, it is nil.
func (q *query) instant(name string) *time.Time {
	s, ok := q.take(name, "instant")
	if !ok {
		return nil
	}
	t, err := parseInstant(s)
	if err != nil {
		q.refuse(name, "instant")
	}
	return &t
}

// date reads a date of the Chinese calendar; absent, it is the zero Date.
func (q *query) date(name string) calendar.Date {
	s, ok := q.take(name, "date")
	if !ok {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		q.refuse(name, "date")
	}
	return d
}

// period reads the two dates of a period, both included.
func (q *query) period(from, to string) store.Period {
	p := store.Period{From: q.date(from), To: q.date(to)}
	if !p.From.IsZero() && !p.To.IsZero() && p.To.Before(p.From) && q.broken == nil {
		q.broken = &badInput{cause: errPeriod, faults: []Fault{q.faultOf(from, "period_order")}}
	}
	return p
}

// idParam reads an identifier; absent, it is the zero ID.
func idParam[T any](q *query, name string) grievance.ID[T] {
	s, ok := q.take(name, "uuid")
	if !ok {
		return grievance.ID[T]{}
	}
	id, err := grievance.ParseID[T](s)
	if err != nil {
		q.refuse(name, "uuid")
	}
	return id
}

// enumParam reads one of the allowed words; absent, it is "".
func enumParam[E ~string](q *query, name string, allowed ...E) E {
	s, ok := q.take(name, "string")
	if !ok {
		return ""
	}
	if !slices.Contains(allowed, E(s)) {
		q.faults = append(q.faults, q.notOneOf(name, texts(allowed)))
	}
	return E(s)
}

// enumsParam reads a comma-separated set of the allowed words.
func enumsParam[E ~string](q *query, name string, allowed ...E) []E {
	s, ok := q.take(name, "string")
	if !ok {
		return nil
	}
	var all []E
	for word := range strings.SplitSeq(s, ",") {
		if !slices.Contains(allowed, E(word)) {
			q.faults = append(q.faults, q.notOneOf(name, texts(allowed)))
			return nil
		}
		all = append(all, E(word))
	}
	return all
}

func (q *query) notOneOf(name string, allowed []string) Fault {
	f, v := q.faultOf(name, "not_one_of"), voiceOf(q.c)
	f.Detail = v.say("fault.not_one_of", map[string]any{"Param": v.list(allowed)})
	return f
}

func texts[E ~string](words []E) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

// pathID reads an identifier of the path. What is no identifier names nothing,
// so it is not found.
func pathID[T any](c echo.Context, name string) (grievance.ID[T], error) {
	id, err := grievance.ParseID[T](c.Param(name))
	if err != nil || id.IsZero() {
		return grievance.ID[T]{}, grievance.ErrNotFound
	}
	return id, nil
}

// pathNumber reads a positive whole number of the path.
func pathNumber(c echo.Context, name string) (int, error) {
	n, err := strconv.Atoi(c.Param(name))
	if err != nil || n < 1 {
		return 0, grievance.ErrNotFound
	}
	return n, nil
}
