package office_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Whoever administers all units of a user may end their logins; nobody else may,
// and nobody else's end.
func TestRevokeLogins(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := newTown(t, dialect)
		below := s.user("below", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler})
		above := s.user("above", office.NewAppointment{UnitID: s.township.ID, Role: grievance.RoleHandler}, office.NewAppointment{UnitID: s.county.ID, Role: grievance.RoleLeader})
		sessions := map[grievance.UserID]store.LoginSessionID{below.ID: {1}, above.ID: {2}}
		must(t, s.store.Write(t.Context(), func(tx *store.Tx) error {
			for user, id := range sessions {
				l := store.LoginSession{ID: id, UserID: user, CreatedAt: s.clock.Now(), ExpiresAt: s.clock.Now().Add(time.Hour)}
				if err := tx.InsertLogin(l, nil); err != nil {
					return err
				}
			}
			return nil
		}))
		ended := func(user grievance.UserID) (why string) {
			must(t, s.store.Read(t.Context(), func(r *store.Snapshot) error {
				l, err := r.LoginState(sessions[user])
				why = l.RevokedFor
				return err
			}))
			return why
		}
		_, err := s.RevokeLogins(t.Context(), s.as(s.local), above.ID)
		refused(t, err, "office.forbidden")
		_, err = s.RevokeLogins(t.Context(), s.as(below), below.ID)
		refused(t, err, "office.forbidden")
		_, err = s.RevokeLogins(t.Context(), s.as(s.top), grievance.UserID{1})
		refused(t, err, "user.unknown")
		for range 2 {
			got, err := s.RevokeLogins(t.Context(), s.as(s.local), below.ID)
			must(t, err)
			if got.ID != below.ID || got.DisabledAt != nil {
				t.Errorf("the user afterwards: %+v", got)
			}
		}
		if ended(below.ID) != "admin" || ended(above.ID) != "" {
			t.Errorf("ended: %q, the other's: %q", ended(below.ID), ended(above.ID))
		}
		_, err = s.DisableUser(t.Context(), grievance.System, above.ID)
		must(t, err)
		_, err = s.RevokeLogins(t.Context(), s.as(s.local), above.ID) // who has no post any more
		must(t, err)
	})
}
