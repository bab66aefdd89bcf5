package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/auth/authtest"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// What only looks like a token is refused by its code, each time, with nothing
// known of whose it would be; and nothing becomes of those who are honest.
func TestVerifyRefusesForgeries(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		if _, err := h.RotateKey(t.Context(), false); err != nil { // so that there is another key
			t.Fatal(err)
		}
		h.clock.Advance(2 * time.Minute)
		good, another := h.login(t), h.login(t)
		f := authtest.NewForger(t, h.store, h.vault, h.JWKS(t.Context()), good)
		for _, hostile := range f.Hostile(h.clock.Now(), another.Access) {
			for range 2 { // nothing is remembered of a refusal
				got, err := h.Verify(t.Context(), hostile.Token)
				wantCode(t, hostile.Name, err, hostile.Code)
				if got != (auth.Claims{}) {
					t.Errorf("%s: claims came with the refusal: %+v", hostile.Name, got)
				}
				if grievance.KindOf(err) != grievance.Unauthenticated {
					t.Errorf("%s: kind %q", hostile.Name, grievance.KindOf(err))
				}
			}
			if hostile.Token == good.Refresh {
				continue // which is no forgery where it belongs
			}
			_, err := h.Refresh(t.Context(), hostile.Token)
			wantCode(t, hostile.Name+", refreshing", err, "auth.refresh_invalid")
			if err := h.RevokeToken(t.Context(), hostile.Token); err != nil {
				t.Errorf("%s, revoking: %v", hostile.Name, err)
			}
		}
		for _, tokens := range []auth.Tokens{good, another} {
			if _, err := h.Verify(t.Context(), tokens.Access); err != nil {
				t.Errorf("a good token afterwards: %v", err)
			}
		}
	})
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
