package api

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// place is a unit of the matrix' city. Whoever asks is of own, a township; every
// place has an account of each role, called by both: own.clerk, parent.leader. The
// grid workers of own and child stand in a grid of their place.
type place string

const (
	atTop     place = "top"     // the city above all
	atParent  place = "parent"  // the county
	atOwn     place = "own"     // the township
	atChild   place = "child"   // an office of it that decides by itself
	atSibling place = "sibling" // another township of the county
	atBeside  place = "beside"  // a department of the county
	atBeyond  place = "beyond"  // another county
	atOther   place = "other"   // a township of it
)

// sites are the units, each with its superior.
var sites = []struct {
	place, under place
	code         string
	level        grievance.Level
	kind         string
}{
	{atTop, "", "9802", grievance.LevelCity, "government"},
	{atParent, atTop, "980201", grievance.LevelCounty, "government"},
	{atOwn, atParent, "980201101", grievance.LevelTownship, "government"},
	{atChild, atOwn, "980201101-01", grievance.LevelTownship, "department"},
	{atSibling, atParent, "980201102", grievance.LevelTownship, "government"},
	{atBeside, atParent, "980201-01", grievance.LevelCounty, "department"},
	{atBeyond, atTop, "980202", grievance.LevelCounty, "government"},
	{atOther, atBeyond, "980202101", grievance.LevelTownship, "government"},
	{"own.grid", atOwn, "980201101201", grievance.LevelGrid, "grid"},
	{"child.grid", atChild, "980201101202", grievance.LevelGrid, "grid"},
}

// superior gives the place above one.
func superior(of place) place {
	for _, s := range sites {
		if s.place == of && s.under != "" {
			return s.under
		}
	}
	return atTop
}

// allAsking are who asks: nobody, and one account of own for each role.
var allAsking = append([]grievance.Role{"anonymous", petitioner}, grievance.StaffRoles...)

// matrix is the interface over a city of its own, in which every role has an
// account in every place, and what the requests are about.
type matrix struct {
	*city
	tokens map[string]string // of own's accounts, from the login
	held   map[subjectKey]subject
	spares map[subjectKey][]subject // with findings, that nobody has asked about yet
	serial int
}

// endless lets everybody ask as often as the matrix does.
var endless = Rate{Burst: 1_000_000, Refill: time.Second, Holders: 1000}

func newMatrix(t *testing.T, dialect string) *matrix {
	t.Helper()
	ck, v := clock.NewFake(storetest.Start), storetest.Vault(t)
	st := storetest.Open(t, dialect, storetest.WithClock(ck), storetest.WithVault(v))
	of := office.New(st, ck)
	must(t, of.Seed(t.Context()))
	service, err := auth.New(t.Context(), st, ck, v, auth.Settings{})
	must(t, err)
	desk := casework.New(st, of, ck)
	d := Deps{
		Auth: service, Office: of, Desk: desk, Store: st, Engine: engine.New(desk, st, ck, slog.New(slog.DiscardHandler)), OpenAPI: []byte(`{"openapi":"3.0.3","info":{"title":"回音","version":"1"}}`),
		Rates: Rates{Address: endless, Device: endless, Account: endless, Login: endless},
	}
	m := &matrix{city: &city{t: t, clock: ck, rig: newRig(t, d, (*server).routes)}, tokens: map[string]string{}, held: map[subjectKey]subject{}, spares: map[subjectKey][]subject{}}
	m.server.Clock, m.who = ck, m.bears
	m.settle()
	return m
}

// bears knows a token of the login, and as a token the name of an account that
// prepares what is asked about.
func (m *matrix) bears(ctx context.Context, token string) (grievance.Actor, error) {
	if strings.Count(token, ".") == 2 {
		return m.verify(ctx, token)
	}
	return m.account(ctx, token)
}

// settle makes the units and the accounts, and lets a month go by, so that there
// are bulletins.
func (m *matrix) settle() {
	m.t.Helper()
	hash, err := auth.HashPassword(officetest.Password)
	must(m.t, err)
	for _, s := range sites {
		in := office.NewUnit{Code: s.code, Name: string(s.place), Level: s.level, Kind: s.kind, Organ: s.kind != "grid"}
		if s.under != "" {
			in.ParentID = m.at(s.under)
		}
		_, err := m.Office.CreateUnit(m.t.Context(), grievance.System, in)
		must(m.t, err)
	}
	must(m.t, m.Office.SetCategories(m.t.Context(), grievance.System, []grievance.Category{{Code: "01", Name: "市政"}}))
	must(m.t, m.Office.SetResponsibilities(m.t.Context(), grievance.System, []grievance.Responsibility{{Category: "01", UnitID: m.at(atTop)}}))
	for _, s := range sites {
		if s.kind != "grid" {
			m.staff(s.place, hash)
		}
	}
	for _, p := range []place{atOwn, atSibling, atParent, atChild, atOther} {
		m.registerAt(p, string(p)+".clerk", "")
	}
	m.clock.Advance(time.Date(2026, 12, 4, 1, 0, 0, 0, time.UTC).Sub(m.clock.Now()))
	m.wholeEngine()
	for _, role := range allAsking[1:] {
		body := `{"username":"own.` + string(role) + `","password":"` + officetest.Password + `"}`
		m.tokens[string(role)] = as[Tokens](m.city, m.send("", "POST", v1+"/auth/token", body), 200).AccessToken
	}
}

// staff gives a place one account of each role.
func (m *matrix) staff(p place, hash string) {
	m.t.Helper()
	for _, role := range allAsking[1:] {
		in := office.NewUser{Username: string(p) + "." + string(role), Name: string(p) + " " + string(role), PasswordHash: hash}
		post := office.NewAppointment{UnitID: m.at(p), Role: role, Head: role == leader, OnDuty: role == clerk}
		if role == gridWorker && (p == atOwn || p == atChild) {
			post.UnitID = m.at(p + ".grid")
		}
		if role == petitioner {
			in.Name, in.Petitioner = "", true
		} else {
			in.Posts = []office.NewAppointment{post}
		}
		_, err := m.Office.CreateUser(m.t.Context(), grievance.System, in)
		must(m.t, err)
	}
}

// at gives the unit of a place.
func (m *matrix) at(p place) grievance.UnitID {
	m.t.Helper()
	for _, s := range sites {
		if s.place == p {
			return officetest.Unit(m.t, m.Office, s.code).ID
		}
	}
	m.t.Fatalf("no place is called %q", p)
	return grievance.UnitID{}
}

// token gives what an asker sends; nobody sends none.
func (m *matrix) token(asker grievance.Role) string { return m.tokens[string(asker)] }
