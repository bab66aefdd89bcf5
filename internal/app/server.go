package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/huiyin/huiyin/api"
	"github.com/huiyin/huiyin/docs"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/engine"
)

// Limits of a connection, against clients that never finish: the header has ten
// seconds to arrive, header and body together what a request may take, and the
// answer must be taken within a quarter of an hour, which is longer than any takes
// to make.
const (
	headerTimeout = 10 * time.Second
	answerTimeout = 15 * time.Minute
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
)

// Handler makes the HTTP interface of the App.
func (a *App) Handler(s config.Serve) (http.Handler, error) {
	proxies, err := s.Proxies()
	if err != nil {
		return nil, err
	}
	if err := a.trustProvider(s); err != nil {
		return nil, err
	}
	metrics := api.NewMetrics()
	if err := errors.Join(metrics.Register(engineMetrics{a.Engine}), metrics.Register(calendarMetrics{a})); err != nil {
		return nil, err
	}
	return api.New(api.Deps{
		Clock: a.Clock, Log: a.Log, Auth: a.Auth, Office: a.Office, Desk: a.Desk, Store: a.Store, Engine: a.Engine,
		OpenAPI: docs.OpenAPI, Checks: a.checks(), Warnings: a.warnings, Metrics: metrics,
		Tracer: a.Tracer, TrustedProxies: proxies, Timeout: s.RequestTimeout,
		Rates: rates(s), Origins: s.CORSOrigins,
	}), nil
}

// Serve answers on the listener, with the engine beside it, until ctx ends. Then
// it takes no more connections, finishes what is under way, and returns.
func (a *App) Serve(ctx context.Context, l net.Listener, s config.Serve) error {
	handler, err := a.Handler(s)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: min(headerTimeout, s.RequestTimeout), ReadTimeout: s.RequestTimeout,
		WriteTimeout: answerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: headerBytes,
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var engines sync.WaitGroup
	if s.OIDCIssuer != "" {
		engines.Go(func() { a.followProvider(work) })
	}
	if s.Engine {
		watch, keys := &calendarWatch{app: a}, &keyWatch{app: a}
		engines.Go(func() {
			engine.Loop(work, s.EngineEvery, nil, func(ctx context.Context) {
				a.runEngine(ctx)
				watch.look(ctx)
				keys.look(ctx)
			})
		})
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	a.Log.InfoContext(ctx, "serving", "address", l.Addr().String(), "database", a.Store.Dialect())
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = a.drain(server, s.ShutdownTimeout)
	}
	stop()
	engines.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *App) drain(server *http.Server, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	a.Log.InfoContext(ctx, "stopping")
	return server.Shutdown(ctx)
}

// runEngine runs the engine once; what it finds, it logs itself. A run that has
// begun is finished even when the server stops: it is short, and all of its
// steps are transactions.
func (a *App) runEngine(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	_, _ = a.Engine.RunOnce(ctx)
}

func (a *App) checks() []api.Check {
	return []api.Check{
		{Name: "database", Run: a.Store.Ping},
		{Name: "migrations", Run: a.migrated},
		{Name: "organisation", Run: func(ctx context.Context) error {
			_, err := a.Office.Book(ctx)
			return err
		}},
	}
}

var errNotMigrated = errors.New("migrations are missing")

func (a *App) migrated(ctx context.Context) error {
	list, err := a.Store.Migrations(ctx)
	for _, m := range list {
		if !m.Applied {
			return errNotMigrated
		}
	}
	return err
}

// rates are the allowances that the settings give; the usual ones where they give
// none.
func rates(s config.Serve) api.Rates {
	r := api.DefaultRates
	for _, x := range []struct {
		rate      *api.Rate
		perMinute int
	}{
		{&r.Address, s.PublicPerMinute}, {&r.Device, s.DevicePerMinute}, {&r.Account, s.UserPerMinute}, {&r.Login, s.LoginPerMinute},
	} {
		if x.perMinute > 0 {
			x.rate.Burst = x.perMinute
		}
	}
	return r
}
