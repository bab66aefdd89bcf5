package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
)

// population is cases of a city that people have done random things to. What the
// domain refuses is not done.
type population struct {
	*city
	*rand.Rand
	cases []*grievance.Case
}

func populate(s *city, seed uint64, cases int) *population {
	p := &population{city: s, Rand: rand.New(rand.NewPCG(seed, seed))}
	for range cases {
		p.registerOne()
		for range p.IntN(6) {
			p.somethingHappens()
		}
		p.clock.Advance(time.Duration(p.IntN(30)) * time.Hour)
		p.runEngine()
	}
	return p
}

func pick[T any](p *population, list ...T) T { return list[p.IntN(len(list))] }

func (p *population) by(accounts ...string) casework.Request {
	return casework.Request{Actor: officetest.Actor(p.t, p.Office, p.clock, pick(p, accounts...))}
}

// done takes what the Desk did, if it did anything.
func (p *population) done(d casework.Done, err error) *grievance.Case {
	p.t.Helper()
	if err != nil && grievance.KindOf(err) == "" {
		p.t.Fatal(err)
	}
	return d.Case
}

func (p *population) registerOne() {
	in := grievance.Registration{
		Channel: pick(p, grievance.ByApp, grievance.ByHotline, grievance.ByVisit), Title: "路灯", Body: "不亮",
		Category: pick(p, "", "0101", "0301"), Urgency: pick(p, grievance.Ordinary, grievance.Simple, grievance.LifeProperty),
		Petitioner: grievance.Party{Name: "某人", Phone: fmt.Sprintf("138000%05d", p.IntN(5))},
	}
	c := p.done(p.Desk.Register(p.t.Context(), p.by("clerk", "clerk2", "county_clerk", "housing_clerk", "city_clerk"), in))
	if c != nil {
		p.cases = append(p.cases, c)
	}
}

func (p *population) somethingHappens() {
	i, ctx := p.IntN(len(p.cases)), p.t.Context()
	c := p.cases[i]
	clerk, handler := p.holder(c.LeadUnitID, grievance.RoleClerk), p.holder(c.HandlingUnitID, grievance.RoleHandler)
	boss := p.by("leader", "leader2", "supervisor", "city_supervisor", "county_leader", "economy_head", "housing_leader")
	var d casework.Done
	var err error
	switch p.IntN(10) {
	case 0, 1:
		d, err = p.Desk.Accept(ctx, clerk, c.ID, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}})
	case 2, 3:
		unit := officetest.Unit(p.t, p.Office, pick(p, economy, "990121101-01", "990121001-04", "990121-01"))
		d, err = p.Desk.Assign(ctx, clerk, c.ID, grievance.Assignment{Unit: unit.ID})
	case 4, 5:
		d, err = p.Desk.Acknowledge(ctx, handler, c.ID, grievance.Acknowledging{})
	case 6:
		unit := officetest.Unit(p.t, p.Office, pick(p, jichuan, qiqiao, "990121", "990121-01"))
		d, err = p.Desk.Forward(ctx, clerk, c.ID, grievance.Forwarding{Unit: unit.ID, Reason: "not_our_duty"})
	case 7:
		request := grievance.EscalationRequest{Level: 1 + p.IntN(3), Reason: "risk"}
		d, err = p.Desk.Escalate(ctx, pick(p, clerk, handler, boss), c.ID, request)
	case 8:
		d, err = p.Desk.Submit(ctx, handler, c.ID, grievance.Submission{
			Outcome: grievance.Supported, Request: "修路灯", Facts: "线路老化", Opinion: "本周修好", LegalBasis: "条例",
		})
	default:
		p.takeEscalation(c.ID, boss)
	}
	if c := p.done(d, err); c != nil {
		p.cases[i] = c
	}
}

// holder acts in a post of the unit, if anybody holds it.
func (p *population) holder(unit grievance.UnitID, role grievance.Role) casework.Request {
	book := officetest.Book(p.t, p.Office)
	held := book.Holders(grievance.Post{UnitID: unit, Role: role}, p.clock.Now())
	if len(held) == 0 {
		return p.by("clerk", "handler2")
	}
	return casework.Request{Actor: book.Actor(pick(p, held...), p.clock.Now())}
}

func (p *population) takeEscalation(id grievance.CaseID, by casework.Request) {
	var all []grievance.Escalation
	err := p.Store.Read(p.t.Context(), func(s *store.Snapshot) (err error) {
		all, err = s.EscalationsOf(id)
		return err
	})
	must(p.t, err)
	for _, e := range all {
		if p.IntN(2) == 0 {
			p.done(p.Desk.AcknowledgeEscalation(p.t.Context(), by, id, e.ID))
		} else {
			p.done(p.Desk.ResolveEscalation(p.t.Context(), by, id, e.ID, "已督促"))
		}
	}
}

// runEngine lets the clocks be judged now.
func (s *city) runEngine() {
	s.t.Helper()
	for {
		done, err := s.Desk.AdvanceDue(s.t.Context(), 200)
		must(s.t, err)
		if done.LastErr != nil {
			s.t.Fatal(done.LastErr)
		}
		if done.Cases == 0 {
			return
		}
	}
}

// anyPage is a page of anything.
type anyPage struct {
	Items []struct {
		ID        string `json:"id"`
		CaseID    string `json:"case_id"`
		Reason    string `json:"reason"`
		FindingID string `json:"finding_id"`
	} `json:"items"`
	Next  string `json:"next"`
	Total *int   `json:"total"`
}

// follow goes through a list to its end by pages of limit items and gives what
// identifies each, in order. It fails when something stands in it twice.
func (s *city) follow(account, href string, limit int) (ids []string) {
	s.t.Helper()
	join := "?"
	if strings.Contains(href, "?") {
		join = "&"
	}
	seen := map[string]bool{}
	for cursor := ""; ; {
		res := s.send(account, "GET", fmt.Sprintf("%s%slimit=%d%s", href, join, limit, cursor), "")
		body := bodyOf(s.t, res)
		var page anyPage
		if err := json.Unmarshal(body, &page); err != nil || res.StatusCode != http.StatusOK {
			s.t.Fatalf("%s as %s: status %d, %v: %s", href, account, res.StatusCode, err, body)
		}
		for _, i := range page.Items {
			id := i.ID + i.CaseID + i.Reason + i.FindingID
			if seen[id] {
				s.t.Fatalf("%s: %s stands in it twice", href, id)
			}
			seen[id], ids = true, append(ids, id)
		}
		if page.Next == "" {
			return ids
		}
		if len(page.Items) != limit {
			s.t.Fatalf("%s: a page of %d, though there is a next one", href, len(page.Items))
		}
		cursor = "&cursor=" + page.Next
	}
}

// total asks a list how many there are.
func (s *city) total(account, href string) int {
	s.t.Helper()
	join := "?"
	if strings.Contains(href, "?") {
		join = "&"
	}
	var page anyPage
	must(s.t, json.Unmarshal(bodyOf(s.t, s.send(account, "GET", href+join+"count=true&limit=1", "")), &page))
	if page.Total == nil {
		s.t.Fatalf("%s does not count", href)
	}
	return *page.Total
}
