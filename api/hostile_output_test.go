package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// formulas are names that a spreadsheet would run, and that a calendar or a page
// would take for more than a name.
var formulas = []string{
	`=HYPERLINK("http://192.0.2.1")`, "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "\u200b=1+1", "\u00a0=1+1", `"=1+1`,
	"<script>alert(1)</script>", "a;b,c\\n:d", "END:VEVENT", strings.Repeat("长", 99),
}

// A name that is a formula, a script or a line of a calendar is none of it in
// whatever is written for a spreadsheet, a browser or a calendar.
func TestHostileOutput(t *testing.T) {
	t.Parallel()
	eachSiege(t, func(t *testing.T, w *siege) {
		for _, name := range formulas {
			res := w.fire(shot{target: target{route: route{method: "POST", path: v1 + "/units/:id/rename"}, account: "admin"},
				path: v1 + "/units/" + w.unit(jichuan) + "/rename", body: fmt.Sprintf(`{"name":%s}`, quoted(name))})
			if res.StatusCode >= http.StatusBadRequest { // what begins with nothing to see is no name
				continue
			}
			if got := read[UnitView](w.city, "admin", "/units/"+w.unit(jichuan)).Name; got != name {
				t.Errorf("%q is called %q", name, got)
			}
			for _, r := range w.routes {
				if r.method == http.MethodGet && r.op != nil {
					w.output(r, name)
				}
			}
		}
		if w.forms[typeCSV] == 0 || w.forms[typeCalendar] == 0 || w.forms[typeHTML] == 0 {
			t.Errorf("asked for %v", w.forms)
		}
	})
}

// output asks a route for every form that the contract says it has.
func (w *siege) output(r target, name string) {
	w.t.Helper()
	ok := r.op.Responses.Value("200")
	if ok == nil {
		return
	}
	for kind := range ok.Value.Content {
		path := w.path(r.route, nil)
		if asked := w.query(r.op, "", ""); asked != "=" {
			path += "?" + strings.TrimPrefix(asked, "=&")
		}
		res := w.fire(shot{target: r, path: path, header: []string{"Accept: " + kind}})
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			continue
		}
		body := string(bodyOf(w.t, res))
		switch kind {
		case typeCSV:
			w.formulaFree(r, body)
		case typeCalendar:
			w.folded(r, body)
		case typeHTML:
			if strings.Contains(body, "<script>alert") || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				w.t.Errorf("%s: %q is a script, or may run one: %s", r.path, name, res.Header.Get("Content-Security-Policy"))
			}
		}
		w.forms[kind]++
	}
}

// formulaFree wants a table none of whose cells begins like a formula, once what
// nobody sees is left out.
func (w *siege) formulaFree(r target, body string) {
	w.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) < 2 {
		w.t.Errorf("%s: %d rows, %v", r.path, len(rows), err)
	}
	for _, cell := range slices.Concat(rows...) {
		seen := strings.TrimLeftFunc(cell, func(c rune) bool { return !visible(c) })
		if seen != "" && strings.ContainsAny(seen[:len(string([]rune(seen)[0]))], "=+-@＝＋－＠") {
			w.t.Errorf("%s: a cell is %q", r.path, cell)
		}
	}
}

// folded wants a calendar of lines of at most 75 octets, each whole UTF-8 and each
// with the name of a property or the rest of one, and as many ends as beginnings.
func (w *siege) folded(r target, body string) {
	w.t.Helper()
	lines := strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n")
	for _, line := range lines {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			w.t.Errorf("%s: a line is %q", r.path, line)
		}
	}
	if ends, begins := count(lines, "END:VEVENT"), count(lines, "BEGIN:VEVENT"); ends != begins || ends == 0 {
		w.t.Errorf("%s: %d events begin, %d end", r.path, begins, ends)
	}
}

func count(lines []string, want string) (n int) {
	for _, line := range lines {
		if line == want {
			n++
		}
	}
	return n
}
