package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
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

func TestAProvidersTokenNamesOurUser(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		token := g.token(nil)
		for range 3 {
			c, err := g.Verify(t.Context(), token)
			if err != nil || c.UserID != clerk.ID || c.Outside == nil || c.Outside.Roles != nil || c.JTI != "1" || !c.Session.IsZero() || c.MustChange {
				t.Fatalf("Verify = %+v, %v", c, err)
			}
		}
		if n := g.askedSoFar(); n != 1 {
			t.Errorf("the provider was asked %d times", n)
		}
		own := g.login(t)
		if c, err := g.Verify(t.Context(), own.Access); err != nil || c.Outside != nil {
			t.Errorf("our own token: %+v, %v", c, err)
		}
		err := g.ChangePassword(t.Context(), token, password, "another password")
		wantCode(t, "changing a password as the provider's guest", err, "auth.token_invalid")
		if _, err := g.Verify(t.Context(), own.Access); err != nil {
			t.Errorf("our own token after that: %v", err)
		}
	})
}

// Every algorithm that only the provider can sign with, and no other.
func TestAlgorithmsOfAProvider(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		rs, err := rsaKey()
		must(t, err)
		ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		g.tell(func() { g.keys["rsa"], g.keys["ec"] = rs, ec })
		public, err := x509.MarshalPKIXPublicKey(rs.Public())
		must(t, err)
		for _, c := range []struct {
			method jwt.SigningMethod
			kid    string
			key    any
			code   string
		}{
			{jwt.SigningMethodRS256, "rsa", rs, ""},
			{jwt.SigningMethodPS256, "rsa", rs, ""},
			{jwt.SigningMethodES256, "ec", ec, ""},
			{jwt.SigningMethodEdDSA, "first", g.keys["first"], ""},
			{jwt.SigningMethodRS512, "rsa", rs, "auth.token_invalid"},
			{jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType, "auth.token_invalid"},
			{jwt.SigningMethodHS256, "rsa", public, "auth.token_invalid"},
			{jwt.SigningMethodHS256, "first", []byte(g.keys["first"].Public().(ed25519.PublicKey)), "auth.token_invalid"},
			{jwt.SigningMethodRS256, "ec", rs, "auth.token_invalid"},
			{jwt.SigningMethodEdDSA, "first", edKey(t), "auth.token_invalid"},
		} {
			text := g.signed(c.method, map[string]any{"kid": c.kid}, g.claims(nil), c.key)
			if code := g.verdict(text); code != c.code {
				t.Errorf("%s with the key %s: %q, want %q", c.method.Alg(), c.kid, code, c.code)
			}
		}
	})
}

func TestTokensThatAProviderDidNotMeanForUs(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		now := g.clock.Now()
		for name, c := range map[string]struct {
			claims jwt.MapClaims
			code   string
		}{
			"for somebody else":       {jwt.MapClaims{"aud": "other"}, "auth.token_invalid"},
			"for nobody":              {jwt.MapClaims{"aud": nil}, "auth.token_invalid"},
			"for one like us":         {jwt.MapClaims{"aud": []string{"huiyin-api "}}, "auth.token_invalid"},
			"of another issuer":       {jwt.MapClaims{"iss": g.URL + "/other"}, "auth.token_invalid"},
			"of the issuer with a /":  {jwt.MapClaims{"iss": g.issuer() + "/"}, "auth.token_invalid"},
			"of ourselves":            {jwt.MapClaims{"iss": "huiyin", "aud": "huiyin"}, "auth.token_invalid"},
			"of no issuer":            {jwt.MapClaims{"iss": nil}, "auth.token_invalid"},
			"that expired":            {jwt.MapClaims{"exp": now.Add(-11 * time.Second).Unix()}, "auth.token_expired"},
			"that just expired":       {jwt.MapClaims{"exp": now.Add(-9 * time.Second).Unix()}, ""},
			"that never expires":      {jwt.MapClaims{"exp": nil}, "auth.token_invalid"},
			"that expires in words":   {jwt.MapClaims{"exp": "tomorrow"}, "auth.token_invalid"},
			"that is not valid yet":   {jwt.MapClaims{"nbf": now.Add(time.Minute).Unix()}, "auth.token_invalid"},
			"of a clock a bit ahead":  {jwt.MapClaims{"nbf": now.Add(5 * time.Second).Unix()}, ""},
			"of nobody here":          {jwt.MapClaims{"preferred_username": "nobody"}, "auth.account_unknown"},
			"of a name like one here": {jwt.MapClaims{"preferred_username": "Clerk"}, "auth.account_unknown"},
			"of a name with a space":  {jwt.MapClaims{"preferred_username": "clerk "}, "auth.account_unknown"},
			"of no name":              {jwt.MapClaims{"preferred_username": nil}, "auth.account_unknown"},
			"of a name that is none":  {jwt.MapClaims{"preferred_username": []string{"clerk"}}, "auth.account_unknown"},
			"of a name with NUL":      {jwt.MapClaims{"preferred_username": "clerk\x00"}, "auth.account_unknown"},
			"of the subject clerk":    {jwt.MapClaims{"preferred_username": nil, "sub": "clerk"}, "auth.account_unknown"},
		} {
			if code := g.verdict(g.token(c.claims)); code != c.code {
				t.Errorf("a token %s: %q, want %q", name, code, c.code)
			}
		}
	})
}

