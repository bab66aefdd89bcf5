package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
)

// cell is what somebody was answered about something, and what they are answered
// about what does not exist.
type cell struct {
	probe
	gate         gate
	who          grievance.Role
	ofCase       bool
	about        string // the relation
	sent         bool   // by who asks
	got, nowhere string
}

// never is what no cell may say, whatever stands in the file: -update cannot hide it.
var never = []struct {
	why  string
	says func(cell) bool
}{
	{"nobody comes past a gate without a login", func(c cell) bool {
		return c.who == allAsking[0] && !c.gate.anonymous && c.got != "401"
	}},
	{"what is beside, above or elsewhere is told as what does not exist", func(c cell) bool {
		return c.ofCase && c.elsewhere() && c.got != c.nowhere
	}},
	{"nobody changes units, people and posts that are not below them", func(c cell) bool {
		return c.ofOffice() && c.elsewhere() && c.method != http.MethodGet && c.got[0] == '2'
	}},
	{"an accusation does not exist for whom it is about, and for their unit", func(c cell) bool {
		return (c.about == "accused" || c.about == "unit") && !(c.sent && c.who == petitioner) && c.got != c.nowhere
	}},
	{"who is named in a case does nothing in it, though their unit answers for itself", func(c cell) bool {
		return c.about == "recused" && c.method != http.MethodGet && !strings.HasPrefix(c.path, "/findings") && c.who != petitioner && c.got[0] == '2'
	}},
	{"a petitioner sees what they have sent in, whomever it is about", func(c cell) bool {
		return c.sent && c.who == petitioner && (c.got == "404" || c.got == "absent")
	}},
}

func (c cell) elsewhere() bool {
	return slices.Contains([]string{"sibling", "parent", "other"}, c.about)
}

// ofOffice reports whether the route is about the organisation.
func (c cell) ofOffice() bool {
	kind, _, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	return slices.Contains([]string{"units", "users", "appointments", "deputies", "api-keys"}, kind)
}

// wantNever holds a row of the matrix against what no cell may say.
func (m *matrix) wantNever(x probe, of []relation, who grievance.Role, cells []string) {
	m.t.Helper()
	c := cell{probe: x, gate: m.routeOf(x).gate, ofCase: len(of) == len(caseRelations), who: who, nowhere: cells[len(cells)-1]}
	if c.gate.anonymous {
		return // whoever asks
	}
	for i, r := range of {
		c.about, c.got, c.sent = r.name, cells[i], r.mine && (who == petitioner || who == courier)
		for _, rule := range never {
			if c.got != unknown && rule.says(c) {
				m.t.Errorf("%s as %s about %s: %s, but %s", x.route(), who, c.about, c.got, rule.why)
			}
		}
	}
}
