package api

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// lists names every list that is read by pages, as cursors name it, by its route.
var lists = map[string][]string{
	"/appointments": {"appointments"}, "/bulletins": {"bulletins"}, "/bulletins/:id/figures/:name": {"figure"},
	"/cases": {"cases.newest", "cases.received_at", "cases.due_at"}, "/cases/search": {"cases.newest"}, "/cases/:id/events": {"events"},
	"/cases/:id/related": {"related"}, "/deputies": {"deputies"}, "/escalations": {"escalations"}, "/findings": {"findings"}, "/inbox": {"inbox"},
	"/public/units": {"units"}, "/public/wall": {"wall"}, "/sign-offs": {"sign-offs.pending"}, "/units": {"units"}, "/units/:id/subtree": {"units"}, "/users": {"users"},
}

// forged is a cursor of a list at a position of the attacker's making: the sum is
// no secret.
func forged(list, position string) string {
	return base64.RawURLEncoding.EncodeToString(append(sumOf(list, []byte(position)), position...))
}

// Whatever stands for a cursor, the answer is a page or that it is none; and the
// cursor of another list is none.
func TestHostileCursors(t *testing.T) {
	t.Parallel()
	eachSiege(t, func(t *testing.T, w *siege) {
		for _, r := range w.routes {
			if r.op == nil || r.op.Parameters.GetByInAndName("query", "cursor") == nil {
				continue
			}
			names := lists[strings.TrimPrefix(r.path, v1)]
			if len(names) == 0 {
				t.Errorf("%s: name its list beside the others", r.path)
			}
			for _, text := range lines(t, "cursors.txt") {
				for _, name := range append(slices.Clone(names), "other") {
					w.cursor(r, forged(name, text.text), name)
				}
				w.cursor(r, text.text, "none")
			}
		}
	})
}

func (w *siege) cursor(r target, cursor, name string) {
	w.t.Helper()
	at := w.query(r.op, "cursor", cursor)
	if order, sorted := strings.CutPrefix(name, "cases."); sorted {
		at += "&sort=" + order
	}
	s := shot{target: r, path: w.path(r.route, nil) + "?" + at, body: w.body(r), payload: cursor}
	if r.method == http.MethodGet {
		s.body = ""
	}
	res := w.fire(s)
	switch none := name == "none" || name == "other"; {
	case res.StatusCode == http.StatusBadRequest:
		if p := problemOf(w.t, res); p.Code != errCursor.Code && p.Code != errParameter.Code {
			w.complain(s, "%s: %s", name, p.Code)
		}
	case none && res.StatusCode < 300:
		w.complain(s, "%s: taken for a cursor", name)
	}
}
