package api

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// siege is a city in which something of everything has happened, and its whole
// route table with what the contract says of each, to be attacked. What a route
// takes is read from the contract, so that a new route or field is attacked
// without anybody thinking of it.
type siege struct {
	*city
	routes []target
	things map[string]string // what stands for a parameter of a path, by the word before it
	actors map[string]grievance.Actor
	shots  int
	made   int             // bodies so far
	forms  map[string]int  // how often an answer came in a form
	twins  map[string]int  // how a route answers to a harmless body
	seen   map[string]bool // which answers were held against the contract
}

// target is a route with an account that its gate lets in.
type target struct {
	route
	account string
	op      *openapi3.Operation
}

// bearers has an account for each role.
var bearers = map[grievance.Role]string{
	petitioner: "petitioner", courier: "courier", gridWorker: "courier", clerk: "clerk", handler: "handler",
	leader: "leader", supervisor: "city_supervisor", inspector: "inspector", admin: "admin",
}

// eachSiege runs a test in a besieged city on both dialects. Afterwards it tells
// how many requests that were.
func eachSiege(t *testing.T, attack func(t *testing.T, w *siege)) {
	t.Helper()
	eachCity(t, func(t *testing.T, s *city) {
		w := besiege(t, s)
		start := clock.System{}.Now()
		attack(t, w)
		t.Logf("%d requests in %v", w.shots, clock.Since(clock.System{}, start).Round(time.Millisecond))
	})
}

func besiege(t *testing.T, s *city) *siege {
	t.Helper()
	var err error
	s.Auth, err = auth.New(t.Context(), s.Store, s.clock, storetest.Vault(t), auth.Settings{})
	must(t, err)
	doc, err := openapi3.NewLoader().LoadFromFile(contractFile)
	must(t, err)
	w := &siege{city: s, actors: map[string]grievance.Actor{}, seen: map[string]bool{}, twins: map[string]int{}, forms: map[string]int{}}
	for _, r := range s.server.routes() {
		account := "admin"
		if len(r.gate.roles) > 0 {
			account = bearers[r.gate.roles[0]]
		}
		if r.gate.anonymous {
			account = ""
		}
		w.routes = append(w.routes, target{r, account, doc.Paths.Value(template(r.path)).GetOperation(r.method)})
	}
	w.live()
	return w
}

// live has something of everything happen, and finds what stands in paths.
func (w *siege) live() {
	w.t.Helper()
	w.neglected()
	id := w.handled(`,"petition":true`)
	w.act("handler", id, "/contact", `{"words":"电话联系"}`)
	w.register("") // which waits to be taken on
	_, feed := w.opened("city_supervisor", 30)
	w.standIn(w.post("leader", leader), "deputy", 30)
	w.things = map[string]string{"feeds/:file": strings.TrimPrefix(feed, feedsPath), "docs/:file": "init.js", "figures": "registered", "calendar": "2026"}
	for _, r := range w.routes {
		path := strings.Split(r.path, "/")
		last := path[len(path)-1]
		if r.method != "GET" || strings.Contains(r.path, ":") || !strings.HasPrefix(r.path, v1) || r.gate.anonymous {
			continue
		}
		if first := w.firstOf(r); first != "" && w.things[last] == "" {
			w.things[last] = first
		}
	}
	w.things["cases"], w.things["users"] = id, w.user("petitioner")
	w.things["deadlines"] = read[ClockList](w.city, "clerk", "/cases/"+id+"/deadlines").Items[0].ID
	w.logs.drain()
	for _, u := range book(w.city).Users() {
		w.actors[u.Username], _ = w.city.account(w.t.Context(), u.Username)
	}
	w.who = w.known
}

// known is account without asking the database.
func (w *siege) known(_ context.Context, token string) (grievance.Actor, error) {
	if actor, ok := w.actors[token]; ok {
		return actor, nil
	}
	return grievance.Actor{}, auth.ErrTokenInvalid
}

