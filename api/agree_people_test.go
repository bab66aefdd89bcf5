package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
)

// throng is a population whose cases have come by every door and gone every way,
// by what people asked through the interface; what is refused was not done.
type throng struct {
	*population
	ids     []grievance.CaseID
	neglect grievance.CaseID // handled by somebody who talks to nobody
	refused map[string]int   // deeds by how often nobody could do them, and
	done    map[string]int   // by how often somebody did
}

// The second county of the throng.
const (
	county2   = "990122"
	township2 = "990122101"
	village2  = "990122101001"
	grid2     = "990122101001001"
)

func assembled(s *city, seed uint64, cases int) *throng {
	p := &throng{population: populate(s, seed, 0), refused: map[string]int{}, done: map[string]int{}}
	p.anotherCounty()
	p.posts()
	p.certain()
	for i := range cases {
		p.goes(ways[i%len(ways)], 25)
		p.clock.Advance(time.Duration(p.IntN(20)) * time.Hour)
	}
	for _, name := range slices.Sorted(maps.Keys(doings)) {
		for range 8 {
			if i := slices.IndexFunc(ways, func(w way) bool { return slices.Contains(w.deeds, name) }); p.done[name] == 0 {
				p.goes(ways[i], 0)
			}
		}
	}
	p.runEngine()
	return p
}

// goes lets a case arrive and go a way; once in so many deeds, or never, it stays where
// it is.
func (p *throng) goes(w way, stays int) {
	p.t.Helper()
	id, ok := p.arrives(w.of)
	for !ok {
		id, ok = p.arrives(w.of)
	}
	p.lives(id, w.deeds, stays)
}

// anotherCounty founds one, with people in every role.
func (p *throng) anotherCounty() {
	p.t.Helper()
	top := book(p.city).UnitByCode("9901")
	for _, u := range []struct {
		code, parent string
		level        grievance.Level
		kind         string
		organ        bool
	}{
		{county2, "9901", grievance.LevelCounty, "government", true}, {township2, county2, grievance.LevelTownship, "government", true},
		{village2, township2, grievance.LevelVillage, "village", false}, {grid2, village2, grievance.LevelGrid, "grid", false},
	} {
		_, err := p.Office.CreateUnit(p.t.Context(), grievance.System, office.NewUnit{
			ParentID: book(p.city).UnitByCode(u.parent).ID, Code: u.code, Name: "南" + u.code, Level: u.level, Kind: u.kind, Organ: u.organ,
		})
		must(p.t, err)
	}
	for _, x := range []struct {
		account, unit string
		role          grievance.Role
	}{
		{"south_leader", county2, leader}, {"south_supervisor", county2, supervisor}, {"south_inspector", county2, inspector}, {"south_clerk", county2, clerk},
		{"south_town_leader", township2, leader}, {"south_town_clerk", township2, clerk}, {"south_handler", township2, handler},
		{"south_village", village2, handler}, {"south_grid", grid2, gridWorker}, {"south_courier", township2, courier},
	} {
		post := office.NewAppointment{UnitID: book(p.city).UnitByCode(x.unit).ID, Role: x.role, Head: x.role == leader, OnDuty: x.role == clerk, From: top.CreatedAt}
		_, err := p.Office.CreateUser(p.t.Context(), grievance.System, office.NewUser{Username: x.account, Name: "南" + x.account, Posts: []office.NewAppointment{post}})
		must(p.t, err)
	}
}

// posts lets some hold two, stand in for somebody, or leave a seat empty.
func (p *throng) posts() {
	p.appoint("clerk2", "990121", grievance.RoleSupervisor, false)
	p.appoint("housing_clerk", qiqiao, grievance.RoleLeader, false)
	p.appoint("inspector", "990121", grievance.RoleInspector, false)
	p.clock.Advance(time.Second)
	p.send("leader", "POST", v1+"/deputies", p.standIn(p.post("leader", grievance.RoleLeader), "deputy", 60))
	p.send("admin", "POST", v1+"/deputies", p.standIn(p.post("city_supervisor", grievance.RoleSupervisor), "county_deputy", 20))
}

// departs lets people leave in the middle of their work, one of them for another
// unit, and a unit be merged.
func (p *throng) departs() {
	for _, account := range []string{"handler", "courier2"} {
		for _, role := range []grievance.Role{grievance.RoleHandler, grievance.RoleCourier} {
			p.leave(account, role)
		}
	}
	p.clock.Advance(time.Second)
	p.appoint("handler", "990121-03", grievance.RoleHandler, false)
	if p.IntN(2) == 0 {
		p.leave("supervisor", grievance.RoleSupervisor)
		p.leave("south_supervisor", grievance.RoleSupervisor)
		p.leave("city_supervisor", grievance.RoleSupervisor)
	}
	p.send("admin", "POST", v1+"/units/"+p.unit(economy)+"/merge", fmt.Sprintf(`{"successor_id":%q}`, p.unit("990121101-02")))
	_, err := p.Desk.HandOnAll(p.t.Context())
	must(p.t, err)
}

