package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
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
	if c.Outside != nil && c.Outside.Roles != nil {
		a.Posts = slices.DeleteFunc(slices.Clone(a.Posts), func(p grievance.Post) bool { return !slices.Contains(c.Outside.Roles, p.Role) })
	}
	return a
}

// accessClaims are the claims on the wire.
type accessClaims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
}

// UnmarshalJSON refuses repeated, unknown and differently spelled members, so
// that no two readers of a token can understand it differently.
func (c *accessClaims) UnmarshalJSON(b []byte) error {
	type plain accessClaims
	return json.Unmarshal(b, (*plain)(c), json.RejectUnknownMembers(true))
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
// asking the database, but for a new key at most once a second. That the session goes on is asked of the database when
// the token is first seen and every five seconds of its use: ErrSessionEnded or
// ErrDisabled if it does not.
//
// A token of the provider that is trusted is checked against the provider's keys
// when it is first seen and every five seconds, and so is its user: besides the
// above ErrAccountUnknown, and ErrProviderUnavailable where the keys cannot be
// had.
func (s *Service) Verify(ctx context.Context, access string) (Claims, error) {
	if s.provider.issued(access) {
		return s.verifyOutside(ctx, access)
	}
	if len(access) > maxAccess || IsKey(access) || strings.ContainsAny(access, "\r\n") { // which base64 would skip
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
	login, err := s.checkSession(ctx, claims.Session, now)
	if err != nil {
		s.verified.dropSession(claims.Session)
		return Claims{}, err
	}
	claims.MustChange = login.MustChangePassword
	s.verified.put(digest, verified{Claims: claims, checkedAt: now})
	return claims, nil
}

func (s *Service) checkSession(ctx context.Context, id store.LoginSessionID, now time.Time) (l store.LoginState, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) (err error) {
		if l, err = r.LoginState(id); err != nil {
			return missing(err)
		}
		return standing(l, now)
	})
	return l, err
}

// parse checks the signature and the claims. The first part of a token must be,
// letter for letter, that of one of our keys: no other algorithm, key or header
// is even read.
func (s *Service) parse(ctx context.Context, access string) (Claims, error) {
	header, _, _ := strings.Cut(access, ".")
	key, ok := s.ring(ctx, rereadKeys).byHeader[header]
	if !ok {
		key, ok = s.ring(ctx, rereadSooner).byHeader[header]
	}
	if !ok {
		return Claims{}, ErrTokenInvalid
	}
	var claims accessClaims
	_, err := s.parser.ParseWithClaims(access, &claims, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil {
		return Claims{}, tokenRefusal(err)
	}
	user, errUser := grievance.ParseID[grievance.User](claims.Subject)
	session, errSession := grievance.ParseID[store.LoginSession](claims.Session)
	if errors.Join(errUser, errSession) != nil {
		return Claims{}, ErrTokenInvalid
	}
	return Claims{UserID: user, Session: session, JTI: claims.ID, Expires: claims.ExpiresAt.UTC()}, nil
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
