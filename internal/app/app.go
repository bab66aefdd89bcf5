// Package app puts Huiyin together: the same wiring serves the binary's commands
// and the end-to-end tests.
//
// It guarantees that everything it opened is closed again, in the reverse order,
// and that a server stops accepting before it stops answering: requests and
// engine work under way are finished first.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// App is Huiyin, put together over one database.
type App struct {
	Clock  clock.Clock
	Log    *slog.Logger
	Key    vault.Source // what the Vault was opened from, and follows
	Vault  *vault.Vault
	Store  *store.Store
	Office *office.Office
	Desk   *casework.Desk
	Engine *engine.Engine
	Auth   *auth.Service
	Tracer trace.TracerProvider // of the HTTP interface; none: nothing is traced
}

// ErrNoKey says that a database which others share needs a key that they share.
var ErrNoKey = errors.New("no key: give --key-file or HUIYIN_KEY (make one with `huiyin key generate`)")

// Open puts Huiyin together over the database of the settings. With migrate the
// schema is brought up to date first. It refuses a key that is not the one the
// database was written with.
func Open(ctx context.Context, c config.Common, migrate bool, log *slog.Logger) (*App, error) {
	a := &App{Log: log}
	var err error
	if a.Clock, err = clockOf(c); err != nil {
		return nil, err
	}
	a.Key = keySource(c)
	if a.Vault, err = a.openVault(c.Embedded()); err != nil {
		return nil, err
	}
	a.Store, err = store.Open(ctx, c.DatabaseURL, store.Options{Clock: a.Clock, Vault: a.Vault, MaxConns: c.MaxConns, Logger: log})
	if err != nil {
		return nil, err
	}
	if err := a.assemble(ctx, migrate); err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context, migrate bool) error {
	if migrate {
		if err := a.Store.Migrate(ctx); err != nil {
			return fmt.Errorf("migrating: %w", err)
		}
	}
	var err error
	if a.Auth, err = auth.New(ctx, a.Store, a.Clock, a.Vault, auth.Settings{}); err != nil {
		return fmt.Errorf("opening the logins: %w", err)
	}
	a.Office = office.New(a.Store, a.Clock)
	if err := a.Office.Seed(ctx); err != nil {
		return fmt.Errorf("loading profiles and calendar: %w", err)
	}
	a.Desk = casework.New(a.Store, a.Office, a.Clock)
	a.Engine = engine.New(a.Desk, a.Store, a.Clock, a.Log)
	return nil
}

// Close ends the connections to the database.
func (a *App) Close() error { return a.Store.Close() }

func clockOf(c config.Common) (clock.Clock, error) {
	if c.ClockFile == "" {
		return clock.System{}, nil
	}
	return clock.OpenFile(c.ClockFile)
}

func keySource(c config.Common) vault.Source {
	return vault.Source{Path: c.KeyFile, Key: c.Key, WrapPath: c.KeyWrapFile, Wrap: c.KeyWrap}
}

// openVault opens the key. An embedded database makes its own key file; one that
// replicas share must be given theirs.
func (a *App) openVault(embedded bool) (*vault.Vault, error) {
	if a.Key.Key == "" && a.Key.Path == "" {
		return nil, ErrNoKey
	}
	v, err := a.Key.Open(embedded, a.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("opening the key: %w", err)
	}
	return v, nil
}
