package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func (h *house) sessions(t *testing.T, access string) []auth.Session {
	t.Helper()
	list, err := h.Sessions(t.Context(), access)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSessionsAreListedForTheirOwner(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		first := h.login(t)
		h.clock.Advance(time.Hour)
		second := h.login(t)
		h.wantAttempt(t, "another user", "c0", password, townHall, "", 0)
		h.clock.Advance(time.Hour)
		first = h.refresh(t, first.Refresh)
		list := h.sessions(t, first.Access)
		if len(list) != 2 {
			t.Fatalf("sessions %+v", list)
		}
		young, old := list[0], list[1]
		if young.Current || !old.Current || old.Client != "窗口一号机" {
			t.Errorf("sessions %+v", list)
		}
		if want := storetest.Start.Add(time.Hour); young.Since != want || young.UsedAt != want {
			t.Errorf("the younger: %+v", young)
		}
		if old.Since != storetest.Start || old.UsedAt != h.clock.Now() || old.Expires != first.RefreshExpires {
			t.Errorf("the older: %+v", old)
		}
		if err := h.Logout(t.Context(), second.Refresh); err != nil {
			t.Fatal(err)
		}
		if list := h.sessions(t, first.Access); len(list) != 1 || !list[0].Current {
			t.Errorf("after the younger has ended: %+v", list)
		}
	})
}

func TestASessionIsEndedByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		_, other := h.replica(t)
		mine, lost := h.login(t), h.login(t)
		stranger, err := h.Login(t.Context(), auth.Attempt{Username: "c0", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Verify(t.Context(), lost.Access); err != nil {
			t.Fatal(err)
		}
		claims, err := h.Verify(t.Context(), lost.Access)
		if err != nil {
			t.Fatal(err)
		}
		for what, id := range map[string]store.LoginSessionID{"another's": claims.Session, "none": {1}} {
			if err := h.EndSession(t.Context(), stranger.Access, id); !errors.Is(err, grievance.ErrNotFound) {
				t.Errorf("%s session: %v", what, err)
			}
		}
		for range 2 {
			if err := h.EndSession(t.Context(), mine.Access, claims.Session); err != nil {
				t.Fatal(err)
			}
		}
		_, err = h.Verify(t.Context(), lost.Access)
		wantCode(t, "here, at once", err, "auth.session_ended")
		h.clock.Advance(5 * time.Second)
		_, err = other.Verify(t.Context(), lost.Access)
		wantCode(t, "elsewhere, in five seconds", err, "auth.session_ended")
		_, err = other.Refresh(t.Context(), lost.Refresh)
		wantCode(t, "refreshing", err, "auth.session_ended")
		for _, tokens := range []auth.Tokens{mine, stranger} {
			if _, err := other.Verify(t.Context(), tokens.Access); err != nil {
				t.Errorf("the others: %v", err)
			}
		}
		_, err = h.Sessions(t.Context(), lost.Access)
		wantCode(t, "listing with what has ended", err, "auth.session_ended")
		wantCode(t, "ending with what has ended", h.EndSession(t.Context(), lost.Access, claims.Session), "auth.session_ended")
	})
}

// endsEverywhere does, twice, what ends an access token, and wants it refused here at
// once, and on another replica in five seconds and ever after.
func (h *house) endsEverywhere(t *testing.T, other *auth.Service, access, code string, end func() error) {
	t.Helper()
	for _, s := range []*auth.Service{h.Service, other} {
		if _, err := s.Verify(t.Context(), access); err != nil {
			t.Fatal(err)
		}
	}
	must(t, errors.Join(end(), end()))
	_, err := h.Verify(t.Context(), access)
	wantCode(t, "here, at once", err, code)
	h.clock.Advance(5 * time.Second)
	for range 2 {
		_, err = other.Verify(t.Context(), access)
		wantCode(t, "elsewhere, in five seconds", err, code)
	}
}

// An access token is revoked by itself, everywhere within five seconds; the session
// goes on, with its other tokens and the next.
func TestATokenIsRevokedByItself(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		first := h.login(t)
		second := h.refresh(t, first.Refresh)
		h.endsEverywhere(t, other, first.Access, "auth.token_revoked", func() error { return h.RevokeToken(t.Context(), first.Access) })
		for _, s := range []*auth.Service{h.Service, other} {
			if _, err := s.Verify(t.Context(), second.Access); err != nil {
				t.Errorf("another token of the session: %v", err)
			}
		}
		third := h.refresh(t, second.Refresh)
		if _, err := other.Verify(t.Context(), third.Access); err != nil {
			t.Errorf("the next token: %v", err)
		}
		h.clock.Advance(auth.AccessLifetime)
		_, err := other.Verify(t.Context(), first.Access)
		wantCode(t, "once it has expired", err, "auth.token_expired")
	})
}

// As in RFC 7009, a refresh token takes its session with it, and what is worth
// nothing already is no error, and nothing becomes of it.
func TestRevokingAnyToken(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		tokens, bystander := h.login(t), h.login(t)
		ctx, statements := store.CountStatements(t.Context())
		for _, token := range []string{"", "x", tokens.Access + "A", tokens.Refresh + "A", "hyr_"} {
			if err := h.RevokeToken(ctx, token); err != nil {
				t.Errorf("%q: %v", token, err)
			}
		}
		if list := statements.List(); len(list) != 0 {
			t.Errorf("what is no token cost %q", list)
		}
		for range 2 {
			if err := h.RevokeToken(t.Context(), tokens.Refresh); err != nil {
				t.Fatal(err)
			}
			if err := h.RevokeToken(t.Context(), tokens.Access); err != nil {
				t.Errorf("a token of what has ended: %v", err)
			}
		}
		_, err := h.Verify(t.Context(), tokens.Access)
		wantCode(t, "the access token", err, "auth.session_ended")
		if _, err := h.Verify(t.Context(), bystander.Access); err != nil {
			t.Errorf("another session: %v", err)
		}
		h.clock.Advance(auth.AccessLifetime)
		if err := h.RevokeToken(t.Context(), bystander.Access); err != nil {
			t.Errorf("an expired token: %v", err)
		}
		broken := errors.New("the database is gone")
		statements.Fail(func(string) error { return broken })
		if err := h.RevokeToken(ctx, h.refresh(t, bystander.Refresh).Access); !errors.Is(err, broken) {
			t.Errorf("without a database: %v", err)
		}
	})
}
