package api

import (
	"cmp"
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

const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Contract is this document: OpenAPI 3.0.3.
type Contract struct {
	OpenAPI string       `json:"openapi" validate:"required" example:"3.0.3"`
	Info    ContractInfo `json:"info" validate:"required"`
} // @name Contract

// ContractInfo names the interface and its version.
type ContractInfo struct {
	Title   string `json:"title" validate:"required"`
	Version string `json:"version" validate:"required"`
} // @name ContractInfo

// contract answers with the document generated from this package's comments.
//
//	@Summary		接口文档 / the contract
//	@Description	由处理函数的注释生成的 OpenAPI 文档。 Generated from the handlers' comments.
//	@Tags			operations
//	@Produce		json
//	@Success		200	{object}	Contract
//	@Success		304	"unchanged since If-None-Match"
//	@Router			/openapi.json [get]
func (s *server) contract() echo.HandlerFunc {
	tag := contentTag(s.OpenAPI)
	return func(c echo.Context) error {
		if unchanged(c, tag) {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Blob(http.StatusOK, "application/json", s.OpenAPI)
	}
}

// page answers with the page that shows the contract.
//
//	@Summary		接口文档页面 / the contract as a page
//	@Description	不依赖外部网络。 It needs no outside network.
//	@Tags			operations
//	@Produce		html
//	@Success		200	{string}	string	"a page"
//	@Success		304	"unchanged since If-None-Match"
//	@Router			/docs [get]
func (s *server) page(c echo.Context) error { return sendFile(c, "index.html") }

// home sends whoever opens the bare address to the page.
//
//	@Summary	首页 / the bare address
//	@Tags		operations
//	@Success	307	"to /docs"
//	@Router		/ [get]
func (s *server) home(c echo.Context) error { return c.Redirect(http.StatusTemporaryRedirect, "/docs") }

// pageFile answers with a file that the page is made of.
//
//	@Summary	接口文档页面的文件 / a file of the page
//	@Tags		operations
//	@Produce	html,plain
//	@Param		file	path		string	true	"name"
//	@Success	200		{string}	string	"a script or a style sheet"
//	@Success	304		"unchanged since If-None-Match"
//	@Failure	404		{object}	Problem
//	@Router		/docs/{file} [get]
func (s *server) pageFile(c echo.Context) error { return sendFile(c, c.Param("file")) }

func sendFile(c echo.Context, name string) error {
	content, err := fs.ReadFile(pageFiles, path.Join("swaggerui", path.Base(name)))
	if err != nil {
		return errNoRoute
	}
	kind := cmp.Or(mime.TypeByExtension(path.Ext(name)), "text/plain; charset=utf-8")
	c.Response().Header().Set("Content-Security-Policy", pagePolicy)
	if unchanged(c, contentTag(content)) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, content)
}

func contentTag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}
