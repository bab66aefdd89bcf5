package api

import (
	"strings"
	"unicode/utf8"

	"github.com/huiyin/huiyin/internal/grievance"
)

// PartyView is a person of a case, masked.
type PartyView struct {
	N    int                 `json:"n" example:"1"`
	Kind grievance.PartyKind `json:"kind" swaggertype:"string" enums:"petitioner,representative,named"`
	// Absent where it is not known.
	Name     string `json:"name,omitempty" example:"张**"`
	Phone    string `json:"phone,omitempty" example:"138****1234"`
	IDNumber string `json:"id_number,omitempty" example:"4301**********1234"`
	Address  string `json:"address,omitempty" example:"霁川镇****"`
} // @name Party

// partyView masks a person: what is left tells a clerk whether it is the right
// one, and nobody else who it is. In a confidential case nothing is left.
func partyView(p grievance.Party, confidential bool) PartyView {
	v := PartyView{
		N: p.N, Kind: p.Kind, Name: maskName(p.Name),
		Phone: maskMiddle(p.Phone, 3, 4), IDNumber: maskMiddle(p.IDNumber, 4, 4), Address: maskRest(p.Address, 3),
	}
	if confidential {
		v.Name, v.Phone, v.IDNumber, v.Address = hide(v.Name), hide(v.Phone), hide(v.IDNumber), hide(v.Address)
	}
	return v
}

const hidden = "****"

func hide(s string) string {
	if s == "" {
		return ""
	}
	return hidden
}

// maskName keeps the first character, which is nearly always the surname, and
// does not tell how long the rest is.
func maskName(s string) string {
	if s == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(s)
	return string(first) + "**"
}

// maskMiddle keeps some characters at both ends of what is long enough that
// more than a third of it is masked.
func maskMiddle(s string, head, tail int) string {
	r := []rune(s)
	masked := len(r) - head - tail
	if masked*3 <= len(r) {
		return hide(s)
	}
	return string(r[:head]) + strings.Repeat("*", masked) + string(r[len(r)-tail:])
}

func maskRest(s string, head int) string {
	r := []rune(s)
	if len(r) <= 2*head {
		return hide(s)
	}
	return string(r[:head]) + hidden
}
