package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func keyRow(t *testing.T, s *store.Store, prefix string) (k store.OwnedKey, err error) {
	t.Helper()
	err = s.Read(t.Context(), func(r *store.Snapshot) error {
		k, err = r.APIKeyByPrefix(prefix)
		return err
	})
	return k, err
}

func TestAPIKeysComeBackAsTheyWentIn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		owner := authSession(t, s, 1).UserID
		want := store.APIKey{
			ID: store.APIKeyID{0: 7}, UserID: owner, Name: "12345 平台", Prefix: "ABCDEFGH", Digest: []byte{0, 1, 255},
			Scopes:    store.KeyScopes{grievance.ScopeCasesRead, grievance.ScopeCasesWrite},
			CreatedAt: storetest.Start, ExpiresAt: storetest.Start.AddDate(0, 1, 0),
		}
		authWrite(t, s, func(tx *store.Tx) error { return tx.InsertAPIKey(want) })
		got, err := keyRow(t, s, "ABCDEFGH")
		if err != nil || !reflect.DeepEqual(got.APIKey, want) || got.UserDisabledAt != nil {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		for _, prefix := range []string{"abcdefgh", "ABCDEFG", "", "ABCDEFGH "} {
			if _, err := keyRow(t, s, prefix); !errors.Is(err, grievance.ErrNotFound) {
				t.Errorf("%q: %v", prefix, err)
			}
		}
		authWrite(t, s, func(tx *store.Tx) error { return tx.DisableUser(owner, storetest.Start) })
		if got, err = keyRow(t, s, "ABCDEFGH"); err != nil || got.UserDisabledAt == nil {
			t.Errorf("of a disabled user: %+v, %v", got, err)
		}
	})
}

// The first revocation counts, and a use is noted only where the last is old.
func TestAPIKeysAreUsedAndRevoked(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s, at := storetest.Open(t, dialect), storetest.Start
		k := store.APIKey{ID: store.APIKeyID{0: 7}, UserID: authSession(t, s, 1).UserID, Prefix: "P", Digest: []byte{1}, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
		other := k
		other.ID, other.Prefix = store.APIKeyID{0: 8}, "Q"
		authWrite(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.InsertAPIKey(k), tx.InsertAPIKey(other),
				tx.UseAPIKey(k.ID, at, at.Add(-time.Minute)), tx.UseAPIKey(k.ID, at.Add(59*time.Second), at.Add(-time.Second)))
		})
		if got, err := keyRow(t, s, "P"); err != nil || !got.LastUsedAt.Equal(at) || !got.LiveAt(at) || got.LiveAt(k.ExpiresAt) {
			t.Errorf("used twice within a minute: %+v, %v", got, err)
		}
		authWrite(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.UseAPIKey(k.ID, at.Add(61*time.Second), at.Add(time.Second)),
				tx.RevokeAPIKey(k.ID, at), tx.RevokeAPIKey(k.ID, at.Add(time.Minute)))
		})
		got, err := keyRow(t, s, "P")
		if err != nil || !got.LastUsedAt.Equal(at.Add(61*time.Second)) || !got.RevokedAt.Equal(at) || got.LiveAt(at) {
			t.Errorf("used again and revoked twice: %+v, %v", got, err)
		}
		if got, err := keyRow(t, s, "Q"); err != nil || got.LastUsedAt != nil || got.RevokedAt != nil {
			t.Errorf("the other key: %+v, %v", got, err)
		}
		var all []store.APIKey
		must := s.Read(t.Context(), func(r *store.Snapshot) (err error) { all, err = r.APIKeys(); return err })
		if must != nil || len(all) != 2 || all[0].ID != k.ID {
			t.Errorf("listed %+v, %v", all, must)
		}
	})
}
