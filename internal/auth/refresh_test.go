package auth_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func (h *house) refresh(t *testing.T, token string) auth.Tokens {
	t.Helper()
	tokens, err := h.Refresh(t.Context(), token)
	if err != nil {
		t.Fatalf("refreshing: %v", err)
	}
	return tokens
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens := h.login(t)
		seen := map[string]bool{tokens.Refresh: true}
		for range 5 {
			h.clock.Advance(10 * 24 * time.Hour) // each refresh lasts 14 days anew
			tokens = h.refresh(t, tokens.Refresh)
			if seen[tokens.Refresh] {
				t.Fatal("a refresh token came back")
			}
			seen[tokens.Refresh] = true
			if want := h.clock.Now().AddDate(0, 0, 14); tokens.RefreshExpires != want {
				t.Errorf("refresh expires at %v, want %v", tokens.RefreshExpires, want)
			}
			claims, err := h.Verify(t.Context(), tokens.Access)
			if err != nil || claims.UserID != clerk.ID {
				t.Errorf("the new access token: %+v, %v", claims, err)
			}
		}
	})
}

func TestRefreshAgainWithinTheGraceGivesTheSameSuccessor(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		first := h.login(t)
		second := h.refresh(t, first.Refresh)
		h.clock.Advance(30 * time.Second)
		third := h.refresh(t, second.Refresh)
		h.clock.Advance(30 * time.Second) // the limit, for the first one
		if got := h.refresh(t, first.Refresh); got.Refresh != second.Refresh {
			t.Error("the first token has another successor")
		}
		if got := h.refresh(t, second.Refresh); got.Refresh != third.Refresh || got.RefreshExpires != third.RefreshExpires {
			t.Error("the second token has another successor")
		}
		h.clock.Advance(time.Hour)
		if fourth := h.refresh(t, third.Refresh); fourth.Refresh == third.Refresh {
			t.Error("the newest token does not rotate")
		}
	})
}

func TestLateReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		stolen := h.login(t)
		bystander := h.login(t)
		owner := h.refresh(t, stolen.Refresh)
		if _, err := other.Verify(t.Context(), owner.Access); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(60*time.Second + time.Microsecond)
		_, err := h.Refresh(t.Context(), stolen.Refresh)
		wantCode(t, "late reuse", err, "auth.refresh_reused")
		_, err = h.Refresh(t.Context(), owner.Refresh)
		wantCode(t, "the owner's token afterwards", err, "auth.session_ended")
		_, err = h.Verify(t.Context(), owner.Access)
		wantCode(t, "the owner's access token afterwards", err, "auth.session_ended")
		_, err = other.Verify(t.Context(), owner.Access)
		wantCode(t, "on another replica", err, "auth.session_ended")
		if _, err := h.Verify(t.Context(), bystander.Access); err != nil {
			t.Errorf("another session of the user: %v", err)
		}
		h.refresh(t, bystander.Refresh)
	})
}

// Twenty requests of one phone with one token, on two replicas: all get the
// same successor, and it works; it is one step of the session. When they come after
// the grace, the first ends it.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		replicas := []*auth.Service{h.Service, other}
		first := h.login(t)
		claims, err := h.Verify(t.Context(), first.Access)
		if err != nil {
			t.Fatal(err)
		}
		token := first.Refresh
		for round := range 3 {
			got := make([]auth.Tokens, 20)
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					var err error
					if got[i], err = replicas[i%2].Refresh(t.Context(), token); err != nil {
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			wg.Wait()
			access := map[string]bool{}
			for _, tokens := range got {
				if tokens.Refresh != got[0].Refresh || tokens.Refresh == token {
					t.Fatalf("round %d: successors differ", round)
				}
				access[tokens.Access] = true
			}
			if len(access) != len(got) {
				t.Errorf("round %d: only %d access tokens", round, len(access))
			}
			token = got[0].Refresh
			if g := h.generation(t, claims.Session); g != int64(round+1) {
				t.Errorf("round %d: generation %d", round, g)
			}
		}
		h.clock.Advance(auth.ReuseGrace + time.Microsecond)
		newest := h.refresh(t, token)
		refused := make([]error, 20)
		var wg sync.WaitGroup
		for i := range refused {
			wg.Go(func() { _, refused[i] = replicas[i%2].Refresh(t.Context(), first.Refresh) })
		}
		wg.Wait()
		reused := 0
		for _, err := range refused {
			if errors.Is(err, auth.ErrRefreshReused) {
				reused++
			} else if !errors.Is(err, auth.ErrSessionEnded) {
				t.Errorf("reuse: %v", err)
			}
		}
		if reused != 1 {
			t.Errorf("the session was ended by %d of twenty", reused)
		}
		_, err = other.Refresh(t.Context(), newest.Refresh)
		wantCode(t, "the newest afterwards", err, "auth.session_ended")
	})
}

