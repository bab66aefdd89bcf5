package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/go-json-experiment/json"
)

const contractFile = "../docs/openapi.json"

// contract is the committed document and a router over it.
var contract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.FromSlash(contractFile))
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // any host
	return gorillamux.NewRouter(doc)
})

// wantContract checks a response against the document: its status, its content
// type and its body.
func wantContract(t *testing.T, req *http.Request, res *http.Response) {
	t.Helper()
	router, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		t.Errorf("%s %s is not in %s: run make generate", req.Method, req.URL.Path, contractFile)
		return
	}
	body := bodyOf(t, res)
	res.Body = io.NopCloser(bytes.NewReader(body))
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s %s, %d: %v\n%s", req.Method, req.URL.Path, res.StatusCode, err, body)
	}
}

// Every route is in the committed document, and everything in the document is a
// route.
func TestEveryRouteIsInTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.FromSlash(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			documented[method+" "+path] = true
		}
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		name := r.method + " " + template(r.path)
		if !documented[name] {
			t.Errorf("%s is not in %s: run make generate", name, contractFile)
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("%s is in %s but is no route", name, contractFile)
	}
}

// keyless are the POSTs that take no Idempotency-Key: logging in, looking
// something up, running what may run again, and what is recorded each time.
var keyless = []string{
	"/auth/token", "/auth/refresh", "/auth/logout", "/auth/revoke", "/auth/password", "/auth/sessions/:id/revoke", "/cases/search", "/cases/:id/parties/reveal", "/cases/:id/notices/:n/document", "/public/cases/lookup", "/engine/run",
}

// Every other POST says that it takes one.
func TestKeysAreInTheContract(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.FromSlash(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		item := doc.Paths.Value(template(r.path))
		if r.method != http.MethodPost || item == nil {
			continue
		}
		takes := item.Post.Parameters.GetByInAndName("header", "Idempotency-Key") != nil
		if without := slices.Contains(keyless, strings.TrimPrefix(r.path, v1)); takes == without {
			t.Errorf("POST %s: an Idempotency-Key in the contract: %t", r.path, takes)
		}
	}
}

// Whoever has to change their first password is refused everywhere but where that
// is done, and by every route that asks for a role somebody is; each says so.
func TestRefusalsOfGatesAreInTheContract(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.FromSlash(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		item := doc.Paths.Value(template(r.path))
		if item == nil || r.gate.anonymous {
			continue
		}
		refused := item.GetOperation(r.method).Responses
		if refused.Value("401") == nil || refused.Value("403") == nil && !r.gate.initially {
			t.Errorf("%s %s lacks 401 or 403 in the contract", r.method, r.path)
		}
	}
}

// What an answer leaves out where there is nothing to say is optional in the
// contract, and what is optional is left out.
func TestWhatIsLeftOutIsOptional(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.FromSlash(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, empty := range map[string]any{
		"Case": CaseView{}, "Deadline": ClockView{}, "SignOff": SignOffView{}, "Notice": NoticeView{},
		"Event": EventView{}, "Facts": FactsView{}, "SignOffFact": SignOffFactView{}, "ClockFact": ClockFactView{},
		"DeadlineExplanation": Explanation{}, "DeadlineStart": ExplainedStart{}, "DeadlinePart": ExplainedPart{}, "DeadlinePause": ExplainedPause{},
		"DeadlineMove": ExplainedMove{}, "UpcomingItem": UpcomingItem{}, "UpcomingReport": UpcomingReport{}, "Feed": FeedView{}, "Session": SessionView{},
		"Review": ReviewView{}, "Hearing": HearingView{}, "PublicReview": PublicReview{}, "PublicReviewWindow": PublicReviewWindow{}, "ReviewFact": ReviewFactView{}, "FollowUpFact": FollowUpFactView{},
	} {
		body, err := marshal(empty)
		if err != nil {
			t.Fatal(err)
		}
		var said map[string]any
		if err := json.Unmarshal(body, &said); err != nil {
			t.Fatal(err)
		}
		required := doc.Components.Schemas[name].Value.Required
		for _, member := range required {
			if _, ok := said[member]; !ok {
				t.Errorf("%s: %s is required, but left out", name, member)
			}
		}
		for member, value := range said {
			if !slices.Contains(required, member) {
				t.Errorf("%s: %s is optional, but %v is said", name, member, value)
			}
		}
	}
}

// template writes echo's /units/:id as /units/{id}.
func template(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func TestDocumentsAreServed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.FromSlash(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, Deps{OpenAPI: text}, (*server).routes)
	for path, kind := range map[string]string{
		"/openapi.json": "application/json", "/docs": "text/html; charset=utf-8", "/docs/init.js": "text/javascript; charset=utf-8",
		"/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8", "/docs/swagger-ui.css": "text/css; charset=utf-8",
	} {
		res := r.call("GET", path, "")
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != kind {
			t.Errorf("%s: status %d, %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		again := r.call("GET", path, "", "If-None-Match: "+res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: status %d", path, again.StatusCode)
		}
	}
	for _, path := range []string{"/docs/../api.go", "/docs/..%2fapi.go", "/docs/nothing.js"} {
		if p := problemOf(t, r.call("GET", path, "")); p.Code != "route.unknown" {
			t.Errorf("%s: %+v", path, p)
		}
	}
	page := string(bodyOf(t, r.call("GET", "/docs", "")))
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "//cdn") {
		t.Errorf("the page asks another host:\n%s", page)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{Checks: []Check{{"database", passingCheck}, {"book", failingCheck}}}, (*server).routes)
	res := r.call("GET", "/readyz", "")
	want := `{"status":"unready","checks":[{"name":"database","status":"ok"},{"name":"book","status":"failed"}]}`
	if got := string(bodyOf(t, res)); res.StatusCode != http.StatusServiceUnavailable || got != want {
		t.Errorf("status %d: %s", res.StatusCode, got)
	}
	if !strings.Contains(r.logs.String(), "hunter2") || strings.Contains(r.logs.String(), `"ERROR"`) {
		t.Errorf("the log does not say why, or calls it an error: %s", r.logs)
	}
	r = newRig(t, Deps{Checks: []Check{{"database", passingCheck}}}, (*server).routes)
	req := httptest.NewRequest("GET", "/readyz", nil)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	wantContract(t, req, w.Result())
	if w.Code != http.StatusOK || r.call("GET", "/healthz", "").StatusCode != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}
