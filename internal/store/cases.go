package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// Needs says which children of a case an operation reads, besides its clocks.
type Needs struct{ SignOffs, Notices, Escalations, Objections, CoHandlers, Orders, Reminders bool }

// ErrExists is what CreateCases answers when the id, or the id in the source, is
// taken already: nothing of the transaction may be kept.
var ErrExists = errors.New("the case exists already")

// ErrStale is what SaveCases answers when a case was changed since it was read:
// the caller's transaction must be rolled back.
var ErrStale = errors.New("the case was changed by somebody else")

// LockCases reads the cases with their clocks, in order of id, and holds them
// until the transaction ends. What the viewer may not see is left out.
func (tx *Tx) LockCases(ids []grievance.CaseID, v Viewer, n Needs) ([]*grievance.Case, error) {
	var rows []grievance.Case
	err := tx.db.Table("cases").Where("cases.id IN ?", ids).Scopes(visibleTo(v)).
		Order("cases.id").Clauses(forUpdate("")).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("locking cases: %w", err)
	}
	return tx.restore(rows, n)
}

// LockDue reads up to limit cases that have a clock which needs something at
// now, those due first first, and holds them. Cases that somebody else holds are
// left for the next time.
func (tx *Tx) LockDue(now time.Time, limit int) ([]*grievance.Case, error) {
	var rows []grievance.Case
	err := scan(tx.db.Table("cases").Joins("JOIN clocks ON clocks.case_id = cases.id").
		Where("clocks.next_at <= ?", now).Order("clocks.next_at, clocks.id").Limit(limit).
		Clauses(forUpdate("SKIP LOCKED")), &rows)
	if err != nil {
		return nil, fmt.Errorf("locking due cases: %w", err)
	}
	seen := map[grievance.CaseID]bool{}
	rows = slices.DeleteFunc(rows, func(c grievance.Case) bool {
		again := seen[c.ID]
		seen[c.ID] = true
		return again
	})
	return tx.restore(rows, Needs{})
}

// Some says which cases are wanted: up to Limit, or all where it is below
// zero, in order of their ids, but for those that are named.
type Some struct {
	Limit int
	But   []grievance.CaseID
}

// LockHeldBy names some cases that wait for somebody in a post of a unit: open
// ones which the user answers for, handles or has in charge there, and any whose
// running clock the user owes there. It holds them, unread: one that cannot be read
// is known.
func (tx *Tx) LockHeldBy(user grievance.UserID, unit grievance.UnitID, role grievance.Role, some Some) ([]grievance.CaseID, error) {
	held := tx.db.Raw(`SELECT id FROM cases WHERE responsible_id = ? AND responsible_unit_id = ? AND responsible_role = ? AND status NOT IN ?
		UNION SELECT id FROM cases WHERE handler_id = ? AND handling_unit_id = ? AND ? = 'handler' AND status NOT IN ?
		UNION SELECT id FROM cases WHERE sponsor_id = ? AND sponsor_unit_id = ? AND sponsor_role = ? AND status NOT IN ?
		UNION SELECT case_id FROM clocks WHERE debtor_id = ? AND debtor_unit_id = ? AND debtor_role = ? AND state = 'running'`,
		user, unit, role, grievance.Ended, user, unit, role, grievance.Ended, user, unit, role, grievance.Ended, user, unit, role)
	return tx.lock(some, "cases.id IN (?)", held)
}

// LockIn names some cases, ended ones too, that are with one of the units or before
// one for a review, or in which one is party to an open objection or has still to
// help, and holds them.
func (tx *Tx) LockIn(units []grievance.UnitID, some Some) ([]grievance.CaseID, error) {
	return tx.lock(some, "cases.id IN (?)", tx.with(units))
}

// LockCallingOn names some cases with an unresolved escalation to a role at one
// of the units that is not known to be unroutable, and holds them.
func (tx *Tx) LockCallingOn(units []grievance.UnitID, role grievance.Role, some Some) ([]grievance.CaseID, error) {
	calling := tx.db.Table("escalations").Select("case_id").
		Where("state <> ? AND unroutable = ? AND target_role = ? AND target_unit_id IN ?", grievance.EscalationResolved, false, role, units)
	return tx.lock(some, "cases.id IN (?)", calling)
}

func (tx *Tx) lock(some Some, where string, args ...any) (ids []grievance.CaseID, err error) {
	q := tx.db.Table("cases").Where(where, args...)
	if len(some.But) > 0 {
		q = q.Where("cases.id NOT IN ?", some.But)
	}
	if err := q.Order("cases.id").Limit(some.Limit).Clauses(forUpdate("")).Pluck("cases.id", &ids).Error; err != nil {
		return nil, fmt.Errorf("locking cases: %w", err)
	}
	return ids, nil
}

