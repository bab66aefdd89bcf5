package api

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestAcceptLanguage(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	tests := map[string]string{
		"": "zh-CN", "zh-CN": "zh-CN", "zh": "zh-CN", "zh-TW": "zh-CN", "en": "en", "en-GB": "en", "en-US,en;q=0.9": "en",
		"zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "en;q=0.5,zh;q=0.4": "en", "fr": "zh-CN", "fr,en;q=0.1": "en",
		"*": "zh-CN", "en;q=0": "zh-CN", "!!": "zh-CN", "en;q=x": "zh-CN", strings.Repeat("en,", 200): "zh-CN",
	}
	for given, want := range tests {
		res := r.call("GET", "/staff", "", "Accept-Language: "+given)
		if got := res.Header.Get("Content-Language"); got != want || res.Header.Get("Vary") != "Accept-Language" {
			t.Errorf("%.40q is answered in %s, want %s", given, got, want)
		}
		wantLanguage(t, problemOf(t, res), want)
	}
}

// Every code that the source can refuse with has its English. A code is what a
// call or an Error literal gives right before, or beside, a sentence in Chinese.
func TestEveryCodeHasItsEnglish(t *testing.T) {
	t.Parallel()
	english, found := catalogueOf(t, "en"), map[string]string{}
	for _, root := range []string{".", filepath.Join("..", "internal"), filepath.Join("..", "migrations")} {
		for _, file := range sourcesUnder(t, root) {
			collectCodes(t, file, found)
		}
	}
	if len(found) < 40 || found["not_found"] == "" || found["auth.invalid_credentials"] == "" {
		t.Fatalf("only %d codes were found: the search is broken", len(found))
	}
	for code, where := range found {
		if english[code] == "" {
			t.Errorf("%s (%s) has no English in locale/en.json", code, where)
		}
	}
}

func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	en, zh := catalogueOf(t, "en"), catalogueOf(t, "zh-CN")
	for id, text := range zh {
		if en[id] == "" || !hasHan(text) {
			t.Errorf("%s: %q in Chinese, %q in English", id, text, en[id])
		}
	}
	for id, text := range en {
		if hasHan(text) {
			t.Errorf("%s is Chinese in the English catalogue: %s", id, text)
		}
		if prefix, _, _ := strings.Cut(id, "."); zh[id] == "" && (prefix == "title" || prefix == "expect" || prefix == "fault") {
			t.Errorf("%s has no Chinese", id)
		}
	}
	for kind, status := range statusOfKind {
		if zh["title."+strconv.Itoa(status)] == "" {
			t.Errorf("%s (%d) has no title", kind, status)
		}
	}
	for code, status := range statusOfCode {
		if zh["title."+strconv.Itoa(status)] == "" {
			t.Errorf("%s (%d) has no title", code, status)
		}
	}
}

func catalogueOf(t *testing.T, tag string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("locale", tag+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]string
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func sourcesUnder(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	dottedCode = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	plainCode  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// refusers take plain codes as well as dotted ones.
var refusers = map[string]bool{"Refuse": true, "InvalidField": true, "check": true}

func collectCodes(t *testing.T, file string, found map[string]string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Logf("%s does not parse now: %v", file, err)
		return
	}
	note := func(code string, at token.Pos) { found[code] = set.Position(at).String() }
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			collectCall(n, note)
		case *ast.CompositeLit:
			collectLiteral(n, note)
		}
		return true
	})
}

func collectCall(call *ast.CallExpr, note func(string, token.Pos)) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	for i := range len(call.Args) - 1 {
		code, ok := literal(call.Args[i])
		isCode := dottedCode.MatchString(code) || refusers[name] && plainCode.MatchString(code)
		if ok && isCode && saysChinese(call.Args[i+1]) {
			note(code, call.Args[i].Pos())
		}
	}
}

func collectLiteral(lit *ast.CompositeLit, note func(string, token.Pos)) {
	code, chinese := "", false
	for _, e := range lit.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Code" {
			code, _ = literal(pair.Value)
		} else if ok && key.Name == "Message" {
			chinese = saysChinese(pair.Value)
		}
	}
	if code != "" && chinese {
		note(code, lit.Pos())
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// saysChinese reports whether a sentence in Chinese stands anywhere in e, be it
// put together from parts.
func saysChinese(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			s, _ := literal(lit)
			found = found || hasHan(s)
		}
		return true
	})
	return found
}
