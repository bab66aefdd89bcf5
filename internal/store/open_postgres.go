package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"

	"github.com/huiyin/huiyin/migrations"
)

// connectWait is shorter than lockWait, so that an unreachable server is told
// from a busy one.
const connectWait = 4 * time.Second

// What every connection asks of the server unless the URL says otherwise. A
// report may run for a minute; a transaction that a dead client left open must
// not hold its locks for longer.
var postgresSettings = map[string]string{
	"application_name":                    "huiyin",
	"timezone":                            "UTC",
	"lock_timeout":                        "5s",
	"statement_timeout":                   "60s",
	"idle_in_transaction_session_timeout": "60s",
}

// openPostgres opens the servers of dsn. With several hosts the writing pool
// takes the one that accepts writes (target_session_attrs=read-write), and the
// reading pool the same one, the primary: what was written can be read.
func openPostgres(ctx context.Context, dsn string, opts Options) (*Store, error) {
	write, err := postgresConfig(dsn, opts)
	if err != nil {
		return nil, err
	}
	read := write.Copy()
	read.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	if read.ConnConfig.ValidateConnect != nil {
		// read-write would refuse these sessions for the very setting above.
		read.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	}
	writing, err := postgresPool(ctx, write, opts)
	if err != nil {
		return nil, err
	}
	reading, err := postgresPool(ctx, read, opts)
	if err != nil {
		writing.close()
		return nil, err
	}
	reading.begin = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return &Store{
		dialect: migrations.Postgres, write: writing, read: reading,
		migration: migrationConnection(write.ConnConfig),
	}, nil
}

func postgresConfig(dsn string, opts Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // err quotes it
	}
	config.MaxConns = int32(min(opts.MaxConns, 1<<15))
	config.AfterConnect = teachTypes
	conn := config.ConnConfig
	for name, value := range postgresSettings {
		if _, set := conn.RuntimeParams[name]; !set {
			conn.RuntimeParams[name] = value
		}
	}
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectWait
	}
	if len(conn.Fallbacks) > 0 && conn.ValidateConnect == nil {
		conn.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	return config, nil
}

func postgresPool(ctx context.Context, config *pgxpool.Config, opts Options) (*pool, error) {
	conns, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(conns)
	g, err := openGORM(postgresDialect{*postgres.New(postgres.Config{Conn: db}).(*postgres.Dialector)}, opts)
	if err != nil {
		conns.Close()
		return nil, err
	}
	return &pool{sql: db, gorm: g, log: opts.Logger, on: onPostgres, close: conns.Close}, nil
}

// teachTypes makes the driver give instants in UTC, which the session's zone
// alone does not, and take our identifiers and dates as they are.
func teachTypes(_ context.Context, conn *pgx.Conn) error {
	types := conn.TypeMap()
	types.RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	for _, t := range nativeTypes {
		types.RegisterType(t)
	}
	return nil
}

// migrationConnection opens one connection whose statements may take as long
// as they need; they still wait for locks no longer than others do.
func migrationConnection(config *pgx.ConnConfig) func(context.Context) (*sql.DB, error) {
	return func(context.Context) (*sql.DB, error) {
		own := config.Copy()
		own.RuntimeParams["statement_timeout"] = "0"
		own.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
		return stdlib.OpenDB(*own), nil
	}
}

// postgresDialect tells errors as this package does.
type postgresDialect struct{ postgres.Dialector }

func (d postgresDialect) Translate(err error) error { return hide(err) }
