package notice

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Page is a document ready to be sent: HTML, and the Content-Security-Policy
// that lets it use its own style and nothing else. The HTML has the policy too,
// for a page that is kept as a file.
type Page struct {
	HTML   []byte
	Policy string
}

// Page is the document of a notice.
func (r Record) Page() (Page, error) {
	d, err := r.Document()
	if err != nil {
		return Page{}, err
	}
	return d.print(nil)
}

// PageToServe is the document, with the form for its service on a sheet of its
// own behind it as long as it is not served; place is where the addressee can be
// found.
func (r Record) PageToServe(place string) (Page, error) {
	d, err := r.Document()
	switch {
	case err != nil:
		return Page{}, err
	case r.Notice.ServedAt != nil:
		return d.print(nil)
	}
	return d.print(&Service{Place: place})
}

// ServicePage is the proof of the notice's service (送达回证), the blank form
// before it; by is who served it.
func (r Record) ServicePage(by string) (Page, error) {
	d, err := r.Document()
	if err != nil {
		return Page{}, err
	}
	s, err := r.Service(by)
	if err != nil {
		return Page{}, err
	}
	return d.printService(s)
}

// print makes the page of a document, and of the form for its service where
// there is one.
func (d Document) print(with *Service) (Page, error) {
	t, err := d.template()
	if err != nil {
		return Page{}, err
	}
	sheet, err := t.sheet(d)
	if err != nil {
		return Page{}, err
	}
	return t.print(paper{Document: d, Sheet: sheet, Service: with})
}

func (d Document) printService(s Service) (Page, error) {
	t, err := d.template()
	if err != nil {
		return Page{}, err
	}
	return t.print(paper{Document: d, Service: &s})
}

func (d Document) template() (*Template, error) {
	t := Lookup(d.Kind, d.Version)
	if t == nil {
		return nil, fmt.Errorf("there is no template of notices %q in version %d", d.Kind, d.Version)
	}
	return t, nil
}

// paper is what a layout lays out.
type paper struct {
	Document
	Name    string
	Sheet   []section
	Service *Service
	Ways    []string // in which a notice may be served
	Style   template.CSS
	Policy  string
}

// section is a part of a notice as it came out.
type section struct {
	Heading string
	Lines   []string
}

// sheet fills in the parts.
func (t *Template) sheet(d Document) (sections []section, err error) {
	for _, p := range t.Parts {
		var out strings.Builder
		if err := p.compiled.Execute(&out, d); err != nil {
			return nil, fmt.Errorf("filling in a notice %s, version %d: %w", t.Kind, t.Version, err)
		}
		if lines := paragraphs(out.String()); len(lines) > 0 {
			sections = append(sections, section{p.Heading, lines})
		}
	}
	return sections, nil
}

func paragraphs(s string) (lines []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (t *Template) print(p paper) (Page, error) {
	p.Name, p.Style, p.Policy, p.Ways = t.Name, t.layout.style, t.layout.policy, grievance.ServedHow
	var out bytes.Buffer
	if err := t.layout.page.Execute(&out, p); err != nil {
		return Page{}, fmt.Errorf("printing a notice %s, version %d: %w", t.Kind, t.Version, err)
	}
	return Page{out.Bytes(), t.layout.policy + "; frame-ancestors 'none'"}, nil
}
