package auth_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A password that somebody else sets ends every login, is in the log without
// being told there, and may be good for nothing but being changed.
func TestAPasswordIsSet(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		before := h.login(t)
		hash, err := auth.NewPassword(newPassword, clerk.Username)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SetPassword(t.Context(), grievance.System, "nobody", auth.NewAccount{Hash: hash}); grievance.KindOf(err) != grievance.NotFound {
			t.Errorf("of nobody: %v", err)
		}
		if err := h.SetPassword(t.Context(), grievance.System, clerk.Username, auth.NewAccount{Hash: hash, MustChange: true}); err != nil {
			t.Fatal(err)
		}
		_, err = h.Refresh(t.Context(), before.Refresh)
		wantCode(t, "a login of before", err, "auth.session_ended")
		now, err := h.Login(t.Context(), auth.Attempt{Username: clerk.Username, Password: newPassword})
		if err != nil || !now.MustChange {
			t.Errorf("with the new password: %+v, %v", now, err)
		}
		var told []grievance.Event
		err = h.store.Read(t.Context(), func(sn *store.Snapshot) (err error) {
			told, err = sn.ListChanges(store.ChangesFor(grievance.System, nil), store.ChangeFilter{}, nil, 10)
			return err
		})
		if err != nil || len(told) != 1 || told[0].Kind != changes.PasswordSet || string(told[0].Body) != `{"v":1,"must_change":true}` {
			t.Errorf("%v, the log tells %+v", err, told)
		}
	})
}
