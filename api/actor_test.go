package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

func gated(*server) []route {
	who := func(c echo.Context) error { return c.String(http.StatusOK, "I am "+actorOf(c).UserID.String()) }
	return []route{
		{"GET", "/visitors", who, visitors},
		{"GET", "/anybody", who, askers},
		{"GET", "/login", who, logins},
		{"GET", "/logged-in", who, loggedIn},
		{"GET", "/staff", who, staff},
		{"GET", "/leaders", who, leaders},
		{"GET", "/two", who, only(grievance.RoleClerk, grievance.RoleHandler)},
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	tests := []struct {
		path, token string
		status      int
		code        string
	}{
		{"/visitors", "", 200, ""},
		{"/visitors", "stale", 200, ""},
		{"/anybody", "", 200, ""},
		{"/anybody", "stale", 200, ""},
		{"/logged-in", "", 401, "auth.required"},
		{"/logged-in", "stale", 401, "auth.token_invalid"},
		{"/logged-in", "petitioner", 200, ""},
		{"/staff", "", 401, "auth.required"},
		{"/staff", "stale", 401, "auth.token_invalid"},
		{"/staff", "petitioner", 403, "auth.role"},
		{"/staff", "courier", 200, ""},
		{"/leaders", "clerk", 403, "auth.role"},
		{"/leaders", "admin", 403, "auth.role"},
		{"/leaders", "leader", 200, ""},
		{"/two", "clerk", 200, ""},
		{"/two", "handler", 200, ""},
		{"/two", "leader", 403, "auth.role"},
	}
	for _, tt := range tests {
		for _, language := range []string{"zh-CN", "en"} {
			header := []string{"Accept-Language: " + language}
			if tt.token != "" {
				header = append(header, "Authorization: Bearer "+tt.token)
			}
			res := r.call("GET", tt.path, "", header...)
			if tt.status == http.StatusOK {
				if res.StatusCode != http.StatusOK {
					t.Errorf("%s as %q: status %d", tt.path, tt.token, res.StatusCode)
				}
				continue
			}
			p := problemOf(t, res)
			if p.Status != tt.status || p.Code != tt.code {
				t.Errorf("%s as %q: %+v, want %d %s", tt.path, tt.token, p, tt.status, tt.code)
			}
			wantLanguage(t, p, language)
			if challenge := res.Header.Get("WWW-Authenticate"); strings.Contains(challenge, "invalid_token") != (tt.code == "auth.token_invalid") {
				t.Errorf("%s as %q: challenge %q", tt.path, tt.token, challenge)
			}
		}
	}
}

func TestAuthorizationHeader(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	for _, good := range []string{"Bearer clerk", "bearer clerk", "BEARER clerk"} {
		if res := r.call("GET", "/staff", "", "Authorization: "+good); res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", good, res.StatusCode)
		}
	}
	for _, bad := range []string{"clerk", "Basic clerk", "Bearer", "Bearer ", ""} {
		if p := problemOf(t, r.call("GET", "/staff", "", "Authorization: "+bad)); p.Code != "auth.token_invalid" {
			t.Errorf("%q: %+v", bad, p)
		}
	}
	p := problemOf(t, r.call("GET", "/staff", "", "Authorization: Bearer clerk", "Authorization: Bearer admin"))
	if p.Code != "auth.token_invalid" {
		t.Errorf("two headers: %+v", p)
	}
}

// Every route says who may use it, and whoever has not logged in gets no
// further than the gate.
func TestAnonymousStopsAtTheGate(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, (*server).routes)
	for _, line := range r.routes() {
		if line.gate.anonymous {
			continue
		}
		path := strings.NewReplacer(":id", someUser.String(), ":n", "1", ":year", "2026").Replace(line.path)
		if p := problemOf(t, r.call(line.method, path, "")); p.Code != "auth.required" {
			t.Errorf("%s %s: %+v", line.method, line.path, p)
		}
		if len(line.gate.roles) == 0 {
			continue
		}
		p := problemOf(t, r.call(line.method, path, "", "Authorization: Bearer nobody"))
		if p.Code != "auth.role" || p.Status != http.StatusForbidden {
			t.Errorf("%s %s without a role: %+v", line.method, line.path, p)
		}
	}
}
