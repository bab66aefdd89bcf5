package api

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

// The page that shows the contract: two files of swagger-ui-dist and ours. It
// asks no other host for anything.
//
//go:embed swaggerui
var pageFiles embed.FS

const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// contract answers GET /openapi.json with the document generated from this
// package's comments.
func (s *server) contract() echo.HandlerFunc {
	tag := contentTag(s.OpenAPI)
	return func(c echo.Context) error {
		if unchanged(c, tag) {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Blob(http.StatusOK, "application/json", s.OpenAPI)
	}
}

// page answers GET /docs and the files it is made of.
func (s *server) page(c echo.Context) error {
	name := c.Param("file")
	if name == "" {
		name = "index.html"
	}
	content, err := fs.ReadFile(pageFiles, path.Join("swaggerui", path.Base(name)))
	if err != nil {
		return errNoRoute
	}
	c.Response().Header().Set("Content-Security-Policy", pagePolicy)
	if unchanged(c, contentTag(content)) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, mime.TypeByExtension(path.Ext(name)), content)
}

func contentTag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}
