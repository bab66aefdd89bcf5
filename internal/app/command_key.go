package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/vault"
)

// KeyCommand works with the keys.
type KeyCommand struct {
	Generate KeyGenerate `cmd:"" help:"Print a new key, for --key-file or HUIYIN_KEY; wrapped where a wrapping key is given."`
	Status   KeyStatus   `cmd:"" help:"Tell which keys there are, and how many values each has sealed."`
	Rotate   KeyRotate   `cmd:"" help:"Have a new key seal from now on, while the service serves."`
	Reseal   KeyReseal   `cmd:"" help:"Seal everything anew that an earlier key has sealed, while the service serves."`
	Retire   KeyRetire   `cmd:"" help:"Drop the earlier keys for good, once nothing is sealed by them."`
	Wrap     KeyWrap     `cmd:"" help:"Seal the key file by the wrapping key."`
	Unwrap   KeyUnwrap   `cmd:"" help:"Write the key file in the clear again."`
	Rewrap   KeyRewrap   `cmd:"" help:"Seal the key file by another wrapping key."`
	Signing  KeySigning  `cmd:"" help:"Make a new key for signing logins; nobody is logged out."`
}

// The changes of keys, as the record names them.
const (
	keyStaged       = "sealing_key_staged"
	keyPromoted     = "sealing_key_promoted"
	keyRetired      = "sealing_key_retired"
	keyResealed     = "values_resealed"
	keyWrapped      = "key_file_wrapped"
	keyUnwrapped    = "key_file_unwrapped"
	keyRewrapped    = "key_file_rewrapped"
	keySigningAdded = "signing_key_made"
)

// keysChanged is called by every key command after it has changed something: the
// one place at which a change of keys enters the record. ids name what changed;
// they are no secrets.
func (a *App) keysChanged(ctx context.Context, change string, ids ...string) error {
	a.Log.InfoContext(ctx, "keys changed", "change", change, "keys", ids)
	return nil
}

func names(ids []vault.KeyID) (names []string) {
	for _, id := range ids {
		names = append(names, id.String())
	}
	return names
}

// changeKey changes the key file, or prints what HUIYIN_KEY must be from now on,
// and gives the writer for what else is to be told.
func (a *App) changeKey(std *IO, edit func(vault.Keys) (vault.Keys, error)) (io.Writer, error) {
	content, err := a.Key.Change(edit)
	if err != nil || content == nil {
		return std.Out, err
	}
	_, err = fmt.Fprintf(std.Out, "%s\n", content)
	return std.Err, err
}

// KeyGenerate makes a key.
type KeyGenerate struct {
	Wrapping bool `help:"A wrapping key instead, for --key-wrap-file or HUIYIN_KEY_WRAP."`
}

// Run prints a new key.
func (k KeyGenerate) Run(c *config.Common, std *IO) error {
	generate := newKey
	if k.Wrapping {
		generate = func(vault.Source) ([]byte, error) { return vault.GenerateWrapping() }
	}
	key, err := generate(keySource(*c))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, string(key))
	return err
}

func newKey(s vault.Source) ([]byte, error) {
	w, err := s.Wrapping()
	if err != nil {
		return nil, err
	}
	k, err := vault.NewKeys()
	if err != nil {
		return nil, err
	}
	return k.WrappedBy(w).Content()
}

// KeySigning makes a new key that signs access tokens.
type KeySigning struct {
	Now bool `help:"Drop the old keys at once: one of them has leaked."`
}

// Run makes the key, and tells its id and when it begins to sign. Replicas that
// serve take it up within a minute.
func (k *KeySigning) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		made, err := a.Auth.RotateKey(ctx, k.Now)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(std.Out, "key %s signs from %s (Beijing %s)\n",
			made.Kid, made.From.UTC().Format(time.RFC3339), made.From.In(calendar.Zone).Format(time.DateTime))
		if made.Dropped > 0 {
			_, _ = fmt.Fprintf(std.Out, "%d old keys dropped: their tokens stop working within a minute, and clients refresh\n", made.Dropped)
		}
		return a.keysChanged(ctx, keySigningAdded, made.Kid)
	})
}
