package report_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// crowd is a city in which random things have happened to cases.
type crowd struct {
	*city
	*rand.Rand
	cases []grievance.CaseID
}

func (c *crowd) by(accounts ...string) casework.Request { return c.as(accounts[c.IntN(len(accounts))]) }

// try takes what is done for good or for bad: what the domain refuses is not done.
func (c *crowd) try(_ casework.Done, err error) {
	c.Helper()
	if err != nil && grievance.KindOf(err) == "" {
		c.Fatal(err)
	}
}

func (c *crowd) registerOne() {
	done, err := c.desk.Register(c.Context(), c.by("clerk", "clerk2", "county_clerk", "housing_clerk"), grievance.Registration{
		Channel: []grievance.Channel{grievance.ByApp, grievance.ByHotline, grievance.ByVisit}[c.IntN(3)], Title: "路灯", Body: "不亮",
		Urgency: []grievance.Urgency{grievance.Ordinary, grievance.Simple, grievance.LifeProperty}[c.IntN(3)],
	})
	c.try(done, err)
	if err == nil {
		c.cases = append(c.cases, done.Case.ID)
	}
}

// goOn does the next thing to a case that would usually be done, or rests it.
func (c *crowd) goOn(id grievance.CaseID) {
	ctx, g := c.Context(), c.read(id)
	clerk, handler := c.at(g.LeadUnitID, grievance.RoleClerk), c.at(g.HandlingUnitID, grievance.RoleHandler)
	leader := c.by("leader", "leader2", "economy_head", "enforcement_head2", "housing_leader")
	switch g.Status {
	case grievance.Registered:
		c.try(c.desk.Accept(ctx, clerk, id, grievance.AcceptanceDecision{Service: &grievance.Service{How: "sms"}}))
	case grievance.Accepted:
		unit := []string{"990121101-03", "990121101-01", "990121001-04", "990121-01"}[c.IntN(4)]
		c.try(c.desk.Assign(ctx, clerk, id, grievance.Assignment{Unit: c.unit(unit).ID}))
	case grievance.Assigned:
		if slices.Index(c.cases, id)%3 == 0 {
			c.try(c.desk.Object(ctx, handler, id, grievance.Objecting{Reason: "other_area", Words: "不属本辖区", Category: "0101", Area: "990121"}))
		}
		c.try(c.desk.Acknowledge(ctx, handler, id, grievance.Acknowledging{}))
	case grievance.InHandling:
		if g.PendingSignOff == 0 {
			until := calendar.DateOf(c.clock.Now()).AddDays(1 + c.IntN(12))
			c.try(c.desk.Suspend(ctx, handler, id, grievance.Suspending{Cause: grievance.ForceMajeure, Until: until, Words: "洪水"}))
			c.try(c.desk.Extend(ctx, handler, id, grievance.Extending{N: 5, Reason: "complex", Words: "复杂"}))
		}
		for n := range g.SignOffCount {
			c.try(c.desk.Approve(ctx, leader, id, n+1, grievance.Approval{}))
		}
	}
}

func (c *crowd) at(unit grievance.UnitID, role grievance.Role) casework.Request {
	book := officetest.Book(c, c.office)
	held := book.Holders(grievance.Post{UnitID: unit, Role: role}, c.clock.Now())
	if len(held) == 0 {
		return c.as("clerk")
	}
	return casework.Request{Actor: book.Actor(held[c.IntN(len(held))], c.clock.Now())}
}

