package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// personalRoutes are what a person alone does, whatever a key's owner may do:
// signing and deciding, for which somebody answers by name; looking behind what
// is masked, or for somebody by what they are called; naming who stands in or is
// complained about; changing the law's numbers; and making what one logs in with.
var personalRoutes = []string{
	"POST /auth/password", "GET /auth/me", "POST /users", "GET /api-keys", "POST /api-keys", "POST /api-keys/:id/revoke",
	"POST /reports/upcoming/feeds", "GET /reports/upcoming/feeds", "POST /reports/upcoming/feeds/:id/revoke",

	"POST /cases/:id/sign-offs/:n/approve", "POST /cases/:id/sign-offs/:n/return", "POST /cases/:id/sign-offs/:n/amend",
	"POST /cases/:id/objections/:n/decision", "POST /cases/:id/reviews/:n/decision", "POST /cases/:id/reviews/:n/hearing",
	"POST /cases/:id/reviews/:n/hearing/record", "POST /findings/:id/explain", "POST /findings/:id/decide",
	"POST /findings/:id/appeal", "POST /findings/:id/decide-appeal", "POST /bulletins/:id/correct",
	"POST /escalations/:id/acknowledge", "POST /escalations/:id/resolve", "POST /cases/:id/take-down",
	"POST /cases/:id/answer", // which ends a case without a signature

	"POST /cases/:id/reminders", "POST /cases/:id/supervision-orders", "POST /cases/:id/supervision-orders/:n/reply",
	"POST /cases/:id/supervision-orders/:n/accept", "POST /cases/:id/supervision-orders/:n/return",
	"POST /cases/:id/recommendations", "POST /cases/:id/listing", "POST /cases/:id/listing/lift",
	"POST /cases/:id/sponsor", "POST /cases/:id/sponsor/release", "POST /cases/:id/duties/:n/done",

	"POST /cases/search", "GET /cases/:id/related", "POST /cases/:id/parties/reveal", "POST /cases/:id/notices/:n/document",
	"POST /cases/:id/query-code", "POST /cases/:id/named", "POST /cases/:id/misconduct",
	"GET /cases/:id/recusals", "POST /cases/:id/recusals", "POST /cases/:id/interest",
	"GET /auth/sessions", "POST /auth/sessions/:id/revoke", "POST /users/:id/revoke-logins",

	"POST /deputies", "POST /deputies/:id/end", "PUT /profiles/:name", "POST /profiles/:name/rebase",
}

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