// generation says how often a session has been refreshed.
func (h *house) generation(t *testing.T, id store.LoginSessionID) int64 {
	t.Helper()
	var l store.LoginState
	err := h.store.Read(t.Context(), func(r *store.Snapshot) (err error) {
		l, err = r.LoginState(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l.Generation
}

func TestRefreshRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens := h.login(t)
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(tokens.Refresh, "hyr_"))
		if err != nil {
			t.Fatal(err)
		}
		altered := func(i int) string {
			b := append([]byte(nil), raw...)
			b[i] ^= 1
			return "hyr_" + base64.RawURLEncoding.EncodeToString(b)
		}
		for name, token := range map[string]string{
			"nothing":            "",
			"prefix only":        "hyr_",
			"another session":    altered(0),
			"another generation": altered(23),
			"another proof":      altered(len(raw) - 1),
			"cut":                tokens.Refresh[:len(tokens.Refresh)-2],
			"extended":           tokens.Refresh + "AA",
			"endless":            "hyr_" + strings.Repeat("A", 1<<20),
			"a line break":       tokens.Refresh + "\n",
			"no prefix":          tokens.Refresh[4:],
			"an access token":    tokens.Access,
		} {
			_, err := h.Refresh(t.Context(), token)
			wantCode(t, name, err, "auth.refresh_invalid")
			wantCode(t, name+", logging out", h.Logout(t.Context(), token), "auth.refresh_invalid")
		}
		_, err = h.Verify(t.Context(), tokens.Refresh)
		wantCode(t, "a refresh token as access token", err, "auth.token_invalid")

		h.clock.Advance(14 * 24 * time.Hour)
		_, err = h.Refresh(t.Context(), tokens.Refresh)
		wantCode(t, "after 14 days", err, "auth.refresh_expired")
		h.login(t) // drops the expired session
		_, err = h.Refresh(t.Context(), tokens.Refresh)
		wantCode(t, "after it was dropped", err, "auth.session_ended")
	})
}

func TestLogoutEndsTheSessionEverywhere(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		first := h.login(t)
		second := h.refresh(t, first.Refresh)
		h.endsEverywhere(t, other, second.Access, "auth.session_ended", func() error { return h.Logout(t.Context(), second.Refresh) })
		for _, token := range []string{first.Refresh, second.Refresh} {
			_, err := other.Refresh(t.Context(), token)
			wantCode(t, "refreshing afterwards", err, "auth.session_ended")
		}
	})
}

func TestDisablingAUserEndsTheirSessions(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		tokens := h.login(t)
		for _, s := range []*auth.Service{h.Service, other} {
			if _, err := s.Verify(t.Context(), tokens.Access); err != nil {
				t.Fatal(err)
			}
		}
		h.write(t, func(tx *store.Tx) error { return tx.DisableUser(clerk.ID, h.clock.Now()) })
		h.clock.Advance(5 * time.Second)
		for _, s := range []*auth.Service{h.Service, other} {
			_, err := s.Verify(t.Context(), tokens.Access)
			wantCode(t, "verifying", err, "auth.account_disabled")
			_, err = s.Refresh(t.Context(), tokens.Refresh)
			wantCode(t, "refreshing", err, "auth.account_disabled")
		}
	})
}

func TestANewPasswordEndsAllSessions(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		first, second := h.login(t), h.login(t)
		h.write(t, func(tx *store.Tx) error { return tx.RevokeLoginsOfUser(clerk.ID, h.clock.Now(), "password") })
		for _, tokens := range []auth.Tokens{first, second} {
			_, err := h.Refresh(t.Context(), tokens.Refresh)
			wantCode(t, "refreshing", err, "auth.session_ended")
		}
		h.login(t)
	})
}
