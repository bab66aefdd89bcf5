package main

import (
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// The headers that tell a client how much it may still ask.
var limitHeaders = map[string]string{
	"RateLimit-Policy": `The allowances that the request was held to: "name";q=requests;w=seconds, separated by commas (draft-ietf-httpapi-ratelimit-headers).`,
	"RateLimit":        `What is left of each: "name";r=requests;t=seconds until there is one again, 0 while there is.`,
}

const deviceWords = "Names the device at its address, so that a busy neighbour does not use up what it needs: 16 to 64 letters, digits or . _ ~ -, made up once and kept. It is neither stored nor logged."

// tellLimits says of every operation that is held to allowances, which are those
// that want a login and those that say so by a 429, how it tells them; and of
// those without a login, how a device names itself.
func tellLimits(doc *openapi3.T) {
	doc.Components.Headers = openapi3.Headers{}
	for name, words := range limitHeaders {
		doc.Components.Headers[name] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{
			Description: words, Schema: openapi3.NewSchemaRef("", openapi3.NewStringSchema()),
		}}}
	}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			limitOperation(operation, doc.Components.Headers)
		}
	}
}

func limitOperation(operation *openapi3.Operation, known openapi3.Headers) {
	const limited, refused = "429", "401"
	login, told := operation.Security != nil, operation.Responses.Value(limited) != nil
	switch unauthorised := operation.Responses.Value(refused); {
	case login && !told && unauthorised != nil:
		operation.Responses.Set(limited, &openapi3.ResponseRef{Value: tooMany(*unauthorised.Value)})
	case login:
	case !told:
		return
	default:
		device := openapi3.NewHeaderParameter("Huiyin-Device").WithDescription(deviceWords).
			WithSchema(openapi3.NewStringSchema().WithPattern("^[A-Za-z0-9._~-]{16,64}$"))
		operation.AddParameter(device)
	}
	for status, response := range operation.Responses.Map() {
		if status[0] == '2' || status == limited {
			addLimitHeaders(response.Value, known)
		}
	}
}

func addLimitHeaders(response *openapi3.Response, known openapi3.Headers) {
	if response.Headers == nil {
		response.Headers = openapi3.Headers{}
	}
	for name, header := range known {
		response.Headers[name] = &openapi3.HeaderRef{Ref: "#/components/headers/" + name, Value: header.Value}
	}
}

// tooMany is a refusal that looks like another.
func tooMany(refusal openapi3.Response) *openapi3.Response {
	description := http.StatusText(http.StatusTooManyRequests)
	refusal.Headers, refusal.Description = nil, &description
	return &refusal
}
