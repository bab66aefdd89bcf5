package api

import (
	"fmt"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// judgeFindings lets units explain some of what was found, superiors decide it, and
// some of those appeal whom it is about.
func (p *throng) judgeFindings() {
	p.t.Helper()
	var all []*grievance.Finding
	must(p.t, p.Store.Read(p.t.Context(), func(sn *store.Snapshot) (err error) {
		all, err = sn.ListFindings(store.ViewerOf(grievance.System, nil), store.FindingFilter{}, nil, 1000)
		return err
	}))
	for _, f := range all {
		if p.IntN(3) == 0 && f.CaseID != p.neglect {
			continue
		}
		about := &grievance.Case{LeadUnitID: f.UnitID}
		p.onFindingBy(f, "/explain", sorry, p.candidates(about, explainers.roles))
		unit := fmt.Sprintf(`{"kind":"bulletin","unit_id":%q,"articles":[44]}`, f.UnitID)
		judges := append(p.candidates(about, assessors.roles), "city_supervisor", "city_inspector")
		decided := false
		for _, who := range []string{p.user("handler"), p.known(f.CaseID).FirstResponder.String()} {
			person := fmt.Sprintf(`{"kind":"talk","user_id":%q,"articles":[44]},`, who)
			decided = decided || p.onFindingBy(f, "/decide", `{"measures":[`+person+unit+`],"words":"属实"}`, judges)
		}
		decided = decided || p.onFindingBy(f, "/decide", `{"measures":[`+unit+`],"words":"属实"}`, judges)
		if decided && p.IntN(2) == 0 {
			p.onFindingBy(f, "/appeal", sorry, p.candidates(about, explainers.roles))
			p.onFindingBy(f, "/decide-appeal", `{"reverse":[1],"words":"过重"}`, append(judges, "city_inspector"))
		}
	}
}

// onFindingBy lets the first of some act on a finding who may.
func (p *throng) onFindingBy(f *grievance.Finding, action, body string, accounts []string) bool {
	p.t.Helper()
	for _, account := range accounts {
		if _, ok := try[FindingView](p, account, "/findings/"+f.ID.String()+action, body); ok {
			p.count(action, true)
			return true
		}
	}
	p.count(action, false)
	return false
}

// correctBulletins lets facts come late, and corrects bulletins that they belong to.
func (p *throng) correctBulletins() {
	p.t.Helper()
	for _, who := range []string{"clerk", "clerk2", "south_town_clerk"} {
		mark := markOf(len(p.ids))
		body := fmt.Sprintf(`{"channel":"visit","title":"补录%s","body":"补录%s","received_at":"2026-12-20T09:00:00+08:00","petitioner":{"name":"某人","phone":"13900001234"}}`, mark, mark)
		made, ok := try[CaseWithCode](p, who, "/cases", body)
		p.registered(made.ReceiptNumber, ok)
	}
	for _, b := range p.bulletins("admin", "?kind=monthly&limit=200") {
		for _, by := range []string{"city_supervisor", "admin"} {
			if _, ok := try[BulletinDocument](p, by, "/bulletins/"+b.ID+"/correct", `{"reason":"late_records","words":"窗口补录"}`); ok {
				p.count("correct", true)
			}
		}
	}
}

// listsFindings wants the list to have exactly the findings that can be opened, and
// to name the cases that can be opened, and no other.
func (a *agreement) listsFindings(route string) {
	a.t.Helper()
	items := a.counts(route, route)
	if w := a.ask(a.account, "GET", route, ""); w.Code != 200 {
		return
	}
	has := map[string]string{}
	for _, i := range items {
		has[i.ID] = i.CaseID
	}
	for _, f := range a.found {
		id, listed := has[f.ID.String()]
		status, _ := a.get(route + "/" + f.ID.String())
		if listed != (status == 200) {
			a.t.Errorf("%s finds a finding in the list: %v, and opens it: %d", a.account, listed, status)
		}
		if listed && !a.sees[f.CaseID] {
			a.met["a finding without its case"]++
		}
		if listed && (id != "") != a.sees[f.CaseID] {
			a.t.Errorf("the case of a finding is named %q to %s", id, a.account)
		}
		if a.rests(f) {
			a.met["a finding barred"]++
		}
		if listed && a.rests(f) {
			a.t.Errorf("%s sees a finding about a case from which they are barred", a.account)
		}
		if !exhaustive() && a.IntN(3) > 0 {
			continue
		}
		if of := a.counts(route, route+"?case="+f.CaseID.String()); len(of) > 0 && !a.sees[f.CaseID] {
			a.t.Errorf("%s finds %d findings of a case which is denied", a.account, len(of))
		}
	}
}

// rests reports whether a finding rests on a case from which the account is barred.
func (a *agreement) rests(f *grievance.Finding) bool {
	other, _ := f.OtherCase()
	return a.barred[f.CaseID] || a.barred[other]
}

func (a *agreement) opensFindings(route string) {
	for _, f := range part(a, a.found, 20) {
		a.tells(route, strings.Replace(route, ":id", f.ID.String(), 1))
	}
}
