package app_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

// machine asks a server with what it bears, and gives the status and the code of a
// refusal.
func (w *township) machine(bearer, method, path string, body any) (int, string) {
	w.Helper()
	a, err := w.as("admin").ask(w.servers[0], method, path, body, "Authorization: Bearer "+bearer)
	if err != nil {
		w.Fatal(err)
	}
	var p struct {
		Code string `json:"code"`
	}
	w.as("admin").read(a, &p)
	return a.status, p.Code
}

// A key made by command works on a server that was there before, within its
// scopes, is listed as used, and ends by command within five seconds.
func TestAMachineIsGivenAKeyByCommand(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		said := w.huiyin("", "key", "api", "create", "clerk", "--name", "12345 平台", "--scope", "cases:read", "--scope", "cases:write").wantExit(0)
		key := regexp.MustCompile(`(?m)^hyk_[A-Z2-7]{8}_[A-Z2-7]{52}$`).FindString(said)
		if key == "" {
			t.Fatalf("it says\n%s", said)
		}
		if status, code := w.machine(key, "GET", "/cases", nil); status != 200 {
			t.Errorf("reading cases: %d %s", status, code)
		}
		if status, code := w.machine(key, "GET", "/units", nil); status != 403 || code != "auth.scope" {
			t.Errorf("reading units: %d %s", status, code)
		}
		list := w.huiyin("", "key", "api", "list").wantExit(0)
		line := regexp.MustCompile(`(?m)^(\S+)  ` + key[4:12] + `  clerk +used \S+ +cases:read,cases:write +12345 平台$`).FindStringSubmatch(list)
		if line == nil || strings.Contains(list, key[13:]) {
			t.Fatalf("the list is\n%s", list)
		}
		w.huiyin("", "key", "api", "revoke", line[1]).wantExit(0)
		w.set(w.clock.Now().Add(5 * time.Second))
		if status, code := w.machine(key, "GET", "/cases", nil); status != 401 || code != "auth.key_revoked" {
			t.Errorf("after it was revoked: %d %s", status, code)
		}
		w.huiyin("", "key", "api", "create", "clerk", "--name", "x", "--scope", "everything").wantExit(1)
		w.huiyin("", "key", "api", "create", "nobody", "--name", "x", "--scope", "cases:read").wantExit(1)
		if log, _ := w.servers[0].output(); strings.Contains(log, key[13:]) {
			t.Error("the log tells the secret")
		}
	})
}

// provider is an identity provider on this machine.
type provider struct {
	*httptest.Server
	down atomic.Bool
	key  ed25519.PrivateKey
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: private}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case p.down.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path == "/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(object{"issuer": p.URL, "jwks_uri": p.URL + "/jwks"})
		default:
			_ = json.NewEncoder(w).Encode(object{"keys": []object{{"kty": "OKP", "crv": "Ed25519", "kid": "k", "use": "sig", "x": base64.RawURLEncoding.EncodeToString(public)}}})
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// token is what the provider gives a user, who is in groups.
func (p *provider) token(w *township, username string, groups ...string) string {
	w.Helper()
	text := packed(w, object{"alg": "EdDSA", "kid": "k", "typ": "at+jwt"}) + "." + packed(w, object{
		"iss": p.URL, "aud": "huiyin", "preferred_username": username, "realm_access": object{"roles": groups},
		"exp": w.clock.Now().Add(time.Hour).Unix(),
	})
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(p.key, []byte(text)))
}

func packed(w *township, part object) string {
	w.Helper()
	text, err := json.Marshal(part)
	if err != nil {
		w.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// A server that starts while the provider is down lets people in by password and
// says so; when the provider is up, its tokens name our users, whose posts they
// narrow.
func TestAProvidersUsersComeIn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w, p := newTown(t, dialect), newProvider(t)
		p.down.Store(true)
		w.env = slices.Concat(w.env, []string{
			"HUIYIN_OIDC_ISSUER=" + p.URL, "HUIYIN_OIDC_AUDIENCE=huiyin", "HUIYIN_OIDC_ROLE_CLAIM=/realm_access/roles",
			"HUIYIN_OIDC_ROLES=bureau=leader,bureau=supervisor,window=clerk",
		})
		w.open().await("the identity provider cannot be asked")
		var ready struct {
			Status   string
			Warnings []struct{ Code, Subject string }
		}
		told := func(w struct{ Code, Subject string }) bool {
			return w.Code == "auth.provider_unavailable" && w.Subject == p.URL
		}
		if w.as("admin").get("/readyz", &ready); ready.Status != "ok" || !slices.ContainsFunc(ready.Warnings, told) {
			t.Errorf("ready: %+v", ready)
		}
		leader := p.token(w, "leader", "bureau")
		if status, code := w.machine(leader, "GET", "/sign-offs", nil); status != 503 || code != "auth.provider_unavailable" {
			t.Errorf("while it is down: %d %s", status, code)
		}
		p.down.Store(false)
		w.set(w.clock.Now().Add(10 * time.Second))
		for _, c := range []struct {
			who, token, path string
			status           int
			code             string
		}{
			{"a leader who leads", leader, "/sign-offs", 200, ""},
			{"a leader at the window", p.token(w, "leader", "window"), "/sign-offs", 403, "auth.role"},
			{"a leader without a role", p.token(w, "leader"), "/sign-offs", 403, "auth.role"},
			{"a clerk who would be a leader", p.token(w, "clerk", "bureau"), "/sign-offs", 403, "auth.role"},
			{"an administrator whose role is not mapped", p.token(w, "admin", "admin", "window"), "/engine", 403, "auth.role"},
			{"an account of the public", p.token(w, "petitioner", "window"), "/cases", 401, "auth.account_unknown"},
			{"nobody here", p.token(w, "root", "window"), "/cases", 401, "auth.account_unknown"},
		} {
			if status, code := w.machine(c.token, "GET", c.path, nil); status != c.status || code != c.code {
				t.Errorf("%s: %d %s, want %d %s", c.who, status, code, c.status, c.code)
			}
		}
		ready.Warnings = nil
		if w.as("admin").get("/readyz", &ready); slices.ContainsFunc(ready.Warnings, told) {
			t.Errorf("when it is up: %+v", ready)
		}
		if log, _ := w.servers[0].output(); strings.Contains(log, leader) {
			t.Error("the log has a token")
		}
	})
}