// What stands in the header of a token chooses no key but one that the provider
// publishes, and asks for nothing that we do not understand.
func TestHeadersOfAProvidersToken(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		mine := edKey(t)
		jwk, err := jwkset.NewJWKFromKey(mine.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "mine"}})
		must(t, err)
		first := g.keys["first"]
		for name, c := range map[string]struct {
			header map[string]any
			key    crypto.Signer
			code   string
		}{
			"as it should be":         {map[string]any{"kid": "first"}, first, ""},
			"of an access token":      {map[string]any{"kid": "first", "typ": "at+jwt"}, first, ""},
			"of a long type":          {map[string]any{"kid": "first", "typ": "application/at+JWT"}, first, ""},
			"without a type":          {map[string]any{"kid": "first", "typ": nil}, first, ""},
			"without a key":           {map[string]any{"kid": nil}, first, "auth.token_invalid"},
			"with an empty key":       {map[string]any{"kid": ""}, first, "auth.token_invalid"},
			"with a key's number":     {map[string]any{"kid": 1}, first, "auth.token_invalid"},
			"with a list of keys":     {map[string]any{"kid": []string{"first"}}, first, "auth.token_invalid"},
			"with a path":             {map[string]any{"kid": "../../../dev/null"}, mine, "auth.token_invalid"},
			"with SQL":                {map[string]any{"kid": "' UNION SELECT 'first"}, mine, "auth.token_invalid"},
			"with a key of its own":   {map[string]any{"kid": "mine", "jwk": jwk.Marshal()}, mine, "auth.token_invalid"},
			"with keys elsewhere":     {map[string]any{"kid": "mine", "jku": g.URL + "/mine"}, mine, "auth.token_invalid"},
			"with an extension":       {map[string]any{"kid": "first", "crit": []string{"b64"}}, first, "auth.token_invalid"},
			"of a logout":             {map[string]any{"kid": "first", "typ": "logout+jwt"}, first, "auth.token_invalid"},
			"of a type that is none":  {map[string]any{"kid": "first", "typ": 7}, first, "auth.token_invalid"},
			"with the wrong key's id": {map[string]any{"kid": "first"}, mine, "auth.token_invalid"},
		} {
			if code := g.verdict(g.signed(jwt.SigningMethodEdDSA, c.header, g.claims(nil), c.key)); code != c.code {
				t.Errorf("a header %s: %q, want %q", name, code, c.code)
			}
		}
		if n := g.askedSoFar(); n > 2 {
			t.Errorf("made-up keys made us ask the provider %d times", n)
		}
	})
}

