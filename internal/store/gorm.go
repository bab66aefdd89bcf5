package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// A statement text that is made anew for every length of a list would fill the
// cache of prepared statements for ever; this bounds it.
const maxPrepared = 500

// openGORM lays GORM over db. It never opens transactions of its own, never
// follows associations and names every column that it reads, so that a replica
// keeps working while a newer one adds columns.
func openGORM(dialector gorm.Dialector, opts Options, prepare bool) (*gorm.DB, error) {
	return gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		DisableAutomaticPing:     true,
		TranslateError:           true,
		QueryFields:              true,
		PrepareStmt:              prepare,
		PrepareStmtMaxSize:       maxPrepared,
		NowFunc:                  opts.Clock.Now,
		Logger:                   quiet{opts.Logger},
	})
}

// quiet passes the ORM's remarks to slog at debug level and leaves out the
// values of statements, which may be personal data.
type quiet struct{ log *slog.Logger }

func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }

func (q quiet) Info(ctx context.Context, message string, _ ...any) { q.remark(ctx, message) }

func (q quiet) Warn(ctx context.Context, message string, _ ...any) { q.remark(ctx, message) }

func (q quiet) Error(ctx context.Context, message string, _ ...any) { q.remark(ctx, message) }

func (q quiet) remark(ctx context.Context, message string) {
	q.log.DebugContext(ctx, "orm", "message", message)
}

func (q quiet) Trace(ctx context.Context, _ time.Time, statement func() (string, int64), err error) {
	if !q.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	text, rows := statement()
	q.log.DebugContext(ctx, "sql", "statement", text, "rows", rows, "failed", err != nil)
}

// ParamsFilter drops the values before a statement is written out.
func (q quiet) ParamsFilter(_ context.Context, text string, _ ...any) (string, []any) {
	return text, nil
}

// over gives a session of g whose statements run on tx; prepared statements are
// kept when g keeps them.
func over(ctx context.Context, g *gorm.DB, tx *sql.Tx) *gorm.DB {
	var conn gorm.ConnPool = tx
	if prepared, ok := g.ConnPool.(*gorm.PreparedStmtDB); ok {
		conn = &gorm.PreparedStmtTX{Tx: tx, PreparedStmtDB: prepared}
	}
	session := g.Session(&gorm.Session{Context: ctx, NewDB: true})
	session.Statement.ConnPool = observe(ctx, conn)
	return session
}
