package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func (r *rig) callChunked(target, body string) *http.Response {
	req := httptest.NewRequest("POST", target, io.MultiReader(strings.NewReader(body)))
	req.Header.Set("Content-Type", "application/json")
	req.ContentLength = -1
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Result()
}

// failing answers GET /fail/<name> with one error of each sort.
func failing(failures map[string]error) func(*server) []route {
	return func(*server) []route {
		return []route{{"GET", "/fail/:name", func(c echo.Context) error {
			if c.Param("name") == "panic" {
				panic("disk 王五 is gone")
			}
			return failures[c.Param("name")]
		}, visitors}, {"POST", "/only-post", func(echo.Context) error { return nil }, visitors}}
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	t.Parallel()
	refuse := func(k grievance.Kind) error {
		return fmt.Errorf("doing: %w", grievance.Refuse(k, "not_found", "没有"))
	}
	failures := map[string]error{
		"invalid": refuse(grievance.Invalid), "unauthenticated": refuse(grievance.Unauthenticated),
		"forbidden": refuse(grievance.Forbidden), "not_found": refuse(grievance.NotFound),
		"conflict": refuse(grievance.Conflict), "stale": refuse(grievance.Stale),
		"too_many": refuse(grievance.TooMany), "unavailable": refuse(grievance.Unavailable),
		"field":    grievance.InvalidField("/reason", "required", "必须填写"),
		"busy":     grievance.Refuse(grievance.Unavailable, "store.busy", "忙"),
		"internal": errors.New("pq: password of root is hunter2"),
		"teapot":   echo.NewHTTPError(http.StatusTeapot, "short and stout"),
		"broken":   echo.NewHTTPError(http.StatusBadGateway, "hunter2"),
		"late":     fmt.Errorf("reading: %w", context.DeadlineExceeded),
	}
	r := newRig(t, Deps{}, failing(failures))
	tests := []struct {
		name   string
		status int
		code   string
		header string
	}{
		{"invalid", 400, "not_found", ""},
		{"field", 422, "request.invalid", ""},
		{"unauthenticated", 401, "not_found", `Www-Authenticate: Bearer realm="huiyin"`},
		{"forbidden", 403, "not_found", ""},
		{"not_found", 404, "not_found", ""},
		{"conflict", 409, "not_found", ""},
		{"stale", 412, "not_found", ""},
		{"too_many", 429, "not_found", "Retry-After: 30"},
		{"unavailable", 503, "not_found", "Retry-After: 5"},
		{"busy", 409, "store.busy", "Retry-After: 1"},
		{"late", 503, "request.timeout", "Retry-After: 5"},
		{"internal", 500, "internal", ""},
		{"teapot", 400, "request.http", ""},
		{"broken", 500, "internal", ""},
		{"panic", 500, "internal", ""},
	}
	for _, tt := range tests {
		res := r.call("GET", "/fail/"+tt.name+"?name=secret", "")
		p := problemOf(t, res)
		if p.Status != tt.status || p.Code != tt.code || p.Instance != "/fail/"+tt.name {
			t.Errorf("%s: %+v, want %d %s", tt.name, p, tt.status, tt.code)
		}
		if name, value, ok := strings.Cut(tt.header, ": "); ok && res.Header.Get(name) != value {
			t.Errorf("%s: %s is %q, want %q", tt.name, name, res.Header.Get(name), value)
		}
		if strings.Contains(p.Detail+p.Title, "hunter2") || strings.Contains(p.Detail, "王五") {
			t.Errorf("%s tells what is internal: %s", tt.name, p.Detail)
		}
	}
	if got := strings.Count(r.logs.String(), `"level":"ERROR"`); got != 3 {
		t.Errorf("%d error lines, want one each for internal, broken and panic:\n%s", got, r.logs)
	}
	if strings.Contains(r.logs.String(), "secret") || strings.Contains(r.logs.String(), "张三") {
		t.Errorf("the log holds a query or a name:\n%s", r.logs)
	}
}

func TestRouterRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, failing(nil))
	if p := problemOf(t, r.call("GET", "/nowhere", "")); p.Code != "route.unknown" || p.Status != http.StatusNotFound {
		t.Errorf("unknown route: %+v", p)
	}
	res := r.call("PUT", "/only-post", "")
	if p := problemOf(t, res); p.Code != "route.method" || p.Status != http.StatusMethodNotAllowed {
		t.Errorf("wrong method: %+v", p)
	}
	if allow := res.Header.Get("Allow"); !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
}

func TestClientThatLeftIsNoError(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, func(*server) []route {
		return []route{{"GET", "/slow", func(c echo.Context) error {
			<-c.Request().Context().Done()
			return errors.New("interrupted (9)")
		}, visitors}}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/slow", nil).WithContext(ctx))
	if w.Code != statusClientClosed || strings.Contains(r.logs.String(), `"ERROR"`) {
		t.Errorf("status %d, logs %s", w.Code, r.logs)
	}
}

func TestSlowWorkIsStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{Timeout: time.Millisecond}, func(*server) []route {
		return []route{{"GET", "/slow", func(c echo.Context) error {
			<-c.Request().Context().Done()
			return errors.New("interrupted (9)")
		}, visitors}}
	})
	if p := problemOf(t, r.call("GET", "/slow", "")); p.Code != "request.timeout" || p.Status != http.StatusServiceUnavailable {
		t.Errorf("%+v", p)
	}
}

func TestNothingIsAddedToAResponseUnderWay(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, func(*server) []route {
		return []route{{"GET", "/half", func(c echo.Context) error {
			_ = c.String(http.StatusOK, "half")
			return errors.New("then it broke")
		}, visitors}}
	})
	res := r.call("GET", "/half", "")
	if body := string(bodyOf(t, res)); body != "half" || !strings.Contains(r.logs.String(), "then it broke") {
		t.Errorf("body %q, logs %s", body, r.logs)
	}
}

func TestGoldenProblems(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, func(s *server) []route {
		return append(decoding(s), failing(map[string]error{
			"conflict": grievance.Refuse(grievance.Conflict, "not_found", "没有找到，或您无权查看"),
			"internal": errors.New("secret"),
		})(s)...)
	})
	const fixed = "X-Request-Id: req-1"
	answers := map[string]func(language string) *http.Response{
		"conflict": func(l string) *http.Response { return r.call("GET", "/fail/conflict", "", fixed, l) },
		"internal": func(l string) *http.Response { return r.call("GET", "/fail/internal", "", fixed, l) },
		"no_route": func(l string) *http.Response { return r.call("GET", "/nowhere", "", fixed, l) },
		"invalid": func(l string) *http.Response {
			return r.call("POST", "/sample", `{"title":"一二三四五六","urgency":"x","parties":[{}]}`, fixed, asJSON, l)
		},
		"unknown_field": func(l string) *http.Response { return r.call("POST", "/sample", `{"x":1}`, fixed, asJSON, l) },
		"wrong_type":    func(l string) *http.Response { return r.call("POST", "/sample", `{"at":1}`, fixed, asJSON, l) },
	}
	for name, answer := range answers {
		for _, language := range []string{"zh-CN", "en"} {
			wantGolden(t, name+"."+language, bodyOf(t, answer("Accept-Language: "+language)))
		}
	}
}

// wantGolden compares with testdata/problems; HUIYIN_UPDATE_GOLDEN=1 writes it.
func wantGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "problems", name+".json")
	if os.Getenv("HUIYIN_UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(want)) != string(got) {
		t.Errorf("%s\n got %s\nwant %s", name, got, want)
	}
}
