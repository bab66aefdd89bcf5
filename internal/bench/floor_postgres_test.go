package bench

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/huiyin/huiyin/migrations"
)

// sessionSettings are what the service asked of its sessions when the floor was
// frozen. They are part of what a statement costs the server.
var sessionSettings = map[string]string{
	"application_name": "huiyin", "timezone": "UTC",
	"lock_timeout": "5s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s",
}

// postgresFloor is the frozen list by pgx alone: prepared on each connection,
// one round trip a statement, over as many connections as the service has, set
// up as it sets up its own.
func (t *town) postgresFloor(b testing.TB) func(context.Context) (intake, error) {
	b.Helper()
	list := thawed(b, migrations.Postgres)
	config, err := pgxpool.ParseConfig(t.url)
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = maxConns
	maps.Copy(config.ConnConfig.RuntimeParams, sessionSettings)
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