// arrives registers a case through one of the doors: any, or one for what it is to be.
func (p *throng) arrives(of string) (grievance.CaseID, bool) {
	p.t.Helper()
	mark := markOf(len(p.ids))
	who := pick(p.population, "clerk", "clerk2", "county_clerk", "housing_clerk", "city_clerk", "south_town_clerk", "south_clerk",
		"courier", "courier2", "south_courier", "grid_worker", "grid_worker5", "south_grid", "petitioner", "petitioner2", "", "")
	if of != "" {
		who = pick(p.population, "clerk", "clerk2", "south_town_clerk")
	}
	channels := map[string][]string{"courier": {"courier"}, "courier2": {"courier"}, "south_courier": {"courier"}, "petitioner": {"app"}, "petitioner2": {"wechat"},
		"grid_worker": {"grid"}, "grid_worker5": {"grid"}, "south_grid": {"grid"}, "": {"web", "wall", "wall"}}[who]
	if channels == nil {
		channels = []string{"visit", "letter", "hotline", "app", "wall"}
	}
	nature := pick(p.population, "demand", "demand", "suggestion", "accusation", "accusation", "inquiry", "")
	switch of {
	case "wall":
		channels, nature = []string{"wall"}, "demand"
	case "petition":
		channels, nature = []string{"visit"}, "demand"
	case "accusation":
		nature = of
	case "inquiry":
		channels, nature = []string{"hotline"}, "inquiry"
	}
	body := fmt.Sprintf(`{"channel":%q,"title":"路灯%s","body":"不亮%s","category":%q,"petitioner":{"name":"某人","phone":"138000%05d"}`,
		pick(p.population, channels...), mark, mark, pick(p.population, "0101", "0301"), p.IntN(6))
	for n, more := range []string{`,"petition":true`, `,"confidential":true`, `,"headcount":11`} {
		if n == 0 && of == "petition" || of == "" && p.IntN(5) == 0 {
			body += more
		}
	}
	if nature != "" {
		body += fmt.Sprintf(`,"nature":%q`, nature)
	}
	body += p.place(who) + p.others(who, nature) + "}"
	if who == "" {
		receipt, ok := try[PublicReceipt](p, "", "/public/cases", body)
		return p.registered(receipt.ReceiptNumber, ok)
	}
	made, ok := try[CaseWithCode](p, who, "/cases", body)
	return p.registered(made.ReceiptNumber, ok)
}

// place says where the matter lies, and for the public door whose desk it is for.
func (p *throng) place(who string) string {
	area := p.unit(pick(p.population, "990121101201001", "990121101001001", "990121001001001", village2, grid2, qiqiao))
	switch {
	case who == "":
		return fmt.Sprintf(`,"unit_id":%q,"area_id":%q`, p.unit(pick(p.population, jichuan, qiqiao, township2)), area)
	case p.IntN(2) == 0:
		return fmt.Sprintf(`,"area_id":%q`, area)
	}
	return ""
}

// others are whom an accusation is about.
func (p *throng) others(who, nature string) string {
	switch {
	case nature != "accusation" || p.IntN(5) == 0:
		return ""
	case who == "":
		return fmt.Sprintf(`,"about":[%q]`, pick(p.population, "某领导", "薛雯", "霁川镇", "栖桥街道"))
	}
	named := fmt.Sprintf(`{"kind":"named","name":%q`, pick(p.population, "某领导", "周远志", "顾长河", "薛雯"))
	switch p.IntN(3) {
	case 0:
		named += fmt.Sprintf(`,"user_id":%q`, p.user(pick(p.population, accused...)))
	case 1:
		named += fmt.Sprintf(`,"unit_id":%q`, p.unit(pick(p.population, accusedUnits...)))
	}
	return `,"others":[` + named + "}]"
}

func (p *throng) registered(receipt string, ok bool) (grievance.CaseID, bool) {
	p.t.Helper()
	p.count("register", ok)
	if !ok {
		return grievance.CaseID{}, false
	}
	var row grievance.Case
	must(p.t, p.Store.Read(p.t.Context(), func(sn *store.Snapshot) (err error) {
		row, err = sn.CaseByReceipt(receipt)
		return err
	}))
	p.ids = append(p.ids, row.ID)
	return row.ID, true
}

