package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// bulletinBatch is how many bulletins are written in one transaction.
const bulletinBatch = 20

// IssuedBulletins is what one round of bulletins came to.
type IssuedBulletins struct {
	Issued int
	More   bool // another round may be due
}

// IssueBulletins issues the bulletins of the period that has been due longest, to
// every unit that has none of it yet, and goes on to the next period. Where
// nothing is due it asks one small question.
//
// It waits while another replica is still recording what time did in the period:
// a bulletin is frozen. Any number of replicas may do it at once: of one unit and
// period there is one first edition. What ends it on the way is found again by
// the next call.
func (d *Desk) IssueBulletins(ctx context.Context) (IssuedBulletins, error) {
	var rounds []store.BulletinRound
	err := d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		rounds, err = s.BulletinRounds()
		return err
	})
	switch {
	case err != nil:
		return IssuedBulletins{}, err
	case len(rounds) == 0:
		begun, err := d.beginBulletins(ctx)
		return IssuedBulletins{More: begun}, err
	case rounds[0].DueAt.After(d.clock.Now()):
		return IssuedBulletins{}, nil
	}
	return d.issueRound(ctx, rounds[0])
}

// beginBulletins sets the first rounds: the periods in which the first case was
// received or the first unit was there, whichever came later. It reports false as
// long as there is no case.
func (d *Desk) beginBulletins(ctx context.Context) (begun bool, err error) {
	var first time.Time
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		first, begun, err = s.FirstReceived()
		return err
	})
	if err != nil || !begun {
		return false, err
	}
	book, err := d.office.Book(ctx)
	if err != nil {
		return false, err
	}
	if there := firstUnit(book); there.After(first) {
		first = there
	}
	var rounds []store.BulletinRound
	for _, kind := range grievance.BulletinKinds {
		p := grievance.BulletinPeriodOf(kind, calendar.DateOf(first))
		rounds = append(rounds, roundOf(p, book))
	}
	return true, d.store.Write(ctx, func(tx *store.Tx) error { return tx.BeginBulletinRounds(rounds) })
}

func firstUnit(book *grievance.Book) (first time.Time) {
	for _, u := range book.Units() {
		if first.IsZero() || u.CreatedAt.Before(first) {
			first = u.CreatedAt
		}
	}
	return first
}

func roundOf(p grievance.BulletinPeriod, book *grievance.Book) store.BulletinRound {
	return store.BulletinRound{Kind: p.Kind, Period: p.Name, DueAt: p.DueAt(book.Calendar)}
}

// issueRound issues a round that is due. By the newest calendar it may be due
// later than it was when it was set: then it waits.
func (d *Desk) issueRound(ctx context.Context, due store.BulletinRound) (IssuedBulletins, error) {
	p, ok := grievance.ParseBulletinPeriod(due.Period)
	if !ok {
		return IssuedBulletins{}, fmt.Errorf("%q is no period of bulletins", due.Period)
	}
	book, err := d.office.Book(ctx)
	if err != nil {
		return IssuedBulletins{}, err
	}
	next, n := roundOf(p, book), 0
	if !next.DueAt.After(d.clock.Now()) {
		if settled, err := d.settled(ctx, p); err != nil || !settled {
			return IssuedBulletins{}, err
		}
		if n, err = d.issueAll(ctx, book, p, book.Units()); err != nil {
			return IssuedBulletins{Issued: n}, err
		}
		next = roundOf(p.Next(), book)
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error { return tx.MoveBulletinRound(due, next) })
	return IssuedBulletins{Issued: n, More: true}, err
}

// settled reports whether what time did in a period has been recorded.
func (d *Desk) settled(ctx context.Context, p grievance.BulletinPeriod) (yes bool, err error) {
	err = d.store.Read(ctx, func(s *store.Snapshot) (err error) {
		yes, err = s.Settled(p.To.End())
		return err
	})
	return yes, err
}

// issueAll issues the first editions that are missing of those units whom there
// are bulletins about, and tells how many.
func (d *Desk) issueAll(ctx context.Context, book *grievance.Book, p grievance.BulletinPeriod, units []*grievance.Unit) (n int, err error) {
	now := d.clock.Now()
	var drawn []*report.Bulletin
	err = d.store.Read(ctx, func(s *store.Snapshot) error {
		have, err := s.UnitsWithBulletin(p)
		if err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(units), func(u *grievance.Unit) bool {
			return !u.IssuesBulletins(p) || slices.Contains(have, u.ID)
		})
		if drawn = nil; len(missing) > 0 {
			drawn, err = report.Draw(s, book, p, missing, now)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("drawing the bulletins of %s: %w", p.Name, err)
	}
	for part := range slices.Chunk(drawn, bulletinBatch) {
		written, err := d.writeBulletins(ctx, book, p, part)
		if n += written; err != nil {
			return n, err
		}
	}
	return n, nil
}

func (d *Desk) writeBulletins(ctx context.Context, book *grievance.Book, p grievance.BulletinPeriod, drawn []*report.Bulletin) (n int, err error) {
	rows := make([]store.WholeBulletin, len(drawn))
	for i, b := range drawn {
		b.ID = d.newID(b.IssuedAt)
		if rows[i], err = b.Row(book.Unit(b.Unit.ID).Path, p); err != nil {
			return 0, err
		}
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		n, err = tx.InsertBulletins(rows)
		return err
	})
	return n, err
}

// The refusals of bulletins.
var (
	errPeriodOpen      = grievance.Refuse(grievance.Conflict, "bulletin.period_open", "该期间尚未结束")
	errNoBulletins     = grievance.Refuse(grievance.Conflict, "bulletin.no_unit", "该单位在该期间不单独编发通报")
	errBulletinThere   = grievance.Refuse(grievance.Conflict, "bulletin.issued", "该单位该期间的通报已编发，有误的请更正")
	errNotToCorrect    = grievance.Refuse(grievance.Forbidden, "bulletin.forbidden", "通报由本单位或上级单位的督查人员或管理员更正")
	errNothingChanged  = grievance.Refuse(grievance.Conflict, "bulletin.unchanged", "重新统计的结果与该通报一致，无须更正")
	errNewerBulletin   = grievance.Refuse(grievance.Conflict, "bulletin.superseded", "该通报已有更正后的版本，请在最新版本上更正")
	bulletinCorrectors = []grievance.Role{grievance.RoleSupervisor, grievance.RoleAdmin}
)

// IssueBulletin issues the bulletin of one unit and a period that is over,
// without waiting for late records. Conflict where the period is not over, where
// there are no bulletins about the unit, and where this one is issued already.
func (d *Desk) IssueBulletin(ctx context.Context, unit grievance.UnitID, p grievance.BulletinPeriod) error {
	book, err := d.office.Book(ctx)
	if err != nil {
		return err
	}
	u := book.Unit(unit)
	switch {
	case u == nil:
		return grievance.ErrNotFound
	case !p.Over(d.clock.Now()):
		return errPeriodOpen
	case !u.IssuesBulletins(p):
		return errNoBulletins
	}
	if err := d.placeAll(ctx); err != nil {
		return err
	}
	n, err := d.issueAll(ctx, book, p, []*grievance.Unit{u})
	if err == nil && n == 0 {
		return errBulletinThere
	}
	return err
}

// placeAll gives every committed event its place in the ledger, so that a
// bulletin drawn next counts it.
func (d *Desk) placeAll(ctx context.Context) error {
	const some = 1000
	for {
		n, err := d.Sequence(ctx, some)
		if err != nil || n < some {
			return err
		}
	}
}
