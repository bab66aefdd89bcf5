package api

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

// Whatever the answer, a browser is told not to guess what it is, not to frame
// it and not to tell others where it came from.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{OpenAPI: []byte("{}"), Rates: Rates{Address: allowing(2)}}, func(s *server) []route {
		fails := func(err error) echo.HandlerFunc { return func(echo.Context) error { return err } }
		return append(gated(s), route{"GET", "/docs", s.page, visitors}, route{"GET", "/docs/:file", s.pageFile, visitors},
			route{"GET", "/openapi.json", s.contract(), visitors}, route{"GET", "/fails", fails(errors.New("lost")), visitors},
			route{"GET", "/panics", func(echo.Context) error { panic("lost") }, visitors}, route{"GET", "/large", fails(errTooLarge), visitors})
	})
	tag := r.call("GET", "/docs", "").Header.Get("ETag")
	for path, status := range map[string]int{
		"/docs": 200, "/docs/init.js": 200, "/docs/nothing.js": 404, "/docs/..%2fapi.go": 404, "/openapi.json": 200, "/nowhere": 404,
		"/staff": 401, "/fails": 500, "/panics": 500, "/large": 413, "/visitors": 200,
	} {
		wantGuarded(t, r, status, "GET", path)
	}
	wantGuarded(t, r, 304, "GET", "/docs", "If-None-Match: "+tag)
	wantGuarded(t, r, 405, "POST", "/visitors")
	wantGuarded(t, r, 200, "GET", "/anybody")
	wantGuarded(t, r, 200, "GET", "/anybody")
	wantGuarded(t, r, 429, "GET", "/anybody")
}

func wantGuarded(t *testing.T, r *rig, status int, method, path string, header ...string) {
	t.Helper()
	res := r.call(method, path, "", header...)
	h := res.Header
	if res.StatusCode != status || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%s %s: %d, want %d: %v", method, path, res.StatusCode, status, h)
	}
}

// The page works under a policy that knows no inline script or style: it has
// none, and asks its own origin alone. That swagger-ui needs none either was
// tried in a browser, with every operation opened, tried out and authorized.
func TestThePageOfTheContractIsStrict(t *testing.T) {
	t.Parallel()
	if strings.Contains(pagePolicy, "unsafe") || strings.Contains(pagePolicy, "*") || strings.Contains(pagePolicy, "http") {
		t.Errorf("the policy is %s", pagePolicy)
	}
	page, err := pageFiles.ReadFile("swaggerui/index.html")
	must(t, err)
	for _, bad := range []string{`<style`, `style=`, `<script>`, ` on[a-z]+=`, `javascript:`, `(src|href)="(?:https?:)?//`} {
		if regexp.MustCompile(bad).Match(page) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, name := range regexp.MustCompile(`/docs/([a-z.-]+)`).FindAllStringSubmatch(string(page), -1) {
		if _, err := pageFiles.ReadFile("swaggerui/" + name[1]); err != nil {
			t.Error(err)
		}
	}
}
