package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/intake"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// ReplayCommand plays replied messages.
type ReplayCommand struct {
	File    string `arg:"" type:"existingfile" help:"A CSV file of messages with their replies."`
	Profile string `default:"petition" enum:"petition,petition_simple,hotline,township,wall" help:"The profile that the messages are handled under: ${enum}."`
	Unit    string `help:"Code of the unit that receives them, where the database has units; in an empty one a small city is made."`
	Engine  string `default:"due" enum:"due,hourly,daily,never" help:"When the engine runs: ${enum}. After each but the first it is silent for ten years and runs once more."`
	JSON    bool   `name:"json" help:"Print one JSON document on standard output, and nothing else there."`
}

// Help says what a replay does.
func (ReplayCommand) Help() string {
	return "Each message is registered, accepted with its notice served, assigned, acknowledged and contacted at 留言时间; " +
		"its opinion is submitted, approved and served at 答复时间 (a date alone is 00:00; times are Beijing's). " +
		"In between the engine runs at every instant at which something is due. A message without a reply waits. " +
		"The replay ends at the last receipt or reply of the file: what is not due then counts as open. " +
		"With --engine the engine runs at every full hour, at every midnight (UTC) or never in between, " +
		"and the replay ends ten years after the last receipt or reply with one run more: " +
		"whatever the rhythm, the figures are the same, but for those under \"recorded\" in the JSON. " +
		"A file tells one instant of each reply, at which its opinion is both put before the leader and signed: " +
		"the audit finds every signature of a replay too fast to have read anything. " +
		"Rows that cannot be read, or are answered before they are received, are skipped and listed. " +
		"The database must hold no cases; it stays for inspection."
}

// Run plays the file and prints the timeliness, the escalations and the findings.
func (r ReplayCommand) Run(ctx context.Context, c *config.Common, std *IO) error {
	quieter := *c
	if quieter.LogLevel == "info" {
		quieter.LogLevel = "warn" // the engine runs thousands of times
	}
	return with(ctx, &quieter, std, true, func(a *App) error {
		file, err := os.Open(r.File)
		if err != nil {
			return err
		}
		bar := newProgress(std.Err, "receipts and replies")
		played, err := intake.Replay{
			Store: a.Store, Log: a.Log, Profile: r.Profile, Engine: intake.Rhythm(r.Engine), Unit: r.Unit, Progress: bar.show,
		}.Run(ctx, file)
		bar.end()
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		reports, err := a.replayed(ctx, played)
		if err != nil {
			return err
		}
		reports.rhythm = r.Engine
		if r.JSON {
			return reports.json(std.Out)
		}
		return reports.tables(std.Out)
	})
}

// replayReports is what a replay ends with.
type replayReports struct {
	rhythm      string
	played      intake.Played
	outcome     intake.Outcome
	clocks      report.TimelinessReport
	escalations report.EscalationReport
}

// replayDocument is the same as one JSON document. Clocks has every kind of
// clock; total = on_time + breached + open, where open is running at Until and
// not due.
type replayDocument struct {
	Messages    int                                   `json:"messages"`
	Replayed    int                                   `json:"replayed"`
	Skipped     []intake.Refusal                      `json:"skipped"`
	Until       time.Time                             `json:"until,omitzero"`
	Clocks      map[grievance.ClockKind]report.Counts `json:"clocks"`
	Escalations replayEscalations                     `json:"escalations"`
	Findings    intake.Findings                       `json:"findings"`
	Judged      intake.Judged                         `json:"judged"`
	Recorded    replayRecorded                        `json:"recorded"`
}

// replayRecorded is all that depends on when the engine ran.
type replayRecorded struct {
	Engine string `json:"engine"`
	Runs   int    `json:"runs"`
	intake.Recorded
}

type replayEscalations struct {
	Total int                `json:"total"`
	Cases int                `json:"cases"`
	Rows  []replayEscalation `json:"by_level_and_cause"`
}

type replayEscalation struct {
	Level       int             `json:"level"`
	Cause       grievance.Cause `json:"cause"`
	Escalations int             `json:"escalations"`
	Cases       int             `json:"cases"`
}

// replayed makes the reports of everything at the instant at which the replay
// ended.
func (a *App) replayed(ctx context.Context, p intake.Played) (r replayReports, err error) {
	r.played = p
	book, err := a.Office.Book(ctx)
	if err != nil {
		return r, err
	}
	if r.outcome, err = intake.ReadOutcome(ctx, a.Store, book); err != nil {
		return r, err
	}
	everything := store.ViewerOf(grievance.System, book)
	r.clocks, err = report.Timeliness(ctx, a.Store, everything, report.TimelinessQuery{
		By: []report.Dimension{report.ByKind}, Now: p.Until,
	})
	if err != nil {
		return r, fmt.Errorf("reporting the timeliness: %w", err)
	}
	r.escalations, err = report.Escalations(ctx, a.Store, everything, report.EscalationQuery{
		By: []report.Dimension{report.ByLevel, report.ByCause}, Now: p.Until,
	})
	if err != nil {
		return r, fmt.Errorf("reporting the escalations: %w", err)
	}
	return r, nil
}

func (r replayReports) document() replayDocument {
	d := replayDocument{
		Messages: r.played.Messages, Replayed: r.played.Replayed, Until: r.played.Until,
		Skipped: append([]intake.Refusal{}, r.played.Skipped...), Clocks: r.clocks.ByKind(),
		Findings: r.outcome.Findings, Judged: r.outcome.Judged, Recorded: replayRecorded{r.rhythm, r.played.Runs, r.outcome.Recorded},
	}
	total := r.escalations.Total
	d.Escalations = replayEscalations{total.Escalations, total.Cases, []replayEscalation{}}
	for _, row := range r.escalations.Rows {
		d.Escalations.Rows = append(d.Escalations.Rows, replayEscalation{row.Level, row.Cause, row.Escalations, row.Cases})
	}
	return d
}

func (r replayReports) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r.document())
}

func (r replayReports) tables(w io.Writer) error {
	p := r.played
	for _, s := range p.Skipped {
		_, _ = fmt.Fprintln(w, "skipped  ", s.Error())
	}
	_, _ = fmt.Fprintf(w, "messages %d, replayed %d, skipped %d, until %s\n\n",
		p.Messages, p.Replayed, len(p.Skipped), p.Until.Format(time.RFC3339Nano))
	if err := report.WriteTable(w, r.clocks.Table()); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w)
	if err := report.WriteTable(w, r.escalations.Table()); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w)
	return report.WriteTable(w, r.findings())
}

// findings is the table of the findings that stand, every rule in it.
func (r replayReports) findings() report.Table {
	f := r.outcome.Findings
	rows := make([]report.FindingRow, len(f.ByRule))
	for i, h := range f.ByRule {
		rows[i] = report.FindingRow{Rule: h.Rule, Findings: h.Findings, Cases: h.Cases}
	}
	return report.FindingTable(rows, report.FindingRow{Findings: f.Total, Cases: f.Cases})
}