// Members that stand twice, broken and endless parts: no reader may guess.
func TestTokensThatCanBeReadInTwoWays(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		good := g.token(nil)
		parts := strings.Split(good, ".")
		header, claims := unpack(t, parts[0]), unpack(t, parts[1])
		sign := func(header, claims string) string {
			text := pack(header, claims)
			signature, err := jwt.SigningMethodEdDSA.Sign(text, g.keys["first"])
			must(t, err)
			return text + "." + base64url(signature)
		}
		if code := g.verdict(sign(header, claims)); code != "" {
			t.Fatalf("the text as it was: %s", code)
		}
		for name, text := range map[string]string{
			"the user twice":     sign(header, strings.TrimSuffix(claims, "}")+`,"preferred_username":"clerk"}`),
			"the issuer twice":   sign(header, `{"iss":"huiyin",`+claims[1:]),
			"the audience twice": sign(header, `{"aud":"other",`+claims[1:]),
			"the key twice":      sign(`{"kid":"other",`+header[1:], claims),
			"two algorithms":     sign(`{"alg":"none",`+header[1:], claims),
			"broken JSON":        sign(header, claims[:len(claims)-1]),
			"no JSON":            sign(header, "claims"),
			"a line break":       good[:20] + "\n" + good[20:],
			"a fourth part":      good + ".x",
			"two parts":          parts[0] + "." + parts[1],
			"endless":            good + strings.Repeat("A", 1<<20),
			"padding":            parts[0] + "=." + parts[1] + "." + parts[2],
		} {
			if code := g.verdict(text); code != "auth.token_invalid" {
				t.Errorf("%s: %q", name, code)
			}
		}
	})
}

// A new key is taken up with its first token, and one that the provider withdrew
// is believed for five minutes at most.
func TestAProvidersKeysRotate(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		old, first := g.token(jwt.MapClaims{"exp": g.clock.Now().Add(time.Hour).Unix()}), g.keys["first"]
		if code := g.verdict(old); code != "" {
			t.Fatal(code)
		}
		second := edKey(t)
		g.tell(func() { g.keys = map[string]crypto.Signer{"second": second} })
		g.clock.Advance(11 * time.Second)
		renewed := g.signed(jwt.SigningMethodEdDSA, map[string]any{"kid": "second"}, g.claims(jwt.MapClaims{"exp": g.clock.Now().Add(time.Hour).Unix()}), second)
		if code := g.verdict(renewed); code != "" {
			t.Errorf("with the new key: %s", code)
		}
		if code := g.verdict(old); code != "auth.token_invalid" {
			t.Errorf("with the old one, withdrawn: %q", code)
		}
		g.tell(func() { g.keys = map[string]crypto.Signer{"first": first} })
		g.clock.Advance(5 * time.Minute)
		if code := g.verdict(renewed); code != "auth.token_invalid" {
			t.Errorf("five minutes after it was withdrawn: %q", code)
		}
		if code := g.verdict(old); code != "" {
			t.Errorf("the first key again: %s", code)
		}
	})
}

// A provider that is down takes nobody's password away, and its own tokens are
// told from bad ones; what was known goes on for an hour.
func TestAProviderThatIsDown(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		g.tell(func() { g.down = true })
		token := g.token(jwt.MapClaims{"exp": g.clock.Now().Add(3 * time.Hour).Unix()})
		for range 20 {
			if code := g.verdict(token); code != "auth.provider_unavailable" {
				t.Fatalf("while it is down: %q", code)
			}
		}
		if n := g.askedSoFar(); n != 1 {
			t.Errorf("twenty requests asked it %d times", n)
		}
		if issuer, down := g.ProviderDown(); !down || issuer != g.issuer() {
			t.Error("nobody is told that it is down")
		}
		if _, err := g.Verify(t.Context(), g.login(t).Access); err != nil {
			t.Errorf("our own login: %v", err)
		}
		g.tell(func() { g.down = false })
		g.clock.Advance(10 * time.Second)
		if code := g.verdict(token); code != "" {
			t.Errorf("ten seconds later, when it is up: %s", code)
		}
		if _, down := g.ProviderDown(); down {
			t.Error("it is said to be down")
		}
		g.tell(func() { g.down = true })
		for _, step := range []struct {
			after time.Duration
			code  string
		}{{6 * time.Minute, ""}, {53 * time.Minute, ""}, {2 * time.Minute, "auth.provider_unavailable"}} {
			g.clock.Advance(step.after)
			if code := g.verdict(token); code != step.code {
				t.Errorf("%v later: %q, want %q", step.after, code, step.code)
			}
		}
		unknown := g.signed(jwt.SigningMethodEdDSA, map[string]any{"kid": "new"}, g.claims(nil), edKey(t))
		if code := g.verdict(unknown); code != "auth.provider_unavailable" {
			t.Errorf("a key that may be new: %q", code)
		}
	})
}

