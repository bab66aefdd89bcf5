package auth_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

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
