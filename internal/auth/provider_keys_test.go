package auth_test

import (
	"context"
	"crypto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
)

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