// Of documents that do not name the issuer, or send us elsewhere, no key is taken.
func TestDocumentsOfAProvider(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		token := g.token(nil)
		for name, lie := range map[string]func(map[string]any){
			"of another issuer":     func(d map[string]any) { d["issuer"] = g.issuer() + "/" },
			"of no issuer":          func(d map[string]any) { delete(d, "issuer") },
			"with keys in the open": func(d map[string]any) { d["jwks_uri"] = "http://192.0.2.1/keys" },
			"with keys in a file":   func(d map[string]any) { d["jwks_uri"] = "file:///etc/passwd" },
			"with keys nowhere":     func(d map[string]any) { delete(d, "jwks_uri") },
			"with keys elsewhere":   func(d map[string]any) { d["jwks_uri"] = g.URL + "/elsewhere" },
			"that is endless":       func(d map[string]any) { d["x"] = strings.Repeat("x", 2<<20) },
		} {
			g.tell(func() { g.document = lie })
			g.clock.Advance(10 * time.Second)
			if err := g.ReadProvider(t.Context()); err == nil || g.verdict(token) != "auth.provider_unavailable" {
				t.Errorf("a document %s is believed", name)
			}
		}
		g.tell(func() { g.document = nil })
		for _, set := range []string{"{}", `{"keys":[]}`, "keys", `{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"first","alg":"none"}]}`} {
			g.tell(func() { g.set = set })
			if err := g.ReadProvider(t.Context()); err == nil {
				t.Errorf("the keys %s are taken", set)
			}
		}
		g.tell(func() { g.set = "" })
		must(t, g.ReadProvider(t.Context()))
		if code := g.verdict(token); code != "" {
			t.Errorf("the truth: %s", code)
		}
	})
}

// A symmetric key in the provider's set is no key: whoever reads the set could
// sign with it.
func TestASharedSecretIsNoKey(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		g.tell(func() {
			ed := g.keys["first"].Public().(ed25519.PublicKey)
			g.set = `{"keys":[{"kty":"oct","k":"` + base64url([]byte("secret of everybody's")) + `","kid":"shared","alg":"HS256","use":"sig"},` +
				`{"kty":"OKP","crv":"Ed25519","x":"` + base64url(ed) + `","kid":"first","use":"sig"}]}`
		})
		if code := g.verdict(g.token(nil)); code != "" {
			t.Errorf("the key beside it: %s", code)
		}
		text := g.signed(jwt.SigningMethodHS256, map[string]any{"kid": "shared"}, g.claims(nil), []byte("secret of everybody's"))
		if code := g.verdict(text); code != "auth.token_invalid" {
			t.Errorf("it is %q", code)
		}
	})
}

// The user of a token must be here, staff, and not disabled: also five seconds
// after it was seen.
func TestTheUserOfAProvidersToken(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		g.addUser(t, grievance.User{ID: grievance.UserID{15: 2}, Username: "public", Petitioner: true}, "")
		if code := g.verdict(g.token(jwt.MapClaims{"preferred_username": "public"})); code != "auth.account_unknown" {
			t.Errorf("an account of the public: %q", code)
		}
		token := g.token(nil)
		if code := g.verdict(token); code != "" {
			t.Fatal(code)
		}
		g.write(t, func(tx *store.Tx) error { return tx.DisableUser(clerk.ID, g.clock.Now()) })
		g.clock.Advance(5 * time.Second)
		if code := g.verdict(token); code != "auth.account_disabled" {
			t.Errorf("a disabled user: %q", code)
		}
	})
}

