package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// EngineSimulate looks ahead.
type EngineSimulate struct {
	Until  calendar.Date `required:"" placeholder:"DATE" help:"The last day, in Beijing, that day included."`
	Unit   string        `placeholder:"CODE" help:"Only what this unit, or one below it, owes."`
	Format string        `default:"text" enum:"text,csv,json" help:"How to tell it: text, csv or json."`
	Most   int           `default:"20000" help:"How many rows at most, the first ones; 100000 is the limit."`
}

// The refusals of EngineSimulate.
var (
	errUntilPast = errors.New("--until lies in the past")
	errMostRange = fmt.Errorf("--most is from 1 to %d", report.MostUpcoming)
	errNoUnit    = errors.New("there is no unit of that code")
)

// Run tells what would be reminded, warned, breached, escalated and resumed until
// the end of a day if nobody did anything. It reads one snapshot and writes
// nothing: it needs no key, and neither migrates nor seeds.
func (e EngineSimulate) Run(ctx context.Context, c *config.Common, std *IO) error {
	ck, err := clockOf(*c)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, c, std)
	if err != nil {
		return err
	}
	r, err := e.simulate(ctx, st, ck)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	if r.CompleteUntil != nil {
		_, _ = fmt.Fprintf(std.Err, "there is more: complete up to %s; ask with --most or an earlier day\n", r.CompleteUntil.Format(time.RFC3339))
	}
	switch e.Format {
	case "csv":
		return report.WriteCSV(std.Out, r.Table())
	case "json":
		out := json.NewEncoder(std.Out)
		out.SetEscapeHTML(false)
		return out.Encode(simulated(r))
	}
	return report.WriteTable(std.Out, r.Table())
}

func (e EngineSimulate) simulate(ctx context.Context, st *store.Store, ck clock.Clock) (r report.UpcomingReport, err error) {
	now := ck.Now()
	q := report.UpcomingQuery{Period: store.Period{From: calendar.DateOf(now), To: e.Until}, Most: e.Most, Now: now}
	switch {
	case e.Until.Before(q.Period.From):
		return r, errUntilPast
	case e.Most < 1 || e.Most > report.MostUpcoming:
		return r, errMostRange
	}
	book, err := office.New(st, ck).Book(ctx)
	if err != nil {
		return r, err
	}
	if e.Unit != "" {
		u := book.UnitByCode(e.Unit)
		if u == nil {
			return r, errNoUnit
		}
		q.Units = []grievance.UnitID{u.ID}
	}
	return report.Upcoming(ctx, st, book, store.ViewerOf(grievance.System, book), q)
}

// simulation is a forecast as JSON.
type simulation struct {
	From          calendar.Date    `json:"from"`
	Until         calendar.Date    `json:"until"`
	AsOf          time.Time        `json:"as_of"`
	CompleteUntil *time.Time       `json:"complete_until,omitempty"`
	Unforetold    []string         `json:"unforetold,omitempty"`
	Counts        map[string]int   `json:"counts"`
	Rows          []simulatedEvent `json:"rows"`
}

type simulatedEvent struct {
	Act        string          `json:"act"`
	At         time.Time       `json:"at"`
	Day        string          `json:"day"`
	CaseID     string          `json:"case_id"`
	Receipt    string          `json:"receipt_number"`
	UnitCode   string          `json:"unit_code,omitempty"`
	Unit       string          `json:"unit,omitempty"`
	Kind       string          `json:"clock_kind,omitempty"`
	ClockID    string          `json:"clock_id,omitempty"`
	DueVersion int             `json:"due_version,omitempty"`
	Rung       int             `json:"rung,omitempty"`
	DueOn      string          `json:"due_on,omitempty"`
	Level      int             `json:"level,omitempty"`
	Cause      string          `json:"cause,omitempty"`
	To         []simulatedPost `json:"to,omitempty"`
}

type simulatedPost struct {
	UnitCode string   `json:"unit_code,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Role     string   `json:"role"`
	Head     bool     `json:"head,omitempty"`
	People   []string `json:"people,omitempty"`
}

func simulated(r report.UpcomingReport) simulation {
	s := simulation{
		From: r.Query.Period.From, Until: r.Query.Period.To, AsOf: r.Query.Now, CompleteUntil: r.CompleteUntil,
		Counts: map[string]int{}, Rows: make([]simulatedEvent, len(r.Rows)),
	}
	for _, f := range r.Figures() {
		s.Counts[string(f.Act)] = f.Count
	}
	for _, id := range r.Unforetold {
		s.Unforetold = append(s.Unforetold, id.String())
	}
	for i, x := range r.Rows {
		s.Rows[i] = simulatedRow(x)
	}
	return s
}

func simulatedRow(x report.UpcomingRow) simulatedEvent {
	e := simulatedEvent{
		Act: string(x.Act), At: x.At, Day: x.Day(), CaseID: x.CaseID.String(), Receipt: x.Receipt,
		Kind: string(x.Kind), ClockID: x.ClockID.String(), DueVersion: x.DueVersion, Rung: x.Rung, DueOn: x.DueOn(),
		Level: x.Level, Cause: string(x.Cause),
	}
	e.UnitCode, e.Unit = unitWords(x.Unit)
	for _, to := range x.To {
		p := simulatedPost{Role: string(to.Role), Head: to.Head}
		p.UnitCode, p.Unit = unitWords(to.Unit)
		for _, u := range to.People {
			p.People = append(p.People, u.Name)
		}
		e.To = append(e.To, p)
	}
	return e
}

func unitWords(u *grievance.Unit) (code, name string) {
	if u == nil {
		return "", ""
	}
	return u.Code, u.Name
}
