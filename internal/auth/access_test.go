package auth_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// forger knows a good token, and how the house signs.
type forger struct {
	header, claims, signature string
	kid                       string
	private                   ed25519.PrivateKey
}

func newForger(t *testing.T, h *house, access string) forger {
	t.Helper()
	parts := strings.Split(access, ".")
	f := forger{header: unpack(t, parts[0]), claims: unpack(t, parts[1]), signature: parts[2]}
	err := h.store.Read(t.Context(), func(r *store.Snapshot) error {
		keys, err := r.SigningKeys()
		if err != nil {
			return err
		}
		f.kid = keys[0].Kid
		seed, err := h.vault.Open(vault.Field{Table: "signing_keys", Column: "seed_enc", ID: f.kid}, keys[0].SeedEnc)
		f.private = ed25519.NewKeyFromSeed(seed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func unpack(t *testing.T, part string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func pack(header, claims string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
}

// signed signs any texts with the house's own key.
func (f forger) signed(header, claims string) string {
	text := pack(header, claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.private, []byte(text)))
}

// with replaces one claim; nil removes it.
func (f forger) with(t *testing.T, claim string, value any) string {
	t.Helper()
	claims := map[string]any{}
	if err := json.Unmarshal([]byte(f.claims), &claims); err != nil {
		t.Fatal(err)
	}
	claims[claim] = value
	if value == nil {
		delete(claims, claim)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return f.signed(f.header, string(text))
}

func (f forger) mac(t *testing.T, header map[string]any, key []byte) string {
	t.Helper()
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	signing := pack(string(text), f.claims)
	sum, err := jwt.SigningMethodHS256.Sign(signing, key)
	if err != nil {
		t.Fatal(err)
	}
	return signing + "." + base64.RawURLEncoding.EncodeToString(sum)
}

func TestVerifyRefusesForgeries(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		good := h.login(t).Access
		f := newForger(t, h, good)
		public := f.private.Public().(ed25519.PublicKey)
		_, strange, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		stranger := f
		stranger.private = strange
		kid := func(v string) string { return strings.Replace(f.header, f.kid, v, 1) }
		extra := func(member string) string { return strings.Replace(f.header, "{", "{"+member+",", 1) }
		jwks := h.JWKS(t.Context())

		if f.signed(f.header, f.claims) != good {
			t.Fatal("the forger cannot even make a good token")
		}
		for name, token := range map[string]string{
			"nothing":                       "",
			"two parts":                     pack(f.header, f.claims),
			"four parts":                    good + ".AAAA",
			"padding":                       good + "=",
			"white space":                   good + "\n",
			"endless":                       good + strings.Repeat("A", 1<<20),
			"alg none, no signature":        pack(`{"alg":"none","typ":"JWT"}`, f.claims) + ".",
			"alg none with kid":             pack(strings.Replace(f.header, "EdDSA", "none", 1), f.claims) + ".",
			"alg None, signed":              f.signed(strings.Replace(f.header, "EdDSA", "None", 1), f.claims),
			"HS256 with the public key":     f.mac(t, map[string]any{"alg": "HS256", "typ": "JWT", "kid": f.kid}, public),
			"HS256 with the JWK set":        f.mac(t, map[string]any{"alg": "HS256", "typ": "JWT", "kid": f.kid}, jwks),
			"HS256 with an empty key":       f.mac(t, map[string]any{"alg": "HS256", "typ": "JWT", "kid": f.kid}, nil),
			"HS256, header claiming EdDSA":  f.mac(t, map[string]any{"alg": "EdDSA", "typ": "JWT", "kid": f.kid}, public),
			"another key, our kid":          stranger.signed(f.header, f.claims),
			"unknown kid":                   stranger.signed(kid("unknown"), f.claims),
			"unknown kid, our key":          f.signed(kid("unknown"), f.claims),
			"no kid":                        f.signed(`{"alg":"EdDSA","typ":"JWT"}`, f.claims),
			"kid as path":                   stranger.signed(kid("../../../../dev/null"), f.claims),
			"kid as SQL":                    stranger.signed(kid("x' OR '1'='1"), f.claims),
			"kid as list":                   f.signed(strings.Replace(f.header, `"`+f.kid+`"`, `["`+f.kid+`"]`, 1), f.claims),
			"repeated kid":                  stranger.signed(extra(`"kid":"x"`), f.claims),
			"repeated alg":                  f.signed(extra(`"alg":"none"`), f.claims),
			"key in the header (jwk)":       stranger.signed(extra(`"jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}`), f.claims),
			"key set elsewhere (jku)":       stranger.signed(extra(`"jku":"https://evil.example/jwks.json"`), f.claims),
			"critical extension":            f.signed(extra(`"crit":["b64"],"b64":false`), f.claims),
			"header of another spelling":    f.signed(strings.Replace(f.header, ":", ": ", 1), f.claims),
			"tampered claims":               pack(f.header, strings.Replace(f.claims, clerk.ID.String(), strings.Replace(clerk.ID.String(), "1", "2", 1), 1)) + "." + f.signature,
			"signature of other bits":       good[:len(good)-1] + flip(good[len(good)-1]),
			"another audience":              f.with(t, "aud", []string{"other"}),
			"no audience":                   f.with(t, "aud", nil),
			"empty audience":                f.with(t, "aud", []string{}),
			"another issuer":                f.with(t, "iss", "other"),
			"no issuer":                     f.with(t, "iss", nil),
			"no expiry":                     f.with(t, "exp", nil),
			"expiry as a word":              f.with(t, "exp", "tomorrow"),
			"a line break inside":           good[:len(good)-9] + "\r\n" + good[len(good)-9:],
			"not yet valid":                 f.with(t, "nbf", storetest.Start.Add(time.Hour).Unix()),
			"expired and of another issuer": f.expired(t),
			"no subject":                    f.with(t, "sub", nil),
			"subject that is no id":         f.with(t, "sub", "clerk"),
			"subject as list":               f.with(t, "sub", []string{clerk.ID.String()}),
			"no session":                    f.with(t, "sid", nil),
			"session that is no id":         f.with(t, "sid", "1"),
			"unknown claim":                 f.with(t, "role", "admin"),
			"repeated subject":              f.signed(f.header, strings.Replace(f.claims, "{", `{"sub":"`+clerk.ID.String()+`",`, 1)),
			"subject of another case":       f.signed(f.header, strings.Replace(f.claims, "{", `{"SUB":"`+clerk.ID.String()+`",`, 1)),
			"claims with trailing data":     f.signed(f.header, f.claims+"{}"),
			"claims that are null":          f.signed(f.header, "null"),
			"claims that are a list":        f.signed(f.header, "[]"),
		} {
			for range 2 { // nothing is remembered of a refusal
				got, err := h.Verify(t.Context(), token)
				wantCode(t, name, err, "auth.token_invalid")
				if got != (auth.Claims{}) {
					t.Errorf("%s: claims came with the refusal: %+v", name, got)
				}
				if grievance.KindOf(err) != grievance.Unauthenticated {
					t.Errorf("%s: kind %q", name, grievance.KindOf(err))
				}
			}
		}
		if _, err := h.Verify(t.Context(), good); err != nil {
			t.Errorf("the good token afterwards: %v", err)
		}
		unknown := f.with(t, "sid", "01935f3e-0000-7000-8000-000000000001")
		_, err = h.Verify(t.Context(), unknown)
		wantCode(t, "a session that never was", err, "auth.session_ended")
	})
}

func (f forger) expired(t *testing.T) string {
	t.Helper()
	old := f
	old.claims = unpack(t, strings.Split(f.with(t, "exp", storetest.Start.Add(-time.Hour).Unix()), ".")[1])
	return old.with(t, "iss", "other")
}

// flip changes the last character of a signature in a bit that the strict
// decoder must not ignore.
func flip(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)^1])
}

