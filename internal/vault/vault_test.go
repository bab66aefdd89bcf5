package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/vault"
)

var phone = vault.Field{Table: "parties", Column: "phone_enc", ID: "01935f3e-0000-7000-8000-000000000001/1"}

func generate(t testing.TB) []byte {
	t.Helper()
	key, err := vault.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// edit changes keys, and gives the content that they have then.
func edit(t testing.TB, key []byte, steps ...func(vault.Keys) (vault.Keys, error)) []byte {
	t.Helper()
	k, err := vault.ReadKeys(key, nil)
	for _, step := range steps {
		if err == nil {
			k, err = step(k)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := k.Content()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func rotate(t testing.TB, key []byte) []byte {
	t.Helper()
	return edit(t, key, vault.Keys.Stage, vault.Keys.Promote)
}

func open(t testing.TB, key []byte) *vault.Vault {
	t.Helper()
	v, err := vault.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t testing.TB, v *vault.Vault, f vault.Field, plain string) []byte {
	t.Helper()
	sealed, err := v.Seal(f, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestWhatIsSealedOpens(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	rapid.Check(t, func(t *rapid.T) {
		f := vault.Field{
			Table:  rapid.StringN(1, 20, -1).Draw(t, "table"),
			Column: rapid.StringN(1, 20, -1).Draw(t, "column"),
			ID:     rapid.StringN(1, 40, -1).Draw(t, "id"),
		}
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := v.Seal(f, plain)
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the sealed value contains the plain one")
		}
		got, err := v.Open(f, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open = %q, %v; want %q", got, err, plain)
		}
	})
}

func TestSealingTwiceDiffers(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	if bytes.Equal(seal(t, v, phone, "13800000000"), seal(t, v, phone, "13800000000")) {
		t.Error("equal values are sealed equally")
	}
}

func TestOpenRefusesAnotherField(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	sealed := seal(t, v, vault.Field{Table: "ab", Column: "cd", ID: "ef"}, "张三")
	for _, f := range []vault.Field{
		{Table: "xx", Column: "cd", ID: "ef"},
		{Table: "ab", Column: "xx", ID: "ef"},
		{Table: "ab", Column: "cd", ID: "xx"},
		{Table: "abc", Column: "d", ID: "ef"}, // the same letters, cut elsewhere
		{Table: "ab", Column: "cde", ID: "f"},
	} {
		if got, err := v.Open(f, sealed); !errors.Is(err, vault.ErrSealed) || got != nil {
			t.Errorf("%v opened another field: %q, %v", f, got, err)
		}
	}
}

func TestIncompleteFieldsAreRefused(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	for _, f := range []vault.Field{{}, {Table: "a", Column: "b"}, {Table: "a", ID: "c"}, {Column: "b", ID: "c"}} {
		if _, err := v.Seal(f, []byte("x")); err == nil {
			t.Errorf("Seal for %+v succeeded", f)
		}
		if _, err := v.Open(f, []byte("x")); err == nil {
			t.Errorf("Open for %+v succeeded", f)
		}
	}
}

func TestOpenRefusesEveryAlteration(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	sealed := seal(t, v, phone, "13800000000")
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		if _, err := v.Open(phone, altered); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("with byte %d altered: %v", i, err)
		}
		if _, err := v.Open(phone, sealed[:i]); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
	if _, err := open(t, generate(t)).Open(phone, sealed); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("with another key: %v", err)
	}
}

func TestErrorsNeverHoldTheValue(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	_, err := v.Open(phone, []byte("13800000000"))
	if err == nil || strings.Contains(err.Error(), "13800000000") {
		t.Errorf("error: %v", err)
	}
}

func TestStringsKeepNull(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	for _, plain := range []string{"", "湖南省长沙市岳麓区"} {
		sealed, err := v.SealString(phone, plain)
		if err != nil || (sealed == nil) != (plain == "") {
			t.Fatalf("SealString(%q) = %x, %v", plain, sealed, err)
		}
		if got, err := v.OpenString(phone, sealed); err != nil || got != plain {
			t.Errorf("OpenString = %q, %v; want %q", got, err, plain)
		}
	}
	if _, err := v.OpenString(phone, []byte("garbage")); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("garbage: %v", err)
	}
}

func TestRotationKeepsReading(t *testing.T) {
	t.Parallel()
	key := generate(t)
	before := open(t, key)
	after := open(t, rotate(t, key))

	old := seal(t, before, phone, "旧")
	if got, err := after.OpenString(phone, old); err != nil || got != "旧" {
		t.Errorf("a value from before the rotation: %q, %v", got, err)
	}
	fresh := seal(t, after, phone, "新")
	if got, err := after.OpenString(phone, fresh); err != nil || got != "新" {
		t.Errorf("a value from after the rotation: %q, %v", got, err)
	}
	if _, err := before.Open(phone, fresh); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("the new sealing key is not in use: %v", err)
	}
	if !bytes.Equal(before.Fingerprint(), after.Fingerprint()) ||
		!bytes.Equal(before.BlindIndex(vault.Phone, "1"), after.BlindIndex(vault.Phone, "1")) ||
		before.QueryCode("case", 0) != after.QueryCode("case", 0) {
		t.Error("rotating the sealing key changed what is derived")
	}
}

func TestFingerprintTellsKeysApart(t *testing.T) {
	t.Parallel()
	key := generate(t)
	if !bytes.Equal(open(t, key).Fingerprint(), open(t, key).Fingerprint()) {
		t.Error("one key has two fingerprints")
	}
	if bytes.Equal(open(t, key).Fingerprint(), open(t, generate(t)).Fingerprint()) {
		t.Error("two keys have one fingerprint")
	}
}

func TestDerivedSecretsAreUnrelated(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	seen := map[string][]string{}
	for _, parts := range [][]string{{"p"}, {"p", ""}, {"p", "a"}, {"p", "a", "b"}, {"p", "ab"}, {"q", "ab"}, {"pa", "b"}} {
		secret := v.Derive(parts[0], parts[1:]...)
		if len(secret) != 32 || !bytes.Equal(secret, v.Derive(parts[0], parts[1:]...)) {
			t.Errorf("%q: not a stable secret of 32 bytes", parts)
		}
		if other, ok := seen[string(secret)]; ok {
			t.Errorf("%q and %q give the same secret", parts, other)
		}
		seen[string(secret)] = parts
	}
}

func BenchmarkSeal(b *testing.B) {
	v, plain := open(b, generate(b)), []byte("13800000000")
	for b.Loop() {
		if _, err := v.Seal(phone, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	v := open(b, generate(b))
	sealed := seal(b, v, phone, "13800000000")
	for b.Loop() {
		if _, err := v.Open(phone, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlindIndex(b *testing.B) {
	v := open(b, generate(b))
	for b.Loop() {
		v.BlindIndex(vault.Phone, "13800000000")
	}
}