func forUpdate(options string) clause.Locking {
	return clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "cases"}, Options: options}
}

// restore gives cases their children, each kind with one statement.
func (s session) restore(rows []grievance.Case, n Needs) ([]*grievance.Case, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]grievance.CaseID, len(rows))
	children := make(map[grievance.CaseID]*grievance.Children, len(rows))
	for i, c := range rows {
		ids[i], children[c.ID] = c.ID, &grievance.Children{}
	}
	if err := s.loadChildren(ids, children, n); err != nil {
		return nil, err
	}
	if err := s.loadBetweenUnits(rows, children, n); err != nil {
		return nil, err
	}
	if err := s.loadLedgers(rows, children); err != nil {
		return nil, err
	}
	if err := s.loadSupervision(rows, children, n); err != nil {
		return nil, err
	}
	cases := make([]*grievance.Case, len(rows))
	for i, c := range rows {
		cases[i] = grievance.Restore(c, *children[c.ID])
	}
	return cases, nil
}

func (s session) loadChildren(ids []grievance.CaseID, into map[grievance.CaseID]*grievance.Children, n Needs) error {
	err := childrenOf(s, "clocks", ids, func(k *grievance.Clock) { into[k.CaseID].Clocks = append(into[k.CaseID].Clocks, k) })
	if err != nil {
		return err
	}
	if n.SignOffs {
		err := childrenOf(s, "sign_offs", ids, func(x *grievance.SignOff) { into[x.CaseID].SignOffs = append(into[x.CaseID].SignOffs, x) })
		if err != nil {
			return err
		}
	}
	if n.Notices {
		err := childrenOf(s, "notices", ids, func(x *grievance.Notice) { into[x.CaseID].Notices = append(into[x.CaseID].Notices, x) })
		if err != nil {
			return err
		}
	}
	if n.Escalations {
		return childrenOf(s, "escalations", ids, func(x *grievance.Escalation) { into[x.CaseID].Escalations = append(into[x.CaseID].Escalations, x) })
	}
	return nil
}

func childrenOf[T any](s session, table string, ids []grievance.CaseID, add func(*T)) error {
	return childrenInOrder(s, table, "id", ids, add)
}

func childrenInOrder[T any](s session, table, order string, ids []grievance.CaseID, add func(*T)) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []*T
	if err := s.db.Table(table).Where("case_id IN ?", ids).Order(order).Find(&rows).Error; err != nil {
		return fmt.Errorf("reading %s: %w", table, err)
	}
	for _, r := range rows {
		add(r)
	}
	return nil
}

// NextReceipt takes the next number of the unit's desk for the day. Only intake
// of one unit is serialised by it.
func (tx *Tx) NextReceipt(unit grievance.UnitID, day calendar.Date) (n int, err error) {
	// Scan would do as well, but writes every statement out with its values.
	err = tx.db.Raw(`INSERT INTO counters (unit_id, day, n) VALUES (?, ?, 1)
		ON CONFLICT (unit_id, day) DO UPDATE SET n = counters.n + 1 RETURNING n`, unit, day).Find(&n).Error
	if err != nil {
		return 0, fmt.Errorf("taking a receipt number: %w", err)
	}
	return n, nil
}

// CreateCases writes new cases whole. ErrExists when one of them is known by its
// id or by its id in the source.
func (tx *Tx) CreateCases(cases []*grievance.Case) error {
	for part := range slices.Chunk(cases, writeBatch) {
		made := tx.db.Table("cases").Clauses(clause.OnConflict{DoNothing: true}).Create(part)
		if made.Error != nil {
			return fmt.Errorf("saving new cases: %w", made.Error)
		}
		if int(made.RowsAffected) != len(part) {
			return ErrExists
		}
	}
	return tx.saveChanges(cases)
}

// SaveCases writes cases that were locked and changed. ErrStale when one was
// changed since.
func (tx *Tx) SaveCases(cases []*grievance.Case) error {
	var eventful []*grievance.Case
	for _, c := range cases {
		if len(c.Pending().Events) > 0 {
			eventful = append(eventful, c)
		}
	}
	if err := tx.swapAll(eventful); err != nil {
		return err
	}
	return tx.saveChanges(cases, byID)
}

