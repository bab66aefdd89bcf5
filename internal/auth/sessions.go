package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Session is a login of somebody's, as they see it themselves.
type Session struct {
	ID      store.LoginSessionID
	Client  string    // what the device called itself
	Since   time.Time // UTC
	UsedAt  time.Time // when it was last refreshed, which a client in use does every quarter of an hour
	Expires time.Time // if it is not refreshed before
	Current bool      // the one that asks
}

// Sessions gives the sessions that go on of whoever an access token is of, the
// newest first. It refuses what Verify refuses.
func (s *Service) Sessions(ctx context.Context, access string) ([]Session, error) {
	claims, err := s.Verify(ctx, access)
	if err != nil {
		return nil, err
	}
	var rows []store.LoginSession
	err = s.store.Read(ctx, func(r *store.Snapshot) (err error) {
		rows, err = r.LoginsOf(claims.UserID, s.clock.Now())
		return err
	})
	list := make([]Session, len(rows))
	for i, l := range rows {
		list[i] = Session{
			ID: l.ID, Client: l.Client, Since: l.CreatedAt, UsedAt: l.ExpiresAt.Add(-RefreshLifetime),
			Expires: l.ExpiresAt, Current: l.ID == claims.Session,
		}
	}
	return list, err
}

// EndSession ends a session of whoever an access token is of, and does nothing if
// it has ended. ErrNotFound for what is no session of theirs.
func (s *Service) EndSession(ctx context.Context, access string, id store.LoginSessionID) error {
	claims, err := s.Verify(ctx, access)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		l, err := tx.LoginState(id)
		if err != nil {
			return err
		}
		if l.UserID != claims.UserID {
			return grievance.ErrNotFound
		}
		return tx.RevokeLogin(id, s.clock.Now(), "owner")
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	s.verified.dropSession(id)
	return nil
}

// RevokeToken makes a token worthless, as RFC 7009 has it: an access token by
// itself (ErrTokenRevoked from then on, on every replica within five seconds; its
// session goes on), a refresh token with its session. What is no token of ours, or
// none any more, is as worthless as it was asked to be: that is no error.
func (s *Service) RevokeToken(ctx context.Context, token string) error {
	if _, ok := s.readRefresh(token); ok {
		return s.Logout(ctx, token)
	}
	claims, err := s.Verify(ctx, token)
	if grievance.KindOf(err) == grievance.Unauthenticated {
		return nil // RFC 7009, section 2.2
	}
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.RevokeToken(claims.JTI, claims.Expires, s.clock.Now())
	})
	if err != nil {
		return fmt.Errorf("revoking a token: %w", err)
	}
	s.verified.dropOne(sha256.Sum256([]byte(token)))
	return nil
}
