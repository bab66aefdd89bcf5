package casework

import (
	"context"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// BulletinRequest is what a caller brings to the correction of a bulletin.
type BulletinRequest = answer.Request[report.Shown]

// CorrectBulletin draws the bulletin anew, as the record is now, and issues it as
// the next edition, which says why and what changed; the one before stays as it
// is. A supervisor or an administrator of the unit, or of one above it, may.
//
// Forbidden to whoever else may read it; ErrNotFound to everybody else. Conflict
// where nothing changed (bulletin.unchanged), and where there is a newer edition
// already (bulletin.superseded).
func (d *Desk) CorrectBulletin(ctx context.Context, req BulletinRequest, id store.BulletinID, in grievance.BulletinCorrection) (Response, error) {
	_, r, err := answer.Once(ctx, d.store, d.clock.Now(), req, func(keep answer.Keep[report.Shown]) error {
		return d.correctBulletin(ctx, req.Actor, id, in, keep)
	})
	return r, err
}

func (d *Desk) correctBulletin(ctx context.Context, by grievance.Actor, id store.BulletinID, in grievance.BulletinCorrection, keep answer.Keep[report.Shown]) error {
	book, err := d.office.Book(ctx)
	if err != nil {
		return err
	}
	by = by.As(book.Actor(by.UserID, d.clock.Now()))
	if err := d.mayCorrect(ctx, book, by, id); err != nil {
		return err
	}
	if err := in.Check(); err != nil {
		return err
	}
	if err := d.placeAll(ctx); err != nil {
		return err
	}
	next, err := d.drawCorrection(ctx, book, by, id, in)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.InsertBulletins([]store.WholeBulletin{next.Row})
		if err != nil {
			return err
		}
		if n == 0 {
			return errNewerBulletin
		}
		return keep(tx, next)
	})
}

// mayCorrect refuses an actor before anything is told of the bulletin's state.
func (d *Desk) mayCorrect(ctx context.Context, book *grievance.Book, by grievance.Actor, id store.BulletinID) error {
	return d.store.Read(ctx, func(s *store.Snapshot) error {
		found, err := s.Bulletin(id, report.BulletinPaths(by, book))
		if err != nil {
			return err
		}
		for _, u := range book.Ancestors(found.UnitID) {
			if _, ok := by.PostAt(u.ID, bulletinCorrectors...); ok {
				return nil
			}
		}
		return errNotToCorrect
	})
}

// drawCorrection draws the next edition on one snapshot, as it is shown to who
// issues it.
func (d *Desk) drawCorrection(ctx context.Context, book *grievance.Book, by grievance.Actor, id store.BulletinID, in grievance.BulletinCorrection) (shown report.Shown, err error) {
	err = d.store.Read(ctx, func(s *store.Snapshot) error {
		before, err := s.Bulletin(id, report.BulletinPaths(by, book))
		if err != nil {
			return err
		}
		p, _ := grievance.ParseBulletinPeriod(before.Period)
		last, err := s.LastEdition(before.UnitID, p)
		if err != nil {
			return err
		}
		if last != before.Edition {
			return errNewerBulletin
		}
		was, err := report.ReadBulletin(before.Body)
		if err != nil {
			return err
		}
		drawn, err := report.Draw(s, book, p, []*grievance.Unit{book.Unit(before.UnitID)}, d.clock.Now())
		if err != nil {
			return err
		}
		next := drawn[0]
		next.ID = d.newID(next.IssuedAt)
		if !next.Correct(before.Bulletin, was, in, by.UserID) {
			return errNothingChanged
		}
		row, err := next.Row(before.UnitPath, p)
		if err != nil {
			return err
		}
		shown, err = report.ShowEdition(s, store.ViewerOf(by, book), row, next, was)
		return err
	})
	return shown, err
}
