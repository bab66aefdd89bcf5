package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/migrations"
)

// exchange sends text to a server over a connection of its own and gives all
// that it says before it closes the connection. What is sent need not all be
// taken: the server may have heard enough.
func exchange(t *testing.T, s *server, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(clock.System{}.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(conn, text)
	}()
	var said strings.Builder
	_, err = io.Copy(&said, bufio.NewReader(conn))
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // it is the connection's own
		t.Errorf("the server still waits; it has said %q", said.String())
	}
	_ = conn.Close()
	<-sent
	return said.String()
}

func post(headers, body string) string {
	return "POST /api/v1/auth/token HTTP/1.1\r\nHost: huiyin\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body
}

// A client that never finishes is left, one that sends too much is told so and
// left, and neither keeps the others from being answered.
func TestConnectionsHaveLimits(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrations.SQLite)
	s := serve(t, w.env, "--request-timeout", "2s")
	w.servers = []*server{s}
	large := strings.Repeat("x", 2<<20)
	for name, c := range map[string]struct{ sent, status, says string }{
		"a header that stops":        {"GET /readyz HTTP/1.1\r\nHost: huiyin\r\nX-More: ", "", ""},
		"a body that stops":          {post("Content-Length: 100\r\n", `{"username":`), "400", "request.unreadable"},
		"a chunk that stops":         {post("Transfer-Encoding: chunked\r\n", "ff\r\n{"), "400", "request.unreadable"},
		"a large header":             {"GET /readyz HTTP/1.1\r\nHost: huiyin\r\nX-More: " + large[:80<<10] + "\r\n\r\n", "431", ""},
		"a large body":               {post(fmt.Sprintf("Content-Length: %d\r\n", len(large)), large), "413", "request.too_large"},
		"a large body, not declared": {post("Transfer-Encoding: chunked\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(large), large)), "413", "request.too_large"},
		"a body declared too large":  {post("Content-Length: 999999999999\r\n", "{"), "413", "request.too_large"},
		"no request at all":          {"\x16\x03\x01\r\n\r\n", "400", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := exchange(t, s, c.sent)
			if c.status == "" && said != "" || !strings.HasPrefix(said, strings.TrimSuffix("HTTP/1.1 "+c.status, "HTTP/1.1 ")) || !strings.Contains(said, c.says) {
				t.Errorf("it says %q", said[:min(len(said), 400)])
			}
			if c.says != "" && !strings.Contains(said, "X-Content-Type-Options: nosniff") {
				t.Errorf("without nosniff: %s", said)
			}
		})
	}
	w.as("clerk").get("/auth/me", nil)
}

// Another site's pages may use the interface where the settings name it, and no
// other's; nobody's cookies are asked for.
func TestOtherSitesPages(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrations.SQLite)
	closed := serve(t, w.env)
	shared := serve(t, w.env, "--cors-origins", "https://portal.example,http://127.0.0.1:3000")
	preflight := func(s *server, origin string) http.Header {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.base+"/api/v1/public/cases", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", "POST")
		req.Header.Set("Access-Control-Request-Headers", "authorization,idempotency-key")
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.Header
	}
	for _, origin := range []string{"https://portal.example", "http://127.0.0.1:3000"} {
		h := preflight(shared, origin)
		if h.Get("Access-Control-Allow-Origin") != origin || h.Get("Access-Control-Allow-Credentials") != "" ||
			!strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Idempotency-Key") {
			t.Errorf("%s: %v", origin, h)
		}
	}
	for _, origin := range []string{"https://portal.example.evil.example", "https://xportal.example", "http://portal.example", "null", "*"} {
		if h := preflight(shared, origin); h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", origin, h)
		}
	}
	if h := preflight(closed, "https://portal.example"); h.Get("Access-Control-Allow-Origin") != "" || h.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("without the setting: %v", h)
	}
	for _, bad := range []string{"*", "https://*.example", "https://portal.example/", "portal.example", "null", "https://portal.example?"} {
		launch(t, w.env, "", "serve", "--address", "127.0.0.1:0", "--cors-origins", bad).wantExit(2)
	}
}
