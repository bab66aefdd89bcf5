package bench

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/migrations"
)

// sqliteDSN opens a file as the service opened its own when the floor was frozen.
func sqliteDSN(path string) string {
	return "file:" + path + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1&_inttotime=1"
}

// sqliteFloor is the frozen list by database/sql alone, prepared, on one
// connection that is opened as the service opens its own.
func (t *town) sqliteFloor(b testing.TB) func(context.Context) (intake, error) {
	b.Helper()
	list := thawed(b, migrations.SQLite)
	db, err := sql.Open("sqlite", sqliteDSN(strings.TrimPrefix(t.url, "sqlite:")))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	prepared := make([]*sql.Stmt, len(list))
	for i, s := range list {
		prepared[i], err = db.PrepareContext(b.Context(), s.text) //nolint:sqlclosecheck // closed with db
		if err != nil {
			b.Fatal(err)
		}
	}
	return func(context.Context) (intake, error) {
		return intake{
			once:  func(ctx context.Context, n int64) error { return t.sqliteIntake(ctx, db, prepared, list, n) },
			close: func() error { return nil },
		}, nil
	}
}

func (t *town) sqliteIntake(ctx context.Context, db *sql.DB, prepared []*sql.Stmt, list []statement, n int64) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	values := t.floorIntake(n)
	var number int64
	err = tx.StmtContext(ctx, prepared[0]).QueryRowContext(ctx, list[0].with(values)...).Scan(&number) //nolint:sqlclosecheck // closed with tx
	values["$receipt"] = t.receipt(n, number)
	for i := 1; err == nil && i < len(list); i++ {
		_, err = tx.StmtContext(ctx, prepared[i]).ExecContext(ctx, list[i].with(values)...) //nolint:sqlclosecheck // closed with tx
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
