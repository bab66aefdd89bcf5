package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// asked is something that people, reports and the engine ask of the store. own is
// that it follows what belongs to one township, whose cases are as many in both
// populations; the rest follows how many there are of what it is about.
type asked struct {
	name string
	own  bool
	ask  func(*asker) error
}

// asker is one transaction that asks.
type asker struct {
	*store.Tx
	testing.TB
	p *population
}

func (a *asker) actor(account string) grievance.Actor { return a.p.by(a.TB, account).Actor }

func (a *asker) viewer(account string) store.Viewer {
	return store.ViewerOf(a.actor(account), officetest.Book(a.TB, a.p.office))
}

func (a *asker) findings(account string, f store.FindingFilter, counted bool) error {
	v := store.FindingViewerOf(a.actor(account), officetest.Book(a.TB, a.p.office), a.p.clock.Now())
	_, err := a.ListFindings(v, f, nil, pageOfItems)
	if counted && err == nil {
		_, err = a.CountFindings(v, f)
	}
	return err
}

func (a *asker) inbox(account string) error {
	_, err := a.Inbox(a.viewer(account), store.WaitingOf(a.actor(account), officetest.Book(a.TB, a.p.office), a.p.clock.Now()), nil, pageOfItems)
	return err
}

func (a *asker) signOffs(account string, decided bool) error {
	book, actor := officetest.Book(a.TB, a.p.office), a.actor(account)
	area := []store.Area{{Path: book.Unit(actor.Posts[0].UnitID).Path}}
	desk := store.SignOffDesk{Leader: store.WaitingOf(actor, book, a.p.clock.Now()), Areas: area, Heads: area, Decided: decided}
	_, err := a.ListSignOffs(a.viewer(account).AtWork(), desk, nil, pageOfItems)
	return err
}

func (a *asker) cases(account string, f store.CaseFilter) error {
	f.Now = a.p.clock.Now()
	_, err := a.ListCases(a.viewer(account), f, store.NewestFirst, nil, pageOfItems)
	return err
}

func (a *asker) held(account string, role grievance.Role) error {
	actor := a.actor(account)
	_, err := a.LockHeldBy(actor.UserID, actor.Posts[0].UnitID, role, store.Some{Limit: 100})
	return err
}

func (a *asker) unit(account string) grievance.UnitID { return a.actor(account).Posts[0].UnitID }

const pageOfItems = 51

var listed = true

