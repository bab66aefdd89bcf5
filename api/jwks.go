package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// JWKSet is a set of public keys (RFC 7517).
type JWKSet struct {
	Keys []JWK `json:"keys" validate:"required"`
} // @name JWKSet

// JWK is a public Ed25519 key (RFC 8037).
type JWK struct {
	Kty string `json:"kty" validate:"required" example:"OKP"`
	Crv string `json:"crv" validate:"required" example:"Ed25519"`
	X   string `json:"x" validate:"required"`
	Kid string `json:"kid" validate:"required"`
	Alg string `json:"alg" validate:"required" example:"EdDSA"`
	Use string `json:"use" validate:"required" example:"sig"`
} // @name JWK

// jwks gives the keys that verify our access tokens.
//
//	@Summary		验证凭证的公钥 / token keys
//	@Description	其他系统用它验证访问凭证。 The public keys with which others verify access tokens.
//	@Tags			login
//	@Produce		json
//	@Success		200	{object}	JWKSet
//	@Router			/.well-known/jwks.json [get]
func (s *server) jwks(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.Blob(http.StatusOK, "application/json", s.Auth.JWKS(c.Request().Context()))
}
