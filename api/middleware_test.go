package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/huiyin/huiyin/internal/clock"
)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	for _, kept := range []string{"a", "A.b_c-9", strings.Repeat("x", 64)} {
		if got := r.call("GET", "/visitors", "", "X-Request-Id: "+kept).Header.Get("X-Request-Id"); got != kept {
			t.Errorf("%s became %s", kept, got)
		}
	}
	made := map[string]bool{}
	for _, bad := range []string{"", strings.Repeat("x", 65), "a b", "a\"b", "编号", "a/b", "a\nb"} {
		got := r.call("GET", "/visitors", "", "X-Request-Id: "+bad).Header.Get("X-Request-Id")
		if !goodRequestID.MatchString(got) || got == bad || made[got] {
			t.Errorf("%q became %q", bad, got)
		}
		made[got] = true
	}
}

func TestHeadersOfEveryResponse(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	for _, path := range []string{"/visitors", "/nowhere", "/staff"} {
		h := r.call("GET", path, "", "Origin: https://elsewhere.example").Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Access-Control-Allow-Origin": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestHeadAnswersWhereGetDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	if res := r.call("HEAD", "/visitors", ""); res.StatusCode != http.StatusOK {
		t.Errorf("status %d", res.StatusCode)
	}
	if res := r.call("HEAD", "/staff", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d behind a gate", res.StatusCode)
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, func(*server) []route {
		return []route{{"GET", "/things/:id", func(echo.Context) error { return errors.New("lost") }, staff}}
	})
	r.call("GET", "/things/13900001111?name=zhang", "", "Authorization: Bearer clerk", "X-Request-Id: req-9")
	lines := strings.Split(strings.TrimSpace(r.logs.String()), "\n")
	want := []string{`"level":"INFO"`, `"route":"/things/:id"`, `"status":500`, `"method":"GET"`, `"actor":"` + someUser.String() + `"`, `"request_id":"req-9"`}
	for _, part := range want {
		if !strings.Contains(lines[len(lines)-1], part) {
			t.Errorf("the access log lacks %s: %s", part, lines[len(lines)-1])
		}
	}
	for _, secret := range []string{"13900001111", "zhang", "张三", "Bearer"} {
		if strings.Contains(r.logs.String(), secret) {
			t.Errorf("the log holds %s: %s", secret, r.logs)
		}
	}
	if len(lines) != 2 {
		t.Errorf("%d lines, want the failure and the request:\n%s", len(lines), r.logs)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	_, proxies, err := net.ParseCIDR("10.0.0.0/24")
	if err != nil {
		t.Fatal(err)
	}
	direct, proxied := addresses(nil), addresses([]*net.IPNet{proxies})
	tests := []struct {
		name, remote, forwarded string
		extract                 echo.IPExtractor
		want                    string
	}{
		{"direct", "10.0.0.1:1", "", direct, "10.0.0.1"},
		{"direct ignores the header", "10.0.0.1:1", "1.2.3.4", direct, "10.0.0.1"},
		{"proxied", "10.0.0.1:1", "1.2.3.4", proxied, "1.2.3.4"},
		{"proxied, forged by the client", "10.0.0.1:1", "9.9.9.9, 1.2.3.4", proxied, "1.2.3.4"},
		{"not a proxy of ours", "10.0.1.1:1", "1.2.3.4", proxied, "10.0.1.1"},
		{"loopback is no proxy unless said", "127.0.0.1:1", "1.2.3.4", proxied, "127.0.0.1"},
	}
	for _, tt := range tests {
		req := httptest.NewRequest("GET", "/", nil)
		req.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			req.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := tt.extract(req); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestRateOfAnonymousRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{Rates: Rates{Address: Rate{Burst: 2, Refill: 20 * time.Second, Holders: 10}}}, gated)
	ask := func(wantStatus int, wantLeft string) http.Header {
		t.Helper()
		res := r.call("GET", "/anybody", "")
		if res.StatusCode != wantStatus || res.Header.Get("RateLimit") != wantLeft {
			t.Errorf("status %d, RateLimit %s, want %d %s", res.StatusCode, res.Header.Get("RateLimit"), wantStatus, wantLeft)
		}
		return res.Header
	}
	ask(200, `"lookup";r=1;t=0`)
	ask(200, `"lookup";r=0;t=0`)
	h := ask(429, `"lookup";r=0;t=10`)
	if h.Get("Retry-After") != "10" || h.Get("RateLimit-Policy") != `"lookup";q=2;w=20` {
		t.Errorf("Retry-After %s, policy %s", h.Get("Retry-After"), h.Get("RateLimit-Policy"))
	}
	if res := r.call("GET", "/logged-in", "", "Authorization: Bearer clerk"); res.StatusCode != http.StatusOK {
		t.Errorf("who has logged in is limited: %d", res.StatusCode)
	}
	if res := r.call("GET", "/login", ""); res.StatusCode != http.StatusOK {
		t.Errorf("who looks cases up keeps others from logging in: %d", res.StatusCode)
	}
	r.pace.Advance(10 * time.Second)
	ask(200, `"lookup";r=0;t=0`)
	p := problemOf(t, r.call("GET", "/anybody", "", "Accept-Language: en"))
	wantLanguage(t, p, "en")
	if p.Code != "request.rate" {
		t.Errorf("%+v", p)
	}
}

func TestAddressesHaveTheirOwnRate(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	l := newLimiter(r.pace, newPolicy("any", Rate{Burst: 1, Refill: time.Minute, Holders: 3}))
	spent := func(address string) bool { return l.take(sharer(address).String())[0].wait > 0 }
	steps := []struct {
		address string
		spent   bool
	}{
		{"192.0.2.1", false}, {"192.0.2.1", true}, {"192.0.2.2", false}, {"::ffff:192.0.2.2", true},
		{"2001:db8::1", false}, {"2001:db8::2", true}, {"2001:db8:0:1::1", false},
		{"192.0.2.1", false}, // forgotten, because the fourth address made room
	}
	for i, step := range steps {
		if got := spent(step.address); got != step.spent {
			t.Errorf("step %d, %s: spent %v", i, step.address, got)
		}
	}
}

func TestMetricsCannotBeInflated(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, func(s *server) []route {
		return append(gated(s), route{"GET", "/metrics", s.metrics(), visitors})
	})
	for _, path := range []string{"/nowhere/1", "/nowhere/2", "/visitors"} {
		r.call("GET", path, "")
	}
	r.call("BREW", "/visitors", "")
	req := httptest.NewRequest("GET", "http://evil.example/visitors", nil)
	r.ServeHTTP(httptest.NewRecorder(), req)
	text := string(bodyOf(t, r.call("GET", "/metrics", "")))
	for _, bad := range []string{"nowhere", "evil", "BREW"} {
		if strings.Contains(text, bad) {
			t.Errorf("a client chose the label %s", bad)
		}
	}
	for _, want := range []string{
		`huiyin_http_requests_total\{code="404",host="",method="GET",url=""\} 2`,
		`huiyin_http_requests_total\{code="200",host="",method="GET",url="/visitors"\} 2`, `go_goroutines`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("the metrics lack %s:\n%s", want, text)
		}
	}
}