// questions are those that came with sign-off, supervision, findings and bulletins.
var questions = []asked{
	{"findings of a township", true, func(a *asker) error { return a.findings("leader2", store.FindingFilter{}, false) }},
	{"findings of a township, counted", true, func(a *asker) error { return a.findings("leader2", store.FindingFilter{}, true) }},
	{"findings of a township, by rule and state", true, func(a *asker) error {
		return a.findings("leader2", store.FindingFilter{Rules: grievance.FindingRules[:1], States: grievance.FindingStates[:1]}, false)
	}},
	{"findings of the county", false, func(a *asker) error { return a.findings("supervisor", store.FindingFilter{}, false) }},
	{"findings of the county in a township", false, func(a *asker) error {
		unit := officetest.Book(a.TB, a.p.office).Unit(a.unit("leader2"))
		return a.findings("supervisor", store.FindingFilter{Unit: store.Area{Path: unit.Path}}, false)
	}},
	{"inbox of a handler", true, func(a *asker) error { return a.inbox("handler2") }},
	{"inbox of a clerk", true, func(a *asker) error { return a.inbox("clerk2") }},
	{"inbox of a leader", true, func(a *asker) error { return a.inbox("leader2") }},
	{"inbox of a leader of offices", true, func(a *asker) error { return a.inbox("social_head2") }},
	{"inbox of a supervisor", false, func(a *asker) error { return a.inbox("supervisor") }},
	{"sign-offs before a leader", true, func(a *asker) error { return a.signOffs("leader2", false) }},
	{"sign-offs of a township, decided", true, func(a *asker) error { return a.signOffs("leader2", true) }},
	{"sign-offs of the county, decided", false, func(a *asker) error { return a.signOffs("county_leader", true) }},
	{"the wall", false, func(a *asker) error { _, err := a.Wall(nil, pageOfItems); return err }},
	{"cases listed, of a township", true, func(a *asker) error { return a.cases("leader2", store.CaseFilter{Listed: &listed}) }},
	{"cases listed, of the county", false, func(a *asker) error { return a.cases("supervisor", store.CaseFilter{Listed: &listed}) }},
	{"cases of a sponsor", true, func(a *asker) error {
		return a.cases("leader2", store.CaseFilter{Sponsor: a.actor("leader2").UserID})
	}},
	{"related cases", true, func(a *asker) error {
		_, err := a.RelatedTo(a.p.here["answered"], a.viewer("clerk2").AtWork(), store.Searcher{}, grievance.CaseID{}, pageOfItems)
		return err
	}},
	{"objections of a unit", false, func(a *asker) error {
		now := a.p.clock.Now()
		_, err := a.CountObjections(a.viewer("clerk2"), []grievance.UnitID{a.unit("clerk2")}, now.AddDate(-1, 0, 0), now)
		return err
	}},
	{"cases to hand on, of a handler", true, func(a *asker) error { return a.held("handler2", grievance.RoleHandler) }},
	{"cases to hand on, of a leader", true, func(a *asker) error { return a.held("leader2", grievance.RoleLeader) }},
	{"cases with a merged unit", true, func(a *asker) error {
		_, err := a.LockIn([]grievance.UnitID{a.unit("clerk2")}, store.Some{Limit: 100})
		return err
	}},
	{"a month's facts", false, (*asker).month},
}

// month reads what the bulletins of a month count, of which the population has
// the facts.
func (a *asker) month() error {
	p, _ := grievance.ParseBulletinPeriod("2026-01")
	period := store.Period{From: p.From, To: p.To}
	upTo, err := a.LedgerEnd()
	if err != nil {
		return err
	}
	_, moving := a.MovingEvents(period, upTo)
	_, late := a.HandlingMetLate(period)
	_, found := a.FindingsAbout(period)
	_, measured := a.MeasuresDecided(period)
	counted := a.CountedEvents(period, upTo, func(store.CountedEvent) error { return nil })
	return errors.Join(moving, late, found, measured, counted)
}

// compareAsked asks everything of both populations in turns, and tells what it
// took and how the larger one looks it up.
func compareAsked(b *testing.B, few, many *population) {
	b.Helper()
	for _, q := range questions {
		var took [2]side
		for range auditRounds {
			for i, p := range []*population{few, many} {
				started := clock.System{}.Now()
				p.asks(b.Context(), b, q)
				took[i].add(1, clock.Since(clock.System{}, started), 0)
			}
		}
		ratios := took[0].over(&took[1])
		fmt.Printf("%s: %-45s %8.2f ms among %d cases, %8.2f among %d   ratio %.2f%s\n", many.store.Dialect(), q.name,
			1000/median(took[0].rates), few.n, 1000/median(took[1].rates), many.n, median(ratios),
			map[bool]string{true: ", own", false: ""}[q.own])
	}
	for _, q := range questions {
		ctx, sent := store.CountStatements(b.Context())
		many.asks(ctx, b, q)
		fmt.Printf("\n-- %s\n", q.name)
		list := sent.List()
		plans := storetest.Plans(b, many.url, list)
		for _, statement := range list {
			fmt.Println(statement + "\n  " + strings.ReplaceAll(plans[statement], "; ", "\n  "))
			delete(plans, statement)
		}
	}
}

func (p *population) asks(ctx context.Context, b testing.TB, q asked) {
	b.Helper()
	err := p.store.Write(ctx, func(tx *store.Tx) error { return q.ask(&asker{tx, b, p}) })
	if err != nil {
		b.Fatalf("%s: %v", q.name, err)
	}
}
