package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
)

// everyString has each place attacked with every string of the file, which takes
// minutes; without it, each place gets its share, of every kind, and each string
// is used many times over.
var everyString = os.Getenv("HUIYIN_HOSTILE") == "every"

// shares deals strings out to places.
type shares struct {
	all  []scrap
	next int
}

const shareOf = 23 // every so many strings, from another one each time

func (s *shares) deal() (some []scrap) {
	if everyString {
		return s.all
	}
	s.next++
	for i := s.next % shareOf; i < len(s.all); i += shareOf {
		some = append(some, s.all[i])
	}
	return some
}

// Whatever text stands in a field of a body, it is refused by the field's name, or
// it is read again as it was, byte for byte.
func TestNaughtyTexts(t *testing.T) {
	t.Parallel()
	naughty := &shares{all: lines(t, "naughty.txt")}
	eachSiege(t, func(t *testing.T, w *siege) {
		naughty := *naughty
		for _, r := range w.routes {
			for _, f := range fields(r) {
				if !plain(strings.ReplaceAll(f.pointer, "/", "")) {
					t.Errorf("%s %s: refusals cannot name %s", r.method, r.route.path, f.pointer)
				}
				for _, s := range naughty.deal() {
					w.textIn(r, f, s.text)
				}
			}
		}
	})
}

// textIn sends a body whose one field is that text.
func (w *siege) textIn(r target, f field, text string) {
	w.t.Helper()
	const place = "\uE000place\uE000"
	body := strings.Replace(w.written(with(w.sample(r), f.pointer, place)), `"`+place+`"`, quoted(text), 1)
	s := shot{target: r, path: w.path(r.route, nil), body: body, payload: text}
	res := w.fire(s)
	switch {
	case res.StatusCode < 300 && strings.ContainsFunc(text, visible) && f.schema.Format == "" && !unread[r.route.path+f.pointer]:
		if all := w.shown(s, res); !slices.Contains(all, text) && !slices.Contains(w.shownBelow(s), text) {
			w.complain(s, "%s: accepted, and not to be read again", f.pointer)
		}
	case res.StatusCode == http.StatusUnprocessableEntity && w.good(r):
		w.names(s, f, problemOf(w.t, res))
	}
}

// good reports whether the body is no 422 without the text.
func (w *siege) good(r target) bool {
	w.t.Helper()
	name := r.method + r.route.path
	if _, known := w.twins[name]; !known {
		w.twins[name] = w.fire(shot{target: r, path: w.path(r.route, nil), body: w.body(r)}).StatusCode
	}
	return w.twins[name] != http.StatusUnprocessableEntity
}

// names wants a refusal to name the field, where the body is good without it.
func (w *siege) names(s shot, f field, p Problem) {
	w.t.Helper()
	if !slices.ContainsFunc(p.Errors, func(found Fault) bool { return strings.HasPrefix(f.pointer, found.Pointer) }) {
		w.complain(s, "the refusal of %s is %s, %+v", f.pointer, p.Code, p.Errors)
	}
}

// unread are the fields that nobody is ever shown again: secrets, whom one looks
// for, and what is kept for an inquiry alone.
var unread = map[string]bool{
	v1 + "/users/password": true, v1 + "/auth/password/password": true, v1 + "/auth/password/current_password": true,
	v1 + "/auth/token/client": true, v1 + "/cases/search/phone": true, v1 + "/cases/search/id_number": true,
	v1 + "/cases/:id/sponsor/words": true, v1 + "/cases/:id/sponsor/release/words": true,
	v1 + "/cases/:id/reminders/words": true, v1 + "/cases/:id/listing/words": true, v1 + "/cases/:id/listing/lift/words": true,
}

// quoted is a text as JSON, also one that is no UTF-8.
func quoted(text string) string {
	if !utf8.ValidString(text) {
		return `"` + text + `"`
	}
	written, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(written)
}

// shown gives every text in the answer to a request, and in what can be read of
// its subject afterwards.
func (w *siege) shown(s shot, res *http.Response) (all []string) {
	w.t.Helper()
	about := struct {
		ID string `json:"id"`
	}{}
	body := bodyOf(w.t, res)
	_ = json.Unmarshal(body, &about)
	parts := strings.Split(strings.TrimPrefix(s.path, v1+"/"), "/")
	if strings.HasSuffix(s.route.path, "/cases") {
		about.ID = read[CasePage](w.city, "clerk", "/cases?limit=1").Items[0].ID
		parts = []string{"cases", about.ID}
		all = textsIn(bodyOf(w.t, w.send("clerk", "POST", v1+"/cases/"+about.ID+"/parties/reveal", `{"reason":"contact"}`)))
	}
	if parts = append(parts, about.ID); len(parts) > 2 {
		parts = parts[:2]
	}
	all = append(all, textsIn(body)...)
	for _, account := range []string{s.account, "clerk"} {
		for _, path := range []string{s.path, v1 + "/" + strings.Join(parts, "/")} {
			all = append(all, textsIn(bodyOf(w.t, w.read(account, path)))...)
		}
	}
	return all
}

// shownBelow gives every text in what can be read of the parts of a subject.
func (w *siege) shownBelow(s shot) (all []string) {
	w.t.Helper()
	subject := strings.Join(strings.Split(s.route.path, "/")[:min(5, strings.Count(s.route.path, "/")+1)], "/")
	for _, r := range w.routes {
		if below, ok := strings.CutPrefix(r.path, subject+"/"); ok && r.method == "GET" && !strings.Contains(below, ":") {
			all = append(all, textsIn(bodyOf(w.t, w.read(s.account, w.path(r.route, nil))))...)
		}
	}
	return all
}

func (w *siege) read(account, path string) *http.Response {
	w.t.Helper()
	req := httptest.NewRequest("GET", path, http.NoBody)
	req.Header.Set("Authorization", "Bearer "+account)
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, req)
	return answer.Result()
}

// textsIn gives every string of a JSON document.
func textsIn(body []byte) (all []string) {
	var document any
	if json.Unmarshal(body, &document) != nil {
		return nil
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(document)
	return all
}

// Whatever text stands in a parameter of the query or of the path, the answer is
// no failure, and reaches the database as a value if at all.
func TestNaughtyParameters(t *testing.T) {
	t.Parallel()
	naughty := &shares{all: lines(t, "naughty.txt")}
	eachSiege(t, func(t *testing.T, w *siege) {
		naughty := *naughty
		for _, r := range w.routes {
			if r.op == nil {
				continue
			}
			for _, p := range r.op.Parameters {
				for _, s := range naughty.deal() {
					w.parameter(r, p.Value, s.text)
				}
			}
		}
	})
}

func (w *siege) parameter(r target, p *openapi3.Parameter, text string) {
	w.t.Helper()
	s := shot{target: r, body: w.body(r), payload: text}
	switch p.In {
	case "path":
		s.path, s.op = w.path(r.route, map[string]string{p.Name: text}), nil
	case "query":
		s.path = w.path(r.route, nil) + "?" + w.query(r.op, p.Name, text)
	default:
		return
	}
	w.fire(s)
}

// query has every parameter that an operation wants, and one more.
func (w *siege) query(op *openapi3.Operation, name, value string) string {
	values := url.Values{}
	for _, p := range op.Parameters {
		if p.Value.In == "query" && p.Value.Required {
			values.Set(p.Value.Name, fmt.Sprint(w.value(p.Value.Name, p.Value.Schema.Value)))
		}
	}
	values.Set(name, value)
	return values.Encode()
}
