package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func authWrite(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// authSession adds a user and a session of theirs that lasts a day.
func authSession(t *testing.T, s *store.Store, n byte) store.LoginSession {
	t.Helper()
	l := store.LoginSession{
		ID: store.LoginSessionID{0: n}, UserID: grievance.UserID{0: n}, Client: "窗口",
		CreatedAt: storetest.Start, ExpiresAt: storetest.Start.Add(24 * time.Hour),
	}
	authWrite(t, s, func(tx *store.Tx) error {
		u := grievance.User{ID: l.UserID, Username: string('a' + rune(n)), CreatedAt: l.CreatedAt}
		if err := tx.InsertUser(u, store.Account{}); err != nil {
			return err
		}
		return tx.InsertLogin(l, nil)
	})
	return l
}

func loginState(t *testing.T, s *store.Store, id store.LoginSessionID) (l store.LoginState, err error) {
	t.Helper()
	err = s.Read(t.Context(), func(r *store.Snapshot) error {
		l, err = r.LoginState(id)
		return err
	})
	return l, err
}

func TestLoginSessionRoundTrip(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		want := authSession(t, s, 1)
		got, err := loginState(t, s, want.ID)
		if err != nil || got.LoginSession != want || got.UserDisabledAt != nil {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		disabled, revoked := storetest.Start.Add(time.Microsecond), storetest.Start.Add(time.Hour)
		authWrite(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.DisableUser(want.UserID, disabled),
				tx.RevokeLogin(want.ID, revoked, "logout"), tx.RevokeLogin(want.ID, revoked.Add(1), "reuse"))
		})
		got, err = loginState(t, s, want.ID)
		if err != nil || got.UserDisabledAt == nil || *got.UserDisabledAt != disabled ||
			got.RevokedAt == nil || *got.RevokedAt != revoked || got.RevokedFor != "logout" {
			t.Errorf("after disabling and revoking twice: %+v, %v", got, err)
		}
		if _, err := loginState(t, s, store.LoginSessionID{9}); !errors.Is(err, grievance.ErrNotFound) {
			t.Errorf("an unknown session: %v", err)
		}
	})
}

func TestInsertLoginDropsTheExpiredOfItsUser(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		old, bystander := authSession(t, s, 1), authSession(t, s, 2)
		authWrite(t, s, func(tx *store.Tx) error { // rotations go with their session
			return tx.RotateLogin(old, old.CreatedAt, old.ExpiresAt, time.Minute)
		})
		fresh := old
		fresh.ID, fresh.CreatedAt, fresh.ExpiresAt = store.LoginSessionID{3}, old.ExpiresAt, old.ExpiresAt.Add(time.Hour)
		authWrite(t, s, func(tx *store.Tx) error { return tx.InsertLogin(fresh, nil) })
		if _, err := loginState(t, s, old.ID); !errors.Is(err, grievance.ErrNotFound) {
			t.Errorf("the expired session: %v", err)
		}
		for _, id := range []store.LoginSessionID{fresh.ID, bystander.ID} {
			if _, err := loginState(t, s, id); err != nil {
				t.Errorf("session %v: %v", id, err)
			}
		}
	})
}

func TestRotationsAreForgotten(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		l := authSession(t, s, 1)
		at := storetest.Start
		for range 3 {
			authWrite(t, s, func(tx *store.Tx) error {
				now, err := tx.LockLogin(l.ID)
				if err != nil {
					return err
				}
				return tx.RotateLogin(now.LoginSession, at, at.Add(time.Hour), time.Minute)
			})
			at = at.Add(40 * time.Second)
		}
		got, err := loginState(t, s, l.ID)
		if err != nil || got.Generation != 3 || got.ExpiresAt != storetest.Start.Add(time.Hour+80*time.Second) {
			t.Errorf("after three rotations: %+v, %v", got, err)
		}
		wants := map[int64]time.Time{0: {}, 1: storetest.Start.Add(40 * time.Second), 2: storetest.Start.Add(80 * time.Second), 3: {}}
		err = s.Read(t.Context(), func(r *store.Snapshot) error {
			for generation, want := range wants {
				at, err := r.RotatedAt(l.ID, generation)
				if at != want || errors.Is(err, grievance.ErrNotFound) != want.IsZero() {
					t.Errorf("generation %d was rotated at %v, %v; want %v", generation, at, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestLoginFailuresAreAllCounted(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		count := func(key string, at time.Time) error {
			return s.Write(context.WithoutCancel(t.Context()), func(tx *store.Tx) error {
				return tx.CountLoginFailure([]byte(key), at, at.Add(-time.Hour))
			})
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := count("a", storetest.Start); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		read := func(key string) (f store.LoginFailures) {
			err := s.Read(t.Context(), func(r *store.Snapshot) (err error) {
				f, err = r.LoginFailures([]byte(key))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		if f := read("a"); f.Failures != 20 || f.LastAt != storetest.Start {
			t.Errorf("twenty failures are %+v", f)
		}
		if err := count("b", storetest.Start.Add(time.Hour+time.Microsecond)); err != nil {
			t.Fatal(err)
		}
		if a, b := read("a"), read("b"); a.Failures != 0 || b.Failures != 1 {
			t.Errorf("an hour later: %+v, %+v", a, b)
		}
		authWrite(t, s, func(tx *store.Tx) error { return tx.ClearLoginFailures([]byte("b")) })
		if f := read("b"); f.Failures != 0 {
			t.Errorf("after clearing: %+v", f)
		}
	})
}

func TestOneSigningKeyPerNumber(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		authWrite(t, s, func(tx *store.Tx) error {
			for _, k := range []store.SigningKey{
				{Seq: 1, Kid: "first", SeedEnc: []byte{1}, CreatedAt: storetest.Start},
				{Seq: 1, Kid: "late", SeedEnc: []byte{2}, CreatedAt: storetest.Start},
				{Seq: 2, Kid: "second", SeedEnc: []byte{3}, CreatedAt: storetest.Start},
			} {
				if err := tx.InsertSigningKey(k); err != nil {
					return err
				}
			}
			keys, err := tx.SigningKeys()
			if err != nil || len(keys) != 2 || keys[0].Kid != "second" || keys[1].Kid != "first" || keys[1].SeedEnc[0] != 1 {
				t.Errorf("keys %+v, %v", keys, err)
			}
			return nil
		})
	})
}
