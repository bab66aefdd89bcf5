package grievance

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden stands for what is there and not shown, not even how long it is.
const hidden = "****"

// hideParty leaves of a party only which fields are known.
func hideParty(p Party) Party { return p.each(func(string) string { return hidden }, nil) }

// maskParty masks the fields of a party (脱敏).
func maskParty(p Party) Party {
	masks := map[PartyField]func(string) string{
		PartyName: maskName, PartyPhone: maskPhone, PartyIDNumber: maskIDNumber, PartyAddress: maskAddress,
	}
	return p.each(nil, masks)
}

// each gives a party with every field that is known as its own mask makes it, or,
// where it has none, as all makes it.
func (p Party) each(all func(string) string, masks map[PartyField]func(string) string) Party {
	v := Party{CaseID: p.CaseID, N: p.N, Kind: p.Kind}
	for _, f := range []PartyField{PartyName, PartyPhone, PartyIDNumber, PartyAddress} {
		mask := masks[f]
		if mask == nil {
			mask = all
		}
		if known := *p.field(f); known != "" {
			*v.field(f) = mask(known)
		}
	}
	return v
}

// maskName keeps the first character, which is nearly always the surname, and of
// a company what it begins with; it does not tell how long the rest is. A name of
// one character, or one that begins with none, is hidden.
func maskName(s string) string {
	s = strings.TrimSpace(s)
	first, size := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) || size == len(s) {
		return hidden
	}
	return string(first) + "**"
}

// maskPhone keeps three digits and the last four of a mobile number or a landline
// with its area code, however it is written; of a shorter one the last two, of
// what is no number nothing.
func maskPhone(s string) string {
	digits := digitsOf(s)
	if rest, ok := strings.CutPrefix(digits, "0086"); ok {
		digits = rest
	} else if rest, ok := strings.CutPrefix(digits, "86"); ok && len(digits) > 11 {
		digits = rest
	}
	switch n := len(digits); {
	case n >= 11:
		return digits[:3] + hidden + digits[n-4:]
	case n >= 7:
		return hidden + digits[n-2:]
	}
	return hidden
}

// digitsOf gives the digits of s, those of full width as others.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			r += '0' - '０'
		}
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// maskIDNumber keeps the province and city and the last four characters of an
// identity number of 18 digits or, as they were, of 15, whose birthday is in the
// middle; of a passport or a permit the first character and the last two.
func maskIDNumber(s string) string {
	r := slices.DeleteFunc([]rune(s), func(r rune) bool { return unicode.IsSpace(r) || r == '-' })
	switch n := len(r); {
	case n >= 15:
		return string(r[:4]) + strings.Repeat("*", n-8) + string(r[n-4:])
	case n >= 8:
		return string(r[:1]) + hidden + string(r[n-2:])
	}
	return hidden
}

// maskAddress keeps the first part of an address that is a province, a city, a
// county or a township. One that begins with anything else is hidden, for it may
// begin with a name, and so is one that is no more than that part.
func maskAddress(s string) string {
	const least, most = 2, 8 // characters before 省, 市, 县, 区, 乡 or 镇
	r := []rune(strings.TrimSpace(s))
	for i := least; i < min(len(r)-1, most+1); i++ {
		if strings.ContainsRune("省市县区乡镇", r[i]) {
			return string(r[:i+1]) + hidden
		}
	}
	return hidden
}
