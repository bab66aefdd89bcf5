package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Every route that asks who somebody is stands in one place: open to keys with one
// scope, or a person's alone; and everything that stands there is a route.
func TestEveryRouteIsPlacedForKeys(t *testing.T) {
	t.Parallel()
	placed := map[string]int{}
	for scope, names := range keyRoutes {
		if !slices.Contains(grievance.KeyScopes, scope) {
			t.Errorf("%s is no scope that a key can have", scope)
		}
		for _, name := range names {
			placed[name]++
		}
	}
	for _, name := range personalRoutes {
		placed[name]++
	}
	for _, r := range newRig(t, Deps{}, (*server).routes).routes() {
		name := routeName(r.method, r.path)
		if r.gate.anonymous && placed[name] > 0 {
			t.Errorf("%s looks at no key", name)
		}
		if !r.gate.anonymous && placed[name] != 1 {
			t.Errorf("%s stands in %d lists of scopes.go: give it a scope of keys, or make it personal", name, placed[name])
		}
		delete(placed, name)
	}
	for name := range placed {
		t.Errorf("%s is no route", name)
	}
}

// What no key may do, whatever else changes.
func TestKeysNeverOpenThese(t *testing.T) {
	t.Parallel()
	for name, scope := range scopeOf {
		for _, closed := range []string{"/auth", "/api-keys", "approve", "return", "decision", "decide", "reveal", "search", "feeds"} {
			if strings.Contains(name, closed) {
				t.Errorf("a key with %s opens %s", scope, name)
			}
		}
		if reads := strings.HasSuffix(string(scope), ":read"); reads != strings.HasPrefix(name, "GET ") && scope != grievance.ScopeEngineRun {
			t.Errorf("%s opens %s", scope, name)
		}
	}
	if len(grievance.KeyScopes) != len(keyRoutes) {
		t.Errorf("%d scopes, of which %d open something", len(grievance.KeyScopes), len(keyRoutes))
	}
}

// With every scope that there is, a key of the county's administrator opens what
// stands in the lists and nothing else; with none, nothing.
func TestAKeyOpensItsScopesAlone(t *testing.T) {
	t.Parallel()
	s := newTown(t, "sqlite")
	all := s.key("admin", grievance.KeyScopes...)
	one := s.key("admin", grievance.ScopeReportsRead)
	for _, r := range s.routes() {
		if r.gate.anonymous {
			continue
		}
		name := routeName(r.method, r.path)
		path := strings.NewReplacer(":id", someUser.String(), ":n", "1", ":year", "2026").Replace(r.path)
		for key, opens := range map[string]bool{all: scopeOf[name] != "", one: scopeOf[name] == grievance.ScopeReportsRead} {
			if _, opened := refusedScope(t, s, r.method, path, key); opened != opens {
				t.Errorf("%s is open to the key: %t", name, opened)
			}
		}
	}
	if challenge, _ := refusedScope(t, s, "GET", v1+"/units", one); challenge != `Bearer realm="huiyin", error="insufficient_scope", scope="organisation:read"` {
		t.Errorf("the challenge is %s", challenge)
	}
	if _, opened := refusedScope(t, s, "HEAD", v1+"/units", all); !opened {
		t.Error("HEAD is closed where GET is open")
	}
}

// refusedScope tells whether a request got past the scopes of its key.
func refusedScope(t *testing.T, s *town, method, path, key string) (challenge string, opened bool) {
	t.Helper()
	res := s.call(method, path, "", "Authorization: Bearer "+key)
	if res.StatusCode == http.StatusUnauthorized {
		t.Errorf("%s %s: the key is not known", method, path)
	}
	scoped := res.StatusCode == http.StatusForbidden && strings.Contains(string(bodyOf(t, res)), `"auth.scope"`)
	return res.Header.Get("WWW-Authenticate"), !scoped
}
