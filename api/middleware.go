package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/clock"
)

const requestIDKey = "request_id"

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives the request its id: the client's own X-Request-Id if it is a
// plain word, else a new one. The response carries it.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get("X-Request-Id")
		if !goodRequestID.MatchString(id) {
			id = rand.Text()
		}
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// record answers with the error that the rest returned, if any, and writes the
// access log: route templates instead of paths, no query, nobody's name.
func (s *server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.Pace.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		level := slog.LevelInfo
		if quiet[c.Path()] && c.Response().Status < http.StatusBadRequest {
			level = slog.LevelDebug
		}
		s.Log.LogAttrs(c.Request().Context(), level, "request",
			slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size),
			slog.Float64("ms", float64(clock.Since(s.Pace, start).Microseconds())/1000),
			slog.String("actor", actorOf(c).UserID.String()), slog.String("key", machineOf(c)), slog.String("request_id", requestID(c)))
		return nil
	}
}

// quiet has the routes that machines ask every few seconds.
var quiet = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true}

// survive turns a panic into an error.
func survive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			value := recover()
			if cause, ok := value.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
				panic(value) // net/http's own way to break a connection off
			}
			if value != nil {
				err = &panicked{value: value, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

// guard sets the headers that keep a browser from doing more than was asked.
func guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// hurry gives the work a deadline, after which it is answered with 503.
func hurry(limit time.Duration, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		whole := c.Request()
		ctx, cancel := context.WithTimeout(whole.Context(), limit)
		defer cancel()
		defer c.SetRequest(whole) // what comes after has no deadline
		c.SetRequest(whole.WithContext(ctx))
		err := next(c)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return overdue(err)
		}
		return err
	}
}

// overdue answers for work that the deadline stopped, however a driver words it.
func overdue(err error) error {
	if refusal, _ := refusalOf(err); refusal == errInternal {
		return errors.Join(errTimeout, err)
	}
	return err
}

// addresses decides whose address a request has: that of the connection, or,
// where the connection comes from a proxy that the settings trust, the one the
// proxy names.
func addresses(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{
		echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false),
	}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(p))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
