package store

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// auditor is the follower of the ledger that looks for findings.
const auditor = "audit"

// LockAudit tells how far the ledger has been audited, and lets one auditor work
// at a time.
func (tx *Tx) LockAudit() (pos int64, err error) {
	held := tx.db.Table("followers").Select("ledger_pos").Where("name = ?", auditor).Clauses(clause.Locking{Strength: "UPDATE"}).Take(&pos)
	if held.Error != nil {
		return 0, fmt.Errorf("holding the audit: %w", held.Error)
	}
	return pos, nil
}

// MoveAudit notes how far the ledger has been audited.
func (tx *Tx) MoveAudit(pos int64) error {
	return tx.db.Table("followers").Where("name = ?", auditor).Update("ledger_pos", pos).Error
}

// EventsOfCases gives all events of some cases, by case and in order.
func (s session) EventsOfCases(ids []grievance.CaseID) (map[grievance.CaseID][]grievance.Event, error) {
	found := make(map[grievance.CaseID][]grievance.Event, len(ids))
	for part := range slices.Chunk(ids, writeBatch) {
		var events []grievance.Event
		query := s.db.Table("events").Where("subject_kind = ? AND subject_id IN ?", grievance.SubjectCase, part).Order("subject_id, seq")
		if err := scan(query, &events); err != nil {
			return nil, fmt.Errorf("reading events: %w", err)
		}
		for _, e := range events {
			found[e.SubjectID] = append(found[e.SubjectID], e)
		}
	}
	return found, nil
}

// relatedMost is how many cases of a petitioner are looked at on either side of
// one, in the order in which they were registered: of a number that hundreds
// share, which is nobody's own, not all.
const relatedMost = 50

// unionMost keeps a statement of many arms below SQLite's limit of 500.
const unionMost = 100

// RelatedCases gives for each case others of the same petitioner, or of one of its
// representatives: who has the same telephone or identity number.
func (s session) RelatedCases(ids []grievance.CaseID) (map[grievance.CaseID][]grievance.CaseID, error) {
	related := map[grievance.CaseID][]grievance.CaseID{}
	for _, column := range []string{"phone_bidx", "id_bidx"} {
		own, err := s.keysOf(column, ids)
		if err != nil {
			return nil, err
		}
		others, err := s.keyed(column, own)
		if err != nil {
			return nil, fmt.Errorf("looking for related cases: %w", err)
		}
		for _, o := range own {
			for _, id := range nearest(o.CaseID, others[string(o.Bidx)]) {
				if !slices.Contains(related[o.CaseID], id) {
					related[o.CaseID] = append(related[o.CaseID], id)
				}
			}
		}
	}
	return related, nil
}

var petitioning = []grievance.PartyKind{grievance.Petitioner, grievance.Representative}

// partyKey is by what a petitioner of a case can be found in another.
type partyKey struct {
	CaseID grievance.CaseID
	Bidx   []byte
}

func (s session) keysOf(column string, ids []grievance.CaseID) (own []partyKey, err error) {
	err = s.db.Table("parties").Select("case_id, "+column+" AS bidx").Where("case_id IN ? AND kind IN ? AND "+column+" IS NOT NULL", ids, petitioning).Find(&own).Error
	if err != nil {
		return nil, fmt.Errorf("reading who petitions: %w", err)
	}
	return own, nil
}

// keyed gives the cases in which each of some keys is found. Where they are so
// many that some key is nobody's own, it looks at each key from each case alone,
// as far as RelatedCases does.
func (s session) keyed(column string, own []partyKey) (map[string][]grievance.CaseID, error) {
	found := map[string][]grievance.CaseID{}
	if len(own) == 0 {
		return found, nil
	}
	keys := make([][]byte, len(own))
	for i, o := range own {
		keys[i] = o.Bidx
	}
	var rows []partyKey
	most := relatedMost * (len(own) + 1)
	err := s.db.Table("parties").Select("case_id, "+column+" AS bidx").Where(column+" IN ? AND kind IN ?", keys, petitioning).Limit(most + 1).Find(&rows).Error
	if err == nil && len(rows) > most {
		rows = nil
		err = union(s, arms(column, own), &rows)
	}
	for _, r := range rows {
		found[string(r.Bidx)] = append(found[string(r.Bidx)], r.CaseID)
	}
	return found, err
}

// arms are the lookups for the cases on both sides of each own.
func arms(column string, own []partyKey) (list []arm) {
	for _, o := range own {
		for _, side := range []string{"case_id < ? ORDER BY case_id DESC", "case_id > ? ORDER BY case_id"} {
			list = append(list, arm{
				"SELECT * FROM (SELECT case_id, " + column + " AS bidx FROM parties WHERE " + column + " = ? AND kind IN ? AND " + side + " LIMIT ?) q",
				[]any{o.Bidx, petitioning, o.CaseID, relatedMost},
			})
		}
	}
	return list
}

