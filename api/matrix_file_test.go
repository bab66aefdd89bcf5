package api

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

var update = flag.Bool("update", false, "write what the matrix' cells are; which route stands under which policy stays by hand")

const matrixFile = "testdata/matrix.txt"

// block is a policy of the matrix: routes that answer everybody alike, and how.
type block struct {
	name   string
	lines  []string // as they stand in the file, before the table
	probes []probe
	rows   []grievance.Role            // who is asked as
	cells  map[grievance.Role][]string // by asker, in the order of the columns
}

// probe is a request of the matrix: a route, what it is about, and what it says.
// Listed asks whether what it is about stands in the list that the route gives.
type probe struct {
	method, path string
	what         string // stage of a case, or another subject
	id           string // which of the subject's names is the path's :id
	listed       bool
	said         string // a question, or a body
}

func (p probe) route() string { return p.method + " " + p.path }

// readMatrix reads the file: what is said before its first policy, and those.
func readMatrix(t *testing.T) (preamble []string, policies []*block) {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(matrixFile))
	must(t, err)
	var said []string
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 && len(policies) == 0:
			preamble, said = append(preamble, append(said, "")...), nil
		case len(fields) == 0 || fields[0] == caseRelations[0].name || fields[0] == noRelation[0].name:
		case line[0] == '#':
			said = append(said, line)
		case line[0] == '[':
			p := &block{name: strings.Trim(line, "[]"), lines: append(said, line), cells: map[grievance.Role][]string{}}
			policies, said = append(policies, p), nil
		case slices.Contains(allAsking, grievance.Role(fields[len(fields)-1])):
			policies[len(policies)-1].readRow(fields)
		default:
			p := policies[len(policies)-1]
			p.lines, p.probes = append(p.lines, line), append(p.probes, readProbe(t, line))
		}
	}
	return preamble, policies
}

func readProbe(t *testing.T, line string) (p probe) {
	t.Helper()
	fields := strings.Fields(line)
	if len(fields) < 3 {
		t.Fatalf("%s: %q is not a method, a path and what it is about", matrixFile, line)
	}
	p.method, p.path, p.what = fields[0], fields[1], fields[2]
	_, said, _ := strings.Cut(line, " "+p.what)
	p.said = strings.TrimSpace(said)
	p.what, p.listed = strings.CutPrefix(p.what, "in:")
	p.what, p.id, _ = strings.Cut(p.what, ".")
	if p.id == "" {
		p.id = usualID(p.what)
	}
	return p
}

// usualID is what a path's :id is of a subject.
func usualID(what string) string {
	switch what {
	case "place", "spare":
		return "unit"
	case "bulletin", "feed":
		return what
	}
	return "case"
}

// columns gives the policy's columns, which are those of each of its probes.
func (p *block) columns(t *testing.T) []relation {
	t.Helper()
	if len(p.probes) == 0 {
		t.Fatalf("[%s] has no route", p.name)
	}
	of := columns(p.probes[0].what)
	for _, x := range p.probes {
		if columns(x.what)[0].name != of[0].name || len(columns(x.what)) != len(of) {
			t.Fatalf("[%s]: %s is about something of another kind", p.name, x.route())
		}
	}
	return of
}

// readRow reads what some allAsking get: the cells, and after them who.
func (p *block) readRow(fields []string) {
	n := slices.IndexFunc(fields, func(f string) bool { return slices.Contains(allAsking, grievance.Role(f)) })
	for _, who := range fields[n:] {
		p.cells[grievance.Role(who)] = fields[:n]
	}
}

// table writes the policy's cells, a line for those who get the same.
func (p *block) table(of []relation) (lines []string) {
	row := func(cells []string) (text string) {
		for i, c := range cells {
			text += fmt.Sprintf("%-*s ", max(len(of[i].name), 6), c)
		}
		return text
	}
	lines = append(lines, strings.TrimRight(row(namesOf(of)), " "))
	for i, who := range p.rows {
		same := func(other grievance.Role) bool { return slices.Equal(p.cells[other], p.cells[who]) }
		if slices.ContainsFunc(p.rows[:i], same) {
			continue
		}
		line := row(p.cells[who])
		for _, other := range p.rows[i:] {
			if same(other) {
				line += " " + string(other)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// writeMatrix writes the file with the policies' cells as they are.
func writeMatrix(t *testing.T, preamble []string, policies []*block) {
	t.Helper()
	text := strings.Join(preamble, "\n")
	for _, p := range policies {
		text += "\n" + strings.Join(append(p.lines, p.table(p.columns(t))...), "\n") + "\n"
	}
	must(t, os.WriteFile(filepath.FromSlash(matrixFile), []byte(text), 0o600))
}
