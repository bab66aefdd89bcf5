package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// openGORM lays GORM over db. It never opens transactions of its own, never
// follows associations and names every column that it reads, so that a replica
// keeps working while a newer one adds columns. It does not keep prepared
// statements: pgx does so by itself, and on SQLite what GORM prepares in a
// transaction dies with it, so that eight inserts took 1.4 ms instead of 1.2,
// and every Store left a goroutine behind.
func openGORM(dialector gorm.Dialector, opts Options) (*gorm.DB, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		DisableAutomaticPing:     true,
		TranslateError:           true,
		QueryFields:              true,
		NowFunc:                  opts.Clock.Now,
		Logger:                   logger.Discard, // it writes values out; see observe
	})
	if err != nil {
		return nil, err
	}
	return db, errors.Join(
		db.Callback().Create().Remove("gorm:save_before_associations"),
		db.Callback().Create().Remove("gorm:save_after_associations"),
		db.Callback().Update().Remove("gorm:save_before_associations"),
		db.Callback().Update().Remove("gorm:save_after_associations"),
	)
}

// over gives a session whose statements run in t.
func (p *pool) over(ctx context.Context, t *transaction) *gorm.DB {
	session := p.gorm.Session(&gorm.Session{Context: ctx, NewDB: true})
	session.Statement.ConnPool = observe(ctx, p.on(t), p.log)
	return session
}
