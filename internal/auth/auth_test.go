package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// TestMain fails when this package leaves a goroutine behind. GORM leaves one
// for every cache of prepared statements; it has no way to end it.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("gorm.io/gorm/internal/lru.NewLRU[...].func1"))
}

const password = "正确的密码-8848"

// passwordHash is made once: each costs what a login costs.
var passwordHash = sync.OnceValues(func() (string, error) { return auth.HashPassword(password) })

var clerk = grievance.User{ID: grievance.UserID{6: 0x70, 8: 0x80, 15: 1}, Username: "clerk", Name: "王文书"}

// house is one database with one user, and the services (replicas) on it.
type house struct {
	url   string
	clock *clock.Fake
	vault *vault.Vault
	store *store.Store
	*auth.Service
}

func newHouse(t *testing.T, dialect string) *house {
	t.Helper()
	h := &house{url: storetest.URL(t, dialect), clock: clock.NewFake(storetest.Start), vault: storetest.Vault(t)}
	h.store, h.Service = h.replica(t)
	hash, err := passwordHash()
	if err != nil {
		t.Fatal(err)
	}
	h.addUser(t, clerk, hash)
	return h
}

// replica is another process on the same database.
func (h *house) replica(t *testing.T) (*store.Store, *auth.Service) {
	t.Helper()
	st := storetest.OpenURL(t, h.url, storetest.WithClock(h.clock), storetest.WithVault(h.vault), storetest.WithMaxConns(20))
	s, err := auth.New(t.Context(), st, h.clock, h.vault, auth.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	return st, s
}

func (h *house) write(t *testing.T, fn func(*store.Tx) error) {
	t.Helper()
	if err := h.store.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (h *house) addUser(t *testing.T, u grievance.User, hash string) {
	t.Helper()
	u.CreatedAt = storetest.Start
	h.write(t, func(tx *store.Tx) error { return tx.InsertUser(u, store.Account{PasswordHash: hash}) })
}

func (h *house) login(t *testing.T) auth.Tokens {
	t.Helper()
	tokens, err := h.Login(t.Context(), auth.Attempt{Username: clerk.Username, Password: password, Client: "窗口一号机"})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := grievance.CodeOf(err); got != code {
		t.Errorf("%s: got code %q (%v), want %q", what, got, err, code)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens := h.login(t)
		if tokens.UserID != clerk.ID {
			t.Errorf("logged in as %v", tokens.UserID)
		}
		if want := storetest.Start.Add(15 * time.Minute); tokens.AccessExpires != want {
			t.Errorf("access expires at %v, want %v", tokens.AccessExpires, want)
		}
		if want := storetest.Start.AddDate(0, 0, 14); tokens.RefreshExpires != want {
			t.Errorf("refresh expires at %v, want %v", tokens.RefreshExpires, want)
		}
		claims, err := h.Verify(t.Context(), tokens.Access)
		if err != nil || claims.UserID != clerk.ID || claims.JTI == "" || claims.Expires != tokens.AccessExpires {
			t.Errorf("Verify = %+v, %v", claims, err)
		}
		other := h.login(t)
		again, err := h.Verify(t.Context(), other.Access)
		if err != nil || again.JTI == claims.JTI || again.Session == claims.Session || other.Refresh == tokens.Refresh {
			t.Errorf("two logins share something: %+v, %+v, %v", claims, again, err)
		}
	})
}

func TestLoginRefusesWithoutSayingWhy(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		h.addUser(t, grievance.User{ID: grievance.UserID{15: 2}, Username: "nopassword"}, "")
		for name, in := range map[string][2]string{
			"wrong password":        {"clerk", "wrong password"},
			"no password":           {"clerk", ""},
			"cut password":          {"clerk", password[:len(password)-1]},
			"longer password":       {"clerk", password + "x"},
			"endless password":      {"clerk", strings.Repeat("x", 1<<20)},
			"unknown user":          {"nobody", password},
			"no user":               {"", password},
			"endless user":          {strings.Repeat("x", 1<<20), password},
			"bad UTF-8":             {"clerk\xff", password},
			"NUL":                   {"clerk\x00", password},
			"user with no password": {"nopassword", ""},
		} {
			if _, err := h.Login(t.Context(), auth.Attempt{Username: in[0], Password: in[1]}); !errors.Is(err, auth.ErrCredentials) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestLoginTellsTheDisabledOnlyForTheirPassword(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		h.write(t, func(tx *store.Tx) error { return tx.DisableUser(clerk.ID, h.clock.Now()) })
		_, err := h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: password})
		wantCode(t, "right password", err, "auth.account_disabled")
		_, err = h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: "wrong password"})
		wantCode(t, "wrong password", err, "auth.invalid_credentials")
	})
}

