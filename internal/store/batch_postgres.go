package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

type postgresConnection struct {
	*sql.Tx
	conn *sql.Conn // the transaction's own
}

func onPostgres(t *transaction) connection { return postgresConnection{t.tx, t.conn} }

func (postgresConnection) together() int { return writeBatch }

// sendAll sends everything in one message.
func (c postgresConnection) sendAll(ctx context.Context, list []statement) (total int64, err error) {
	var b pgx.Batch
	for _, s := range list {
		for _, values := range s.times {
			b.Queue(s.text, values...)
		}
	}
	err = c.conn.Raw(func(driver any) (err error) {
		results := driver.(*stdlib.Conn).Conn().SendBatch(ctx, &b)
		for range b.Len() {
			done, failed := results.Exec()
			if failed != nil {
				err = failed
				break
			}
			total += done.RowsAffected()
		}
		if closed := results.Close(); err == nil {
			err = closed
		}
		return err
	})
	return total, err
}
