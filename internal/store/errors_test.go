package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/huiyin/huiyin/internal/grievance"
)

func answer(severity, code string) error {
	return fmt.Errorf("wrapped: %w", &pgconn.PgError{Severity: severity, Code: code, Message: "text"})
}

// TestOutcome says which ends of a COMMIT are known.
func TestOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want error
	}{
		"success":                        {nil, nil},
		"the server refused":             {answer("ERROR", "23503"), ErrForeignKey},
		"the server could not serialise": {answer("ERROR", "40001"), ErrTransient},
		"the transaction had failed":     {pgx.ErrTxCommitRollback, pgx.ErrTxCommitRollback},
		"it was over before":             {sql.ErrTxDone, sql.ErrTxDone},
		"the server was shut down":       {answer("FATAL", "57P01"), ErrUnknownOutcome},
		"nobody answered":                {io.ErrUnexpectedEOF, ErrUnknownOutcome},
		"nobody answered in time":        {context.DeadlineExceeded, ErrUnknownOutcome},
		"something else":                 {errors.New("something else"), ErrUnknownOutcome},
	} {
		got := outcome(test.err)
		if !errors.Is(got, test.want) {
			t.Errorf("%s: outcome = %v, want %v", name, got, test.want)
		}
		if unknown := errors.Is(got, ErrUnknownOutcome); unknown != errors.Is(test.want, ErrUnknownOutcome) {
			t.Errorf("%s: unknown = %t", name, unknown)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	domain := grievance.Refuse(grievance.Conflict, "case.state", "")
	for name, test := range map[string]struct{ err, want error }{
		"a lock":                {answer("ERROR", "55P03"), ErrBusy},
		"a statement too long":  {answer("ERROR", "57014"), ErrUnavailable},
		"a lost connection":     {io.ErrUnexpectedEOF, ErrUnavailable},
		"too many connections":  {answer("FATAL", "53300"), ErrUnavailable},
		"a refusal of ours":     {fmt.Errorf("x: %w", domain), domain},
		"an unknown outcome":    {outcome(io.ErrUnexpectedEOF), ErrUnknownOutcome},
		"a duplicate":           {answer("ERROR", "23505"), ErrDuplicate},
		"a missing value":       {answer("ERROR", "23502"), ErrCheck},
		"the end of the caller": {context.Canceled, context.Canceled},
	} {
		got := refusal(context.Background(), hide(test.err))
		if !errors.Is(got, test.want) {
			t.Errorf("%s: refusal = %v, want %v", name, got, test.want)
		}
		if leaked, ok := errors.AsType[*pgconn.PgError](got); ok {
			t.Errorf("%s: the driver's %v leaked", name, leaked)
		}
	}
}
