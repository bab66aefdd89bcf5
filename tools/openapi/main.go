// Command openapi writes the OpenAPI 3.0.3 document of package api.
//
//	openapi -root . -out docs/openapi.json
//
// It reads the swag comments of api (the general ones stand in api/api.go,
// an operation's above its handler), converts what swag makes of them, and
// completes it: see convert.go. The document is the same for the same sources,
// byte for byte. The command fails, and writes nothing, when the document is not
// valid, when an operation has no response or a schema no name, and when a
// response is empty or free-form without a description that begins with
// "free-form:" and gives the reason.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	root := flag.String("root", ".", "the project's directory")
	out := flag.String("out", "docs/openapi.json", "where to write the document")
	flag.Parse()
	if err := generate(*root, *out); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

// generate writes the document of the project at root, if it can be written whole.
func generate(root, out string) error {
	doc, err := build(root)
	if err != nil {
		return err
	}
	text, err := encode(doc)
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// build reads, converts, completes and checks the document.
func build(root string) (*openapi3.T, error) {
	exact, err := parse(root, true)
	if err != nil {
		return nil, fmt.Errorf("reading the comments: %w", err)
	}
	lenient, err := parse(root, false)
	if err != nil {
		return nil, fmt.Errorf("reading the comments: %w", err)
	}
	names, err := handlerNames(filepath.Join(root, "api"))
	if err != nil {
		return nil, fmt.Errorf("reading the handlers' names: %w", err)
	}
	doc, err := convert(exact, lenient, names)
	if err != nil {
		return nil, fmt.Errorf("converting to OpenAPI 3: %w", err)
	}
	return doc, check(doc)
}

// encode writes sorted keys, two spaces of indent and a last line end.
func encode(doc *openapi3.T) ([]byte, error) {
	compact, err := doc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encoding the document: %w", err)
	}
	var tree any // maps, whose keys encoding/json sorts
	if err := json.Unmarshal(compact, &tree); err != nil {
		return nil, fmt.Errorf("reading the document again: %w", err)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(tree); err != nil {
		return nil, fmt.Errorf("encoding the document: %w", err)
	}
	return text.Bytes(), nil
}
