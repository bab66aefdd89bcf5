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

const newPassword = "柳树村的第九棵柳树"

func fieldCode(err error) string {
	if e, ok := errors.AsType[*grievance.Error](err); ok && len(e.Fields) == 1 {
		return e.Fields[0].Code
	}
	return ""
}

func TestNewPasswordRefusesWhatIsGuessed(t *testing.T) {
	t.Parallel()
	for plain, code := range map[string]string{
		"12345678": "password.common", "Password1": "password.common", "woaini1314!": "password.common",
		"xxxxxxxxxx": "password.common", "我的Clerk01密码": "password.username", "short": "password.too_short",
	} {
		if _, err := auth.NewPassword(plain, "clerk01"); fieldCode(err) != code {
			t.Errorf("NewPassword(%q): %v, want %s", plain, err, code)
		}
	}
	if _, err := auth.NewPassword(newPassword, "clerk01"); err != nil {
		t.Error(err)
	}
}

// Who has an initial password gets in, is told so at every door, and is through
// as soon as it is changed, on every replica.
func TestAnInitialPasswordIsForChangingIt(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		hash, err := passwordHash()
		if err != nil {
			t.Fatal(err)
		}
		h.write(t, func(tx *store.Tx) error {
			return tx.SetAccount(clerk.ID, store.Account{PasswordHash: hash, MustChangePassword: true})
		})
		_, other := h.replica(t)
		elsewhere, mine := h.login(t), h.login(t)
		if !mine.MustChange {
			t.Error("the login does not say that the password must be changed")
		}
		for range 2 {
			if claims, err := other.Verify(t.Context(), mine.Access); err != nil || !claims.MustChange {
				t.Errorf("before: %+v, %v", claims, err)
			}
		}
		if next, err := h.Refresh(t.Context(), mine.Refresh); err != nil || !next.MustChange {
			t.Errorf("refreshed: %+v, %v", next, err)
		}
		if err := h.ChangePassword(t.Context(), mine.Access, password, newPassword); err != nil {
			t.Fatal(err)
		}
		if claims, err := other.Verify(t.Context(), mine.Access); err != nil || claims.MustChange {
			t.Errorf("after: %+v, %v", claims, err)
		}
		h.clock.Advance(6 * time.Second)
		if _, err := other.Verify(t.Context(), elsewhere.Access); !errors.Is(err, auth.ErrSessionEnded) {
			t.Errorf("the other login: %v", err)
		}
		if _, err := h.Login(t.Context(), auth.Attempt{Username: clerk.Username, Password: password}); !errors.Is(err, auth.ErrCredentials) {
			t.Errorf("the old password: %v", err)
		}
		if tokens, err := h.Login(t.Context(), auth.Attempt{Username: clerk.Username, Password: newPassword}); err != nil || tokens.MustChange {
			t.Errorf("the new password: %+v, %v", tokens, err)
		}
	})
}

func TestChangingAPasswordRefuses(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		mine := h.login(t)
		if err := h.ChangePassword(t.Context(), mine.Access, password, password); fieldCode(err) != "password.same" {
			t.Errorf("the same again: %v", err)
		}
		if err := h.ChangePassword(t.Context(), mine.Access, password, "88888888"); fieldCode(err) != "password.common" {
			t.Errorf("a common one: %v", err)
		}
		if err := h.ChangePassword(t.Context(), "no token", password, newPassword); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("without a token: %v", err)
		}
		for range 5 {
			if err := h.ChangePassword(t.Context(), mine.Access, "guess", newPassword); fieldCode(err) != "password.wrong" {
				t.Errorf("a guess: %v", err)
			}
		}
		if err := h.ChangePassword(t.Context(), mine.Access, password, newPassword); !errors.Is(err, auth.ErrTooManyFailures) {
			t.Errorf("after five guesses: %v", err)
		}
		other := h.login(t) // guessing by one session keeps the owner out nowhere else
		for range 5 {
			if _, err := h.Login(t.Context(), auth.Attempt{Username: clerk.Username, Password: "guess"}); !errors.Is(err, auth.ErrCredentials) {
				t.Errorf("a stranger's guess: %v", err)
			}
		}
		if err := h.ChangePassword(t.Context(), other.Access, password, newPassword); err != nil {
			t.Errorf("after strangers' guesses: %v", err)
		}
	})
}
