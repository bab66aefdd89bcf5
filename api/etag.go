package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

var errIfMatch = grievance.Refuse(grievance.Invalid, "request.if_match", `If-Match 只能是一个版本号，如 "7"，或 *`)

func entityTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch gives the version that the client's If-Match insists on; nil where
// there is none, or *, which any version satisfies.
func ifMatch(c echo.Context) (*int64, error) {
	given := c.Request().Header.Values("If-Match")
	if len(given) == 0 || len(given) == 1 && given[0] == "*" {
		return nil, nil
	}
	if len(given) > 1 {
		return nil, errIfMatch
	}
	digits := strings.TrimSuffix(strings.TrimPrefix(given[0], `"`), `"`)
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || version < 0 || entityTag(version) != given[0] {
		return nil, errIfMatch
	}
	return &version, nil
}

// unchanged sets the ETag of a representation and reports whether the client's
// If-None-Match says that it has it already; the caller then sends 304.
func unchanged(c echo.Context, tag string) bool {
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Authorization")
	for _, line := range c.Request().Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}

// show answers a GET of something that has a version: 304 to a client that has
// it, else the body that view makes.
func show(c echo.Context, version int64, view any) error {
	if unchanged(c, entityTag(version)) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.JSON(http.StatusOK, view)
}