func (c *crowd) read(id grievance.CaseID) (g *grievance.Case) {
	c.Helper()
	err := c.store.Read(c.Context(), func(s *store.Snapshot) (err error) {
		g, err = s.Case(id, c.everything(), store.Needs{})
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	return g
}

func gather(s *city, seed uint64, cases int) *crowd {
	c := &crowd{city: s, Rand: rand.New(rand.NewPCG(seed, seed))}
	for range cases {
		c.registerOne()
		for range c.IntN(12) {
			c.goOn(c.cases[c.IntN(len(c.cases))])
			c.clock.Advance(time.Duration(c.IntN(120)) * time.Minute)
		}
		if c.IntN(4) == 0 {
			c.run()
		}
	}
	return c
}

func (c *crowd) run() {
	c.Helper()
	if _, err := engine.New(c.desk, c.store, c.clock, slog.New(slog.DiscardHandler)).RunOnce(c.Context()); err != nil {
		c.Fatal(err)
	}
}

func (s *city) upcoming(v store.Viewer, days int, more ...func(*report.UpcomingQuery)) report.UpcomingReport {
	s.Helper()
	today := calendar.DateOf(s.clock.Now())
	q := report.UpcomingQuery{Period: store.Period{From: today, To: today.AddDays(days - 1)}, Most: report.MostUpcoming, Now: s.clock.Now()}
	for _, add := range more {
		add(&q)
	}
	r, err := report.Upcoming(s.Context(), s.store, officetest.Book(s, s.office), v, q)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// What is foretold is exactly what the engine records when time has gone there:
// the same clocks, rungs, acts and instants, and the same posts.
func TestTheForecastComesTrue(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		eachCity(t, func(s *city) {
			c := gather(s, seed+1, 40)
			if seed == 2 { // nobody is left above the county to call on
				for _, account := range []string{"supervisor", "city_supervisor"} {
					if _, err := c.office.DisableUser(c.Context(), grievance.System, c.as(account).Actor.UserID); err != nil {
						c.Fatal(err)
					}
				}
			}
			days := 2 + c.IntN(30)
			before, seqs := c.rows(), c.seqs()
			r := c.upcoming(c.everything(), days)
			if got := c.rows(); got != before || !slices.Equal(c.seqs(), seqs) {
				t.Errorf("looking ahead changed the database:\n%s\nwas\n%s", got, before)
			}
			foretold := map[string]bool{}
			for _, x := range r.Rows {
				foretold[told(x)] = true
			}
			c.clock.Set(r.Query.Period.To.End())
			c.run()
			recorded := c.recorded(seqs)
			if len(recorded) != len(r.Rows) || len(foretold) != len(r.Rows) || r.CompleteUntil != nil || len(r.Unforetold) > 0 {
				t.Errorf("%d were foretold, %d different; %d came", len(r.Rows), len(foretold), len(recorded))
			}
			for _, line := range recorded {
				if !foretold[line] {
					t.Errorf("not foretold: %s", line)
				}
				delete(foretold, line)
			}
			for line := range foretold {
				t.Errorf("did not come: %s", line)
			}
			switch seed {
			case 0:
				c.wantActs(r, report.Remind, report.Warn, report.Breach, report.Escalate, report.Raise, report.Resume)
			case 2:
				c.wantActs(r, report.Unroutable)
			}
		})
	}
}

// wantActs keeps the property from being empty.
func (c *crowd) wantActs(r report.UpcomingReport, acts ...report.Act) {
	c.Helper()
	for _, act := range acts {
		if !slices.ContainsFunc(r.Figures(), func(f report.UpcomingFigure) bool { return f.Act == act }) {
			c.Errorf("the crowd shows no %s", act)
		}
	}
}

func told(x report.UpcomingRow) string {
	clock := x.ClockID.String()
	if clock == "" && x.Kind != "" {
		clock = "new " + string(x.Kind)
	}
	target := ""
	if (x.Act == report.Escalate || x.Act == report.Unroutable) && len(x.To) > 0 {
		target = fmt.Sprint(x.To[0].Unit.ID, x.To[0].Role, x.To[0].Head, x.Level, x.Cause)
	}
	return fmt.Sprint(x.CaseID, " ", x.Act, " ", clock, " ", x.Rung, " ", x.At.Format(time.RFC3339Nano), " ", x.DueAt.Format(time.RFC3339Nano), " ", target)
}

func (c *crowd) seqs() (list []int64) {
	for _, id := range c.cases {
		list = append(list, c.read(id).Seq)
	}
	return list
}

// recorded tells the events after the numbers given as told does.
func (c *crowd) recorded(seqs []int64) (lines []string) {
	c.Helper()
	acts := map[grievance.EventKind]report.Act{
		grievance.EvReminded: report.Remind, grievance.EvWarned: report.Warn, grievance.EvBreached: report.Breach,
		grievance.EvEscalated: report.Escalate, grievance.EvResumed: report.Resume, grievance.EvRebased: report.Rebase,
		grievance.EvObjectionRaised: report.Raise,
	}
	for i, id := range c.cases {
		var events []grievance.Event
		err := c.store.Read(c.Context(), func(s *store.Snapshot) (err error) {
			events, err = s.EventsOf(id, seqs[i], 1000)
			return err
		})
		if err != nil {
			c.Fatal(err)
		}
		started := map[grievance.ClockID]bool{}
		for _, e := range events {
			f, err := grievance.ReadFacts(e)
			if err != nil {
				c.Fatal(err)
			}
			for _, k := range f.Started {
				started[k.ID] = true
			}
			if acts[e.Kind] == "" {
				continue
			}
			x := report.UpcomingRow{CaseID: id, Act: acts[e.Kind], At: e.AboutAt}
			if k := f.Clock; k != nil {
				x.Kind, x.ClockID, x.Rung, x.DueAt = k.Kind, k.ID, k.Rung, k.DueAt
				if started[k.ID] {
					x.ClockID = grievance.ClockID{}
				}
			}
			if g := f.Escalation; g != nil {
				x.Level, x.Cause = g.Level, g.Cause
				if g.Unroutable {
					x.Act = report.Unroutable
				}
				x.To = []report.Addressee{{Unit: officetest.Book(c, c.office).Unit(g.Target.UnitID), Role: g.Target.Role, Head: g.Target.Head}}
			}
			lines = append(lines, told(x))
		}
	}
	return lines
}

func (c *crowd) escalations(id grievance.CaseID) (list []grievance.Escalation) {
	c.Helper()
	err := c.store.Read(c.Context(), func(s *store.Snapshot) (err error) {
		list, err = s.EscalationsOf(id)
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	return list
}

// rows spells what the engine writes, with the version of the organisation.
func (c *crowd) rows() string {
	c.Helper()
	var out strings.Builder
	err := c.store.Read(c.Context(), func(s *store.Snapshot) error {
		version, err := s.BookVersion()
		if err != nil {
			return err
		}
		unplaced, err := s.UnplacedEvents()
		fmt.Fprintf(&out, "book %d, unplaced %d", version, unplaced.N)
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	for _, id := range c.cases {
		g := c.read(id)
		rows, err := json.Marshal([]any{g, g.Clocks(), c.escalations(id)})
		if err != nil {
			c.Fatal(err)
		}
		fmt.Fprintf(&out, "\n%s", rows)
	}
	return out.String()
}

// A report with fewer rows than there are has the first ones, and says up to
// when nothing is missing.
func TestAForecastIsCutAtItsEnd(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		gather(s, 7, 30)
		whole := s.upcoming(s.everything(), 20)
		for _, most := range []int{1, 3, len(whole.Rows) / 2, len(whole.Rows) - 1, len(whole.Rows)} {
			r := s.upcoming(s.everything(), 20, func(q *report.UpcomingQuery) { q.Most = most })
			for i, x := range r.Rows {
				if told(x) != told(whole.Rows[i]) && !x.At.Equal(*r.CompleteUntil) {
					t.Errorf("of %d, row %d is %s, want %s", most, i, told(x), told(whole.Rows[i]))
				}
			}
			if cut := most < len(whole.Rows); len(r.Rows) != most || (r.CompleteUntil != nil) != cut || cut && !r.CompleteUntil.Equal(whole.Rows[most].At) {
				t.Errorf("asked for %d of %d: %d rows, complete until %v", most, len(whole.Rows), len(r.Rows), r.CompleteUntil)
			}
		}
	})
}

// Who looks sees of what is coming only what concerns cases they may see, and
// a report about units only what those owe.
func TestAForecastShowsWhatItsViewerSees(t *testing.T) {
	t.Parallel()
	eachCity(t, func(s *city) {
		gather(s, 8, 30)
		whole := s.upcoming(s.everything(), 20)
		for _, who := range []string{"leader", "leader2", "county_leader", "housing_leader", "handler", "admin"} {
			v, want := s.viewer(who).AtWork(), []string{}
			for _, x := range whole.Rows {
				err := s.store.Read(s.Context(), func(r *store.Snapshot) error {
					_, err := r.Case(x.CaseID, v, store.Needs{})
					return err
				})
				if err == nil {
					want = append(want, told(x))
				}
			}
			if got := lines(s.upcoming(v, 20)); !slices.Equal(got, want) {
				t.Errorf("%s sees %d rows, want %d", who, len(got), len(want))
			}
		}
		for _, codes := range [][]string{{"9901"}, {"990121101"}, {"990121101-03", "990121001"}, {"990121-06"}} {
			var ids []grievance.UnitID
			var want []string
			for _, code := range codes {
				ids = append(ids, s.unit(code).ID)
			}
			for _, x := range whole.Rows {
				if slices.ContainsFunc(codes, func(code string) bool { return x.Unit.Within(s.unit(code)) }) {
					want = append(want, told(x))
				}
			}
			r := s.upcoming(s.everything(), 20, func(q *report.UpcomingQuery) { q.Units = ids })
			if got := lines(r); !slices.Equal(got, want) || len(codes) == 1 && r.Unit.Unit.ID != ids[0] {
				t.Errorf("of %v there are %d rows, want %d", codes, len(got), len(want))
			}
		}
	})
}

func lines(r report.UpcomingReport) []string {
	list := []string{}
	for _, x := range r.Rows {
		list = append(list, told(x))
	}
	return list
}
