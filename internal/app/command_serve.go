package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/huiyin/huiyin/internal/config"
)

// ServeCommand serves.
type ServeCommand struct{ config.Serve }

// Run serves until SIGINT or SIGTERM, then finishes what is under way.
func (s *ServeCommand) Run(ctx context.Context, c *config.Common, std *IO) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return with(ctx, c, std, s.Migrate, func(a *App) error {
		if s.Demo {
			if err := s.demo(ctx, a, std); err != nil {
				return fmt.Errorf("loading the demo city: %w", err)
			}
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Address)
		if err != nil {
			return err
		}
		return a.Serve(ctx, l, s.Serve)
	})
}

// demo loads the demo city into an empty database and tells how to log in.
func (s *ServeCommand) demo(ctx context.Context, a *App, std *IO) error {
	password := s.DemoPassword
	if password == "" {
		password = randomPassword()
	}
	loaded, err := a.LoadDemo(ctx, password)
	if err != nil || !loaded {
		return err
	}
	_, err = fmt.Fprintf(std.Err, "演示城市已载入 / demo city loaded. 账号 accounts: admin clerk clerk2 handler leader supervisor …\n密码 password: %s\n", shown(s.DemoPassword, password))
	return err
}

// shown hides a password that the operator chose, who knows it.
func shown(chosen, password string) string {
	if chosen != "" {
		return "(HUIYIN_DEMO_PASSWORD)"
	}
	return password
}

// HealthcheckCommand asks a server whether it is ready, for container probes.
type HealthcheckCommand struct {
	URL string `help:"The server's readiness address." default:"http://127.0.0.1:8080/readyz" env:"HUIYIN_HEALTHCHECK_URL"`
}

var errNotReady = errors.New("the server is not ready")

// Run fails unless the server answers that it is ready.
func (h HealthcheckCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errNotReady
	}
	return nil
}
