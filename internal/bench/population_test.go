package bench

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// population is a county of which one township always has hereCases, and another
// all the rest: what the first one's people ask must not cost more among many.
// Of every kind of life that a case can have one was lived through the desk, with
// its events, clocks, signatures, findings; the others are copies of it, spread
// over a year or, where they are open, over an hour.
type population struct {
	*works
	n, told int
	step    time.Duration               // that goes by with each act
	here    map[string]grievance.CaseID // by the name of its life
}

const (
	hereCases = 2000
	aYear     = 360 * 24 * time.Hour
	anHour    = time.Hour
)

// place is where a life is lived, and who works there.
type place struct {
	clerk, handler, leader string // accounts
}

var (
	here  = place{"clerk2", "handler2", "leader2"}
	there = place{"clerk", "handler", "leader"}
)

// life is one way in which a case goes, with how many of a thousand go it.
type life struct {
	name   string
	share  int
	spread time.Duration
	live   func(*population, testing.TB, place) grievance.CaseID
}

// ended lives are lived first: what they leave behind them is settled before the
// open ones begin.
var ended = []life{
	{"answered", 720, aYear, (*population).answered},
	{"answered late", 30, aYear, (*population).answeredLate},
	{"declined", 100, aYear, (*population).declined},
	{"disputed", 10, aYear, (*population).disputed},
	{"objected", 30, aYear, (*population).objected},
	{"on the wall", 20, aYear, (*population).onTheWall},
	{"reviewed", 10, aYear, (*population).reviewed},
}

var open = []life{
	{"in hand", 50, anHour, (*population).inHand},
	{"before a leader", 10, anHour, (*population).beforeALeader},
	{"watched", 10, anHour, (*population).watched},
	{"new", 10, anHour, (*population).fresh},
}

func newPopulation(b testing.TB, dialect string, n int) *population {
	b.Helper()
	started := clock.System{}.Now()
	p := &population{works: newWorks(b, dialect, engineStarts), n: n, step: 10 * time.Minute, here: map[string]grievance.CaseID{}}
	there := map[string]grievance.CaseID{}
	p.liveAll(b, ended, there)
	p.settle(b)
	p.clock.Advance(60 * 24 * time.Hour) // explanations are overdue, and nothing else is due
	p.settle(b)
	p.exec(b, "UPDATE escalations SET state = 'resolved', resolved_at = opened_at")
	p.liveAll(b, open, there)
	p.settle(b)
	p.withoutIndexes(b, func() {
		for _, l := range slices.Concat(ended, open) {
			storetest.CopyWhole(b, p.url, p.here[l.name], hereCases*l.share/1000, l.spread)
			storetest.CopyWhole(b, p.url, there[l.name], (n-hereCases)*l.share/1000, l.spread)
		}
	})
	p.exec(b, allAudited)
	p.analyse(b)
	p.step = time.Second // nothing of the copies comes due
	b.Logf("%s: %d cases made in %v", dialect, n, clock.Since(clock.System{}, started).Round(time.Second))
	return p
}

func (p *population) liveAll(b testing.TB, lives []life, elsewhere map[string]grievance.CaseID) {
	b.Helper()
	for _, l := range lives {
		p.here[l.name] = l.live(p, b, here)
		elsewhere[l.name] = l.live(p, b, there)
	}
}

