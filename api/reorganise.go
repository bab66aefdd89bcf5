package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/office"
)

// showing gives the address of what was changed, if it has one, and its view.
type showing[T any] func(office.Changed[T]) (path string, view any)

// reorganise answers a decoded POST that changes the organisation: it lets
// change happen and shows what was changed, or gives the first answer again to a
// request that was made before.
func reorganise[T any](s *server, c echo.Context, status int, shown showing[T], change func(context.Context, office.Keep[T]) (T, error)) error {
	return once(s, c, func(done office.Changed[T]) (answer.Response, error) {
		path, view := shown(done)
		body, err := marshal(view)
		r := answer.Response{Status: status, Body: body}
		if status == http.StatusCreated && path != "" {
			r.Header = map[string]string{"Location": v1 + path}
		}
		return r, err
	}, change)
}

// once lets a decoded request change the organisation and renders what came of
// it, or gives the first answer again to a request that was made before.
func once[T any](s *server, c echo.Context, render func(office.Changed[T]) (answer.Response, error), change func(context.Context, office.Keep[T]) (T, error)) error {
	req, err := repeatable(c, render)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	_, r, err := answer.Once(ctx, s.Store, s.Clock.Now(), req, func(keep office.Keep[T]) error {
		_, err := change(ctx, keep)
		return err
	})
	if err != nil {
		return err
	}
	return respond(c, r)
}

// handOn passes the open cases of whoever has just left on at once. What fails
// here is left to the engine, which looks for the same.
func (s *server) handOn(ctx context.Context) {
	if _, err := s.Desk.HandOnAll(ctx); err != nil {
		s.Log.WarnContext(ctx, "handing cases on is left to the engine", "error", err)
	}
}