func (p *throng) count(deed string, ok bool) {
	if ok {
		p.done[deed]++
	} else {
		p.refused[deed]++
	}
}

// lives brings a case some way along one of the ways that cases go.
func (p *throng) lives(id grievance.CaseID, way []string, stays int) {
	p.t.Helper()
	for _, name := range way {
		if stays > 0 && p.IntN(stays) == 0 {
			return
		}
		p.does(id, name)
		if p.IntN(3) == 0 {
			p.clock.Advance(time.Duration(p.IntN(30)) * time.Hour)
			p.runEngine()
		}
	}
}

// does lets the nearest who may do something to a case.
func (p *throng) does(id grievance.CaseID, name string) {
	p.t.Helper()
	c, d := p.known(id), doings[name]
	path, body := d.what(p, c)
	for _, account := range p.candidates(c, d.by) {
		if _, ok := try[CaseView](p, account, "/cases/"+id.String()+path, body); ok {
			p.count(name, true)
			return
		}
	}
	p.count(name, false)
}

func (p *throng) known(id grievance.CaseID) (c *grievance.Case) {
	p.t.Helper()
	must(p.t, p.Store.Read(p.t.Context(), func(sn *store.Snapshot) (err error) {
		needs := store.Needs{SignOffs: true, Notices: true, Objections: true, CoHandlers: true, Orders: true}
		c, err = sn.Case(id, store.ViewerOf(grievance.System, nil), needs)
		return err
	}))
	return c
}

// candidates are who has one of the roles in a unit that has to do with the case, or
// above one: the nearest first, and not many.
func (p *throng) candidates(c *grievance.Case, roles []grievance.Role) (accounts []string) {
	b := book(p.city)
	if slices.Contains(roles, petitioner) {
		accounts = append(accounts, "petitioner", "petitioner2")
	}
	var near []grievance.UnitID
	for _, h := range c.CoHandlers() {
		near = append(near, h.UnitID)
	}
	near = append(near, c.AwaitingPost.UnitID, c.HandlingUnitID, c.LeadUnitID, c.OriginUnitID)
	for _, unit := range near {
		for _, u := range b.Ancestors(unit) {
			for _, a := range b.Appointments(u.ID) {
				user := b.User(a.UserID)
				if slices.Contains(roles, a.Role) && a.HeldAt(p.clock.Now()) && user != nil && !slices.Contains(accounts, user.Username) {
					accounts = append(accounts, user.Username)
				}
			}
		}
	}
	return accounts[:min(len(accounts), 9)]
}

// certain adds what must not be left to chance: a case that is neglected, an accusation
// that turns out to be of the township at whose desk it was filed, and the facts of a
// finalised case brought again by a courier who does not see that.
func (p *throng) certain() {
	p.t.Helper()
	late := p.handled(petition)
	named := p.register(`,"nature":"accusation"`).ID
	p.act("clerk", named, "/named", p.to(jichuan, ""))
	final := p.finalised()
	id := as[CaseWithCode](p.city, p.send("courier", "POST", v1+"/cases", strings.Replace(grievanceOf(petition), `"channel":"app"`, `"channel":"courier"`, 1)), 201).ID
	p.act("clerk", id, "/decline", fmt.Sprintf(`{"reason":"finalised","words":"同一事实已经复核终结","earlier_case_id":%q}`, final))
	p.act("leader", id, "/sign-offs/1/approve", `{}`)
	for _, one := range []string{final, id, named, late} {
		parsed, err := grievance.ParseID[grievance.Case](one)
		must(p.t, err)
		p.ids, p.neglect = append(p.ids, parsed), parsed
	}
}

// try asks for something, which may be refused, but is never answered with an error
// of the machine.
func try[T any](p *throng, account, path, body string) (out T, ok bool) {
	p.t.Helper()
	w := p.ask(account, "POST", v1+path, body)
	if w.Code >= 500 {
		p.t.Fatalf("%s as %s: %d %s", path, account, w.Code, w.Body)
	}
	if w.Code >= 300 {
		return out, false
	}
	must(p.t, json.Unmarshal(w.Body.Bytes(), &out))
	return out, true
}

// ask sends a request without holding the answer against the contract.
func (s *city) ask(account, method, path, body string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if account != "" {
		req.Header.Set("Authorization", "Bearer "+account)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	req.RemoteAddr = "203.0.113.7:1234"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return w
}

// accounts are the names of everybody, of those who have left too.
func (p *throng) accounts() (names []string) {
	for _, u := range officetest.Book(p.t, p.Office).Users() {
		names = append(names, u.Username)
	}
	slices.Sort(names)
	return names
}
