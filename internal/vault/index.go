package vault

import (
	"strings"

	"golang.org/x/text/width"
)

// The kinds of blind index that have a spelling of their own.
const (
	Phone    = "phone"
	IDNumber = "id_number"
)

const indexLength = 16

// BlindIndex gives 16 bytes that are equal for equal values of a kind, and tell
// nothing about the value without the key. Values are compared as people mean
// them: a phone number by its digits, with or without +86; an identity number
// whatever the case of its X; anything else without surrounding space. A value
// of which nothing is left has no index: the result is nil.
func (v *Vault) BlindIndex(kind, value string) []byte {
	value = normalise(kind, value)
	if value == "" {
		return nil
	}
	return v.Derive("blind-index", kind, value)[:indexLength]
}

func normalise(kind, value string) string {
	value = strings.TrimSpace(width.Fold.String(value))
	switch kind {
	case Phone:
		return normalisePhone(value)
	case IDNumber:
		return keep(strings.ToUpper(value), "0123456789X")
	}
	return value
}

// normalisePhone gives the number as it is dialled inside the country: a mobile
// number bare, a landline with the 0 of its area code.
func normalisePhone(value string) string {
	digits := keep(value, "0123456789")
	national, international := strings.CutPrefix(digits, "0086")
	switch {
	case international:
	case strings.HasPrefix(value, "+86"), len(digits) == 13 && strings.HasPrefix(digits, "861"):
		national = strings.TrimPrefix(digits, "86")
	default:
		return digits
	}
	mobile := len(national) == 11 && national[0] == '1'
	if !mobile && len(national) >= 10 && national[0] != '0' {
		return "0" + national
	}
	return national
}

// keep drops every character that is not in the set.
func keep(s, set string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(set, r) {
			return r
		}
		return -1
	}, s)
}
