package app_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// needle is one form in which a secret may lie about.
type needle struct {
	secret, form string
	bytes        []byte
}

// needlesOf gives every form in which a secret is looked for: encodings that anybody
// can read back.
func needlesOf(secret string) []needle {
	var all []needle
	add := func(form string, b []byte) { all = append(all, needle{secret, form, b}) }
	for charset, raw := range charsets(secret) {
		add(charset, raw)
		lower := hex.EncodeToString(raw)
		add(charset+" in hexadecimal", []byte(lower))
		add(charset+" in hexadecimal capitals", []byte(strings.ToUpper(lower)))
		for offset := range 3 {
			for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
				add(fmt.Sprintf("%s in %s at %d", charset, name, offset), within(encoding, raw, offset))
			}
		}
	}
	if escaped := url.QueryEscape(secret); escaped != secret {
		add("percent-encoded", []byte(escaped))
		add("percent-encoded in small letters", []byte(strings.ToLower(escaped)))
	}
	if escaped := escape(secret, `\u%04x`); escaped != secret {
		add(`\u escapes`, []byte(escaped))
		add(`\u escapes in capitals`, []byte(escape(secret, `\u%04X`)))
		add("references of HTML", []byte(escape(secret, "&#%d;")))
	}
	reversed := []rune(secret)
	slices.Reverse(reversed)
	add("reversed", []byte(string(reversed)))
	return all
}

func charsets(s string) map[string][]byte {
	units := utf16.Encode([]rune(s))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	all := map[string][]byte{"UTF-8": []byte(s), "UTF-16LE": little, "UTF-16BE": big}
	if gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s)); err == nil && string(gbk) != s {
		all["GBK"] = gbk
	}
	return all
}

// within gives the characters that bytes have in the base64 of a longer text,
// whatever stands around them, when they begin offset bytes into a group of three.
func within(e *base64.Encoding, raw []byte, offset int) []byte {
	text := e.EncodeToString(append(make([]byte, offset), raw...))
	return []byte(text[(offset*8+5)/6 : (offset+len(raw))*8/6])
}

// escape writes all that is not ASCII by its UTF-16 units.
func escape(s, format string) string {
	var out strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if u < 0x80 {
			out.WriteByte(byte(u))
			continue
		}
		fmt.Fprintf(&out, format, u)
	}
	return out.String()
}

func isNumber(s string) bool {
	return strings.Trim(s, "0123456789X") == ""
}

// digestsOf gives the digests of a number without a key: numbers are few enough to
// try them all.
func digestsOf(s string) (all []needle) {
	long, short, old := sha256.Sum256([]byte(s)), sha1.Sum([]byte(s)), md5.Sum([]byte(s))
	for name, sum := range map[string][]byte{"SHA-256": long[:], "SHA-1": short[:], "MD5": old[:]} {
		all = append(all,
			needle{s, name, sum},
			needle{s, name + " in hexadecimal", []byte(hex.EncodeToString(sum))},
			needle{s, name + " in hexadecimal capitals", []byte(strings.ToUpper(hex.EncodeToString(sum)))},
			needle{s, name + " in base64", []byte(base64.RawStdEncoding.EncodeToString(sum))},
			needle{s, name + " in base64url", []byte(base64.RawURLEncoding.EncodeToString(sum))})
	}
	return all
}

// leaks tells which secrets lie in some bytes, and how. Numbers are looked for
// besides without what people write between the digits.
func leaks(in []byte, secrets ...string) (found []string) {
	bare := bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" -()+", r) {
			return -1
		}
		return r
	}, in)
	for _, secret := range secrets {
		for _, n := range needlesOf(secret) {
			if bytes.Contains(in, n.bytes) {
				found = append(found, n.secret+" as "+n.form)
			}
		}
		if isNumber(secret) && bytes.Contains(bare, []byte(secret)) && !bytes.Contains(in, []byte(secret)) {
			found = append(found, secret+" as digits with something between")
		}
	}
	return found
}

// byDigest tells of which numbers a digest without a key lies in some bytes.
func byDigest(in []byte, numbers ...string) (found []string) {
	for _, number := range numbers {
		for _, n := range digestsOf(number) {
			if bytes.Contains(in, n.bytes) {
				found = append(found, number+" as "+n.form)
			}
		}
	}
	return found
}

// The search finds what lies about in every form, wherever in a text it begins.
func TestTheSearchForLeaksFindsThem(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"濮阳蘅芜", "13987650001"} {
		for _, n := range needlesOf(secret) {
			if got := leaks(slices.Concat([]byte("无关的话\x00"), n.bytes, []byte("\xff…")), secret); !slices.Contains(got, secret+" as "+n.form) {
				t.Errorf("%s is not found as %s: %v", secret, n.form, got)
			}
		}
		for ahead := range 6 {
			text := strings.Repeat("a", ahead) + secret + "之后"
			for name, in := range map[string]string{
				"base64":    base64.StdEncoding.EncodeToString([]byte(text)),
				"base64url": base64.URLEncoding.EncodeToString([]byte(text)),
				"hex":       hex.EncodeToString([]byte(text)),
				"a URL":     "/cases?q=" + url.QueryEscape(text),
			} {
				if len(leaks([]byte(in), secret)) == 0 {
					t.Errorf("%s is not found in %s, %d bytes in: %s", secret, name, ahead, in)
				}
			}
		}
		for _, n := range digestsOf(secret) {
			if got := byDigest(slices.Concat([]byte{0}, n.bytes, []byte{0xff}), secret); !slices.Contains(got, secret+" as "+n.form) {
				t.Errorf("the digest of %s is not found as %s: %v", secret, n.form, got)
			}
		}
		if got := leaks([]byte("张三丰 13800001234 430102199001011234"), secret); got != nil {
			t.Errorf("found where it is not: %v", got)
		}
	}
	for _, written := range []string{"139 8765 0001", "+86 139-8765-0001", "(139)87650001"} {
		if leaks([]byte("请拨打 "+written), "13987650001") == nil {
			t.Errorf("%s is not found", written)
		}
	}
}
