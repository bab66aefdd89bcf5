package vault_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/vault"
)

// golden opens the key in testdata, which protects nothing: what is derived
// from it must never change, or indexes and codes in databases would be lost.
func golden(t *testing.T) *vault.Vault {
	t.Helper()
	key, err := os.ReadFile("testdata/key.json")
	if err != nil {
		t.Fatal(err)
	}
	return open(t, key)
}

func TestDerivedValuesAreStable(t *testing.T) {
	t.Parallel()
	v := golden(t)
	for what, pair := range map[string][2]string{
		"fingerprint": {hex.EncodeToString(v.Fingerprint()), "a26eb757ff5401d2ae6bc84051709d0c98d9e8d394921b65d198cc42ecd01640"},
		"phone":       {hex.EncodeToString(v.BlindIndex(vault.Phone, "13800000000")), "ffa8aa9bd6eefcb6eb1df422a932e073"},
		"id number":   {hex.EncodeToString(v.BlindIndex(vault.IDNumber, "11010519491231002X")), "162a7e081aa0fd343a9e5cf04a7b18a9"},
		"other kind":  {hex.EncodeToString(v.BlindIndex("name", "张三")), "30ae558b70a4e2d86bfe96fa7a78decd"},
		"query code":  {v.QueryCode("01935f3e-0000-7000-8000-000000000001", 0), "XY9-WM4-W5H2"},
		"reissued":    {v.QueryCode("01935f3e-0000-7000-8000-000000000001", 1), "H0M-WYH-R41Y"},
		"secret":      {hex.EncodeToString(v.Derive("purpose", "part")), "b9f5ee33bbf13e11d1409a65e33db60bd639b582bac2ef444db5bf4b06db1131"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %s, was %s", what, pair[0], pair[1])
		}
	}
}

func TestSealedFormIsStable(t *testing.T) {
	t.Parallel()
	sealed, err := hex.DecodeString("01c5bf727cabfeab0e92dbb7ebe6cbd6ae46cefca057dd07964cf85af03b12d8f4e8e9c49047e371471e7fdbdf308465f2623959912e7dc8")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := golden(t).OpenString(phone, sealed); err != nil || got != "13800000000" {
		t.Errorf("a value sealed by the first version: %q, %v", got, err)
	}
}

func TestEqualValuesHaveOneIndex(t *testing.T) {
	t.Parallel()
	v := golden(t)
	for _, same := range []struct {
		kind   string
		values []string
	}{
		{vault.Phone, []string{"13800000000", " 138 0000 0000 ", "138-0000-0000", "+8613800000000", "+86 138 0000 0000",
			"0086 138 0000 0000", "8613800000000", "１３８００００００００", "＋86 13800000000", "(+86)13800000000"}},
		{vault.Phone, []string{"010-65000000", "01065000000", "+86 10 65000000", "+86 010 65000000", "(010) 6500 0000"}},
		{vault.Phone, []string{"12345", "1 2 3 4 5"}},
		{vault.IDNumber, []string{"11010519491231002X", "11010519491231002x", "110105 19491231 002X", "１１０１０５１９４９１２３１００２ｘ"}},
		{"name", []string{"张三", " 张三\n"}},
	} {
		want := v.BlindIndex(same.kind, same.values[0])
		if len(want) != 16 {
			t.Errorf("%s: an index of %d bytes", same.kind, len(want))
		}
		for _, value := range same.values[1:] {
			if !bytes.Equal(v.BlindIndex(same.kind, value), want) {
				t.Errorf("%s: %q and %q differ", same.kind, same.values[0], value)
			}
		}
	}
}

func TestDifferentValuesHaveDifferentIndexes(t *testing.T) {
	t.Parallel()
	v := golden(t)
	seen := map[string]string{}
	for _, x := range [][2]string{
		{vault.Phone, "13800000000"}, {vault.Phone, "13800000001"}, {vault.Phone, "01065000000"}, {vault.Phone, "65000000"},
		{vault.Phone, "86138000"}, {vault.IDNumber, "13800000000"}, {"name", "13800000000"},
		{vault.IDNumber, "110105194912310021"}, {vault.IDNumber, "11010519491231002X"}, {"name", "张三"}, {"name", "张 三"},
	} {
		index := string(v.BlindIndex(x[0], x[1]))
		if other, ok := seen[index]; ok {
			t.Errorf("%q and %q have one index", x, other)
		}
		seen[index] = x[0] + " " + x[1]
	}
}

func TestNothingHasNoIndex(t *testing.T) {
	t.Parallel()
	v := golden(t)
	for _, x := range [][2]string{{vault.Phone, ""}, {vault.Phone, " 无 "}, {vault.IDNumber, "-"}, {"name", "　"}} {
		if got := v.BlindIndex(x[0], x[1]); got != nil {
			t.Errorf("BlindIndex(%q) = %x", x, got)
		}
	}
}

const caseID = "01935f3e-0000-7000-8000-000000000001"

func TestQueryCodesAreReadable(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	form := regexp.MustCompile(`^[0-9FHKMQRUWXY]{3}-[0-9FHKMQRUWXY]{3}-[0-9FHKMQRUWXY]{4}$`)
	seen := map[string]bool{}
	for reissue := range 1000 {
		code := v.QueryCode(caseID, reissue)
		if !form.MatchString(code) || seen[code] {
			t.Fatalf("code %q of reissue %d", code, reissue)
		}
		seen[code] = true
	}
}

func TestQueryCodesAreCheckedAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	v := open(t, generate(t))
	for reissue := range 50 { // enough for codes with zeros and ones
		code := v.QueryCode(caseID, reissue)
		bare := strings.ReplaceAll(code, "-", "")
		for _, written := range []string{
			code, bare, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ") + "\n", strings.ReplaceAll(code, "-", "—"),
			strings.NewReplacer("0", "o", "1", "l").Replace(code), strings.NewReplacer("0", "O", "1", "I").Replace(bare),
		} {
			if !v.CheckQueryCode(caseID, reissue, written) {
				t.Errorf("%q is refused as %q", code, written)
			}
		}
		wrong := []byte(bare)
		wrong[9] = "0F"[btoi(wrong[9] == '0')]
		for _, written := range []string{"", bare[:9], bare + "0", "Z" + bare, string(wrong), strings.Repeat(" ", 100) + bare} {
			if v.CheckQueryCode(caseID, reissue, written) {
				t.Errorf("%q is accepted as %q", written, code)
			}
		}
		if v.CheckQueryCode(caseID, reissue+1, code) || v.CheckQueryCode("another", reissue, code) {
			t.Errorf("%q is accepted after a reissue or for another case", code)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
