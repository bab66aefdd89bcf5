package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Whoever holds failures reads what all before have counted: none is lost.
func TestHeldFailuresAreCountedOneAfterAnother(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		seen := make([]int64, 20)
		var wg sync.WaitGroup
		for i := range seen {
			wg.Go(func() {
				authWrite(t, s, func(tx *store.Tx) error {
					f, err := tx.HoldLoginFailures([]byte("a"), storetest.Start)
					if err != nil {
						return err
					}
					seen[i] = f.Failures
					a, err := tx.HoldAddressFailures([]byte("b"), storetest.Start)
					if err != nil {
						return err
					}
					a.FadedAt = a.FadedAt.Add(time.Minute)
					if err := tx.PutAddressFailures(a); err != nil {
						return err
					}
					return tx.CountLoginFailure([]byte("a"), storetest.Start, storetest.Start.Add(-time.Hour))
				})
			})
		}
		wg.Wait()
		before := map[int64]bool{}
		for _, n := range seen {
			before[n] = true
		}
		if len(before) != len(seen) || !before[0] || !before[19] {
			t.Errorf("they read %v", seen)
		}
		if f := addressFailures(t, s, "b"); f.FadedAt != storetest.Start.Add(20*time.Minute) || f.LastAt != storetest.Start {
			t.Errorf("twenty failures from an address: %+v", f)
		}
	})
}

func addressFailures(t *testing.T, s *store.Store, key string) (f store.AddressFailures) {
	t.Helper()
	err := s.Read(t.Context(), func(r *store.Snapshot) (err error) {
		f, err = r.AddressFailures([]byte(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFadedAddressesAreForgotten(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		hold := func(key string, at, faded time.Time) {
			authWrite(t, s, func(tx *store.Tx) error {
				f, err := tx.HoldAddressFailures([]byte(key), at)
				if err != nil {
					return err
				}
				f.FadedAt = faded
				return tx.PutAddressFailures(f)
			})
		}
		start := storetest.Start
		hold("a", start, start.Add(time.Minute))
		hold("b", start, start.Add(time.Hour))
		hold("c", start.Add(time.Minute+time.Microsecond), start.Add(time.Hour))
		if f := addressFailures(t, s, "a"); !f.FadedAt.IsZero() || string(f.AddressKey) != "a" {
			t.Errorf("what has faded: %+v", f)
		}
		if f := addressFailures(t, s, "b"); f.FadedAt != start.Add(time.Hour) {
			t.Errorf("what has not: %+v", f)
		}
	})
}

func TestAUserIsKnownWhereASessionBegan(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		l, bystander := authSession(t, s, 1), authSession(t, s, 2)
		here := l
		here.ID = store.LoginSessionID{3}
		authWrite(t, s, func(tx *store.Tx) error {
			if err := tx.InsertLogin(here, []byte("here")); err != nil {
				return err
			}
			return tx.RevokeLogin(here.ID, l.CreatedAt, "logout")
		})
		for _, c := range []struct {
			what  string
			user  grievance.UserID
			place string
			at    time.Time
			want  bool
		}{
			{"where it began, though it was ended", l.UserID, "here", l.ExpiresAt.Add(-time.Microsecond), true},
			{"once it has expired", l.UserID, "here", l.ExpiresAt, false},
			{"elsewhere", l.UserID, "there", l.CreatedAt, false},
			{"somebody else", bystander.UserID, "here", l.CreatedAt, false},
			{"nobody", grievance.UserID{}, "here", l.CreatedAt, false},
		} {
			err := s.Read(t.Context(), func(r *store.Snapshot) error {
				got, err := r.KnownAt(c.user, []byte(c.place), c.at)
				if got != c.want {
					t.Errorf("%s: known is %t", c.what, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A token is revoked until it expires; then it is forgotten.
func TestRevokedTokens(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		s := storetest.Open(t, dialect)
		l := authSession(t, s, 1)
		revoked := func(jti string) bool {
			t.Helper()
			var state store.TokenState
			err := s.Read(t.Context(), func(r *store.Snapshot) (err error) {
				state, err = r.TokenState(l.ID, jti)
				return err
			})
			if err != nil || state.LoginSession != l {
				t.Fatalf("the session of the token: %+v, %v", state, err)
			}
			return state.TokenRevoked
		}
		end := storetest.Start.Add(15 * time.Minute)
		for range 2 {
			authWrite(t, s, func(tx *store.Tx) error { return tx.RevokeToken("a", end, storetest.Start) })
		}
		if !revoked("a") || revoked("b") || revoked("A") {
			t.Errorf("revoked: a %t, b %t, A %t", revoked("a"), revoked("b"), revoked("A"))
		}
		authWrite(t, s, func(tx *store.Tx) error { return tx.RevokeToken("b", end.Add(time.Minute), end) })
		if revoked("a") || !revoked("b") {
			t.Errorf("when a has expired: a %t, b %t", revoked("a"), revoked("b"))
		}
	})
}