// spans notes those that are started; traces hands it out.
type spans struct {
	embedded.Tracer
	noop    noop.Tracer
	started []string
}

type traces struct {
	embedded.TracerProvider
	spans *spans
}

func (p traces) Tracer(string, ...trace.TracerOption) trace.Tracer { return p.spans }

func (s *spans) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	s.started = append(s.started, name+" "+trace.SpanContextFromContext(ctx).TraceID().String())
	return s.noop.Start(ctx, name, options...)
}

func TestTraces(t *testing.T) {
	t.Parallel()
	noted := &spans{}
	r := newRig(t, Deps{Tracer: traces{spans: noted}}, failing(map[string]error{"internal": errors.New("lost")}))
	r.call("GET", "/fail/internal", "", "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if got := strings.Join(noted.started, ","); got != "GET /fail/:name 0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("spans: %s", got)
	}
	if got := strings.Count(r.logs.String(), `"level":"ERROR"`); got != 1 {
		t.Errorf("%d error lines:\n%s", got, r.logs)
	}
}

func TestPatientRoutesHaveTime(t *testing.T) {
	t.Parallel()
	left := func(c echo.Context) error {
		deadline, _ := c.Request().Context().Deadline()
		return c.JSON(http.StatusOK, deadline.Sub(clock.System{}.Now()) > time.Minute)
	}
	r := newRig(t, Deps{}, func(*server) []route {
		return []route{{"GET", "/usual", left, visitors}, {"GET", "/long", left, visitors.patiently()}}
	})
	for path, want := range map[string]string{"/usual": "false", "/long": "true"} {
		if got := string(bodyOf(t, r.call("GET", path, ""))); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