func TestTheRolesOfATokenNarrow(t *testing.T) {
	mapped := map[string][]grievance.Role{"窗口": {grievance.RoleClerk}, "both": {grievance.RoleLeader, grievance.RoleClerk}}
	posts := []grievance.Post{{Role: grievance.RoleClerk}, {Role: grievance.RoleLeader, Head: true}, {Role: grievance.RoleAdmin}}
	for claim, nest := range map[string]func(any) any{
		"groups":              func(v any) any { return v },
		"/groups/roles":       func(v any) any { return map[string]any{"roles": v} },
		"https://a.b/c~roles": func(v any) any { return v },
	} {
		t.Run(claim, func(t *testing.T) {
			top, _, _ := strings.Cut(strings.TrimPrefix(claim, "/"), "/roles")
			eachGuests(t, auth.ProviderSettings{RoleClaim: claim, Roles: mapped}, func(t *testing.T, g *guests) {
				for _, c := range []struct {
					says any
					left string
				}{
					{[]string{"窗口"}, "[clerk]"}, {"窗口", "[clerk]"}, {[]string{"both", "unknown"}, "[clerk leader]"},
					{[]string{"admin"}, "[]"}, {[]string{"clerk"}, "[]"}, {[]any{7, nil}, "[]"}, {[]string{}, "[]"}, {7, "[]"}, {map[string]any{"窗口": true}, "[]"},
				} {
					said, err := g.Verify(t.Context(), g.token(jwt.MapClaims{top: nest(c.says)}))
					must(t, err)
					var left []string
					for _, p := range said.Narrow(grievance.Actor{UserID: clerk.ID, Posts: slices.Clone(posts)}).Posts {
						left = append(left, string(p.Role))
					}
					if fmt.Sprint(left) != c.left {
						t.Errorf("%v leaves the posts %v, want %s", c.says, left, c.left)
					}
				}
				said, err := g.Verify(t.Context(), g.token(jwt.MapClaims{"groups": nil}))
				must(t, err)
				if left := said.Narrow(grievance.Actor{Posts: posts}).Posts; len(left) != 0 {
					t.Errorf("a token that says nothing of roles leaves %v", left)
				}
			})
		})
	}
}

func TestProvidersThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "sqlite")
	good := auth.ProviderSettings{Issuer: "https://id.example.org", Audience: "huiyin", UsernameClaim: "preferred_username"}
	must(t, h.Trust(good))
	for name, spoil := range map[string]func(*auth.ProviderSettings){
		"in the open":           func(p *auth.ProviderSettings) { p.Issuer = "http://id.example.org" },
		"no address":            func(p *auth.ProviderSettings) { p.Issuer = "id.example.org" },
		"with a query":          func(p *auth.ProviderSettings) { p.Issuer += "?a=b" },
		"with a fragment":       func(p *auth.ProviderSettings) { p.Issuer += "#a" },
		"with a password":       func(p *auth.ProviderSettings) { p.Issuer = "https://a:b@id.example.org" },
		"like this machine":     func(p *auth.ProviderSettings) { p.Issuer = "http://127.0.0.1.example.org" },
		"without an audience":   func(p *auth.ProviderSettings) { p.Audience = "" },
		"without a name":        func(p *auth.ProviderSettings) { p.UsernameClaim = "" },
		"roles of no claim":     func(p *auth.ProviderSettings) { p.Roles = map[string][]grievance.Role{"a": {grievance.RoleClerk}} },
		"a claim without roles": func(p *auth.ProviderSettings) { p.RoleClaim = "groups" },
		"a role that is none": func(p *auth.ProviderSettings) {
			p.RoleClaim, p.Roles = "groups", map[string][]grievance.Role{"a": {"root"}}
		},
		"the engine's role": func(p *auth.ProviderSettings) {
			p.RoleClaim, p.Roles = "groups", map[string][]grievance.Role{"a": {grievance.RoleSystem}}
		},
	} {
		p := good
		spoil(&p)
		if err := h.Trust(p); err == nil {
			t.Errorf("%s: trusted", name)
		}
	}
}

// A hundred requests at the first moment ask the provider once, and those of
// before go on while it is read again.
func TestManyTokensAskAProviderOnce(t *testing.T) {
	eachGuests(t, auth.ProviderSettings{}, func(t *testing.T, g *guests) {
		token := g.token(jwt.MapClaims{"exp": g.clock.Now().Add(time.Hour).Unix()})
		for round := range 3 {
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() {
					if _, err := g.Verify(context.WithoutCancel(t.Context()), token); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := g.askedSoFar(); n != round+1 {
				t.Errorf("in round %d it was asked %d times", round, n)
			}
			g.clock.Advance(5 * time.Minute)
		}
	})
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
