package main

import (
	"cmp"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
	sheetType   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	bearer      = "bearer"
)

// convert makes OpenAPI 3.0.3 of swag's document and says in it what version 2,
// or swag, cannot say:
//   - the server is the one that the document came from, and paths are whole;
//   - who calls proves it with a bearer token, a JWT;
//   - an operation without an id gets its handler's name;
//   - refusals are problem documents, spreadsheets are not JSON;
//   - request bodies are closed, for an unknown property is refused, and require
//     what the lenient reading of the same comments does;
//   - who asks too often is told so, by headers: see limits.go;
//   - `_at` is an instant and `_on` a date, unless the type says otherwise.
func convert(swagger, lenient *openapi2.T, names map[route]string) (*openapi3.T, error) {
	base := strings.TrimSuffix(swagger.BasePath, "/")
	swagger.BasePath, swagger.Host, swagger.SecurityDefinitions = "", "", nil
	doc, err := openapi2conv.ToV3(swagger)
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	doc.Components.SecuritySchemes = openapi3.SecuritySchemes{
		bearer: {Value: openapi3.NewJWTSecurityScheme()},
	}
	paths := openapi3.NewPaths()
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			operation.OperationID = cmp.Or(operation.OperationID, names[route{strings.ToLower(method), path}])
			completeOperation(operation)
		}
		paths.Set(base+path, item)
	}
	doc.Paths = paths
	tellLimits(doc)
	closeRequests(doc, lenient)
	for _, schema := range doc.Components.Schemas {
		nameFormats(schema.Value)
	}
	return doc, nil
}

func completeOperation(operation *openapi3.Operation) {
	if operation.Security != nil {
		operation.Security = &openapi3.SecurityRequirements{{bearer: {}}}
	}
	if operation.RequestBody != nil {
		operation.RequestBody.Value.Extensions = nil // the name of a parameter that is none any more
	}
	for status, response := range operation.Responses.Map() {
		completeResponse(status, response.Value)
	}
}

// completeResponse gives each kind of content its own media type and schema.
func completeResponse(status string, response *openapi3.Response) {
	if status == "default" && *response.Description == "" {
		refused := "Refused"
		response.Description = &refused
	}
	if isRefusal(status) {
		for _, media := range response.Content {
			response.Content = openapi3.Content{problemType: media}
			return
		}
		return
	}
	for name, media := range response.Content {
		switch {
		case name == jsonType || media.Schema == nil:
		case strings.HasPrefix(name, "text/"):
			media.Schema = openapi3.NewSchemaRef("", openapi3.NewStringSchema())
		case name == sheetType || name == "application/octet-stream":
			media.Schema = openapi3.NewSchemaRef("", openapi3.NewStringSchema().WithFormat("binary"))
		}
	}
}

func isRefusal(status string) bool {
	return status == "default" || status >= "400" && len(status) == len("400")
}

// closeRequests forbids unknown properties in every object that a request body
// is made of. A schema that responses share is closed with it.
func closeRequests(doc *openapi3.T, lenient *openapi2.T) {
	c := closer{lenient: lenient.Definitions, seen: map[*openapi3.Schema]bool{}}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			for _, media := range operation.RequestBody.Value.Content {
				c.close(media.Schema)
			}
		}
	}
}

type closer struct {
	lenient map[string]*openapi2.SchemaRef
	seen    map[*openapi3.Schema]bool
}

func (c *closer) close(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || c.seen[ref.Value] {
		return
	}
	schema := ref.Value
	c.seen[schema] = true
	if asked := c.lenient[strings.TrimPrefix(ref.Ref, "#/components/schemas/")]; asked != nil {
		schema.Required = asked.Value.Required
	}
	ap := &schema.AdditionalProperties
	if isObject(schema) && ap.Has == nil && ap.Schema == nil {
		closed := false
		ap.Has = &closed
	}
	for _, inner := range children(schema) {
		c.close(inner.ref)
	}
}

// isObject leaves out a schema that only combines others: closing it would
// refuse the properties of what it combines.
func isObject(schema *openapi3.Schema) bool {
	return schema.Type.Is(openapi3.TypeObject) && len(schema.AllOf) == 0
}

// nameFormats tells instants from dates by the names that api.md prescribes.
func nameFormats(schema *openapi3.Schema) {
	for name, property := range schema.Properties {
		if property.Ref != "" || !property.Value.Type.Is(openapi3.TypeString) || property.Value.Format != "" {
			continue
		}
		switch {
		case strings.HasSuffix(name, "_at"):
			property.Value.Format = "date-time"
		case strings.HasSuffix(name, "_on"):
			property.Value.Format = "date"
		}
	}
}

// child is a schema inside another and the way to it.
type child struct {
	name string
	ref  *openapi3.SchemaRef
}

// children lists the schemas directly inside a schema.
func children(schema *openapi3.Schema) []child {
	var all []child
	for name, property := range schema.Properties {
		all = append(all, child{"." + name, property})
	}
	for _, refs := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
		for _, ref := range refs {
			all = append(all, child{"", ref})
		}
	}
	if schema.Items != nil {
		all = append(all, child{"[]", schema.Items})
	}
	if schema.AdditionalProperties.Schema != nil {
		all = append(all, child{".*", schema.AdditionalProperties.Schema})
	}
	return all
}

// bodiless reports whether a response of this status has no content by the
// rules of HTTP.
func bodiless(status string) bool {
	return strings.HasPrefix(status, "1") || strings.HasPrefix(status, "3") || status == "204" || status == "205"
}
