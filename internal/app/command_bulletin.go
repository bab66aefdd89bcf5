package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
)

// BulletinCommand works with bulletins.
type BulletinCommand struct {
	Issue BulletinIssue `cmd:"" help:"Issue the bulletin of a unit and a period that is over, without waiting for late records."`
}

// BulletinIssue issues one bulletin.
type BulletinIssue struct {
	Unit   string `required:"" placeholder:"CODE" help:"The unit that it is about."`
	Period string `required:"" help:"2026-11, 2026-Q4 or 2026."`
}

var errPeriodName = errors.New("--period is 2026-11, 2026-Q4 or 2026")

// Run issues the bulletin, unless there is one already.
func (i BulletinIssue) Run(ctx context.Context, c *config.Common, std *IO) error {
	p, ok := grievance.ParseBulletinPeriod(i.Period)
	if !ok {
		return errPeriodName
	}
	return with(ctx, c, std, false, func(a *App) error {
		book, err := a.Office.Book(ctx)
		if err != nil {
			return err
		}
		u := book.UnitByCode(i.Unit)
		if u == nil {
			return errNoUnit
		}
		if err := a.Desk.IssueBulletin(ctx, u.ID, p); err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.Out, "issued: %s %s\n", u.Name, p.Name)
		return err
	})
}
