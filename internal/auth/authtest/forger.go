// Package authtest forges access tokens, for tests of what they are refused by.
package authtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// Forger knows a good token, how the house signs, and even the key: what it makes
// with that is refused for what it says, not for its signature.
type Forger struct {
	t       testing.TB
	good    auth.Tokens
	kid     string
	others  []string // the kids of other keys that are believed
	private ed25519.PrivateKey
	keySet  []byte

	// The parts of the good access token, decoded but for the signature.
	header, claims, signature string
}

// NewForger makes a forger from a good login at a house with that database and vault.
func NewForger(t testing.TB, st *store.Store, v *vault.Vault, keySet []byte, good auth.Tokens) Forger {
	t.Helper()
	parts := strings.Split(good.Access, ".")
	f := Forger{
		t: t, good: good, keySet: keySet,
		header: unpack(t, parts[0]), claims: unpack(t, parts[1]), signature: parts[2],
	}
	var keys []store.SigningKey
	err := st.Read(t.Context(), func(r *store.Snapshot) (err error) {
		keys, err = r.SigningKeys()
		return err
	})
	must(t, err)
	for _, k := range keys {
		if !strings.Contains(f.header, k.Kid) {
			f.others = append(f.others, k.Kid)
			continue
		}
		seed, err := v.Open(vault.Field{Table: "signing_keys", Column: "seed_enc", ID: k.Kid}, k.SeedEnc)
		must(t, err)
		f.kid, f.private = k.Kid, ed25519.NewKeyFromSeed(seed)
	}
	if f.signed(f.header, f.claims) != good.Access {
		t.Fatal("the forger cannot even make a good token")
	}
	return f
}

// signed signs any texts with the house's own key.
func (f Forger) signed(header, claims string) string {
	text := pack(header, claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.private, []byte(text)))
}

// With is the good token with one claim replaced, well signed; nil removes it.
func (f Forger) With(claim string, value any) string {
	return f.signed(f.header, f.claimsWith(claim, value))
}

func (f Forger) claimsWith(claim string, value any) string {
	f.t.Helper()
	claims := map[string]any{}
	must(f.t, json.Unmarshal([]byte(f.claims), &claims))
	claims[claim] = value
	if value == nil {
		delete(claims, claim)
	}
	return f.text(claims)
}

// stranger is the same forger with another deployment's key.
func (f Forger) stranger() Forger {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(f.t, err)
	f.private = private
	return f
}

// mac signs the good claims with a method of shared secrets, under a header that
// says so or something else.
func (f Forger) mac(method *jwt.SigningMethodHMAC, alg string, secret []byte) string {
	signing := pack(f.text(map[string]any{"alg": alg, "typ": "JWT", "kid": f.kid}), f.claims)
	sum, err := method.Sign(signing, secret)
	must(f.t, err)
	return signing + "." + base64.RawURLEncoding.EncodeToString(sum)
}

// alg is the good header with another algorithm.
func (f Forger) alg(name string) string {
	return strings.Replace(f.header, `"EdDSA"`, `"`+name+`"`, 1)
}

// keyID is the good header with another kid, which may be any JSON.
func (f Forger) keyID(value string) string {
	return strings.Replace(f.header, `"`+f.kid+`"`, value, 1)
}

// more is an object with one more member at its beginning.
func more(object, member string) string { return strings.Replace(object, "{", "{"+member+",", 1) }

func (f Forger) text(v any) string {
	b, err := json.Marshal(v)
	must(f.t, err)
	return string(b)
}

func pack(header, claims string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
}

func unpack(t testing.TB, part string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(part)
	must(t, err)
	return string(b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
