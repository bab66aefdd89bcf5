package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
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
	API      KeyAPI      `cmd:"" name:"api" help:"Issue, list and revoke the keys of machine clients."`
}

// keysChanged tells the log of changes what a command has done to keys, once it has:
// the one place at which a change of keys enters the record. What the facts name are
// no secrets.
func (a *App) keysChanged(ctx context.Context, kind grievance.EventKind, facts ...changes.Facts) error {
	now := a.Clock.Now()
	return a.Store.Write(ctx, func(tx *store.Tx) error {
		l, err := changes.Open(tx, grievance.System, now)
		if err != nil {
			return err
		}
		for _, f := range facts {
			if err := l.Add(changes.Keys, kind, f); err != nil {
				return err
			}
		}
		return l.Write()
	})
}

// factsOf names keys.
func factsOf(ids []vault.KeyID) (facts []changes.Facts) {
	for _, id := range ids {
		facts = append(facts, changes.Facts{Key: id.String()})
	}
	return facts
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
		return nil
	})
}
