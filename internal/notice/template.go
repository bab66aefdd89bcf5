package notice

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"strings"
	text "text/template"

	"github.com/huiyin/huiyin/internal/grievance"
)

// The templates, for ever: a change is a further file, and a line in
// grievance.NoticeTemplates that names its version.
//
//go:embed templates
var files embed.FS

// Template is the form of a kind of notice: its name, the articles of the
// Regulations on Petitioning (信访工作条例) that it rests on, and its parts in
// order. A part whose text comes out empty is left out.
type Template struct {
	Kind     grievance.NoticeKind `json:"kind"`
	Version  int                  `json:"version"`
	Layout   int                  `json:"layout"` // version of the page that it stands on
	Name     string               `json:"name"`
	Articles []int                `json:"articles"`
	Words    map[string]string    `json:"words"` // of codes, beside those of the layout
	Parts    []Part               `json:"parts"`

	layout *layout
}

// Part is a part of a notice. Its text is a template of plain text, each line of
// which becomes a paragraph; the layout alone makes HTML of it, and escapes it.
type Part struct {
	Heading string `json:"heading"`
	Text    string `json:"text"`

	compiled *text.Template
}

// layout is the page that documents stand on.
type layout struct {
	page   *template.Template
	style  template.CSS
	words  map[string]string
	policy string // which style the page may use, and that it may use nothing else
}

type form struct {
	kind    grievance.NoticeKind
	version int
}

// templates is every version of every kind. What is embedded is checked by the
// tests, so that a fault in it cannot reach anybody.
var templates = must(load())

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Lookup gives the template of a kind in a version, nil where there is none.
func Lookup(kind grievance.NoticeKind, version int) *Template { return templates[form{kind, version}] }

func load() (map[form]*Template, error) {
	entries, err := files.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	layouts, all := map[int]*layout{}, map[form]*Template{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		t, err := readTemplate(e.Name(), layouts)
		if err != nil {
			return nil, fmt.Errorf("reading template %s: %w", e.Name(), err)
		}
		all[form{t.Kind, t.Version}] = t
	}
	return all, nil
}

func readTemplate(name string, layouts map[int]*layout) (*Template, error) {
	content, err := files.ReadFile("templates/" + name)
	if err != nil {
		return nil, err
	}
	t := &Template{}
	if err := json.Unmarshal(content, t); err != nil {
		return nil, err
	}
	if layouts[t.Layout] == nil {
		if layouts[t.Layout], err = readLayout(t.Layout); err != nil {
			return nil, err
		}
	}
	t.layout = layouts[t.Layout]
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.compiled, err = text.New("").Funcs(t.functions()).Parse(p.Text); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func readLayout(version int) (*layout, error) {
	dir := fmt.Sprintf("templates/layout_%d/", version)
	style, err := files.ReadFile(dir + "page.css")
	if err != nil {
		return nil, err
	}
	said, err := files.ReadFile(dir + "words.json")
	if err != nil {
		return nil, err
	}
	l := &layout{style: template.CSS(style)} //nolint:gosec // it is ours, and embedded
	if err := json.Unmarshal(said, &l.words); err != nil {
		return nil, err
	}
	l.page, err = template.New("page.html").Funcs(template.FuncMap{"date": date, "moment": moment, "say": l.say}).ParseFS(files, dir+"page.html")
	sum := sha256.Sum256(style)
	l.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return l, err
}

// say gives the words of a code; one without any stands as it is.
func (l *layout) say(code any) string {
	key := fmt.Sprint(code)
	if w, ok := l.words[key]; ok {
		return w
	}
	return key
}

// functions are what a part may call.
func (t *Template) functions() text.FuncMap {
	words := maps.Clone(t.layout.words)
	maps.Copy(words, t.Words)
	own := &layout{words: words}
	return text.FuncMap{"date": date, "days": days, "say": own.say, "basis": t.basis}
}

// basis names the articles that a notice rests on.
func (t *Template) basis() string {
	named := make([]string, len(t.Articles))
	for i, a := range t.Articles {
		named[i] = "第" + numeral(a) + "条"
	}
	return "《信访工作条例》" + strings.Join(named, "、")
}
