package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
)

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
