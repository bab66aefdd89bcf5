package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/vault"
)

// The refusals of wrapping.
var (
	errNoWrapping     = errors.New("no wrapping key: give --key-wrap-file or HUIYIN_KEY_WRAP (make one with `huiyin key generate --wrapping`)")
	errAlreadyWrapped = errors.New("the key file is wrapped already: change its wrapping key with `huiyin key rewrap`")
	errNotWrapped     = errors.New("the key file is not wrapped")
)

// KeyWrap wraps the key file.
type KeyWrap struct{}

// Run seals the key file by the wrapping key of the settings. Processes that were
// started with that wrapping key go on; others must be restarted with it before
// keys change again.
func (KeyWrap) Run(ctx context.Context, c *config.Common, std *IO) error {
	w, err := keySource(*c).Wrapping()
	if err != nil {
		return err
	}
	if w == nil {
		return errNoWrapping
	}
	return with(ctx, c, std, false, func(a *App) error {
		return a.wrap(ctx, std, "wrap", "wrapped: it opens only with the wrapping key from now on", func(k vault.Keys) (vault.Keys, error) {
			if k.Wrapped() {
				return k, errAlreadyWrapped
			}
			return k.WrappedBy(w), nil
		})
	})
}

// KeyUnwrap unwraps the key file.
type KeyUnwrap struct{}

// Run writes the key file in the clear.
func (KeyUnwrap) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		return a.wrap(ctx, std, "unwrap", "in the clear: whoever reads it reads everything", func(k vault.Keys) (vault.Keys, error) {
			if !k.Wrapped() {
				return k, errNotWrapped
			}
			return k.WrappedBy(nil), nil
		})
	})
}

// KeyRewrap changes the wrapping key.
type KeyRewrap struct {
	To string `required:"" placeholder:"FILE" help:"The file of the other wrapping key."`
}

// Run seals the key file by another wrapping key, which --key-wrap-file must name,
// or hold, from now on.
func (k KeyRewrap) Run(ctx context.Context, c *config.Common, std *IO) error {
	w, err := vault.Source{WrapPath: k.To}.Wrapping()
	if err != nil {
		return err
	}
	return with(ctx, c, std, false, func(a *App) error {
		return a.wrap(ctx, std, "rewrap", "wrapped by the other key: put that in the place of the old one", func(keys vault.Keys) (vault.Keys, error) {
			if !keys.Wrapped() {
				return keys, errNotWrapped
			}
			return keys.WrappedBy(w), nil
		})
	})
}

func (a *App) wrap(ctx context.Context, std *IO, change, told string, edit func(vault.Keys) (vault.Keys, error)) error {
	out, err := a.changeKey(std, edit)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, "the key file is", told); err != nil {
		return err
	}
	return a.keysChanged(ctx, changes.KeyFileWrapped, changes.Facts{Reason: change})
}
