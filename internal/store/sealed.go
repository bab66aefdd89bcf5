package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/vault"
)

// textRow is a text as it is stored.
type textRow struct {
	ID         grievance.TextID
	CaseID     grievance.CaseID
	Kind       grievance.TextKind
	BodyEnc    []byte
	Salt       []byte
	Public     bool
	AuthorID   grievance.UserID
	RecordedAt time.Time
}

// partyRow is a party as it is stored.
type partyRow struct {
	CaseID      grievance.CaseID
	N           int
	Kind        grievance.PartyKind
	NameEnc     []byte
	PhoneEnc    []byte
	IDNumberEnc []byte
	AddressEnc  []byte
	PhoneBidx   []byte
	IDBidx      []byte
}

func (s session) sealTexts(texts []grievance.Text) ([]textRow, error) {
	rows := make([]textRow, len(texts))
	for i, t := range texts {
		sealed, err := s.vault.Seal(textField(t.ID), []byte(t.Body))
		if err != nil {
			return nil, fmt.Errorf("sealing a text: %w", err)
		}
		rows[i] = textRow{t.ID, t.CaseID, t.Kind, sealed, t.Salt[:], t.Public, t.AuthorID, t.RecordedAt}
	}
	return rows, nil
}

func textField(id grievance.TextID) vault.Field {
	return vault.Field{Table: "texts", Column: "body", ID: id.String()}
}

func (s session) openText(r textRow) (grievance.Text, error) {
	body, err := s.vault.Open(textField(r.ID), r.BodyEnc)
	if err != nil {
		return grievance.Text{}, fmt.Errorf("opening text %s: %w", r.ID, err)
	}
	t := grievance.Text{
		ID: r.ID, CaseID: r.CaseID, Kind: r.Kind, Body: string(body), Public: r.Public,
		AuthorID: r.AuthorID, RecordedAt: r.RecordedAt,
	}
	copy(t.Salt[:], r.Salt)
	return t, nil
}

func partyField(c grievance.CaseID, n int, column string) vault.Field {
	return vault.Field{Table: "parties", Column: column, ID: c.String() + "/" + strconv.Itoa(n)}
}

func (s session) sealParties(parties []grievance.Party) ([]partyRow, error) {
	rows := make([]partyRow, len(parties))
	for i, p := range parties {
		r := partyRow{CaseID: p.CaseID, N: p.N, Kind: p.Kind}
		r.PhoneBidx = s.vault.BlindIndex(vault.Phone, p.Phone)
		r.IDBidx = s.vault.BlindIndex(vault.IDNumber, p.IDNumber)
		for _, f := range r.fields(&p) {
			sealed, err := s.vault.SealString(partyField(p.CaseID, p.N, f.column), *f.plain)
			if err != nil {
				return nil, fmt.Errorf("sealing a party: %w", err)
			}
			*f.sealed = sealed
		}
		rows[i] = r
	}
	return rows, nil
}

func (s session) openParty(r partyRow) (grievance.Party, error) {
	p := grievance.Party{CaseID: r.CaseID, N: r.N, Kind: r.Kind}
	for _, f := range r.fields(&p) {
		plain, err := s.vault.OpenString(partyField(r.CaseID, r.N, f.column), *f.sealed)
		if err != nil {
			return p, fmt.Errorf("opening party %d of case %s: %w", r.N, r.CaseID, err)
		}
		*f.plain = plain
	}
	return p, nil
}

type sealedField struct {
	column string
	plain  *string
	sealed *[]byte
}

// fields pairs each personal field with its column.
func (r *partyRow) fields(p *grievance.Party) []sealedField {
	return []sealedField{
		{"name", &p.Name, &r.NameEnc}, {"phone", &p.Phone, &r.PhoneEnc},
		{"id_number", &p.IDNumber, &r.IDNumberEnc}, {"address", &p.Address, &r.AddressEnc},
	}
}

// Texts gives the texts of a case in the order in which they were written.
func (s session) Texts(id grievance.CaseID) ([]grievance.Text, error) {
	var rows []textRow
	if err := s.db.Table("texts").Where("case_id = ?", id).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	return openAll(rows, s.openText)
}

// titles gives the newest title of each case.
func (s session) titles(ids []grievance.CaseID) (map[grievance.CaseID]string, error) {
	var rows []textRow
	err := s.db.Table("texts").Where("case_id IN ? AND kind = ?", ids, grievance.TextTitle).Order("id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading titles: %w", err)
	}
	titles := make(map[grievance.CaseID]string, len(rows))
	for _, r := range rows {
		t, err := s.openText(r)
		if err != nil {
			return nil, err
		}
		titles[r.CaseID] = t.Body
	}
	return titles, nil
}

// Parties gives the parties of a case, opened.
func (s session) Parties(id grievance.CaseID) ([]grievance.Party, error) {
	var rows []partyRow
	if err := s.db.Table("parties").Where("case_id = ?", id).Order("n").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading parties: %w", err)
	}
	return openAll(rows, s.openParty)
}

func openAll[R, T any](rows []R, open func(R) (T, error)) ([]T, error) {
	out := make([]T, len(rows))
	for i, r := range rows {
		opened, err := open(r)
		if err != nil {
			return nil, err
		}
		out[i] = opened
	}
	return out, nil
}