// People type their names with a capital or a space; it is the same account,
// and the same count of failures.
func TestUsernamesAreReadInLowerCase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		for _, typed := range []string{"clerk", "Clerk", " CLERK ", "clerk\n"} {
			if _, err := h.Login(t.Context(), auth.Attempt{Username: typed, Password: password}); err != nil {
				t.Errorf("%q: %v", typed, err)
			}
		}
		for range 5 {
			_, _ = h.Login(t.Context(), auth.Attempt{Username: "CLERK ", Password: "wrong"})
		}
		_, err := h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: password})
		wantCode(t, "after five failures", err, "auth.too_many_failures")
		if closed, ok := errors.AsType[*auth.Closed](err); !ok || closed.Left != time.Second {
			t.Errorf("closed for %+v", closed)
		}
	})
}

func TestClientNamesOfAnySortAreTaken(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		for _, client := range []string{"", "a\x00b\xff\n", strings.Repeat("长", 10_000)} {
			if _, err := h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: password, Client: client}); err != nil {
				t.Errorf("client %.10q: %v", client, err)
			}
		}
	})
}

// Failures are counted in the database: the next attempt may meet another replica.
func TestFailuresMakeTheNextLoginWait(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		replicas := []*auth.Service{h.Service, other}
		attempt := func(i int, username, password string) string {
			_, err := replicas[i%2].Login(t.Context(), auth.Attempt{Username: username, Password: password})
			return grievance.CodeOf(err)
		}
		for _, username := range []string{"clerk", "nobody"} {
			for i := range 5 {
				if code := attempt(i, username, "wrong"); code != "auth.invalid_credentials" {
					t.Fatalf("%s, failure %d: %q", username, i+1, code)
				}
			}
			for i := range 3 {
				if code := attempt(i, username, password); code != "auth.too_many_failures" {
					t.Fatalf("%s has to wait: %q", username, code)
				}
			}
		}
		h.clock.Advance(time.Second)
		if code := attempt(0, "clerk", "wrong"); code != "auth.invalid_credentials" {
			t.Errorf("after a second: %q", code)
		}
		h.clock.Advance(time.Second)
		if code := attempt(1, "clerk", password); code != "auth.too_many_failures" {
			t.Errorf("the sixth failure costs two seconds: %q", code)
		}
		h.clock.Advance(time.Second)
		if code := attempt(0, "clerk", password); code != "" {
			t.Errorf("after two seconds: %q", code)
		}
		for i := range 4 {
			if code := attempt(i, "clerk", "wrong"); code != "auth.invalid_credentials" {
				t.Errorf("a success starts the count anew: %q", code)
			}
		}
		if code := attempt(0, "clerk", password); code != "" {
			t.Errorf("four failures cost nothing: %q", code)
		}
	})
}

func TestNobodyIsLockedOutForLong(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		key := h.vault.Derive("login-failures", "clerk")
		h.write(t, func(tx *store.Tx) error {
			for range 200 {
				if err := tx.CountLoginFailure(key, h.clock.Now(), h.clock.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		h.clock.Advance(59 * time.Second)
		_, err := h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: password})
		wantCode(t, "within the minute", err, "auth.too_many_failures")
		h.clock.Advance(time.Second)
		h.login(t)
	})
}

func TestManyMayLogInAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if _, err := h.Login(t.Context(), auth.Attempt{Username: "clerk", Password: password}); err != nil {
					t.Errorf("one of many: %v", err)
				}
			})
		}
		wg.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.Login(ctx, auth.Attempt{Username: "clerk", Password: password}); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that went away: %v", err)
		}
	})
}

func TestReplicasAgreeOnTheSigningKey(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, v, ck := storetest.URL(t, dialect), storetest.Vault(t), clock.NewFake(storetest.Start)
		sets := make([]string, 6)
		var wg sync.WaitGroup
		for i := range sets {
			st := storetest.OpenURL(t, url, storetest.WithVault(v), storetest.WithClock(ck))
			wg.Go(func() {
				s, err := auth.New(t.Context(), st, ck, v, auth.Settings{})
				if err != nil {
					t.Error(err)
					return
				}
				sets[i] = string(s.JWKS(t.Context()))
			})
		}
		wg.Wait()
		for _, set := range sets {
			if set != sets[0] {
				t.Fatalf("replicas publish %s and %s", sets[0], set)
			}
		}
	})
}

func TestJWKSHoldsPublicKeysOnly(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		set := h.JWKS(t.Context())
		var got struct{ Keys []map[string]string }
		if err := json.Unmarshal(set, &got); err != nil || len(got.Keys) != 1 {
			t.Fatalf("JWKS %s: %v", set, err)
		}
		key := got.Keys[0]
		want := map[string]string{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}
		for member, value := range want {
			if key[member] != value {
				t.Errorf("%s is %q, want %q", member, key[member], value)
			}
		}
		if key["x"] == "" || key["kid"] == "" || len(key) != len(want)+2 {
			t.Errorf("the key has the members %v", key)
		}
	})
}

func TestNewRefusesAnotherVault(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		other := storetest.Vault(t)
		st := storetest.OpenURL(t, h.url, storetest.WithVault(other))
		_, err := auth.New(t.Context(), st, h.clock, other, auth.Settings{})
		if !errors.Is(err, store.ErrWrongVault) {
			t.Errorf("with another key file: %v", err)
		}
	})
}
