package app

import (
	"context"
	"time"

	"github.com/huiyin/huiyin/api"
	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
)

// trustProvider lets the tokens of the identity provider count that the settings
// name, if they do.
func (a *App) trustProvider(s config.Serve) error {
	if s.OIDCIssuer == "" {
		return nil
	}
	named, err := s.ProviderRoles()
	if err != nil {
		return err
	}
	roles := map[string][]grievance.Role{}
	for value, list := range named {
		for _, role := range list {
			roles[value] = append(roles[value], grievance.Role(role))
		}
	}
	return a.Auth.Trust(auth.ProviderSettings{
		Issuer: s.OIDCIssuer, Audience: s.OIDCAudience, UsernameClaim: s.OIDCUsernameClaim, RoleClaim: s.OIDCRoleClaim, Roles: roles,
	})
}

// How often the provider is asked for its keys, while it answers and while not.
const (
	providerEvery = 4 * time.Minute // sooner than a request would have to
	providerSoon  = 15 * time.Second
)

// followProvider reads the provider's keys until ctx ends, so that requests do not
// wait for it, and logs when it stops and begins to answer.
func (a *App) followProvider(ctx context.Context) {
	down := false
	for {
		err := a.Auth.ReadProvider(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil && !down:
			a.Log.WarnContext(ctx, "the identity provider cannot be asked for its keys", "error", err)
		case err == nil && down:
			a.Log.InfoContext(ctx, "the identity provider answers again")
		}
		wait := providerEvery
		if down = err != nil; down {
			wait = providerSoon
		}
		if clock.Sleep(ctx, wait) != nil {
			return
		}
	}
}

func (a *App) providerWarnings() []api.Warning {
	issuer, down := a.Auth.ProviderDown()
	if !down {
		return nil
	}
	return []api.Warning{{
		Code: auth.ErrProviderUnavailable.Code, Subject: issuer, Message: auth.ErrProviderUnavailable.Message,
	}}
}
