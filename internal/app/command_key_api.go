package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// KeyAPI works with the keys of machine clients.
type KeyAPI struct {
	Create KeyAPICreate `cmd:"" help:"Issue a key with which a machine acts as a user. It is printed once."`
	List   KeyAPIList   `cmd:"" help:"List the keys, without their secrets."`
	Revoke KeyAPIRevoke `cmd:"" help:"End a key."`
}

// KeyAPICreate issues a key.
type KeyAPICreate struct {
	Username string   `arg:"" help:"As whom the machine acts."`
	Name     string   `help:"What the key is for." required:""`
	Scope    []string `help:"cases:read, cases:write, reports:read, organisation:read, organisation:write, engine:run." required:""`
	Days     int      `help:"How long it lasts, 366 at most." default:"365"`
}

// Run issues the key; the key alone goes to standard output.
func (k *KeyAPICreate) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		book, err := a.Office.Book(ctx)
		if err != nil {
			return err
		}
		user := book.UserByName(k.Username)
		if user == nil {
			return fmt.Errorf("there is no user %q", k.Username)
		}
		drawn := a.Auth.DrawKey()
		in := office.NewAPIKey{
			UserID: user.ID, Name: k.Name, Prefix: drawn.Prefix, Digest: drawn.Digest,
			ExpiresAt: a.Clock.Now().Add(time.Duration(k.Days) * 24 * time.Hour),
		}
		for _, scope := range k.Scope {
			in.Scopes = append(in.Scopes, grievance.KeyScope(scope))
		}
		made, err := a.Office.IssueAPIKey(ctx, grievance.System, in)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(std.Err, "key %s of %s, until %s; it is not shown again:\n", made.ID, user.Username, made.ExpiresAt.Format(time.RFC3339))
		_, err = fmt.Fprintln(std.Out, drawn.Text)
		return err
	})
}

// KeyAPIList lists the keys.
type KeyAPIList struct{}

// Run lists every key that there ever was, with how it stands.
func (KeyAPIList) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		book, err := a.Office.Book(ctx)
		if err != nil {
			return err
		}
		keys, err := a.Office.APIKeys(ctx, grievance.System)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
		for _, k := range keys {
			owner := ""
			if u := book.User(k.UserID); u != nil {
				owner = u.Username
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Prefix, owner, keyStanding(k, a.Clock.Now()), keyScopes(k), k.Name)
		}
		return w.Flush()
	})
}

func keyStanding(k store.APIKey, now time.Time) string {
	switch {
	case k.RevokedAt != nil:
		return "revoked " + k.RevokedAt.Format(time.RFC3339)
	case !k.LiveAt(now):
		return "expired " + k.ExpiresAt.Format(time.RFC3339)
	case k.LastUsedAt == nil:
		return "never used"
	}
	return "used " + k.LastUsedAt.Format(time.RFC3339)
}

func keyScopes(k store.APIKey) string {
	var list []string
	for _, s := range k.Scopes {
		list = append(list, string(s))
	}
	return strings.Join(list, ",")
}

// KeyAPIRevoke ends a key.
type KeyAPIRevoke struct {
	ID string `arg:"" help:"The key's id, as the list tells it."`
}

// Run ends the key; replicas that serve stop believing it within seconds.
func (k *KeyAPIRevoke) Run(ctx context.Context, c *config.Common, std *IO) error {
	id, err := grievance.ParseID[store.APIKey](k.ID)
	if err != nil {
		return err
	}
	return with(ctx, c, std, false, func(a *App) error {
		gone, err := a.Office.RevokeAPIKey(ctx, grievance.System, id)
		if err == nil {
			_, err = fmt.Fprintf(std.Out, "key %s revoked at %s\n", gone.ID, gone.RevokedAt.Format(time.RFC3339))
		}
		return err
	})
}
