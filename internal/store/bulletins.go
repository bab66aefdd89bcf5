package store

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// BulletinID identifies a bulletin: one edition of it.
type BulletinID = grievance.ID[Bulletin]

// Bulletin is the row of a bulletin, without its body. Digest is the SHA-256 of
// the body.
type Bulletin struct {
	ID        BulletinID
	UnitID    grievance.UnitID
	UnitPath  string
	Kind      grievance.BulletinKind
	Period    string
	FromDay   calendar.Date
	ToDay     calendar.Date
	Edition   int
	Corrects  BulletinID // the edition before, zero of the first
	Reason    grievance.BulletinReason
	Words     string
	Digest    []byte
	LedgerPos int64 // up to which events were read
	IssuedAt  time.Time
	IssuedBy  grievance.UserID // zero for the engine
}

// WholeBulletin is a bulletin with its body.
type WholeBulletin struct {
	Bulletin `gorm:"embedded"`
	Body     []byte
}

// InsertBulletins adds those of the bulletins whose edition is not there yet, and
// tells how many.
func (tx *Tx) InsertBulletins(list []WholeBulletin) (n int, err error) {
	for i := range list {
		done := tx.db.Table("bulletins").Clauses(clause.OnConflict{DoNothing: true}).Create(&list[i])
		if done.Error != nil {
			return n, fmt.Errorf("writing a bulletin: %w", done.Error)
		}
		n += int(done.RowsAffected)
	}
	return n, nil
}

// BulletinFilter says which bulletins are meant. Of the paths one must be above
// the bulletin's unit; without any none is meant.
type BulletinFilter struct {
	Paths  []string
	Unit   grievance.UnitID
	Kind   grievance.BulletinKind
	Period string
}

func (f BulletinFilter) scope(db *gorm.DB) *gorm.DB {
	any, w := &conditions{}, &conditions{}
	for _, path := range f.Paths {
		within := &conditions{}
		within.in("unit_path", Area{Path: path})
		any.add("("+within.sql()+")", within.args...)
	}
	if len(f.Paths) == 0 {
		any.add("1 = 0")
	}
	is(w, "unit_id", f.Unit)
	is(w, "kind", f.Kind)
	is(w, "period", f.Period)
	return db.Where("("+strings.Join(any.parts, " OR ")+")", any.args...).Scopes(w.scope)
}

// ListBulletins gives up to limit bulletins that were issued before one, zero for
// the newest.
func (s session) ListBulletins(f BulletinFilter, before BulletinID, limit int) (list []Bulletin, err error) {
	q := s.db.Table("bulletins").Scopes(f.scope)
	if !before.IsZero() {
		q = q.Where("id < ?", before)
	}
	if err := q.Order("id DESC").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("listing bulletins: %w", err)
	}
	return list, nil
}

// Bulletin reads a bulletin of a unit at or below one of the paths. ErrNotFound
// where there is none.
func (s session) Bulletin(id BulletinID, paths []string) (WholeBulletin, error) {
	var found []WholeBulletin
	err := s.db.Table("bulletins").Where("id = ?", id).Scopes(BulletinFilter{Paths: paths}.scope).Find(&found).Error
	if err != nil {
		return WholeBulletin{}, fmt.Errorf("reading a bulletin: %w", err)
	}
	if len(found) == 0 {
		return WholeBulletin{}, grievance.ErrNotFound
	}
	return found[0], nil
}

// LastEdition gives the number of the newest edition, 0 where there is none.
func (s session) LastEdition(unit grievance.UnitID, p grievance.BulletinPeriod) (n int, err error) {
	err = s.db.Table("bulletins").Select("COALESCE(max(edition), 0)").
		Where("unit_id = ? AND kind = ? AND period = ?", unit, p.Kind, p.Name).Take(&n).Error
	if err != nil {
		return 0, fmt.Errorf("looking for the newest edition: %w", err)
	}
	return n, nil
}

// UnitsWithBulletin names the units that have a bulletin of a period.
func (s session) UnitsWithBulletin(p grievance.BulletinPeriod) (ids []grievance.UnitID, err error) {
	err = s.db.Table("bulletins").Where("kind = ? AND period = ? AND edition = 1", p.Kind, p.Name).Pluck("unit_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking whose bulletins there are: %w", err)
	}
	return ids, nil
}

// BulletinRound is the next period of a kind whose bulletins are to be issued,
// and from when on.
type BulletinRound struct {
	Kind   grievance.BulletinKind
	Period string
	DueAt  time.Time
}

// BulletinRounds gives the next round of each kind, the first due first. There is
// none as long as there is no case.
func (s session) BulletinRounds() (list []BulletinRound, err error) {
	if err := s.db.Table("bulletin_rounds").Order("due_at, kind").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading which bulletins are next: %w", err)
	}
	return list, nil
}

// DueBulletins tells how many rounds are due at now.
func (s session) DueBulletins(now time.Time) (Pending, error) {
	return s.backlogOf("bulletin_rounds", "due_at", "due_at <= ?", now)
}

// BeginBulletinRounds sets the first rounds, unless somebody has.
func (tx *Tx) BeginBulletinRounds(first []BulletinRound) error {
	return tx.db.Table("bulletin_rounds").Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error
}

// MoveBulletinRound puts a round in the place of one, unless somebody has put
// another there.
func (tx *Tx) MoveBulletinRound(from, to BulletinRound) error {
	return tx.db.Table("bulletin_rounds").Where("kind = ? AND period = ?", from.Kind, from.Period).
		Updates(map[string]any{"period": to.Period, "due_at": to.DueAt}).Error
}

// FirstReceived gives when the first case was received; false without any.
func (s session) FirstReceived() (time.Time, bool, error) {
	var first struct{ At instant }
	if err := s.db.Table("cases").Select("min(received_at) AS at").Find(&first).Error; err != nil {
		return time.Time{}, false, fmt.Errorf("looking for the first case: %w", err)
	}
	return first.At.Time, !first.At.IsZero(), nil
}

// CasesVisible gives those of the cases that the viewer may see, with their
// receipt numbers.
func (s session) CasesVisible(v Viewer, ids []grievance.CaseID) (map[grievance.CaseID]string, error) {
	var found []struct {
		ID            grievance.CaseID
		ReceiptNumber string
	}
	if len(ids) == 0 {
		return nil, nil
	}
	err := s.db.Table("cases").Select("cases.id, cases.receipt_number").Where("cases.id IN ?", ids).Scopes(visibleTo(v)).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("looking which cases may be seen: %w", err)
	}
	receipts := make(map[grievance.CaseID]string, len(found))
	for _, f := range found {
		receipts[f.ID] = f.ReceiptNumber
	}
	return receipts, nil
}
