package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// freeForm begins the description of a schema that is open on purpose.
const freeForm = "free-form:"

var componentName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// check returns everything that is wrong with the document.
func check(doc *openapi3.T) error {
	c := &checker{operations: map[string]string{}, seen: map[*openapi3.Schema]bool{}}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		if !componentName.MatchString(name) {
			c.complain("schema %s: its type lacks `// @name X` after the closing brace", name)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		operations := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			c.operation(method+" "+path, operations[method])
		}
	}
	if err := doc.Validate(context.Background()); err != nil {
		c.problems = append(c.problems, err)
	}
	return errors.Join(c.problems...)
}

// checker collects complaints. Each schema is looked at once.
type checker struct {
	operations map[string]string
	seen       map[*openapi3.Schema]bool
	problems   []error
}

func (c *checker) complain(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf(format, args...))
}

func (c *checker) operation(name string, operation *openapi3.Operation) {
	id := operation.OperationID
	switch other, taken := c.operations[id]; {
	case id == "":
		c.complain("%s: no operation id", name)
	case taken:
		c.complain("%s: operation id %s is also that of %s", name, id, other)
	}
	c.operations[id] = name
	responses := operation.Responses.Map()
	if len(responses) == 0 {
		c.complain("%s: no response", name)
	}
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		c.response(name+" "+status, status, responses[status].Value)
	}
	if body := operation.RequestBody; body != nil && len(body.Value.Content) == 0 {
		c.complain("%s: a request body without content", name)
	}
}

func (c *checker) response(where, status string, response *openapi3.Response) {
	if bodiless(status) {
		return
	}
	if len(response.Content) == 0 {
		c.complain("%s: the response is empty", where)
	}
	for _, mime := range slices.Sorted(maps.Keys(response.Content)) {
		c.schema(where+" "+mime, response.Content[mime].Schema)
	}
}

// schema follows a schema to its leaves and refuses those that say nothing.
func (c *checker) schema(where string, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		c.complain("%s: no schema", where)
		return
	}
	schema := ref.Value
	if c.seen[schema] {
		return
	}
	c.seen[schema] = true
	if strings.HasPrefix(schema.Description, freeForm) {
		return
	}
	if what := vagueness(schema); what != "" {
		c.complain("%s: %s; describe it, or begin its description with %q and give the reason", where, what, freeForm)
	}
	inner := children(schema)
	slices.SortFunc(inner, func(a, b child) int { return strings.Compare(a.name, b.name) })
	for _, next := range inner {
		c.schema(where+next.name, next.ref)
	}
}

// vagueness says what a schema leaves open, or "".
func vagueness(schema *openapi3.Schema) string {
	ap := schema.AdditionalProperties
	combined := len(schema.AllOf)+len(schema.AnyOf)+len(schema.OneOf) > 0
	switch {
	case ap.Has != nil && *ap.Has:
		return "an object with any properties"
	case combined:
		return ""
	case schema.Type == nil:
		return "a schema without a type"
	case schema.Type.Is(openapi3.TypeObject) && len(schema.Properties) == 0 && ap.Schema == nil:
		return "an object without properties"
	case schema.Type.Is(openapi3.TypeArray) && schema.Items == nil:
		return "an array of anything"
	}
	return ""
}
