package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/vault"
)

// hand is a clock that somebody moves.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// followed is a key file, a replica that follows it, and the replica's clock.
func followed(t *testing.T) (vault.Source, *vault.Vault, *hand) {
	t.Helper()
	from, ck := vault.Source{Path: filepath.Join(t.TempDir(), "key")}, &hand{at: time.Unix(1_800_000_000, 0)}
	v, err := from.Open(true, ck.now)
	if err != nil {
		t.Fatal(err)
	}
	return from, v, ck
}

// change changes the file and gives a replica that starts then.
func change(t *testing.T, from vault.Source, steps ...func(vault.Keys) (vault.Keys, error)) *vault.Vault {
	t.Helper()
	for _, step := range steps {
		if _, err := from.Change(step); err != nil {
			t.Fatal(err)
		}
	}
	v, err := from.Open(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func retireEarlier(k vault.Keys) (vault.Keys, error) { return k.Retire(k.Earlier()...) }

func sealedBy(t *testing.T, v *vault.Vault) vault.KeyID {
	t.Helper()
	id, ok := vault.KeyOf(seal(t, v, phone, "x"))
	if !ok {
		t.Fatal("sealed by no key")
	}
	return id
}

// What another replica seals by a key that was added this very moment opens.
func TestAnUnknownKeyIsLookedForAtOnce(t *testing.T) {
	t.Parallel()
	from, v, _ := followed(t)
	other := change(t, from, vault.Keys.Stage, vault.Keys.Promote)
	if got, err := v.OpenString(phone, seal(t, other, phone, "新")); err != nil || got != "新" {
		t.Errorf("%q, %v", got, err)
	}
	if primary, all := v.Look(); primary != sealedBy(t, v) || len(all) != 2 {
		t.Errorf("primary %v of %v, sealed by %v", primary, all, sealedBy(t, v))
	}
}

func TestWhoeverSealsFollowsWithinASecond(t *testing.T) {
	t.Parallel()
	from, v, ck := followed(t)
	old := sealedBy(t, v)
	change(t, from, vault.Keys.Stage, vault.Keys.Promote)
	ck.move(999 * time.Millisecond)
	if got := sealedBy(t, v); got != old {
		t.Errorf("the file is read more often than once a second")
	}
	ck.move(time.Millisecond)
	if got := sealedBy(t, v); got == old {
		t.Error("a second later the old key still seals")
	}
	ck.move(-time.Hour) // a clock that was set back stops nobody from looking
	change(t, from, vault.Keys.Stage, vault.Keys.Promote)
	if got := sealedBy(t, v); got != sealedBy(t, change(t, from)) {
		t.Error("a clock that was set back keeps the key")
	}
}

// A snapshot of the database may show what a retired key sealed for as long as
// it lasts: a process that had the key opens it; one that starts later does not.
func TestARetiredKeyOpensWhereItWasKnown(t *testing.T) {
	t.Parallel()
	from, v, ck := followed(t)
	old := seal(t, v, phone, "旧")
	fresh := change(t, from, vault.Keys.Stage, vault.Keys.Promote, retireEarlier)
	ck.move(time.Minute)
	if sealedBy(t, v) != sealedBy(t, fresh) {
		t.Fatal("the new key does not seal")
	}
	if got, err := v.OpenString(phone, old); err != nil || got != "旧" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := fresh.Open(phone, old); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("a process that started after: %v", err)
	}
}

// A file that cannot be used stops nobody, is told, and is taken up once it can.
func TestAFileThatCannotBeReadIsToldAndStopsNobody(t *testing.T) {
	t.Parallel()
	from, v, ck := followed(t)
	old := sealedBy(t, v)
	good, err := os.ReadFile(from.Path)
	if err != nil {
		t.Fatal(err)
	}
	next := rotate(t, good)
	for name, spoil := range map[string]func() error{
		"gone":         func() error { return os.Remove(from.Path) },
		"cut":          func() error { return os.WriteFile(from.Path, next[:100], 0o600) },
		"another's":    func() error { return os.WriteFile(from.Path, generate(t), 0o600) },
		"wrapped":      func() error { return os.WriteFile(from.Path, wrapped(t, good, wrapping(t)), 0o600) },
		"for everyone": func() error { return errors.Join(os.WriteFile(from.Path, good, 0o600), os.Chmod(from.Path, 0o644)) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		ck.move(time.Minute)
		if got := sealedBy(t, v); got != old {
			t.Errorf("%s: sealed by %v", name, got)
		}
		if v.Trouble() == nil {
			t.Errorf("%s: no trouble", name)
		}
		if err := errors.Join(os.Chmod(write(t, from.Path, good), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, from.Path, next)
	ck.move(time.Minute)
	if got := sealedBy(t, v); got == old || v.Trouble() != nil {
		t.Errorf("repaired: sealed by %v, %v", got, v.Trouble())
	}
}

// Replicas read and write each other's values while keys come and go; whatever
// one seals every other opens.
func TestReplicasFollowOneFile(t *testing.T) {
	t.Parallel()
	from, _, ck := followed(t)
	values := make(chan []byte, 64)
	var replicas, changes sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		v, err := from.Open(false, ck.now)
		if err != nil {
			t.Fatal(err)
		}
		replicas.Go(func() {
			for {
				select {
				case <-stop:
					return
				case sealed := <-values:
					if _, err := v.Open(phone, sealed); err != nil {
						t.Error(err)
					}
				default:
				}
				sealed, err := v.Seal(phone, []byte("x"))
				if err != nil {
					t.Error(err)
					return
				}
				select {
				case values <- sealed:
				default:
				}
			}
		})
	}
	for range 3 {
		changes.Go(func() {
			for range 10 {
				_, err := from.Change(func(k vault.Keys) (vault.Keys, error) {
					k, err := k.Stage()
					if err != nil {
						return k, err
					}
					return k.Promote()
				})
				if err != nil {
					t.Error(err)
				}
				ck.move(time.Second)
			}
		})
	}
	changes.Wait()
	close(stop)
	replicas.Wait()
	k, err := from.Keys()
	if err != nil || len(k.Earlier()) != 30 {
		t.Errorf("%d keys after thirty changes, %v", len(k.Earlier()), err)
	}
}
