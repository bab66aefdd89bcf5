package store_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// checkVault starts a process with the keys.
func checkVault(t *testing.T, url string, k vault.Keys) error {
	t.Helper()
	s := storetest.OpenURL(t, url, storetest.WithVault(vaultOf(t, k)))
	return s.Write(t.Context(), func(tx *store.Tx) error { return tx.CheckVault(storetest.Start) })
}

func vaultOf(t *testing.T, k vault.Keys) *vault.Vault {
	t.Helper()
	content, err := k.Content()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(content)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKeys(t *testing.T) vault.Keys {
	t.Helper()
	return changed(t, vault.Keys{}, func(vault.Keys) (vault.Keys, error) { return vault.NewKeys() })
}

func changed(t *testing.T, k vault.Keys, steps ...func(vault.Keys) (vault.Keys, error)) vault.Keys {
	t.Helper()
	var err error
	for _, step := range steps {
		if k, err = step(k); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func retireEarlier(k vault.Keys) (vault.Keys, error) { return k.Retire(k.Earlier()...) }

// Copies of a key file from every moment of a rotation are started with: who
// could not read everything, or would write what others cannot read later, is
// refused.
func TestCheckVault(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url := storetest.URL(t, dialect)
		first := newKeys(t)
		staged := changed(t, first, vault.Keys.Stage)
		promoted := changed(t, staged, vault.Keys.Promote)
		alone := changed(t, promoted, retireEarlier)
		retire := func() error {
			s := storetest.OpenURL(t, url, storetest.WithVault(vaultOf(t, promoted)))
			return s.Write(t.Context(), func(tx *store.Tx) error { return tx.RetireSealingKeys(storetest.Start, promoted.Earlier()...) })
		}
		for _, step := range []struct {
			what string
			do   func() error
			want error
		}{
			{"a new database", func() error { return checkVault(t, url, first) }, nil},
			{"the same key", func() error { return checkVault(t, url, first) }, nil},
			{"another key", func() error { return checkVault(t, url, newKeys(t)) }, store.ErrWrongVault},
			{"the same key after a refusal", func() error { return checkVault(t, url, first) }, nil},
			{"a staged key", func() error { return checkVault(t, url, staged) }, nil},
			{"the copy without the staged key", func() error { return checkVault(t, url, first) }, nil},
			{"without a key that was not retired", func() error { return checkVault(t, url, alone) }, store.ErrOldVault},
			{"a promoted key", func() error { return checkVault(t, url, promoted) }, nil},
			{"the copy in which it is staged", func() error { return checkVault(t, url, staged) }, nil},
			{"the copy without it", func() error { return checkVault(t, url, first) }, store.ErrOldVault},
			{"the promoted key again", func() error { return checkVault(t, url, promoted) }, nil},
			{"retiring the first key", retire, nil},
			{"retiring it again", retire, nil},
			{"without the retired key, which the sample needs", func() error { return checkVault(t, url, alone) }, store.ErrOldVault},
			{"sealing all anew", func() error { return reseal(t, url, promoted) }, nil},
			{"without the retired key", func() error { return checkVault(t, url, alone) }, nil},
			{"with the retired key, which opens", func() error { return checkVault(t, url, promoted) }, nil},
			{"the copy in which the retired key seals", func() error { return checkVault(t, url, staged) }, store.ErrOldVault},
			{"the first copy", func() error { return checkVault(t, url, first) }, store.ErrWrongVault},
		} {
			if err := step.do(); !errors.Is(err, step.want) {
				t.Errorf("%s: %v, want %v", step.what, err, step.want)
			}
		}
	})
}

func reseal(t *testing.T, url string, k vault.Keys) error {
	t.Helper()
	s := storetest.OpenURL(t, url, storetest.WithVault(vaultOf(t, k)))
	_, err := s.Reseal(t.Context(), 10, func(store.Resealing) {})
	return err
}

func TestOfTwoVaultsOnlyOneStartsADatabase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url := storetest.URL(t, dialect)
		var stores []*store.Store
		for range 6 {
			stores = append(stores, storetest.OpenURL(t, url))
		}
		errs := make([]error, len(stores))
		var wg sync.WaitGroup
		for i, s := range stores {
			wg.Go(func() {
				errs[i] = s.Write(t.Context(), func(tx *store.Tx) error { return tx.CheckVault(storetest.Start) })
			})
		}
		wg.Wait()
		passed := 0
		for _, err := range errs {
			if err == nil {
				passed++
			} else if !errors.Is(err, store.ErrWrongVault) {
				t.Error(err)
			}
		}
		if passed != 1 {
			t.Errorf("%d of six keys were accepted", passed)
		}
	})
}
