package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Refusals of a change of password.
var (
	errWrongPassword = grievance.InvalidField("/current_password", "password.wrong", "当前密码不正确")
	errSamePassword  = grievance.InvalidField("/password", "password.same", "新密码不能与当前密码相同")
)

// ChangePassword gives whoever an access token is of another password, and ends
// every login of theirs but this one. It refuses what Verify refuses, a current
// password that is not (which counts as a failed login, so that a stolen telephone
// is of no use for guessing), the same one again, and what NewPassword refuses.
func (s *Service) ChangePassword(ctx context.Context, access, current, next string) error {
	claims, err := s.Verify(ctx, access)
	if err != nil {
		return err
	}
	if claims.Outside != nil { // whose password is no matter of ours
		return ErrTokenInvalid
	}
	user, login, c, err := s.accountOf(ctx, claims)
	if err != nil {
		return err
	}
	ok, err := s.checkPassword(ctx, current, login.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		if err := s.fail(ctx, c); !errors.Is(err, ErrCredentials) {
			return err
		}
		return errWrongPassword
	}
	if current == next {
		return errSamePassword
	}
	hash, err := NewPassword(next, user.Username)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return s.storePassword(tx, user, login, c, claims.Session, hash) })
	if err != nil {
		return fmt.Errorf("changing a password: %w", err)
	}
	s.verified.dropSession(claims.Session)
	return nil
}

// storePassword stores what its owner chose.
func (s *Service) storePassword(tx *store.Tx, user grievance.User, was store.Account, c claim, session store.LoginSessionID, hash string) error {
	now := s.clock.Now()
	if err := changes.Record(tx, grievance.Actor{UserID: user.ID}, now, changes.User(user.ID), changes.PasswordChanged, changes.Facts{}); err != nil {
		return err
	}
	if err := s.stillRight(tx, user.ID, was, c, now); err != nil {
		return err
	}
	if err := tx.SetAccount(user.ID, store.Account{PasswordHash: hash}); err != nil {
		return err
	}
	if err := tx.ClearLoginFailures(c.account); err != nil {
		return err
	}
	return tx.RevokeOtherLogins(user.ID, session, now, "password")
}

func (s *Service) accountOf(ctx context.Context, claims Claims) (user grievance.User, login store.Account, c claim, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) (err error) {
		if user, login, err = r.Account(claims.UserID); err != nil {
			return missing(err)
		}
		c.account = s.failuresOf(user.Username, claims.Session.String())
		return s.checkOpen(r, c)
	})
	return user, login, c, err
}
