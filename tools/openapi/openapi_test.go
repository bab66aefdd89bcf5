package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write the golden file again")

// TestGolden sends a small project through the whole pipeline.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "openapi.json")
	out := filepath.Join(t.TempDir(), "openapi.json")
	if err := generate(filepath.Join("testdata", "project"), out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the document changed; see the difference with -update and git diff:\n%s", got)
	}
}

// fragment is a document with one operation, GET /x, and its response.
const fragment = `{"openapi":"3.0.3","info":{"title":"t","version":"1"},
"paths":{"/x":{"get":{OPERATION"responses":{"STATUS":{"description":"d"CONTENT}}}}},
"components":{"schemas":{"Thing":SCHEMA}}}`

func TestCheck(t *testing.T) {
	t.Parallel()
	const thing = `,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}`
	tests := []struct {
		name, operation, status, content, schema string
		want                                     string // part of the complaint, "" for none
	}{
		{name: "sound", schema: `{"type":"object","properties":{"a":{"type":"string"}}}`},
		{name: "map", schema: `{"type":"object","additionalProperties":{"type":"integer"}}`},
		{name: "free-form with a reason", schema: `{"type":"object","description":"free-form: because"}`},
		{name: "no content", status: "204", content: " ", schema: `{"type":"string"}`},
		{name: "not modified", status: "304", content: " ", schema: `{"type":"string"}`},
		{name: "empty response", content: " ", schema: `{"type":"string"}`, want: "GET /x 200: the response is empty"},
		{name: "no schema", content: `,"content":{"application/json":{}}`, schema: `{"type":"string"}`, want: "no schema"},
		{name: "object without properties", schema: `{"type":"object"}`, want: "an object without properties"},
		{name: "free-form without a reason", schema: `{"type":"object","description":"anything"}`, want: "without properties"},
		{name: "any properties", schema: `{"type":"object","additionalProperties":true}`, want: "any properties"},
		{name: "map of anything", schema: `{"type":"object","additionalProperties":{}}`, want: "json.*: a schema without a type"},
		{name: "deep", schema: `{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}}}`, want: "json.a[]: an object without"},
		{name: "combined", schema: `{"allOf":[{"type":"object"}]}`, want: "an object without"},
		{name: "array of anything", schema: `{"type":"array","items":{}}`, want: "[]: a schema without a type"},
		{name: "no operation id", operation: " ", schema: `{"type":"string"}`, want: "GET /x: no operation id"},
		{
			name: "operation id twice", operation: `"operationId":"x","responses":{"204":{"description":"d"}}},"post":{"operationId":"x",`,
			schema: `{"type":"string"}`, want: "is also that of GET /x",
		},
		{name: "invalid", operation: `"operationId":"x","parameters":[{"name":"a","in":"nowhere"}],`, schema: `{"type":"string"}`, want: "nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			or := func(given, usual string) string {
				if given == "" {
					return usual
				}
				return given
			}
			text := strings.NewReplacer("OPERATION", or(tt.operation, `"operationId":"x",`), "STATUS", or(tt.status, "200"),
				"CONTENT", or(tt.content, thing), "SCHEMA", tt.schema).Replace(fragment)
			doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			err = check(doc)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("complains: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want a complaint with %q", err, tt.want)
			}
		})
	}
}

func TestCheckWantsNames(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("OPERATION", "", "STATUS", "204", "CONTENT", "", "SCHEMA", `{"type":"string"}`,
		"Thing", "api.thingView").Replace(fragment)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := check(doc); err == nil || !strings.Contains(err.Error(), "schema api.thingView: its type lacks") {
		t.Errorf("got %v", err)
	}
}

// TestGoldenIsValid reads the golden file as a client would.
func TestGoldenIsValid(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join("testdata", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Error(err)
	}
	create := doc.Paths.Find("/api/v1/cases").Post
	body := create.RequestBody.Value.Content.Get("application/json").Schema.Value
	if err := body.VisitJSON(map[string]any{"title": "t"}); err != nil {
		t.Errorf("a sound body is refused: %v", err)
	}
	if body.VisitJSON(map[string]any{"title": "t", "titel": "t"}) == nil {
		t.Error("an unknown property is accepted")
	}
	if create.Responses.Default().Value.Content.Get("application/problem+json") == nil {
		t.Error("a refusal is not a problem document")
	}
}
