package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// rig is the machinery of this package around a few routes of a test, with
// tokens that are names of roles.
type rig struct {
	*server
	http.Handler
	logs *logBuffer
	pace *clock.Fake
}

// logBuffer collects log lines from several goroutines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newRig(t testing.TB, d Deps, routes func(*server) []route) *rig {
	t.Helper()
	r := &rig{logs: &logBuffer{}, pace: clock.NewFake(noon)}
	d.Clock, d.Pace = clock.NewFake(noon), r.pace
	d.Log = slog.New(slog.NewJSONHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.server = newServer(d)
	r.who = tokensNameRoles
	r.Handler = r.handler(routes(r.server))
	return r
}

var someUser = grievance.UserID{1: 7, 6: 0x70, 8: 0x80}

func tokensNameRoles(_ context.Context, token string) (grievance.Actor, error) {
	if token == "stale" {
		return grievance.Actor{}, auth.ErrTokenInvalid
	}
	return grievance.Actor{UserID: someUser, Name: "张三", Posts: []grievance.Post{{Role: grievance.Role(token)}}}, nil
}

// call sends one request; header lines are "Name: value".
func (r *rig) call(method, target, body string, header ...string) *http.Response {
	return r.callFrom("192.0.2.1:1234", method, target, body, header...)
}

// callFrom is call from another address.
func (r *rig) callFrom(address, method, target, body string, header ...string) *http.Response {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.RemoteAddr = address
	if body == "" {
		req.Body = http.NoBody
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Result()
}

func problemOf(t testing.TB, res *http.Response) Problem {
	t.Helper()
	if kind := res.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("status %d is %q, not a problem document", res.StatusCode, kind)
	}
	var p Problem
	if err := json.Unmarshal(bodyOf(t, res), &p, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if p.Status != res.StatusCode || p.Type != "/problems/"+p.Code || p.Title == "" || p.Detail == "" {
		t.Errorf("incomplete problem with status %d: %+v", res.StatusCode, p)
	}
	if p.RequestID == "" || p.RequestID != res.Header.Get("X-Request-Id") {
		t.Errorf("request id %q in the body, %q in the header", p.RequestID, res.Header.Get("X-Request-Id"))
	}
	return p
}

func bodyOf(t testing.TB, res *http.Response) []byte {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
