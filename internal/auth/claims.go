package auth

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"
)

// accessClaims are the claims on the wire: exactly those that we issue, in the
// types in which we write them.
type accessClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience []string `json:"aud"`
	Expires  int64    `json:"exp"` // seconds
	IssuedAt int64    `json:"iat"` // seconds
	ID       string   `json:"jti"`
	Session  string   `json:"sid"`
}

// UnmarshalJSON refuses repeated, unknown and differently spelled members, and
// other types, so that no two readers of a token can understand it differently.
func (c *accessClaims) UnmarshalJSON(b []byte) error {
	type plain accessClaims
	return json.Unmarshal(b, (*plain)(c), json.RejectUnknownMembers(true))
}

// GetExpirationTime gives the end of its validity; none is a token of nobody.
func (c *accessClaims) GetExpirationTime() (*jwt.NumericDate, error) {
	if c.Expires <= 0 {
		return nil, nil
	}
	return jwt.NewNumericDate(time.Unix(c.Expires, 0)), nil
}

// GetIssuedAt gives nothing to check: the clocks of replicas differ.
func (*accessClaims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// GetNotBefore gives nothing: a token is valid from the beginning.
func (*accessClaims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer gives who has signed.
func (c *accessClaims) GetIssuer() (string, error) { return c.Issuer, nil }

// GetSubject gives the user.
func (c *accessClaims) GetSubject() (string, error) { return c.Subject, nil }

// GetAudience gives whom the token is for.
func (c *accessClaims) GetAudience() (jwt.ClaimStrings, error) { return c.Audience, nil }
