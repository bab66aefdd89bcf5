package office

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/huiyin/huiyin/internal/grievance"
)

const maxName = 100 // characters

var (
	errText = grievance.Refuse(grievance.Invalid, "text.unprintable", "文字中含有控制字符、不可见字符或无效编码")
	errName = grievance.Refuse(grievance.Invalid, "name.length", "名称须为 1 至 100 个字，首尾不得有空格")
)

// Codes are digits, as GB/T 2260 and the statistical codes are, with "-NN" for
// departments. Usernames begin with a letter, so that no phone number and no
// identity number is one.
var (
	unitCode     = regexp.MustCompile(`^[0-9]{2,18}(-[0-9]{2,4})?$`)
	categoryCode = regexp.MustCompile(`^[0-9]{2,12}$`)
	username     = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)
)

// printable refuses bad UTF-8, control characters and those that nobody sees,
// which make two names that look the same differ.
func printable(s string) error {
	hidden := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
		return errText
	}
	return nil
}

func checkName(s string) error {
	if err := printable(s); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(s); n == 0 || n > maxName || strings.TrimSpace(s) != s {
		return errName
	}
	return nil
}
