package api

import "github.com/huiyin/huiyin/internal/grievance"

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

// masked shows the reader a person as anybody who may see the case does.
func (l look) masked(p grievance.Party) PartyView {
	v := l.about.Masked(p, l.actor, l.inside)
	return PartyView{v.N, v.Kind, v.Name, v.Phone, v.IDNumber, v.Address}
}