func TestAccessExpires(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		h.clock.Set(storetest.Start.Add(999_999 * time.Microsecond))
		tokens := h.login(t)
		_, other := h.replica(t)
		if _, err := h.Verify(t.Context(), tokens.Access); err != nil {
			t.Fatal(err)
		}
		h.clock.Set(tokens.AccessExpires.Add(-time.Microsecond))
		if _, err := h.Verify(t.Context(), tokens.Access); err != nil {
			t.Errorf("a microsecond before the end: %v", err)
		}
		h.clock.Set(tokens.AccessExpires)
		for name, s := range map[string]*auth.Service{"one that knows it": h.Service, "one that does not": other} {
			_, err := s.Verify(t.Context(), tokens.Access)
			wantCode(t, "at the end, by "+name, err, "auth.token_expired")
		}
	})
}

// While a token is fresh, verifying it asks nothing of the database.
func TestVerifiedTokensCostNoStatement(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		access := h.login(t).Access
		ctx, statements := store.CountStatements(t.Context())
		verify := func() int {
			statements.Reset()
			if _, err := h.Verify(ctx, access); err != nil {
				t.Fatal(err)
			}
			return len(statements.List())
		}
		first := verify()
		h.clock.Advance(5*time.Second - time.Microsecond)
		second := verify()
		h.clock.Advance(time.Microsecond)
		third := verify()
		h.clock.Set(storetest.Start) // a clock that was set back
		fourth := verify()
		if first == 0 || second != 0 || third != first || fourth != first {
			t.Errorf("statements: %d at first, %d when fresh, %d when stale, %d after the clock went back", first, second, third, fourth)
		}
		if got, err := h.Verify(ctx, access[:len(access)-5]); err == nil {
			t.Errorf("a cut token: %+v", got)
		}
	})
}

func TestForgeriesCostNoStatement(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens := h.login(t)
		ctx, statements := store.CountStatements(t.Context())
		_, err := h.Verify(ctx, tokens.Access+"A")
		wantCode(t, "access", err, "auth.token_invalid")
		_, err = h.Refresh(ctx, tokens.Refresh+"A")
		wantCode(t, "refresh", err, "auth.refresh_invalid")
		if list := statements.List(); len(list) != 0 {
			t.Errorf("forged tokens cost %q", list)
		}
	})
}

func TestVerifyIsSafeForMany(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens := []auth.Tokens{h.login(t), h.login(t), h.login(t)}
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				if i%20 == 0 {
					h.clock.Advance(5 * time.Second)
				}
				claims, err := h.Verify(t.Context(), tokens[i%3].Access)
				if err != nil || claims.UserID != clerk.ID {
					t.Errorf("Verify = %+v, %v", claims, err)
				}
			})
		}
		wg.Wait()
	})
}
