package bench

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/huiyin/huiyin/migrations"
)

// postgresFloor is the frozen list by pgx alone: prepared on each connection,
// one round trip a statement, over as many connections as the service has.
func (t *town) postgresFloor(b testing.TB) func(context.Context) (intake, error) {
	b.Helper()
	list := thawed(b, migrations.Postgres)
	config, err := pgxpool.ParseConfig(t.url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = maxConns
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		for i, s := range list {
			if _, err := conn.Prepare(ctx, strconv.Itoa(i), s.text); err != nil {
				return err
			}
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return func(context.Context) (intake, error) {
		return intake{
			once:  func(ctx context.Context, n int64) error { return t.postgresIntake(ctx, pool, list, n) },
			close: func() error { return nil },
		}, nil
	}
}

func (t *town) postgresIntake(ctx context.Context, pool *pgxpool.Pool, list []statement, n int64) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	values := t.floorIntake(n)
	var number int64
	err = tx.QueryRow(ctx, "0", list[0].with(values)...).Scan(&number)
	values["$receipt"] = t.receipt(n, number)
	for i := 1; err == nil && i < len(list); i++ {
		_, err = tx.Exec(ctx, strconv.Itoa(i), list[i].with(values)...)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback(ctx))
	}
	return tx.Commit(ctx)
}