func (tx *Tx) swapAll(cases []*grievance.Case) error {
	switch len(cases) {
	case 0:
		return nil
	case 1:
		return tx.swap(cases[0])
	}
	saved, err := tx.swapMany(cases)
	if err != nil {
		return fmt.Errorf("saving cases: %w", err)
	}
	if int(saved) != len(cases) {
		return ErrStale
	}
	return nil
}

// swap writes one case if nobody has added an event since it was read.
func (tx *Tx) swap(c *grievance.Case) error {
	was := c.Seq - int64(len(c.Pending().Events))
	saved := tx.db.Table("cases").Where("id = ? AND seq = ?", c.ID, was).Select("*").Omit("id").Updates(c)
	if saved.Error != nil {
		return fmt.Errorf("saving case %s: %w", c.ID, saved.Error)
	}
	if saved.RowsAffected != 1 {
		return ErrStale
	}
	return nil
}

// saveChanges writes what the decisions recorded, each kind of row with one
// statement for all cases together. replace says how a row that is there already
// is written over; new cases have none.
func (tx *Tx) saveChanges(cases []*grievance.Case, replace ...clause.Expression) error {
	var all grievance.Changes
	for _, c := range cases {
		all.Add(c.TakeChanges())
	}
	texts, err := tx.sealTexts(all.Texts)
	if err != nil {
		return err
	}
	parties, err := tx.sealParties(all.Parties)
	if err != nil {
		return err
	}
	b := &batch{tx: tx}
	insert(b, "case_units", all.Units, clause.OnConflict{DoNothing: true})
	insert(b, "parties", parties)
	insert(b, "texts", texts)
	insert(b, "notices", unique(all.Notices), replace...)
	insert(b, "sign_offs", unique(all.SignOffs), replace...)
	if !updateClocks(b, all.Clocks) {
		insert(b, "clocks", all.Clocks, replace...)
	}
	insert(b, "rungs", all.Rungs)
	insert(b, "suspensions", unique(all.Suspensions), over("case_id", "n"))
	insert(b, "pauses", unique(all.Pauses), over("clock_id", "n"))
	insert(b, "extensions", unique(all.Extensions))
	insert(b, "follow_ups", all.FollowUps)
	insert(b, "reviews", unique(all.Proceedings), over("case_id", "n"))
	saveSupervision(b, all.SupervisionRows)
	insert(b, "escalations", unique(all.Escalations), replace...)
	insert(b, "objections", unique(all.Objections), byID)
	insert(b, "co_handlers", unique(all.CoHandlers), byID)
	insert(b, "events", all.Events)
	if err := b.send(); err != nil {
		return fmt.Errorf("saving changes: %w", err)
	}
	return nil
}

// byID inserts a row, or writes it over the one with its id.
var byID = over("id")

// over inserts a row, or writes it over the one with the same key.
func over(key ...string) clause.OnConflict {
	how := clause.OnConflict{UpdateAll: true}
	for _, k := range key {
		how.Columns = append(how.Columns, clause.Column{Name: k})
	}
	return how
}

// unique drops repeated pointers: a row that one decision touched twice.
func unique[T comparable](rows []T) []T {
	seen := make(map[T]bool, len(rows))
	return slices.DeleteFunc(rows, func(r T) bool {
		again := seen[r]
		seen[r] = true
		return again
	})
}

// QueryCode gives the secret code with which the petitioner asks how the case stands.
func (s *Store) QueryCode(c *grievance.Case) string {
	return s.vault.QueryCode(c.ID.String(), c.QueryReissue)
}

// CheckQueryCode reports whether code is the case's query code.
func (s *Store) CheckQueryCode(c *grievance.Case, code string) bool {
	return s.vault.CheckQueryCode(c.ID.String(), c.QueryReissue, code)
}

// Digest gives a keyed digest of content, equal for equal content, that tells
// nothing about it without the key.
func (s *Store) Digest(content []byte) []byte { return s.vault.Derive("content", string(content)) }

// KnownSources tells which of the (source, id in the source) pairs, all of one
// source, have a case already; keys are "source/id".
func (s session) KnownSources(keys [][2]string) (map[string]bool, error) {
	known := map[string]bool{}
	if len(keys) == 0 {
		return known, nil
	}
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k[1]
	}
	var found []string
	err := s.db.Table("cases").Where("source = ? AND source_id IN ?", keys[0][0], ids).Pluck("source_id", &found).Error
	if err != nil {
		return nil, fmt.Errorf("looking for known cases: %w", err)
	}
	for _, id := range found {
		known[keys[0][0]+"/"+id] = true
	}
	return known, nil
}
