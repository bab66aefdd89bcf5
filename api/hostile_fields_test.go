package api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

// field is one place of a request's body, as the contract has it.
type field struct {
	pointer string // RFC 6901
	schema  *openapi3.Schema
}

// body is a request's body as the contract would have it, "" where it has none.
func (w *siege) body(t target) string {
	if w.sample(t) == nil {
		return ""
	}
	return w.written(w.sample(t))
}

func (w *siege) written(v any) string {
	w.t.Helper()
	text, err := json.Marshal(v, json.Deterministic(true))
	must(w.t, err)
	return string(text)
}

// sample is the body before it is written, with every field that the contract knows.
func (w *siege) sample(t target) any {
	schema := bodySchema(t.op)
	if schema == nil {
		return nil
	}
	body := w.value("", schema)
	for pointer, value := range w.fitting(t.path) {
		body = with(body, pointer, value)
	}
	return body
}

// fitting is what the body of a route must say instead of the contract's examples
// to be accepted; absent is a member that it leaves out. What is missing here
// is attacked all the same, but no further than to its refusal.
func (w *siege) fitting(path string) map[string]any {
	w.made++
	switch strings.TrimPrefix(path, v1) {
	case "/cases":
		return map[string]any{"/id": absent, "/route": absent, "/others/0/user_id": absent, "/unit_id": w.unit(jichuan)}
	case "/public/cases":
		return map[string]any{"/id": absent, "/route": absent, "/unit_id": w.unit(jichuan)}
	case "/units":
		return map[string]any{"/code": fmt.Sprint(jichuan, "-", w.made), "/parent_id": w.unit(jichuan), "/level": "township", "/kind": "department", "/organ": false}
	case "/cases/:id/supervision-orders", "/cases/:id/recommendations":
		return map[string]any{"/unit_id": w.unit(jichuan)}
	case "/cases/:id/extensions":
		return map[string]any{"/clock_id": absent}
	case "/cases/:id/sponsor":
		return map[string]any{"/user_id": w.user("leader")}
	}
	return nil
}

// absent is a member that a body leaves out.
var absent = &struct{}{}

func bodySchema(op *openapi3.Operation) *openapi3.Schema {
	if op == nil || op.RequestBody == nil {
		return nil
	}
	return op.RequestBody.Value.Content.Get("application/json").Schema.Value
}

// fields lists the places of a route's body whose values are no objects and no
// lists.
func fields(t target) (all []field) {
	var walk func(pointer string, s *openapi3.Schema)
	walk = func(pointer string, s *openapi3.Schema) {
		switch {
		case s.Type.Is("array"):
			walk(pointer+"/0", s.Items.Value)
		case len(members(s)) > 0:
			for _, name := range slices.Sorted(maps.Keys(members(s))) {
				walk(pointer+"/"+name, members(s)[name])
			}
		default:
			all = append(all, field{pointer, s})
		}
	}
	if s := bodySchema(t.op); s != nil {
		walk("", s)
	}
	return all
}

// members are the properties of an object, those of its parts too; of a map, one
// of any name.
func members(s *openapi3.Schema) map[string]*openapi3.Schema {
	all := map[string]*openapi3.Schema{}
	for _, part := range s.AllOf {
		maps.Copy(all, members(part.Value))
	}
	for name, member := range s.Properties {
		all[name] = member.Value
	}
	if any := s.AdditionalProperties.Schema; any != nil {
		all["remark"] = any.Value
	}
	return all
}

// value is what a schema would have in the member called name.
func (w *siege) value(name string, s *openapi3.Schema) any {
	switch {
	case s.Type.Is("array"):
		return []any{w.value(name, s.Items.Value)}
	case len(members(s)) > 0 || s.Type.Is("object"):
		object := map[string]any{}
		for name, member := range members(s) {
			object[name] = w.value(name, member)
		}
		return object
	case s.Example != nil:
		return s.Example
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("integer") || s.Type.Is("number"):
		return 1
	case s.Type.Is("boolean"):
		return true
	}
	return w.text(name, s.Format)
}

func (w *siege) text(name, format string) string {
	switch format {
	case "uuid":
		plural := strings.TrimSuffix(name, "_id") + "s"
		if id := w.things[plural]; id != "" {
			return id
		}
		return w.things["units"]
	case "date":
		return w.clock.Now().AddDate(0, 0, 9).Format(time.DateOnly)
	case "date-time":
		return w.clock.Now().Format(time.RFC3339)
	}
	return "文"
}

// with puts a value into the place of a body that a pointer names, and gives the
// body.
func with(body any, pointer string, value any) any {
	if pointer == "" {
		return value
	}
	at := body
	steps := strings.Split(pointer[1:], "/")
	for i, step := range steps {
		last := i == len(steps)-1
		switch here := at.(type) {
		case map[string]any:
			if last && value == absent {
				delete(here, step)
			} else if last {
				here[step] = value
			}
			at = here[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil {
				panic(fmt.Sprintf("%s: %v", pointer, err))
			}
			if last {
				here[n] = value
			}
			at = here[n]
		}
	}
	return body
}
