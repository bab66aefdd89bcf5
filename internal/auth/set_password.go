package auth

import (
	"context"
	"fmt"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// NewAccount is how a user logs in from now on. Hash is of NewPassword; with
// MustChange the password is good for being changed, and for nothing else.
type NewAccount struct {
	Hash       string
	MustChange bool
}

// SetPassword gives a user, by name, another password, with the event
// password_set, and ends every login of theirs. That by may, the caller has made
// sure of. ErrNotFound where nobody has the name.
func (s *Service) SetPassword(ctx context.Context, by grievance.Actor, username string, in NewAccount) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		now := s.clock.Now()
		log, err := changes.Open(tx, by, now)
		if err != nil {
			return err
		}
		user, _, err := tx.AccountOf(username)
		if err != nil {
			return err
		}
		if err := tx.SetAccount(user.ID, store.Account{PasswordHash: in.Hash, MustChangePassword: in.MustChange}); err != nil {
			return err
		}
		if err := tx.RevokeLoginsOfUser(user.ID, now, "password"); err != nil {
			return err
		}
		if err := log.Add(changes.User(user.ID), changes.PasswordSet, changes.Facts{MustChange: in.MustChange}); err != nil {
			return err
		}
		return log.Write()
	})
	if err != nil {
		return fmt.Errorf("setting a password: %w", err)
	}
	return nil
}
