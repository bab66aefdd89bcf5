package auth_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// idp is a little identity provider on this machine, which can be told to lie.
type idp struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	keys     map[string]crypto.Signer // by kid: those that it publishes
	asked    int                      // for its discovery document
	down     bool
	document func(map[string]any) // spoils what the document says
	set      string               // instead of its keys
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{t: t, keys: map[string]crypto.Signer{"first": edKey(t)}}
	routes := http.NewServeMux()
	routes.HandleFunc("/realm/.well-known/openid-configuration", p.discovery)
	routes.HandleFunc("/realm/keys", p.publish)
	routes.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/realm/keys", http.StatusFound) })
	p.Server = httptest.NewServer(routes)
	t.Cleanup(p.Close)
	return p
}

func (p *idp) issuer() string { return p.URL + "/realm" }

func (p *idp) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	said := map[string]any{"issuer": p.issuer(), "jwks_uri": p.issuer() + "/keys", "grant_types_supported": []string{"implicit"}}
	if p.document != nil {
		p.document(said)
	}
	_ = json.NewEncoder(w).Encode(said)
}

func (p *idp) publish(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.set != "" {
		_, _ = w.Write([]byte(p.set))
		return
	}
	set := jwkset.NewMemoryStorage()
	for kid, key := range p.keys {
		jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid, USE: jwkset.UseSig}})
		if err == nil {
			err = set.KeyWrite(r.Context(), jwk)
		}
		if err != nil {
			p.t.Error(err)
		}
	}
	body, err := set.JSONPublic(r.Context())
	if err != nil {
		p.t.Error(err)
	}
	_, _ = w.Write(body)
}

// tell changes what the provider says.
func (p *idp) tell(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *idp) askedSoFar() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func edKey(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	return key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rsaKey is made once: it costs a second.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// guests is a house that trusts a provider.
type guests struct {
	*house
	*idp
	t *testing.T
}

func newGuests(t *testing.T, dialect string, settings auth.ProviderSettings) *guests {
	t.Helper()
	g := &guests{newHouse(t, dialect), newIDP(t), t}
	g.trust(g.Service, settings)
	return g
}

func (g *guests) trust(s *auth.Service, settings auth.ProviderSettings) {
	g.t.Helper()
	settings.Issuer, settings.Audience, settings.UsernameClaim = g.issuer(), "huiyin-api", "preferred_username"
	must(g.t, s.Trust(settings))
}

func eachGuests(t *testing.T, settings auth.ProviderSettings, test func(*testing.T, *guests)) {
	t.Helper()
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) { test(t, newGuests(t, dialect, settings)) })
}

// claims are good ones of the clerk's, with others on top; nil takes one away.
func (g *guests) claims(others jwt.MapClaims) jwt.MapClaims {
	now := g.clock.Now()
	c := jwt.MapClaims{
		"iss": g.issuer(), "aud": []string{"account", "huiyin-api"}, "sub": "f:1", "preferred_username": "clerk", "jti": "1",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "groups": []any{"窗口", 7},
	}
	maps.Copy(c, others)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// token is a good one with other claims.
func (g *guests) token(others jwt.MapClaims) string {
	g.t.Helper()
	return g.signed(jwt.SigningMethodEdDSA, map[string]any{"kid": "first"}, g.claims(others), g.keys["first"])
}

func (g *guests) signed(method jwt.SigningMethod, header map[string]any, claims jwt.Claims, key any) string {
	g.t.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	maps.DeleteFunc(token.Header, func(_ string, v any) bool { return v == nil })
	text, err := token.SignedString(key)
	must(g.t, err)
	return text
}

func (g *guests) verdict(access string) string {
	g.t.Helper()
	_, err := g.Verify(g.t.Context(), access)
	return grievance.CodeOf(err)
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func pack(header, claims string) string {
	return base64url([]byte(header)) + "." + base64url([]byte(claims))
}

func unpack(t *testing.T, part string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(part)
	must(t, err)
	return string(b)
}
