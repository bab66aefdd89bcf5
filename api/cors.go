package api

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// share lets the pages of some other origins use the interface (CORS), and tells
// browsers so before they ask. Nobody is known by a cookie here, so none is asked
// for: what a page may do, it may do by a token that its user gave it.
func share(origins []string) echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOriginFunc: func(origin string) (bool, error) { return slices.Contains(origins, strings.ToLower(origin)), nil },
		AllowHeaders: []string{
			"Authorization", "Content-Type", "Accept", "Accept-Language", "If-Match", "If-None-Match",
			"Idempotency-Key", deviceHeader, "X-Request-Id", "Traceparent",
		},
		ExposeHeaders: []string{
			"ETag", "Link", "Location", "Content-Disposition", "RateLimit", "RateLimit-Policy", "Retry-After",
			"X-Request-Id", "Idempotency-Replayed",
		},
		MaxAge: 600, // seconds
	})
}
