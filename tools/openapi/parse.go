package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/swaggo/swag"
)

// general is the file whose comments describe the interface as a whole.
const general = "api.go"

// parse runs swag over api; types of internal packages that its comments name
// are found as well. A property without `validate:"required"` is optional, or
// (if exact) required unless it carries omitempty: the first is how requests are
// read, the second how responses are written.
func parse(root string, exact bool) (*openapi2.T, error) {
	dirs, err := packageDirs(root)
	if err != nil {
		return nil, err
	}
	p := swag.New(swag.SetDebugger(log.New(io.Discard, "", 0)), swag.SetStrict(true))
	p.RequiredByDefault = exact
	if p.Overrides, err = texts(filepath.Join(root, "internal")); err != nil {
		return nil, err
	}
	if err := p.ParseAPIMultiSearchDir(dirs, general, 1); err != nil {
		return nil, err
	}
	text, err := json.Marshal(p.GetSwagger())
	if err != nil {
		return nil, fmt.Errorf("encoding what swag found: %w", err)
	}
	text = domainName.ReplaceAll(text, []byte(`$1$2"`))
	var doc openapi2.T
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("reading what swag found: %w", err)
	}
	return &doc, nil
}

// texts names the types that are text in JSON though their Go type is not: the
// calendar's date and the aliases of grievance.ID. Swag looks them up as they
// are written in other packages, and by their full path in their own.
func texts(internal string) (map[string]string, error) {
	source, err := os.ReadFile(filepath.Join(internal, "grievance", "id.go"))
	if err != nil {
		return nil, err
	}
	names := []string{"calendar.Date"}
	for _, found := range idAlias.FindAllSubmatch(source, -1) {
		names = append(names, "grievance."+string(found[1]))
	}
	overrides := map[string]string{}
	for _, name := range names {
		overrides[name] = "string"
		overrides["github.com/huiyin/huiyin/internal/"+name] = "string"
	}
	return overrides, nil
}

var idAlias = regexp.MustCompile(`(?m)^\s*(?:type )?([A-Z]\w*)\s+= ID\[`)

// domainName finds the names of exported types of other packages than api, as
// swag makes them (`grievance.Nature`) for types that carry no @name: the name of
// a domain's type is good enough for a client, once the package is gone.
var domainName = regexp.MustCompile(`("|"#/definitions/)(?:calendar|casework|engine|grievance|office|report)\.([A-Z][A-Za-z0-9]*)"`)

// packageDirs lists api, which has to come first, and our internal packages.
func packageDirs(root string) ([]string, error) {
	internal, err := filepath.Glob(filepath.Join(root, "internal", "*"))
	if err != nil {
		return nil, err
	}
	dirs := []string{filepath.Join(root, "api")}
	for _, dir := range internal {
		if sources, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(sources) > 0 {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// route is a method in lower case and a path as it stands in a comment.
type route struct{ method, path string }

var routeLine = regexp.MustCompile(`(?m)^\s*@Router\s+(\S+)\s+\[(\w+)\]`)

// handlerNames maps the routes in the comments of a directory's functions to
// the names of these functions, with a small first letter.
func handlerNames(dir string) (map[route]string, error) {
	names := map[route]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		addHandlers(names, file)
	}
	return names, nil
}

func addHandlers(names map[route]string, file *ast.File) {
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Doc == nil {
			continue
		}
		routes := routeLine.FindAllStringSubmatch(f.Doc.Text(), -1)
		for i, found := range slices.All(routes) {
			name := strings.ToLower(f.Name.Name[:1]) + f.Name.Name[1:]
			if i > 0 { // a second route of the same handler
				name += strings.ToUpper(found[2][:1]) + strings.ToLower(found[2][1:])
			}
			names[route{strings.ToLower(found[2]), found[1]}] = name
		}
	}
}
