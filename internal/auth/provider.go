package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The refusals of a provider's token, beside those of our own.
var (
	ErrAccountUnknown      = refuse("auth.account_unknown", "统一身份认证的这位用户在本系统没有工作人员账号，请联系管理员")
	ErrProviderUnavailable = grievance.Refuse(grievance.Unavailable, "auth.provider_unavailable", "统一身份认证暂时无法连接，无法核对其凭证，请稍后再试；用户名和密码登录不受影响")
)

// ProviderSettings name an identity provider of somebody else's (OpenID Connect)
// whose access tokens are believed beside our own.
//
// Its token says who somebody is: the user whose username stands in
// UsernameClaim, letter for letter. That user must be there and be staff; no
// token makes one. What they may do, our appointments say: a token can only take
// away from it.
type ProviderSettings struct {
	Issuer        string // an https address, or a loopback one
	Audience      string // whom its tokens for us are for
	UsernameClaim string

	// RoleClaim names the claim with the roles that the provider gives, and Roles
	// what each is here: of the posts that the user holds, only those in one of
	// these roles count. Without a RoleClaim all do. A claim inside another is
	// named by its JSON pointer (/realm_access/roles).
	RoleClaim string
	Roles     map[string][]grievance.Role
}

func (p ProviderSettings) check() error {
	switch {
	case !trustworthy(p.Issuer):
		return errors.New("the issuer must be an https address, or a loopback one, without query and fragment")
	case p.Audience == "" || p.UsernameClaim == "":
		return errors.New("an audience and the claim of the username are needed")
	case (p.RoleClaim == "") != (len(p.Roles) == 0):
		return errors.New("a claim of roles and what the roles are here go together")
	}
	for value, roles := range p.Roles {
		for _, role := range roles {
			if !slices.Contains(grievance.StaffRoles, role) {
				return fmt.Errorf("%s is mapped to %q, which is no role", value, role)
			}
		}
	}
	return nil
}

// trustworthy reports whether what is read from an address comes from whom it
// names: it is encrypted, or does not leave the machine.
func trustworthy(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#") {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

// maxOutside is the most that a provider's token may have, in bytes: many carry
// a list of groups.
const maxOutside = 16 << 10

// skew is by how much the provider's clock may differ from ours.
const skew = 10 * time.Second

// Trust lets the tokens of a provider count beside our own, from now on; it is to
// be called before anybody is served, once. It does not ask the provider yet:
// one that is down keeps nobody from logging in with a password.
func (s *Service) Trust(settings ProviderSettings) error {
	if err := settings.check(); err != nil {
		return fmt.Errorf("the identity provider: %w", err)
	}
	s.provider = newProvider(settings, s.clock)
	return nil
}

// asymmetric are the algorithms whose signatures only the provider can make: with
// no other may a key that is public be used.
var asymmetric = []string{
	jwt.SigningMethodRS256.Alg(), jwt.SigningMethodPS256.Alg(), jwt.SigningMethodES256.Alg(), jwt.SigningMethodEdDSA.Alg(),
}

func (p *provider) newParser() *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods(asymmetric), jwt.WithIssuer(p.Issuer), jwt.WithAudience(p.Audience),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithLeeway(skew), jwt.WithTimeFunc(p.clock.Now),
	)
}

// issued reports whether a token says that the provider has issued it. Which of
// two kinds of token it is, is decided by this alone: none is tried as both.
func (p *provider) issued(access string) bool {
	if p == nil || len(access) > maxOutside {
		return false
	}
	var said struct {
		Issuer string `json:"iss"`
	}
	_, rest, _ := strings.Cut(access, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return unpack(payload, &said) && said.Issuer == p.Issuer
}

// unpack reads one part of a token.
func unpack(part string, into any) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// verifyOutside is Verify for a token of the provider.
func (s *Service) verifyOutside(ctx context.Context, access string) (Claims, error) {
	digest, now := sha256.Sum256([]byte(access)), s.clock.Now()
	if seen, ok := s.verified.get(digest); ok && seen.fresh(now) {
		return seen.Claims, nil
	}
	said, err := s.provider.verify(ctx, access)
	if err != nil {
		return Claims{}, err
	}
	claims := Claims{JTI: said.ID, Expires: said.ExpiresAt.UTC(), Outside: &Outside{s.provider.roles(said)}}
	if claims.UserID, err = s.staff(ctx, said.text(s.provider.UsernameClaim), now); err != nil {
		return Claims{}, err
	}
	s.verified.put(digest, verified{Claims: claims, checkedAt: now})
	return claims, nil
}

// staff finds whom a provider's token names. Accounts of the public are nobody to
// a provider: where people may choose their own names, one could choose another's.
func (s *Service) staff(ctx context.Context, username string, now time.Time) (grievance.UserID, error) {
	if !plausible(username) {
		return grievance.UserID{}, ErrAccountUnknown
	}
	var user grievance.User
	err := s.store.Read(ctx, func(r *store.Snapshot) (err error) {
		user, _, err = r.AccountOf(username)
		return err
	})
	switch {
	case errors.Is(err, grievance.ErrNotFound) || err == nil && user.Petitioner:
		return grievance.UserID{}, ErrAccountUnknown
	case err == nil && user.DisabledAt != nil && !now.Before(*user.DisabledAt):
		return grievance.UserID{}, ErrDisabled
	}
	return user.ID, err
}

// verify checks a token against the provider's keys, read again if its key is not
// among them.
func (p *provider) verify(ctx context.Context, access string) (outsideClaims, error) {
	if !plain(access) {
		return outsideClaims{}, ErrTokenInvalid
	}
	keys := p.current(ctx, rereadProvider)
	claims, err := p.parse(ctx, access, keys)
	if errors.Is(err, jwkset.ErrKeyNotFound) {
		keys = p.current(ctx, 0)
		claims, err = p.parse(ctx, access, keys)
	}
	switch {
	case errors.Is(err, ErrProviderUnavailable) || errors.Is(err, jwkset.ErrKeyNotFound) && keys.err != nil:
		return outsideClaims{}, errors.Join(ErrProviderUnavailable, keys.err)
	case err != nil:
		return outsideClaims{}, tokenRefusal(err)
	}
	return claims, nil
}

func (p *provider) parse(ctx context.Context, access string, keys *providerKeys) (claims outsideClaims, err error) {
	if !keys.believed(p.clock.Now()) {
		return claims, ErrProviderUnavailable
	}
	_, err = p.parser.ParseWithClaims(access, &claims, keys.known.KeyfuncCtx(ctx))
	return claims, err
}

// plain reports whether the header of a token asks for nothing but its algorithm
// and key, once each: no extension that would have to be understood (crit), and
// no kind of token that is not for getting in.
func plain(access string) bool {
	header, _, _ := strings.Cut(access, ".")
	var said map[string]any
	if strings.ContainsAny(access, "\r\n") || !unpack(header, &said) {
		return false
	}
	kid, _ := said["kid"].(string)
	kind, isText := said["typ"].(string)
	_, critical := said["crit"]
	kind = strings.TrimPrefix(strings.ToLower(kind), "application/")
	fits := said["typ"] == nil || isText && (kind == "jwt" || kind == "at+jwt")
	return kid != "" && !critical && fits
}
