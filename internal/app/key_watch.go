package app

import (
	"context"

	"github.com/huiyin/huiyin/api"
)

// warnings tells the readiness probe what somebody must see to.
func (a *App) warnings(ctx context.Context) []api.Warning {
	return append(a.calendarWarnings(ctx), a.keyWarnings()...)
}

// keyWarnings tells that this process cannot follow its key file: it goes on with
// the keys it knows, and would not know the next.
func (a *App) keyWarnings() []api.Warning {
	a.Vault.Look()
	if a.Vault.Trouble() == nil {
		return nil
	}
	return []api.Warning{{
		Code: "vault.key_file", Subject: "key_file", Message: "密钥文件无法重新读取（原因见日志）：请先修复，再更换密钥",
	}}
}

// keyWatch looks at the key file beside the engine, so that whoever has nothing to
// seal follows it too, and warns in the log when it no longer can. It is for one
// goroutine.
type keyWatch struct {
	app  *App
	told bool
}

func (w *keyWatch) look(ctx context.Context) {
	w.app.Vault.Look()
	err := w.app.Vault.Trouble()
	if err != nil && !w.told {
		w.app.Log.WarnContext(ctx, "the key file cannot be read again: change no keys before this is repaired", "error", err)
	}
	w.told = err != nil
}
