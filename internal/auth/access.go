package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Claims are what a verified access token says.
type Claims struct {
	UserID  grievance.UserID
	Session store.LoginSessionID
	JTI     string    // of this token alone
	Expires time.Time // UTC, exclusive

	// MustChange says that the password is one that somebody else has set: it is
	// good for changing it, and for nothing else.
	MustChange bool

	Outside *Outside // nil: the token is one of our own
}

// Outside is what else a token of the identity provider says, which has no
// session here.
type Outside struct {
	Roles []grievance.Role // in which it lets its user act; nil for all
}

// Narrow gives whom the token names without the posts in which it does not let
// them act.
func (c Claims) Narrow(a grievance.Actor) grievance.Actor {
	if c.Outside == nil {
		return a
	}
	return a.Narrow(c.Outside.Roles)
}

const maxAccess = 2048 // bytes; ours have about 400

func (s *Service) newParser() *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(s.settings.Issuer), jwt.WithAudience(s.settings.Audience),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(s.clock.Now),
	)
}

// Verify says whose access token this is. It returns ErrTokenExpired for one
// that has expired and ErrTokenInvalid for what we have not signed; both without
// asking the database, but for a new key at most once a second. That neither the
// session nor the token has been revoked is asked of the database when the token is
// first seen and every five seconds of its use: ErrSessionEnded, ErrTokenRevoked or
// ErrDisabled if it was.
//
// A token of the provider that is trusted is checked against the provider's keys
// when it is first seen and every five seconds, and so is its user: besides the
// above ErrAccountUnknown, and ErrProviderUnavailable where the keys cannot be
// had.
func (s *Service) Verify(ctx context.Context, access string) (Claims, error) {
	if s.provider.issued(access) {
		return s.verifyOutside(ctx, access)
	}
	if IsKey(access) || !plausibleToken(access) {
		return Claims{}, ErrTokenInvalid
	}
	s.ring(ctx, rereadKeys)
	digest, now := sha256.Sum256([]byte(access)), s.clock.Now()
	seen, ok := s.verified.get(digest)
	if ok && seen.fresh(now) && !seen.MustChange {
		return seen.Claims, nil
	}
	claims, err := seen.Claims, error(nil)
	if !ok || !now.Before(seen.Expires) {
		if claims, err = s.parse(ctx, access); err != nil {
			return Claims{}, err
		}
	}
	login, err := s.checkSession(ctx, claims, now)
	if errors.Is(err, ErrTokenRevoked) {
		s.verified.dropOne(digest)
		return Claims{}, err
	}
	if err != nil {
		s.verified.dropSession(claims.Session)
		return Claims{}, err
	}
	claims.MustChange = login.MustChangePassword
	s.verified.put(digest, verified{Claims: claims, checkedAt: now})
	return claims, nil
}

func (s *Service) checkSession(ctx context.Context, c Claims, now time.Time) (l store.LoginState, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		t, err := r.TokenState(c.Session, c.JTI)
		if err != nil {
			return missing(err)
		}
		l = t.LoginState
		if err := standing(l, now); err != nil {
			return err
		}
		return sound(t, c)
	})
	return l, err
}

// sound refuses a token that was revoked by itself, and one whose session is
// somebody else's.
func sound(t store.TokenState, c Claims) error {
	switch {
	case t.UserID != c.UserID:
		return ErrTokenInvalid
	case t.TokenRevoked:
		return ErrTokenRevoked
	}
	return nil
}

// parse checks the signature and the claims. The first part of a token must be,
// letter for letter, that of one of our keys: no other algorithm, key or header
// is even read.
func (s *Service) parse(ctx context.Context, access string) (Claims, error) {
	if !plausibleToken(access) {
		return Claims{}, ErrTokenInvalid
	}
	header, _, _ := strings.Cut(access, ".")
	key, ok := s.ring(ctx, rereadKeys).byHeader[header]
	if !ok {
		key, ok = s.latest(ctx).byHeader[header]
	}
	if !ok {
		return Claims{}, ErrTokenInvalid
	}
	var claims accessClaims
	_, err := s.parser.ParseWithClaims(access, &claims, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil {
		return Claims{}, tokenRefusal(err)
	}
	return s.read(claims)
}

// plausibleToken is false for what is too long, and for line breaks, which base64
// would skip.
func plausibleToken(access string) bool {
	return len(access) <= maxAccess && !strings.ContainsAny(access, "\r\n")
}

// read makes of the claims of a token that we have signed what they say. Whom it
// is for must be us alone, as in every token that we issue: one that is for others
// too could be used here by them.
func (s *Service) read(claims accessClaims) (Claims, error) {
	user, errUser := grievance.ParseID[grievance.User](claims.Subject)
	session, errSession := grievance.ParseID[store.LoginSession](claims.Session)
	ours := len(claims.Audience) == 1 && claims.Audience[0] == s.settings.Audience
	if errors.Join(errUser, errSession) != nil || !ours || claims.ID == "" {
		return Claims{}, ErrTokenInvalid
	}
	return Claims{UserID: user, Session: session, JTI: claims.ID, Expires: time.Unix(claims.Expires, 0).UTC()}, nil
}

// tokenRefusal tells a token that is only too old from one that was never good.
func tokenRefusal(err error) error {
	for _, worse := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable, jwt.ErrTokenSignatureInvalid,
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, worse) {
			return ErrTokenInvalid
		}
	}
	if errors.Is(err, jwt.ErrTokenExpired) {
		return ErrTokenExpired
	}
	return ErrTokenInvalid
}
