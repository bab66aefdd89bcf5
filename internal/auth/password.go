package auth

import (
	_ "embed" // common_passwords.txt
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/huiyin/huiyin/internal/grievance"
)

// hashing costs about 50 ms and 19 MiB, the least that OWASP recommends for
// argon2id; each hash keeps the parameters that it was made with.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodysHash is well-formed, costs as much as any other, and fits no password.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$EgHIWsn476TR40z2uHE/jA$BC9LEWvzlTG4ak5roe/MbzrHVdimzfJSjiGEBOavaag"

const (
	minPassword = 8    // characters
	maxPassword = 1024 // bytes: what is worth hashing
)

// HashPassword makes what the database keeps of a password. A password of fewer
// than 8 characters, or of more than 1024 bytes, is refused as an invalid field.
func HashPassword(plain string) (string, error) {
	if utf8.RuneCountInString(plain) < minPassword {
		return "", grievance.InvalidField("/password", "password.too_short", "密码至少需要 8 个字符")
	}
	if len(plain) > maxPassword {
		return "", grievance.InvalidField("/password", "password.too_long", "密码过长")
	}
	hash, err := argon2id.CreateHash(plain, hashing)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

// The passwords that are tried first everywhere, in lower case, one a line.
//
//go:embed common_passwords.txt
var commonPasswords string

var common = sync.OnceValue(func() map[string]bool {
	list := map[string]bool{}
	for line := range strings.Lines(commonPasswords) {
		list[strings.TrimSpace(line)] = true
	}
	return list
})

// NewPassword is HashPassword for a password that somebody has thought of: it
// also refuses, as an invalid field, one that everybody thinks of, one that
// holds the username, and one of a single character.
func NewPassword(plain, username string) (string, error) {
	lower := strings.ToLower(plain)
	switch {
	case common()[lower] || common()[strings.TrimRight(lower, "!.?@#*")]:
		return "", grievance.InvalidField("/password", "password.common", "这个密码太常见，容易被猜中，请换一个")
	case username != "" && strings.Contains(lower, strings.ToLower(username)):
		return "", grievance.InvalidField("/password", "password.username", "密码不能包含用户名")
	case lower != "" && strings.Trim(lower, lower[:1]) == "":
		return "", grievance.InvalidField("/password", "password.common", "这个密码太常见，容易被猜中，请换一个")
	}
	return HashPassword(plain)
}

// CheckPassword reports whether plain is the password that hash was made from.
// It takes as long when it is not. It returns an error if hash is not one.
func CheckPassword(plain, hash string) (bool, error) {
	if len(plain) > maxPassword {
		return false, nil
	}
	ok, err := argon2id.ComparePasswordAndHash(plain, hash)
	if err != nil {
		return false, fmt.Errorf("checking a password: %w", err)
	}
	return ok, nil
}
