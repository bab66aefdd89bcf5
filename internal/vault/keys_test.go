package vault_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/vault"
)

func keys(t testing.TB, content []byte) vault.Keys {
	t.Helper()
	k, err := vault.ReadKeys(content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A key opens first, then seals, then opens, until it is retired.
func TestTheLifeOfASealingKey(t *testing.T) {
	t.Parallel()
	fresh := generate(t)
	first := keys(t, fresh).Primary()
	staged := edit(t, fresh, vault.Keys.Stage)
	k := keys(t, staged)
	if k.Primary() != first || len(k.Earlier()) != 0 || len(k.Staged()) != 1 {
		t.Fatalf("staged: %v %v %v", k.Earlier(), k.Primary(), k.Staged())
	}
	second := k.Staged()[0]
	promoted := edit(t, staged, vault.Keys.Promote)
	k = keys(t, promoted)
	if k.Primary() != second || !slices.Equal(k.Earlier(), []vault.KeyID{first}) || len(k.Staged()) != 0 {
		t.Fatalf("promoted: %v %v %v", k.Earlier(), k.Primary(), k.Staged())
	}
	// What the promoted key seals opens where it is only staged: in any order of
	// restarts every replica reads every other.
	if _, err := open(t, staged).Open(phone, seal(t, open(t, promoted), phone, "新")); err != nil {
		t.Errorf("a replica that has the key staged: %v", err)
	}
	retired := edit(t, promoted, func(k vault.Keys) (vault.Keys, error) { return k.Retire(first, 1) })
	if k = keys(t, retired); k.Primary() != second || len(k.Earlier()) != 0 {
		t.Fatalf("retired: %v %v", k.Earlier(), k.Primary())
	}
	if _, err := open(t, retired).Open(phone, seal(t, open(t, fresh), phone, "旧")); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("a retired key opens: %v", err)
	}
	if string(open(t, retired).Fingerprint()) != string(open(t, fresh).Fingerprint()) {
		t.Error("the deriving key changed")
	}
}

func TestChangesOfKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	staged := edit(t, generate(t), vault.Keys.Stage)
	k := keys(t, staged)
	for name, c := range map[string]struct {
		do   func() (vault.Keys, error)
		want error
	}{
		"staging twice":            {k.Stage, vault.ErrStaged},
		"promoting nothing":        {keys(t, rotate(t, generate(t))).Promote, vault.ErrNothingStaged},
		"retiring what seals":      {func() (vault.Keys, error) { return k.Retire(k.Primary()) }, vault.ErrInUse},
		"retiring what is to seal": {func() (vault.Keys, error) { return k.Retire(k.Staged()...) }, vault.ErrInUse},
	} {
		got, err := c.do()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if name != "promoting nothing" && (got.Primary() != k.Primary() || len(got.Staged()) != 1) {
			t.Errorf("%s changed the keys", name)
		}
	}
}

func TestASealedValueNamesItsKey(t *testing.T) {
	t.Parallel()
	content := generate(t)
	for range 3 {
		id, ok := vault.KeyOf(seal(t, open(t, content), phone, "x"))
		if want := keys(t, content).Primary(); !ok || id != want {
			t.Errorf("sealed by %v (%v), want %v", id, ok, want)
		}
		if again, ok := vault.KeyOf(id.Prefix()); !ok || again != id {
			t.Errorf("the prefix of %v names %v", id, again)
		}
		content = rotate(t, content)
	}
	for _, other := range [][]byte{nil, {}, {1, 2, 3, 4}, {0, 1, 2, 3, 4, 5}, []byte("plain")} {
		if id, ok := vault.KeyOf(other); ok {
			t.Errorf("%x was sealed by %v", other, id)
		}
	}
}

// Whatever is done to a key file, in whatever order: what was sealed opens as
// long as its key was not retired, and nothing that is derived changes.
func TestKeysKeepOpening(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		content := generate(t)
		fingerprint := string(open(t, content).Fingerprint())
		sealed := map[vault.KeyID][]byte{}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			k := keys(t, content)
			sealed[k.Primary()] = seal(t, open(t, content), phone, k.Primary().String())
			step := rapid.SampledFrom([]string{"stage", "promote", "retire"}).Draw(rt, "step")
			next, err := map[string]func() (vault.Keys, error){
				"stage": k.Stage, "promote": k.Promote, "retire": func() (vault.Keys, error) { return k.Retire(k.Earlier()...) },
			}[step]()
			if err != nil {
				continue
			}
			if step == "retire" {
				for _, id := range k.Earlier() {
					delete(sealed, id)
				}
			}
			if content, err = next.Content(); err != nil {
				rt.Fatal(err)
			}
		}
		v := open(t, content)
		for id, s := range sealed {
			if plain, err := v.OpenString(phone, s); err != nil || plain != id.String() {
				rt.Errorf("key %v: %q, %v", id, plain, err)
			}
		}
		if string(v.Fingerprint()) != fingerprint {
			rt.Error("the fingerprint changed")
		}
	})
}
