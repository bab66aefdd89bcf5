package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// refreshToken names one generation of one session. Written out it carries a
// proof that only the vault can compute, so the database keeps no secret, and
// the successor of a token can be told again.
type refreshToken struct {
	session    store.LoginSessionID
	generation int64
}

const (
	refreshPrefix = "hyr_" // what secret scanners and log filters can look for
	refreshNames  = 16 + 8 // bytes before the proof
	maxRefresh    = 100    // characters; ours have 79
)

func (s *Service) writeRefresh(t refreshToken) string {
	raw := binary.BigEndian.AppendUint64(t.session[:], uint64(t.generation)) //nolint:gosec // counts from 0
	return refreshPrefix + base64.RawURLEncoding.EncodeToString(append(raw, s.refreshProof(t)...))
}

// readRefresh is false for everything that is not, letter for letter, what
// writeRefresh makes.
func (s *Service) readRefresh(token string) (t refreshToken, ok bool) {
	if len(token) > maxRefresh {
		return t, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, refreshPrefix))
	if err != nil || len(raw) < refreshNames {
		return t, false
	}
	t.session = store.LoginSessionID(raw[:16])
	t.generation = int64(binary.BigEndian.Uint64(raw[16:refreshNames])) //nolint:gosec // only what we wrote matters
	return t, subtle.ConstantTimeCompare([]byte(token), []byte(s.writeRefresh(t))) == 1
}

func (s *Service) refreshProof(t refreshToken) []byte {
	return s.vault.Derive("refresh-token", t.session.String(), strconv.FormatInt(t.generation, 10))
}

// successor is the refresh token that follows another.
type successor struct {
	login      store.LoginSession
	generation int64
	expires    time.Time
	mustChange bool
	refused    error // with an effect that is to be kept
}

// Refresh exchanges a refresh token for the next pair. A token that was used at
// most ReuseGrace ago gives the same refresh token again; one used longer ago
// ends the session for everybody and returns ErrRefreshReused. Other refusals:
// ErrRefreshInvalid, ErrRefreshExpired, ErrSessionEnded, ErrDisabled.
func (s *Service) Refresh(ctx context.Context, refresh string) (Tokens, error) {
	token, ok := s.readRefresh(refresh)
	if !ok {
		return Tokens{}, ErrRefreshInvalid
	}
	now := s.clock.Now()
	var next successor
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		next, err = rotate(tx, token, now)
		return err
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("refreshing a session: %w", err)
	}
	if next.refused != nil {
		s.verified.dropSession(token.session)
		return Tokens{}, next.refused
	}
	tokens, err := s.issue(ctx, next.login, next.generation, next.expires, now)
	tokens.MustChange = next.mustChange
	return tokens, err
}

func rotate(tx *store.Tx, token refreshToken, now time.Time) (successor, error) {
	l, err := tx.LockLogin(token.session)
	if err != nil {
		return successor{}, missing(err)
	}
	if err := standing(l, now); err != nil {
		return successor{}, err
	}
	next := successor{login: l.LoginSession, generation: token.generation + 1, expires: l.ExpiresAt, mustChange: l.MustChangePassword}
	if token.generation == l.Generation {
		next.expires = now.Add(RefreshLifetime)
		return next, tx.RotateLogin(l.LoginSession, now, next.expires, ReuseGrace)
	}
	usedAt, err := tx.RotatedAt(token.session, token.generation)
	if err == nil && now.Sub(usedAt) <= ReuseGrace {
		return next, nil
	}
	if err != nil && !errors.Is(err, grievance.ErrNotFound) {
		return successor{}, err
	}
	next.refused = ErrRefreshReused
	return next, tx.RevokeLogin(token.session, now, "reuse")
}

// Logout ends the session that a refresh token belongs to, whichever of its
// tokens it is, and does nothing if it has ended. It returns ErrRefreshInvalid
// for what is no refresh token.
func (s *Service) Logout(ctx context.Context, refresh string) error {
	token, ok := s.readRefresh(refresh)
	if !ok {
		return ErrRefreshInvalid
	}
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.RevokeLogin(token.session, s.clock.Now(), "logout")
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	s.verified.dropSession(token.session)
	return nil
}
