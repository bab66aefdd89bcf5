package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// ExportCommand gives the record out.
type ExportCommand struct {
	Events ExportEvents `cmd:"" help:"Write the ledger to standard output, in order."`
}

// ExportEvents writes the ledger.
type ExportEvents struct {
	After  int64  `default:"0" help:"Leave out what stands at or before this position: the last one of an earlier export."`
	Format string `default:"jsonl" enum:"jsonl" help:"One JSON object a line."`
}

// exportedEvent is one line of an export: an event as the record has it.
type exportedEvent struct {
	Position    int64           `json:"ledger_pos"`
	SubjectKind string          `json:"subject_kind"`
	Subject     string          `json:"subject"`
	Seq         int64           `json:"seq"`
	Kind        string          `json:"kind"`
	AboutAt     time.Time       `json:"about_at"`
	RecordedAt  time.Time       `json:"recorded_at"`
	Actor       string          `json:"actor,omitempty"`
	Post        grievance.Post  `json:"post"`
	Body        json.RawMessage `json:"body"`
}

// Run writes every event that has its place in the ledger. Those that have
// none yet, because the engine has not run since, are told of on standard error
// and come with the next export after the last position.
func (e ExportEvents) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		if err := a.ExportEvents(ctx, std.Out, e.After); err != nil {
			return err
		}
		var waiting store.Pending
		err := a.Store.Read(ctx, func(s *store.Snapshot) (err error) {
			waiting, err = s.UnplacedEvents()
			return err
		})
		if waiting.N > 0 {
			_, _ = fmt.Fprintf(std.Err, "%d events have no place in the ledger yet: run the engine, and export after the last position\n", waiting.N)
		}
		return err
	})
}

const exportPage = 1000

// ExportEvents writes the events after a position of the ledger to w, in order,
// one JSON object a line. It holds one page in memory at a time.
func (a *App) ExportEvents(ctx context.Context, w io.Writer, after int64) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		var page []grievance.Event
		err := a.Store.Read(ctx, func(s *store.Snapshot) (err error) {
			page, err = s.Ledger(after, exportPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range page {
			after = *e.LedgerPos
			if err := lines.Encode(exported(e)); err != nil {
				return fmt.Errorf("writing the export: %w", err)
			}
		}
		if len(page) < exportPage {
			return out.Flush()
		}
	}
}

func exported(e grievance.Event) exportedEvent {
	x := exportedEvent{
		Position: *e.LedgerPos, SubjectKind: e.SubjectKind, Subject: e.SubjectID.String(), Seq: e.Seq,
		Kind: string(e.Kind), AboutAt: e.AboutAt, RecordedAt: e.RecordedAt, Post: e.Post, Body: e.Body,
	}
	if !e.ActorID.IsZero() {
		x.Actor = e.ActorID.String()
	}
	return x
}
