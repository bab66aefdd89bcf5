package auth_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
)

func TestHashPassword(t *testing.T) {
	t.Parallel()
	hash, err := auth.HashPassword("八个汉字也是密码")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %s", hash)
	}
	other, err := auth.HashPassword("八个汉字也是密码")
	if err != nil || other == hash {
		t.Errorf("hashing twice gives the same: %v", err)
	}
	for plain, want := range map[string]bool{"八个汉字也是密码": true, "八个汉字也是密码 ": false, "": false, strings.Repeat("x", 2000): false} {
		if got, err := auth.CheckPassword(plain, hash); err != nil || got != want {
			t.Errorf("CheckPassword(%.20q) = %v, %v", plain, got, err)
		}
	}
}

func TestHashPasswordRefuses(t *testing.T) {
	t.Parallel()
	for plain, code := range map[string]string{
		"":                        "password.too_short",
		"1234567":                 "password.too_short",
		"七个字的密码啊":                 "password.too_short",
		strings.Repeat("x", 1025): "password.too_long",
	} {
		_, err := auth.HashPassword(plain)
		e, ok := errors.AsType[*grievance.Error](err)
		if !ok || len(e.Fields) != 1 || e.Fields[0].Code != code {
			t.Errorf("HashPassword(%.10q): %v, want %s", plain, err, code)
		}
	}
}

func TestCheckPasswordRefusesWhatIsNoHash(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{"", "password", "$2y$10$abc", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA"} {
		if ok, err := auth.CheckPassword("password", hash); ok || err == nil {
			t.Errorf("CheckPassword with %q = %v, %v", hash, ok, err)
		} else if strings.Contains(err.Error(), "password\"") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	hash, err := auth.HashPassword(password)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, err := auth.CheckPassword(password, hash); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
