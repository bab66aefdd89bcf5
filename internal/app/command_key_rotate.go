package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// KeyRotate has a new key seal.
type KeyRotate struct {
	Stage   bool `xor:"step" help:"Only add the key: it opens, and does not seal yet. For replicas that have copies of the key."`
	Promote bool `xor:"step" help:"Only have the added key seal, once every replica has it."`
}

// errCopies refuses to rotate at once where every replica has a copy of the key.
var errCopies = errors.New("HUIYIN_KEY is a copy for each replica: rotate in two steps, --stage and, once every replica was restarted with it, --promote")

// Run adds a key and has it seal. Both steps may be taken at once where replicas
// share the key file: before anything is sealed by the new key it stands in the
// file, and who finds a value of it looks there.
func (k KeyRotate) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		if a.Key.Key != "" && !k.Stage && !k.Promote {
			return errCopies
		}
		if !k.Promote {
			if err := a.stageKey(ctx, std, k.Stage); err != nil {
				return err
			}
		}
		if k.Stage {
			return nil
		}
		return a.promoteKey(ctx, std)
	})
}

// stageKey adds a key that does not seal yet. Unless strict, one that is there
// already will do: a rotation that was cut off is finished.
func (a *App) stageKey(ctx context.Context, std *IO, strict bool) error {
	var staged []vault.KeyID
	out, err := a.changeKey(std, func(k vault.Keys) (vault.Keys, error) {
		next, err := k.Stage()
		if errors.Is(err, vault.ErrStaged) && !strict {
			err = nil
		}
		staged = next.Staged()
		return next, err
	})
	if err != nil {
		return err
	}
	if strict {
		_, _ = fmt.Fprintf(out, "key %v is added: it opens, and seals once it is promoted\n", staged[0])
	}
	return a.keysChanged(ctx, changes.VaultKeyAdded, factsOf(staged)...)
}

// promoteKey has the staged key seal. The database learns of it first: from then
// on nobody starts who lacks it.
func (a *App) promoteKey(ctx context.Context, std *IO) error {
	k, err := a.Key.Keys()
	if err != nil {
		return err
	}
	staged := k.Staged()
	if len(staged) == 0 {
		return vault.ErrNothingStaged
	}
	err = a.Store.Write(ctx, func(tx *store.Tx) error { return tx.NoteSealingKeys(a.Clock.Now(), staged...) })
	if err != nil {
		return err
	}
	out, err := a.changeKey(std, vault.Keys.Promote)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "key %v seals from now on; next: huiyin key reseal, then huiyin key retire\n", staged[0])
	return a.keysChanged(ctx, changes.VaultKeyPromoted, factsOf(staged)...)
}

// KeyReseal seals everything by the newest key.
type KeyReseal struct {
	Batch int `help:"How many values at most in one transaction." default:"200"`
}

var errBatch = errors.New("--batch is from 1 to 5000")

// Run seals anew what an earlier key has sealed. It may be ended and begun again.
func (k KeyReseal) Run(ctx context.Context, c *config.Common, std *IO) error {
	if k.Batch < 1 || k.Batch > 5000 {
		return errBatch
	}
	return with(ctx, c, std, false, func(a *App) error {
		counts, err := a.sealedCounts(ctx)
		if err != nil {
			return err
		}
		primary, _ := a.Vault.Look()
		total := 0
		for id, n := range counts {
			if id != primary {
				total += int(n)
			}
		}
		bar := newProgress(std.Err, "values")
		done, err := a.Store.Reseal(ctx, k.Batch, a.tellResealing(ctx, bar, total))
		bar.end()
		primary, _ = a.Vault.Look()
		_, _ = fmt.Fprintf(std.Out, "%d values sealed anew by key %v\n", done.Done, primary)
		if err != nil || done.Done == 0 {
			return err
		}
		return a.keysChanged(ctx, changes.VaultResealed, changes.Facts{Key: primary.String(), Rows: int64(done.Done)})
	})
}

// tellEvery is after how many values a line is logged: not every batch is news.
const tellEvery = 10_000

func (a *App) tellResealing(ctx context.Context, bar *progress, total int) func(store.Resealing) {
	told := int64(0)
	return func(so store.Resealing) {
		bar.show(int(so.Done), total)
		if so.Done-told >= tellEvery {
			told = so.Done
			a.Log.InfoContext(ctx, "resealing", "table", so.Table, "column", so.Column, "done", so.Done, "of", total)
		}
	}
}

// sealedCounts tells how many values each key has sealed.
func (a *App) sealedCounts(ctx context.Context) (map[vault.KeyID]int64, error) {
	sum := map[vault.KeyID]int64{}
	err := a.Store.Read(ctx, func(s *store.Snapshot) error {
		clear(sum)
		counts, err := s.SealedCounts()
		for _, n := range counts {
			sum[n.Key] += n.Values
		}
		return err
	})
	return sum, err
}

// KeyRetire drops earlier keys.
type KeyRetire struct{}

// settle is how long a key must have sealed before the ones before it may go:
// every replica looks at the file each second, and no transaction that began
// before lasts as long.
const settle = 5 * time.Minute

// errNothingRetired says that only the key that seals is left, or one that will.
var errNothingRetired = errors.New("there is no earlier key to retire")

// Run drops every key that sealed before the present one, from the file and for
// good, unless something is sealed by one of them still.
func (KeyRetire) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		k, err := a.Key.Keys()
		if err != nil {
			return err
		}
		earlier := k.Earlier()
		if len(earlier) == 0 {
			return errNothingRetired
		}
		if err := a.mayRetire(ctx, k.Primary(), earlier); err != nil {
			return err
		}
		err = a.Store.Write(ctx, func(tx *store.Tx) error { return tx.RetireSealingKeys(a.Clock.Now(), earlier...) })
		if err != nil {
			return err
		}
		out, err := a.changeKey(std, func(k vault.Keys) (vault.Keys, error) { return k.Retire(earlier...) })
		if err != nil {
			return err
		}
		tellRetired(out, earlier)
		return a.keysChanged(ctx, changes.VaultKeyDropped, factsOf(earlier)...)
	})
}

func tellRetired(out io.Writer, ids []vault.KeyID) {
	for _, id := range ids {
		_, _ = fmt.Fprintf(out, "key %v is retired; backups from before need the key file from before\n", id)
	}
}

// mayRetire refuses where a key that is to go is still in use, or was just now.
func (a *App) mayRetire(ctx context.Context, primary vault.KeyID, earlier []vault.KeyID) error {
	var known []store.SealingKey
	err := a.Store.Read(ctx, func(s *store.Snapshot) (err error) {
		known, err = s.SealingKeys()
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range known {
		if from := k.Since.Add(settle); k.ID == primary && a.Clock.Now().Before(from) {
			return fmt.Errorf("key %v has sealed for less than %v: try again at %s (Beijing)", primary, settle, from.In(calendar.Zone).Format(time.DateTime))
		}
	}
	counts, err := a.sealedCounts(ctx)
	if err != nil {
		return err
	}
	for _, id := range earlier {
		if n := counts[id]; n > 0 {
			return fmt.Errorf("%d values are sealed by key %v still: run huiyin key reseal", n, id)
		}
	}
	return nil
}
