package api

//go:generate go test -run TestPermissionsDocument . -update

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

const permissionsFile = "../docs/permissions.md"

const permissionsHead = `# Who may do what

Drawn from ` + "`api/testdata/matrix.txt`" + `: ` + "`go generate ./api`" + ` writes this file anew, and a
test fails when it is stale. Another test asks every route, as every role, about
everything that is told here, of the real interface on both databases.

Whoever asks holds the role in a township. The columns say where the case, or the
unit, is that they ask about: in the township; in the township **beside**; at the
county **above**; in an office **below**; **elsewhere**, in another county; in the
township and **confidential**; a case that names them and is no accusation
(**recused**); an accusation of them (**accused**), or of the township (**their unit**); an accusation of
the office below, which the inspectors of the township work on (**inspected**).
What petitioners and couriers ask about in the township they have sent in
themselves; a grid worker's is in the grid.

✓ is done, or shown; ✗ is refused, with 403; an empty field is 404: it does not
exist for them; – cannot be at that place. Nobody without a login comes past any
route but those that say so.
`

var columnWords = map[string]string{
	"any": "", "own": "township", "sibling": "beside", "parent": "above", "child": "below", "other": "elsewhere", "unit": "their unit",
}

// The document says what the matrix says.
func TestPermissionsDocument(t *testing.T) {
	t.Parallel()
	_, policies := readMatrix(t)
	text := permissionsHead
	for _, p := range policies {
		text += p.chapter(p.columns(t))
	}
	name := filepath.FromSlash(permissionsFile)
	if *update {
		must(t, os.WriteFile(name, []byte(text), 0o600))
	}
	kept, err := os.ReadFile(name)
	must(t, err)
	if string(kept) != text {
		t.Errorf("%s is stale: go generate ./api", permissionsFile)
	}
}

// chapter tells a policy: its routes, and a row for those who are answered alike.
func (p *block) chapter(of []relation) string {
	text := "\n## " + strings.ToUpper(p.name[:1]) + p.name[1:] + "\n\n"
	for _, line := range p.lines {
		if said, ok := strings.CutPrefix(line, "# "); ok {
			text += said + "\n\n"
		}
	}
	var routes []string
	for _, x := range p.probes {
		routes = append(routes, "`"+x.route()+"`")
	}
	text += strings.Join(slices.Compact(routes), ", ") + "\n\n| |"
	for _, r := range existing(of) {
		name, ok := columnWords[r.name]
		if !ok {
			name = r.name
		}
		text += " " + name + " |"
	}
	text += "\n|---|" + strings.Repeat("---|", len(existing(of))) + "\n"
	for _, who := range p.alike(of) {
		text += fmt.Sprintf("| %s |", strings.Join(who.names, ", "))
		for _, mark := range who.marks {
			text += " " + mark + " |"
		}
		text += "\n"
	}
	return text
}

// existing is the columns without that of what does not exist.
func existing(of []relation) []relation {
	return slices.DeleteFunc(slices.Clone(of), func(r relation) bool { return r.name == nowhere })
}

type alike struct{ names, marks []string }

// alike gives who is answered alike, those left out whom every gate stops.
func (p *block) alike(of []relation) (rows []alike) {
	for _, who := range allAsking {
		marks, known := p.marks(who, len(existing(of)))
		if !known {
			continue
		}
		name := strings.ReplaceAll(string(who), "_", " ")
		if len(p.cells) < len(allAsking) { // no login is looked at
			name = "everybody"
		}
		i := slices.IndexFunc(rows, func(r alike) bool { return slices.Equal(r.marks, marks) })
		if i < 0 {
			rows, i = append(rows, alike{marks: marks}), len(rows)
		}
		if !slices.Contains(rows[i].names, name) {
			rows[i].names = append(rows[i].names, name)
		}
	}
	return rows
}

func (p *block) marks(who grievance.Role, n int) (marks []string, known bool) {
	cells := p.cells[who]
	if len(cells) == 0 || who == allAsking[0] && cells[0] == "401" {
		return nil, false
	}
	for _, c := range cells[:n] {
		marks = append(marks, mark(c))
	}
	return marks, true
}

func mark(cell string) string {
	switch {
	case cell == "listed" || cell[0] == '2' || cell[0] == '3':
		return "✓"
	case cell == "gate" || cell == "403":
		return "✗"
	case cell == "absent" || cell == "404":
		return ""
	}
	return "–"
}