// firstOf gives the identifier of the first thing in a list, "" where there is none.
func (w *siege) firstOf(r target) string {
	var list struct {
		Items []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"items"`
	}
	for _, account := range []string{r.account, "leader", "city_supervisor"} {
		res := w.send(account, "GET", r.path, "")
		if json.Unmarshal(bodyOf(w.t, res), &list) == nil && len(list.Items) > 0 {
			return cmp.Or(list.Items[0].ID, list.Items[0].Name)
		}
	}
	return ""
}

// path fills in the parameters of a route's path.
func (w *siege) path(r route, with map[string]string) string {
	parts := strings.Split(r.path, "/")
	for i, p := range parts {
		name, ok := strings.CutPrefix(p, ":")
		if !ok {
			continue
		}
		thing, given := with[name]
		switch {
		case given:
			parts[i] = url.PathEscape(thing)
		case name == "n":
			parts[i] = "1"
		default:
			parts[i] = cmp.Or(w.things[parts[i-1]+"/"+p], w.things[parts[i-1]], someUser.String())
		}
	}
	return strings.Join(parts, "/")
}

// shot is one request; the payload must come back in nothing but what is meant to
// show it.
type shot struct {
	target
	path, body string
	header     []string
	payload    string
}

// refusalMost is how many bytes a refusal may have, whatever it refuses.
const refusalMost = 32 << 10

// fire sends a shot, and says so where it hurt: the server failed, logged an error
// or the payload, told the payload in a refusal, in a header or to the database as
// SQL, or answered with what the contract does not know.
func (w *siege) fire(s shot) *http.Response {
	w.t.Helper()
	w.shots++
	w.pace.Advance(time.Minute) // no allowance ever runs out
	req := httptest.NewRequest(s.method, "/", strings.NewReader(s.body))
	place, err := url.ParseRequestURI(s.path)
	must(w.t, err)
	req.URL, req.RequestURI = place, s.path
	ctx, statements := store.CountStatements(w.t.Context())
	req = req.WithContext(ctx)
	if s.body == "" {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if s.account != "" {
		req.Header.Set("Authorization", "Bearer "+s.account)
	}
	for _, line := range s.header { // instead of what is usual
		name, _, _ := strings.Cut(line, ": ")
		req.Header.Del(name)
	}
	for _, line := range s.header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header[http.CanonicalHeaderKey(name)] = append(req.Header[http.CanonicalHeaderKey(name)], value)
	}
	start := clock.System{}.Now()
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, req)
	if took := clock.Since(clock.System{}, start); took > 10*time.Second {
		w.complain(s, "took %v", took)
	}
	w.unharmed(s, req, answer, statements.List())
	return again(answer)
}

// again gives an answer to be read, as often as one likes.
func again(answer *httptest.ResponseRecorder) *http.Response {
	return &http.Response{StatusCode: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes()))}
}

func (w *siege) unharmed(s shot, req *http.Request, answer *httptest.ResponseRecorder, statements []string) {
	w.t.Helper()
	logs := w.logs.drain()
	if answer.Code >= 500 || answer.Code == 0 || strings.Contains(logs, `"ERROR"`) || strings.Contains(logs, `"WARN"`) {
		w.complain(s, "%d %s\n%s", answer.Code, answer.Body, logs)
	}
	if answer.Code >= 400 && answer.Body.Len() > refusalMost {
		w.complain(s, "a refusal of %d bytes", answer.Body.Len())
	}
	told := map[string]string{"log": logs, "SQL": strings.Join(statements, "\n")}
	if answer.Code >= 400 {
		told["refusal"] = answer.Body.String()
	}
	for name, values := range answer.Header() {
		if name != "Link" { // which repeats the question, escaped
			told[name] = strings.Join(values, "\n")
		}
	}
	for where, text := range told {
		for _, form := range forms(s.payload) {
			if strings.Contains(text, form) {
				w.complain(s, "the %s holds it: %.400s", where, text)
				break
			}
		}
	}
	w.conforms(s, req, answer)
}

// conforms holds an answer against the contract, one of each kind.
func (w *siege) conforms(s shot, req *http.Request, answer *httptest.ResponseRecorder) {
	w.t.Helper()
	res := again(answer)
	code := ""
	if res.Header.Get("X-Content-Type-Options") != "nosniff" {
		w.complain(s, "%d without nosniff", res.StatusCode)
	}
	if answer.Code >= 400 && s.method != "HEAD" {
		code = problemOf(w.t, again(answer)).Code
	}
	kind := fmt.Sprint(s.method, s.route.path, answer.Code, code)
	if s.op == nil || w.seen[kind] || !strings.HasPrefix(s.route.path, v1) {
		return
	}
	w.seen[kind] = true
	wantContract(w.t, req, res)
}

func (w *siege) complain(s shot, format string, values ...any) {
	w.t.Helper()
	w.t.Errorf("%s %.200s as %q\n %.300q, with %.200q:\n %s", s.method, s.path, s.account, s.body, s.payload, fmt.Sprintf(format, values...))
}

// tame is a payload that says nothing by itself: a plain word or number, which
// may well stand in an answer for another reason. So may what is very short; and
// no answer is as long as the very long.
var tame = regexp.MustCompile(`^[A-Za-z0-9 ._:+-]{0,12}$`)

// forms are the ways in which a payload could be told, as it is or escaped.
func forms(payload string) []string {
	if len(payload) < 6 || len(payload) > 20_000 || tame.MatchString(payload) || plain(payload) {
		return nil
	}
	quoted, err := json.Marshal(payload)
	if err != nil { // no text at all
		return []string{payload}
	}
	all := []string{payload, string(quoted[1 : len(quoted)-1]), url.PathEscape(payload), url.QueryEscape(payload)}
	slices.Sort(all)
	return slices.Compact(all)
}

// drain gives what was logged since it was last asked.
func (b *logBuffer) drain() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	logs := b.buf.String()
	b.buf.Reset()
	return logs
}
