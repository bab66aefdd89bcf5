// Package auth says who somebody is: it checks passwords, and issues and
// verifies the tokens that stand for a login.
//
// It guarantees that an access token is believed only if one of our own keys, or
// of a provider that we were told to trust, signed it for us and it has not
// expired; that on every replica a login ends within seconds of its logout, of its
// revocation or of its user being disabled; that a stolen refresh token stops working for thief and owner alike as soon as
// both have used it; and that the database holds nothing one could log in with:
// no password, no token, and signing keys only sealed. Machines are known by
// keys, of which the database holds keyed digests. Where an identity provider is
// trusted, its tokens say who one of our staff is as well, and make nobody. What
// somebody may do is not its matter.
package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// How long a login lasts.
const (
	AccessLifetime  = 15 * time.Minute
	RefreshLifetime = 14 * 24 * time.Hour // from the last refresh

	// ReuseGrace is how long a refresh token that has been used still gives its
	// successor, to a phone that lost the answer.
	ReuseGrace = 60 * time.Second

	// checkEvery is how old a replica's knowledge may be that a session goes on.
	checkEvery = 5 * time.Second
)

// The refusals of this package.
var (
	ErrCredentials     = refuse("auth.invalid_credentials", "用户名或密码不正确")
	ErrDisabled        = refuse("auth.account_disabled", "该账号已停用，请联系管理员")
	ErrTokenInvalid    = refuse("auth.token_invalid", "登录凭证无效，请重新登录")
	ErrTokenExpired    = refuse("auth.token_expired", "登录凭证已过期，请刷新后重试")
	ErrTokenRevoked    = refuse("auth.token_revoked", "登录凭证已被撤销，请刷新后重试")
	ErrSessionEnded    = refuse("auth.session_ended", "登录已失效，请重新登录")
	ErrRefreshInvalid  = refuse("auth.refresh_invalid", "刷新凭证无效，请重新登录")
	ErrRefreshExpired  = refuse("auth.refresh_expired", "登录已过期，请重新登录")
	ErrRefreshReused   = refuse("auth.refresh_reused", "刷新凭证被重复使用，为安全起见已退出登录，请重新登录")
	ErrTooManyFailures = grievance.Refuse(grievance.TooMany, "auth.too_many_failures", "登录失败次数过多，请稍后再试")
	ErrPasswordChange  = grievance.Refuse(grievance.Forbidden, "auth.password_change_required", "您使用的是初始密码，请先修改密码")
	ErrBusy            = grievance.Refuse(grievance.Unavailable, "auth.busy", "同时登录的人太多，请稍后再试")
)

func refuse(code, message string) *grievance.Error {
	return grievance.Refuse(grievance.Unauthenticated, code, message)
}

// Settings are what a Service is made with; zero values mean the defaults.
type Settings struct {
	Issuer   string // who signs, "huiyin" by default
	Audience string // whom tokens are for, "huiyin" by default
	Logins   int    // passwords checked at once, each with 19 MiB; one per processor by default
}

func (s Settings) withDefaults() Settings {
	if s.Issuer == "" {
		s.Issuer = "huiyin"
	}
	if s.Audience == "" {
		s.Audience = "huiyin"
	}
	if s.Logins <= 0 {
		s.Logins = runtime.GOMAXPROCS(0)
	}
	return s
}

// Service logs people in and knows them again. It is safe for concurrent use.
type Service struct {
	store    *store.Store
	clock    clock.Clock
	vault    *vault.Vault
	settings Settings
	keys     atomic.Pointer[keyring]
	reading  sync.Mutex // held while the keys are read again
	parser   *jwt.Parser
	verified cache
	slots    chan struct{}
	provider *provider // none: only our own tokens count
}

// Tokens are what a login is worth: Access goes with every request until it
// expires, Refresh is exchanged for the next pair. Instants are in UTC.
type Tokens struct {
	UserID         grievance.UserID
	Access         string
	AccessExpires  time.Time
	Refresh        string
	RefreshExpires time.Time
	MustChange     bool // the password, before anything else
}

// New makes a Service over st, whose vault v must be. It refuses another vault
// than the database was written with (store.ErrWrongVault), and makes the key
// that signs if the database has none; replicas that start at once agree on one.
func New(ctx context.Context, st *store.Store, ck clock.Clock, v *vault.Vault, settings Settings) (*Service, error) {
	settings = settings.withDefaults()
	s := &Service{
		store: st, clock: ck, vault: v, settings: settings,
		slots: make(chan struct{}, settings.Logins),
	}
	var rows []store.SigningKey
	err := st.Write(ctx, func(tx *store.Tx) (err error) {
		if err := tx.CheckVault(ck.Now()); err != nil {
			return err
		}
		rows, err = s.agreeOnKeys(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preparing logins: %w", err)
	}
	keys, err := s.openKeys(rows, ck.Now())
	if err != nil {
		return nil, err
	}
	s.keys.Store(keys)
	s.parser = s.newParser()
	return s, nil
}

// issue writes out the tokens of one generation of a session.
func (s *Service) issue(ctx context.Context, l store.LoginSession, generation int64, refreshExpires, now time.Time) (Tokens, error) {
	expires := now.Add(AccessLifetime).Truncate(time.Second) // what the token can say
	access, err := s.sign(ctx, l, now, expires)
	if err != nil {
		return Tokens{}, fmt.Errorf("signing a token: %w", err)
	}
	return Tokens{
		UserID: l.UserID, Access: access, AccessExpires: expires,
		Refresh: s.writeRefresh(refreshToken{l.ID, generation}), RefreshExpires: refreshExpires,
	}, nil
}

func (s *Service) sign(ctx context.Context, l store.LoginSession, now, expires time.Time) (string, error) {
	return s.ring(ctx, rereadKeys).at(now).sign(&accessClaims{
		Issuer: s.settings.Issuer, Audience: []string{s.settings.Audience},
		Subject: l.UserID.String(), Session: l.ID.String(), ID: rand.Text(),
		IssuedAt: now.Unix(), Expires: expires.Unix(),
	})
}

// standing says whether a login that is known to the database still counts at
// now: nil, or the refusal.
func standing(l store.LoginState, now time.Time) error {
	switch {
	case l.RevokedAt != nil:
		return ErrSessionEnded
	case l.UserDisabledAt != nil && !now.Before(*l.UserDisabledAt):
		return ErrDisabled
	case !now.Before(l.ExpiresAt):
		return ErrRefreshExpired
	}
	return nil
}

// missing tells the absence of a session, which is kept until it has expired.
func missing(err error) error {
	if errors.Is(err, grievance.ErrNotFound) {
		return ErrSessionEnded
	}
	return err
}
