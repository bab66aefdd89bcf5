package app

import (
	"context"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/demo"
)

// LoadDemo loads the demo city, its accounts all with one password, into an
// empty database. It tells whether it loaded anything; a database with units is
// left alone.
func (a *App) LoadDemo(ctx context.Context, password string) (bool, error) {
	book, err := a.Office.Book(ctx)
	if err != nil || len(book.Units()) > 0 {
		return false, err
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return false, err
	}
	return true, demo.Load(ctx, demo.Place{Store: a.Store, Office: a.Office, Clock: a.Clock, Log: a.Log}, hash)
}
