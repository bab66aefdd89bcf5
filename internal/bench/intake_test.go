package bench

import (
	"context"
	"runtime"
	"strconv"
	"testing"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/migrations"
)

// goal is how much of what the database could do at best HTTP has to give.
const goal = 0.5

// BenchmarkIntake takes in cases at fifty desks by eight clients at once: over
// HTTP, at the Desk without HTTP, and with the bare driver (the floor).
func BenchmarkIntake(b *testing.B) {
	for _, dialect := range []string{migrations.Postgres, migrations.SQLite} {
		b.Run(dialect, func(b *testing.B) { measure(b, newTown(b, dialect)) })
	}
}

// remarks say how commits are kept, on both sides alike.
var remarks = map[string]string{
	migrations.Postgres: "make bench's own server has fsync off, for both sides",
	migrations.SQLite:   "one writing connection and synchronous FULL, for both sides",
}

func measure(b *testing.B, t *town) {
	b.Helper()
	t.serve(b)
	sides := []*side{{name: "floor", start: t.floor(b)}, {name: "desk", start: t.atTheDesk}, {name: "HTTP", start: t.overHTTP}}
	for b.Loop() {
		for _, s := range sides {
			s.rates, s.costs = nil, nil
		}
		compare(b, sides)
	}
	b.Logf("%s: %d clients, %d units, %d processors, %d rounds of %s; %s",
		t.Store.Dialect(), workers, units, runtime.GOMAXPROCS(0), rounds, roundTakes, remarks[t.Store.Dialect()])
	for _, s := range sides {
		ratios, rate := s.over(sides[0]), median(s.rates)
		b.Logf("%-5s %6.0f creates/s   ratio to the floor %.2f (half of the rounds: %.2f to %.2f)   %.3f ms of processors each in this process",
			s.name, rate, median(ratios), ratios[rounds/4], ratios[rounds*3/4], median(s.costs))
		b.ReportMetric(rate, s.name+"/s")
	}
	ratio := median(sides[2].over(sides[0]))
	b.Logf("goal: HTTP / floor ≥ %.1f: %s", goal, map[bool]string{true: "met", false: "missed"}[ratio >= goal])
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(0, "ns/op")
}

// atTheDesk is intake without HTTP, its answer included.
func (t *town) atTheDesk(context.Context) (intake, error) {
	body := make([]byte, answerSize)
	render := func(c *grievance.Case) (casework.Response, error) {
		return casework.Response{Status: 201, Header: map[string]string{"Location": c.ID.String()}, Body: body}, nil
	}
	return intake{
		once: func(ctx context.Context, n int64) error {
			d := t.desks[n%units]
			number := strconv.FormatInt(n, 10)
			_, err := t.Desk.Register(ctx, casework.Request{
				Actor: grievance.Actor{UserID: d.clerk.ID}, Key: "desk-" + number, Digest: body[:32], Render: render,
			}, grievance.Registration{
				Channel: grievance.ByVisit, Nature: grievance.Demand, Urgency: grievance.Ordinary, Headcount: 1,
				Title: title + number, Body: story,
				Petitioner: grievance.Party{Name: "陈志强", Phone: number, Address: "石桥路 18 号 3 栋 402 室"},
			})
			return err
		},
		close: func() error { return nil },
	}, nil
}

// answerSize is about what HTTP answers, in bytes.
const answerSize = 1065