// withoutIndexes lets rows be added in bulk: PostgreSQL makes indexes anew sooner
// than it keeps them. Those of constraints stay.
func (p *population) withoutIndexes(b testing.TB, add func()) {
	b.Helper()
	if p.store.Dialect() != migrations.Postgres {
		add()
		return
	}
	var names, made []string
	rows, err := p.raw.QueryContext(b.Context(), `SELECT indexname, indexdef FROM pg_indexes
		WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			b.Fatal(err)
		}
		names, made = append(names, name), append(made, text)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		b.Fatal(err)
	}
	p.exec(b, "DROP INDEX "+strings.Join(names, ", "))
	add()
	p.exec(b, append([]string{"SET maintenance_work_mem = '256MB'"}, made...)...)
}

func (w *works) by(b testing.TB, account string) casework.Request {
	b.Helper()
	return casework.Request{Actor: officetest.Actor(b, w.office, w.clock, account)}
}

// done takes a case from an operation, and lets some time go by.
func (p *population) done(b testing.TB) func(casework.Done, error) grievance.CaseID {
	return func(done casework.Done, err error) grievance.CaseID {
		b.Helper()
		if err != nil {
			b.Fatalf("after %d cases: %v", p.told, err)
		}
		p.clock.Advance(p.step)
		return done.Case.ID
	}
}

func (p *population) taken(b testing.TB, at place, by grievance.Channel) grievance.CaseID {
	b.Helper()
	p.told++
	return p.done(b)(p.desk.Register(b.Context(), p.by(b, at.clerk), grievance.Registration{
		Channel: by, Nature: grievance.Demand, Category: "0101", Title: title, Body: story,
		Petitioner: grievance.Party{Name: "陈志强", Phone: fmt.Sprintf("138%08d", p.told)},
	}))
}

// handled brings a case into the hands of its handler.
func (p *population) handled(b testing.TB, at place, by grievance.Channel) grievance.CaseID {
	b.Helper()
	id := p.taken(b, at, by)
	p.toHand(b, at, id)
	return id
}

func (p *population) toHand(b testing.TB, at place, id grievance.CaseID) {
	b.Helper()
	ctx, handler := b.Context(), p.by(b, at.handler).Actor
	p.done(b)(p.desk.Accept(ctx, p.by(b, at.clerk), id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	p.done(b)(p.desk.Assign(ctx, p.by(b, at.clerk), id, grievance.Assignment{Unit: handler.Posts[0].UnitID, Handler: handler.UserID}))
	p.done(b)(p.desk.Acknowledge(ctx, p.by(b, at.handler), id, grievance.Acknowledging{}))
	p.done(b)(p.desk.Contact(ctx, p.by(b, at.handler), id, grievance.Contacting{Words: story}))
}

var given = grievance.Submission{Outcome: grievance.Supported, Request: title, Facts: story, Opinion: story, LegalBasis: "《信访工作条例》第三十四条"}

// signed lets the leader sign the nth request of a case.
func (p *population) signed(b testing.TB, at place, id grievance.CaseID, n int) {
	b.Helper()
	p.done(b)(p.desk.Submit(b.Context(), p.by(b, at.handler), id, given))
	p.clock.Advance(6 * p.step) // to read it
	p.done(b)(p.desk.Approve(b.Context(), p.by(b, at.leader), id, n, grievance.Approval{}))
}

func (p *population) answered(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.handled(b, at, grievance.ByVisit)
	p.signed(b, at, id, 1)
	p.done(b)(p.desk.Serve(b.Context(), p.by(b, at.clerk), id, 2, grievance.Service{How: "mail"}))
	return id
}

func (p *population) answeredLate(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.taken(b, at, grievance.ByVisit)
	p.clock.Advance(30 * 24 * time.Hour)
	p.settle(b)
	p.toHand(b, at, id)
	p.clock.Advance(70 * 24 * time.Hour)
	p.settle(b)
	p.signed(b, at, id, 1)
	return id
}

func (p *population) declined(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.taken(b, at, grievance.ByVisit)
	p.turnedDown(b, at, id)
	p.done(b)(p.desk.Serve(b.Context(), p.by(b, at.clerk), id, 1, grievance.Service{How: "mail"}))
	return id
}

func (p *population) turnedDown(b testing.TB, at place, id grievance.CaseID) {
	b.Helper()
	p.done(b)(p.desk.Decline(b.Context(), p.by(b, at.clerk), id, grievance.Declining{Reason: grievance.OtherProcedure, Words: story}))
	p.clock.Advance(6 * p.step) // to read it
	p.done(b)(p.desk.Approve(b.Context(), p.by(b, at.leader), id, 1, grievance.Approval{}))
}

func (p *population) disputed(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.handled(b, at, grievance.ByApp)
	p.signed(b, at, id, 1)
	p.done(b)(p.desk.Dispute(b.Context(), p.by(b, at.clerk), id, grievance.Disputing{Words: story}))
	p.signed(b, at, id, 2)
	return id
}

// objected is a case that was sent to the county's land office and back.
func (p *population) objected(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	ctx, id := b.Context(), p.taken(b, at, grievance.ByVisit)
	other := here.clerk
	if at == here {
		other = there.clerk
	}
	p.done(b)(p.desk.Forward(ctx, p.by(b, at.clerk), id, grievance.Forwarding{Unit: p.by(b, other).Actor.Posts[0].UnitID, Reason: "other_area"}))
	p.done(b)(p.desk.Object(ctx, p.by(b, other), id, grievance.Objecting{Reason: "not_our_duty", Words: story, Category: "0101", Area: "990121"}))
	yes := true
	p.done(b)(p.desk.DecideObjection(ctx, p.by(b, at.clerk), id, 1, grievance.ObjectionDecision{Consent: &yes, Words: story}))
	p.toHand(b, at, id)
	p.signed(b, at, id, 1)
	return id
}

func (p *population) onTheWall(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.handled(b, at, grievance.ByWall)
	p.signed(b, at, id, 1)
	return id
}

func (p *population) reviewed(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	ctx, id := b.Context(), p.answered(b, at)
	p.done(b)(p.desk.RequestReview(ctx, p.by(b, at.clerk), id, grievance.ReviewRequest{Words: story}))
	p.done(b)(p.desk.SubmitReview(ctx, p.by(b, "county_clerk"), id, 1, grievance.ReviewOpinion{
		Decision: grievance.Upheld, Request: title, Facts: story, Opinion: story, LegalBasis: "《信访工作条例》第三十五条",
	}))
	p.clock.Advance(6 * p.step) // to read it
	p.done(b)(p.desk.Approve(ctx, p.by(b, "county_leader"), id, 2, grievance.Approval{Words: story}))
	return id
}

func (p *population) inHand(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	return p.handled(b, at, grievance.ByVisit)
}

func (p *population) beforeALeader(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	id := p.handled(b, at, grievance.ByVisit)
	p.done(b)(p.desk.Submit(b.Context(), p.by(b, at.handler), id, given))
	return id
}

// watched is a case that a leader has in charge, the county lists and orders
// about, and somebody was reminded of.
func (p *population) watched(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	ctx, id := b.Context(), p.handled(b, at, grievance.ByVisit)
	p.done(b)(p.desk.NameSponsor(ctx, p.by(b, at.leader), id, grievance.Sponsoring{}))
	p.done(b)(p.desk.List(ctx, p.by(b, "supervisor"), id, grievance.Listing{Reason: "major_risk", Words: story}))
	p.done(b)(p.desk.Order(ctx, p.by(b, "supervisor"), id, grievance.Ordering{Unit: p.by(b, at.leader).Actor.Posts[0].UnitID, Words: story}))
	p.done(b)(p.desk.Reply(ctx, p.by(b, at.leader), id, 1, grievance.Replying{Words: story}))
	p.done(b)(p.desk.Remind(ctx, p.by(b, "supervisor"), id, grievance.Reminding{}))
	return id
}

func (p *population) fresh(b testing.TB, at place) grievance.CaseID {
	b.Helper()
	return p.taken(b, at, grievance.ByVisit)
}
