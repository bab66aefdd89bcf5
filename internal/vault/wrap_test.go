package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/vault"
)

func wrapping(t testing.TB) string {
	t.Helper()
	key, err := vault.GenerateWrapping()
	if err != nil {
		t.Fatal(err)
	}
	return string(key)
}

func write(t testing.TB, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wrapped gives a content sealed by a wrapping key.
func wrapped(t testing.TB, content []byte, by string) []byte {
	t.Helper()
	w, err := vault.ReadWrapping([]byte(by))
	if err != nil {
		t.Fatal(err)
	}
	return edit(t, content, func(k vault.Keys) (vault.Keys, error) { return k.WrappedBy(w), nil })
}

func TestAWrappedKeyOpensOnlyWithItsWrappingKey(t *testing.T) {
	t.Parallel()
	dir, plain, kek := t.TempDir(), generate(t), wrapping(t)
	key := wrapped(t, plain, kek)
	path, kekPath := write(t, filepath.Join(dir, "key"), key), write(t, filepath.Join(dir, "kek"), []byte(kek+"\n"))
	for name, c := range map[string]struct {
		from vault.Source
		want error
	}{
		"file and file":       {vault.Source{Path: path, WrapPath: kekPath}, nil},
		"file and value":      {vault.Source{Path: path, Wrap: kek}, nil},
		"value and file":      {vault.Source{Key: string(key), WrapPath: kekPath}, nil},
		"value and value":     {vault.Source{Key: string(key), Wrap: kek}, nil},
		"a plain one as well": {vault.Source{Key: string(plain), Wrap: kek}, nil},
		"without":             {vault.Source{Path: path}, vault.ErrWrapped},
		"another":             {vault.Source{Path: path, Wrap: wrapping(t)}, vault.ErrWrongWrapping},
		"a missing file":      {vault.Source{Path: path, WrapPath: filepath.Join(dir, "none")}, os.ErrNotExist},
	} {
		v, err := c.from.Open(false, nil)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err == nil && !bytes.Equal(v.Fingerprint(), open(t, plain).Fingerprint()) {
			t.Errorf("%s: other keys", name)
		}
	}
}

func TestAWrappedKeyTellsNothing(t *testing.T) {
	t.Parallel()
	plain, kek := generate(t), wrapping(t)
	key := wrapped(t, plain, kek)
	for _, secret := range secrets(t, plain) {
		if bytes.Contains(key, secret) {
			t.Error("the wrapped file holds a key in the clear")
		}
	}
	if bytes.Equal(key, wrapped(t, plain, kek)) {
		t.Error("wrapping twice gives the same")
	}
}

// secrets are the keys in a plain file, as they stand there.
func secrets(t testing.TB, plain []byte) (list [][]byte) {
	t.Helper()
	for _, part := range bytes.Split(plain, []byte(`"value":`))[1:] {
		list = append(list, bytes.Split(part, []byte(`"`))[1])
	}
	if len(list) != 2 {
		t.Fatalf("the plain file has %d secrets", len(list))
	}
	return list
}

func TestAlteredWrappedKeysAreRefused(t *testing.T) {
	t.Parallel()
	kek := wrapping(t)
	w, err := vault.ReadWrapping([]byte(kek))
	if err != nil {
		t.Fatal(err)
	}
	good := string(wrapped(t, generate(t), kek))
	parts := strings.Split(good, `"encryptedKeyset": "`)
	if len(parts) != 3 {
		t.Fatalf("the form is another:\n%s", good)
	}
	first, second := strings.SplitN(parts[1], `"`, 2)[0], strings.SplitN(parts[2], `"`, 2)[0]
	for name, key := range map[string]string{
		"swapped keysets":  strings.NewReplacer(first, second, second, first).Replace(good),
		"one letter":       strings.Replace(good, first[40:44], "AAAA", 1),
		"said to be plain": strings.Replace(good, `"version": 2`, `"version": 1`, 1),
		"cut":              good[:len(good)/2],
	} {
		if _, err := vault.ReadKeys([]byte(key), w); err == nil || key == good {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := vault.ReadKeys([]byte(good), w); err != nil {
		t.Error(err)
	}
}

func TestMalformedWrappingKeysAreRefused(t *testing.T) {
	t.Parallel()
	good := wrapping(t)
	if strings.Contains(good, "\n") {
		t.Error("a wrapping key is one line")
	}
	for name, key := range map[string]string{
		"nothing": "", "a key file": string(generate(t)), "another version": strings.Replace(good, `"version":1`, `"version":2`, 1),
		"cut": good[:len(good)-9],
	} {
		_, err := vault.ReadWrapping([]byte(key))
		if err == nil || strings.Contains(err.Error(), "type.googleapis.com") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWrappingKeyThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "kek"), []byte(wrapping(t)))
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (vault.Source{WrapPath: path}).Wrapping(); err == nil {
		t.Error("accepted")
	}
}

func TestANewKeyFileIsWrappedWhereThereIsAWrappingKey(t *testing.T) {
	t.Parallel()
	from := vault.Source{Path: filepath.Join(t.TempDir(), "key"), Wrap: wrapping(t)}
	made, err := from.Open(true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if k, err := from.Keys(); err != nil || !k.Wrapped() {
		t.Errorf("wrapped: %v, %v", k.Wrapped(), err)
	}
	again, err := from.Open(true, nil)
	if err != nil || !bytes.Equal(again.Fingerprint(), made.Fingerprint()) {
		t.Errorf("opened again: %v", err)
	}
}
