package store

import (
	"context"
	"database/sql"
)

type sqliteConnection struct{ *sql.Tx }

func onSQLite(t *transaction) connection { return sqliteConnection{t.tx} }

// together is one: reading a statement with many rows takes SQLite longer than
// running one of one row, prepared, as often.
func (sqliteConnection) together() int { return 1 }

func (c sqliteConnection) sendAll(ctx context.Context, list []statement) (total int64, err error) {
	for _, s := range list {
		n, err := c.send(ctx, s)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// send runs a statement as often as there are values for it. The end of ctx is
// looked for between rows only: watching for it takes as long as a row.
func (c sqliteConnection) send(ctx context.Context, s statement) (total int64, err error) {
	if len(s.times) == 1 {
		return touched(c.ExecContext(ctx, s.text, s.times[0]...))
	}
	prepared, err := c.PrepareContext(ctx, s.text)
	if err != nil {
		return 0, err
	}
	defer prepared.Close()
	unwatched := context.WithoutCancel(ctx)
	for _, values := range s.times {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := touched(prepared.ExecContext(unwatched, values...))
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func touched(done sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
