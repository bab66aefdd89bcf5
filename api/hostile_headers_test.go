package api

import (
	"net/http"
	"strings"
	"testing"
)

// Whatever a header says, the answer is as without it or a refusal.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	all := lines(t, "headers.txt")
	eachSiege(t, func(t *testing.T, w *siege) {
		events := w.recorded()
		for _, r := range w.routes {
			for _, h := range all {
				s := shot{target: r, path: w.path(r.route, nil), header: strings.Split(h.text, "\n"), body: "null"}
				if r.method == http.MethodGet {
					s.body = ""
				}
				_, s.payload, _ = strings.Cut(s.header[0], ": ")
				if strings.HasPrefix(h.text, "X-Request-Id: ok") {
					s.payload = ""
				}
				w.fire(s)
			}
		}
		if n := w.recorded(); n != events {
			t.Errorf("%d events were recorded", n-events)
		}
	})
}

// A key, a version or a type of content that is none is refused, whatever the route.
func TestHostileHeadersOfActions(t *testing.T) {
	t.Parallel()
	eachSiege(t, func(t *testing.T, w *siege) {
		events := w.recorded()
		for _, h := range lines(t, "action_headers.txt") {
			lines := strings.Split(h.text, "\n")
			_, payload, _ := strings.Cut(lines[0], ": ")
			s := shot{path: v1 + "/cases/" + w.things["cases"] + "/notes", body: `{"words":"记一笔"}`, header: lines, payload: payload}
			s.target = target{route: route{method: http.MethodPost, path: v1 + "/cases/:id/notes"}, account: "clerk"}
			if res := w.fire(s); res.StatusCode < 400 {
				w.complain(s, "%s: %d", h.name, res.StatusCode)
			}
		}
		if n := w.recorded(); n != events {
			t.Errorf("%d events were recorded", n-events)
		}
	})
}

// methods are those that no route takes, and those that ask about one.
var methods = []string{"HEAD", "OPTIONS", "TRACE", "CONNECT", "DELETE", "PATCH", "PROPFIND", "BREW", "get", "G'ET"}

// Every route answers to every method, and does with none what it does with its own.
func TestHostileMethods(t *testing.T) {
	t.Parallel()
	eachSiege(t, func(t *testing.T, w *siege) {
		read := map[string]bool{}
		for _, r := range w.routes {
			read[r.path] = read[r.path] || r.method == http.MethodGet
		}
		events := w.recorded()
		for _, r := range w.routes {
			for _, method := range methods {
				s := shot{target: r, path: w.path(r.route, nil), header: []string{"X-HTTP-Method-Override: " + r.method, "X-HTTP-Method: " + r.method, "X-Method-Override: " + r.method}}
				s.method, s.op = method, nil
				res := w.fire(s)
				if head := method == "HEAD" && read[r.path]; !head && res.StatusCode < 400 && res.StatusCode != http.StatusNoContent {
					w.complain(s, "%d", res.StatusCode)
				}
			}
		}
		if n := w.recorded(); n != events {
			t.Errorf("%d events were recorded", n-events)
		}
	})
}

// Nobody gets behind a route by another spelling of its path.
func TestHostilePaths(t *testing.T) {
	t.Parallel()
	spellings := lines(t, "paths.txt")
	eachSiege(t, func(t *testing.T, w *siege) {
		events := w.recorded()
		for _, r := range w.routes {
			for _, spelling := range spellings {
				path := strings.ReplaceAll(spelling.text, "$", strings.TrimPrefix(w.path(r.route, nil), "/"))
				s := shot{target: r, path: path}
				s.account, s.op = "", nil
				if res := w.fire(s); res.StatusCode < 400 && !r.gate.anonymous {
					w.complain(s, "%s: %d to nobody", spelling.name, res.StatusCode)
				}
			}
		}
		if n := w.recorded(); n != events {
			t.Errorf("%d events were recorded", n-events)
		}
	})
}
