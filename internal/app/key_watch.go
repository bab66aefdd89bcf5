package app

import (
	"context"
	"errors"

	"github.com/huiyin/huiyin/api"
	"github.com/huiyin/huiyin/internal/store"
)

// keyTrouble looks at the key file, and tells why this process cannot follow it,
// or that what it holds is an old copy (store.ErrOldVault): it goes on with the
// keys that it knows, and would not know the next, or knows too few already.
// Where the database cannot be asked, a check says so.
func (a *App) keyTrouble(ctx context.Context) error {
	a.Vault.Look()
	if err := a.Vault.Trouble(); err != nil {
		return err
	}
	err := a.Store.Read(ctx, func(s *store.Snapshot) error { return s.CheckSealingKeys() })
	if errors.Is(err, store.ErrOldVault) {
		return err
	}
	return nil
}

func (a *App) keyWarnings(ctx context.Context) []api.Warning {
	err := a.keyTrouble(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrOldVault):
		return []api.Warning{{
			Code: "vault.key_old", Subject: "key_file", Message: "本进程使用的密钥是旧副本：请立即换用最新的密钥并重启",
		}}
	}
	return []api.Warning{{
		Code: "vault.key_file", Subject: "key_file", Message: "密钥文件无法重新读取（原因见日志）：请先修复，再更换密钥",
	}}
}

// keyWatch looks at the key file beside the engine, so that whoever has nothing to
// seal follows it too, and warns in the log when something is wrong with it. It
// is for one goroutine.
type keyWatch struct {
	app  *App
	told bool
}

func (w *keyWatch) look(ctx context.Context) {
	err := w.app.keyTrouble(ctx)
	if err != nil && !w.told {
		w.app.Log.WarnContext(ctx, "the key file must be seen to before keys change again", "error", err)
	}
	w.told = err != nil
}
