package vault

import (
	"crypto/subtle"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// codeAlphabet holds the digits and the letters that are neither written like a
// digit nor spoken like each other in a Chinese mouth on a bad line.
const codeAlphabet = "0123456789FHKMQRUWXY"

const codeLength = 10 // 20^10 codes: one guess in ten million million

// QueryCode gives the secret with which the petitioner of a case asks how it
// stands, for example "4KH-70M-2X9R". It is computed, not stored: the same case
// and number of reissues always give the same code.
func (v *Vault) QueryCode(caseID string, reissue int) string {
	code := v.queryCode(caseID, reissue)
	return code[:3] + "-" + code[3:6] + "-" + code[6:]
}

// CheckQueryCode reports whether code is the query code of the case, as somebody
// may write it down: any case, grouping and width of characters, O for 0, I and
// L for 1. It takes the same time wherever the codes differ.
func (v *Vault) CheckQueryCode(caseID string, reissue int, code string) bool {
	want := v.queryCode(caseID, reissue)
	return subtle.ConstantTimeCompare([]byte(readCode(code)), []byte(want)) == 1
}

func (v *Vault) queryCode(caseID string, reissue int) string {
	n := binary.BigEndian.Uint64(v.Derive("query-code", caseID, strconv.Itoa(reissue)))
	var code [codeLength]byte
	for i := range code {
		code[i] = codeAlphabet[n%uint64(len(codeAlphabet))]
		n /= uint64(len(codeAlphabet))
	}
	return string(code[:])
}

var lookalikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// maxWritten bounds what is looked at; the longest honest spelling is shorter.
const maxWritten = 64

func readCode(code string) string {
	if len(code) > maxWritten {
		return ""
	}
	code = strings.ToUpper(width.Fold.String(code))
	return lookalikes.Replace(strings.Map(dropSeparator, code))
}

func dropSeparator(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
		return -1
	}
	return r
}