// nearest gives the cases of a list that were registered next to one, on either
// side at most relatedMost, and not the one itself.
func nearest(to grievance.CaseID, list []grievance.CaseID) []grievance.CaseID {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b grievance.CaseID) int { return bytes.Compare(a[:], b[:]) })
	list = slices.Compact(list)
	at, found := slices.BinarySearchFunc(list, to, func(a, b grievance.CaseID) int { return bytes.Compare(a[:], b[:]) })
	before, after := list[max(0, at-relatedMost):at], list[at:]
	if found {
		after = after[1:]
	}
	return slices.Concat(before, after[:min(len(after), relatedMost)])
}

// arm is one SELECT of a union, with its values.
type arm struct {
	text string
	args []any
}

// union reads the rows of many selects that are alike, each of which has an index
// to itself.
func union[T any](s session, list []arm, into *[]T) error {
	for part := range slices.Chunk(list, unionMost) {
		var texts []string
		var args []any
		for _, b := range part {
			texts, args = append(texts, b.text), append(args, b.args...)
		}
		var rows []T
		if err := s.db.Raw(strings.Join(texts, " UNION ALL "), args...).Find(&rows).Error; err != nil {
			return err
		}
		*into = append(*into, rows...)
	}
	return nil
}

// SignedBeside gives what those who gave some signatures signed within
// grievance.SignedTogether of them, in order, by who signed.
func (s session) SignedBeside(signatures []grievance.SignedAt) (map[grievance.UserID][]grievance.SignedAt, error) {
	var arms []arm
	for _, w := range windows(signatures) {
		arms = append(arms, arm{
			`SELECT * FROM (SELECT case_id, n, decided_by, decided_at, seen_seq FROM sign_offs
				WHERE decided_by = ? AND decided_at >= ? AND decided_at <= ? AND state = ? AND seen_seq > 0 ORDER BY decided_at) q`,
			[]any{w.by, w.from, w.until, grievance.SignOffApproved},
		})
	}
	var rows []grievance.SignedAt
	if err := union(s, arms, &rows); err != nil {
		return nil, fmt.Errorf("looking for signatures given together: %w", err)
	}
	found := map[grievance.UserID][]grievance.SignedAt{}
	for _, r := range rows {
		found[r.By] = append(found[r.By], r)
	}
	return found, nil
}

// window is a time in which one leader's signatures are looked for.
type window struct {
	by          grievance.UserID
	from, until time.Time
}

// windows are the times around signatures, those that overlap put together.
func windows(signatures []grievance.SignedAt) (list []window) {
	slices.SortFunc(signatures, func(a, b grievance.SignedAt) int {
		if a.By != b.By {
			return strings.Compare(a.By.String(), b.By.String())
		}
		return a.At.Compare(b.At)
	})
	for _, s := range signatures {
		w := window{s.By, s.At.Add(-grievance.SignedTogether), s.At.Add(grievance.SignedTogether)}
		if n := len(list); n > 0 && list[n-1].by == w.by && !w.from.After(list[n-1].until) {
			list[n-1].until = w.until
			continue
		}
		list = append(list, w)
	}
	return list
}

// AuditsAside names up to limit cases whose audit failed and is due again, with
// how often it failed.
func (s session) AuditsAside(now time.Time, limit int) (due []DueCase, err error) {
	err = s.db.Table("audits_aside").Select("case_id, attempts").Where("next_at <= ?", now).Order("next_at, case_id").Limit(limit).Find(&due).Error
	return due, err
}

// SetAuditAside puts the audit of a case off until an instant, with what went wrong.
func (tx *Tx) SetAuditAside(id grievance.CaseID, until time.Time, why string) error {
	return tx.db.Exec(`INSERT INTO audits_aside (case_id, attempts, next_at, error) VALUES (?, 1, ?, ?)
		ON CONFLICT (case_id) DO UPDATE SET attempts = audits_aside.attempts + 1, next_at = excluded.next_at, error = excluded.error`, id, until, why).Error
}

// AuditDone forgets that the audit of cases had failed.
func (tx *Tx) AuditDone(ids []grievance.CaseID) error {
	return tx.db.Exec("DELETE FROM audits_aside WHERE case_id IN ?", ids).Error
}

// ToAudit tells how many events have not been audited yet.
func (s session) ToAudit() (w Pending, err error) {
	var at struct{ Last, Pos int64 }
	err = s.db.Raw("SELECT l.last, f.ledger_pos AS pos FROM ledger l, followers f WHERE l.id = 1 AND f.name = ?", auditor).Find(&at).Error
	if err != nil || at.Last <= at.Pos {
		return Pending{}, err
	}
	var first struct{ At time.Time }
	err = s.db.Table("events").Select("recorded_at AS at").Where("ledger_pos = ?", at.Pos+1).Find(&first).Error
	return Pending{N: at.Last - at.Pos, Since: first.At}, err
}

// DueFindings tells to how many findings time alone has something to do.
func (s session) DueFindings(now time.Time) (Pending, error) {
	return s.backlogOf("findings", "next_at", "next_at <= ?", now)
}
