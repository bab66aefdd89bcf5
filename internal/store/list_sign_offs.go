package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// SignOffItem is a sign-off on a leader's desk, with all that it takes to
// decide: the case, the words of the request, the sign-off's own clock and the
// clock of the handling, or of the review that it is about, both nil where the
// profile has none. About, the case
// with its clocks and their ledgers, is set for a pending extension alone.
type SignOffItem struct {
	grievance.SignOff
	Case     CaseItem
	Words    []grievance.Text
	Step     *grievance.Clock
	Handling *grievance.Clock
	About    *grievance.Case
	Before   Before
}

// Before is what happened to a case before a leader was asked: how often something
// was returned to be signed, how often a clock was extended and how many were
// breached, and what the petitioner disputed last, nil for nothing.
type Before struct {
	Returned int
	Extended int
	Breached int
	Dispute  *grievance.Text
}

// SignOffPosition is a place on the desk: the due instant of a pending one, or
// when a decided one was decided.
type SignOffPosition struct {
	At time.Time           `json:"at"`
	ID grievance.SignOffID `json:"id"`
}

// SignOffDesk is a leader's desk: the sign-offs at units in these areas.
// Of what a head must sign, as an extension, the pending ones at units in the
// areas of Heads alone. Leader says which seats the leader fills: a step of several
// is for whoever fills its seat, a sponsor's for the sponsor.
type SignOffDesk struct {
	Leader  Waiting
	Areas   []Area
	Heads   []Area
	Decided bool
}

// Position is where the item stands on the desk.
func (i *SignOffItem) Position() SignOffPosition {
	p := SignOffPosition{At: i.RequestedAt, ID: i.ID}
	switch {
	case i.DecidedAt != nil:
		p.At = *i.DecidedAt
	case i.Step != nil:
		p.At = i.Step.DueAt
	}
	return p
}

// joinStep finds the clock of a sign-off's step.
const joinStep = `LEFT JOIN clocks AS step ON step.case_id = sign_offs.case_id AND step.kind = 'sign_off'
	AND step.round = sign_offs.round AND step.subject = CAST(sign_offs.n AS text)`

// mayBeSigned is the condition, on @leader, that the leader neither handles nor has
// handled the case, nor filed it, nor is recused from it or would be by this, nor asked for any of its signatures, nor
// answered for a unit that was asked to help, nor signed an earlier step of the same
// request; and of a review neither signed the
// answer, nor asked for a review, nor decided one.
const mayBeSigned = `cases.handler_id IS DISTINCT FROM @leader AND cases.petitioner_user_id IS DISTINCT FROM @leader
	AND NOT EXISTS (SELECT 1 FROM clocks taken WHERE taken.case_id = cases.id AND taken.kind = 'acknowledgement' AND taken.state = 'met' AND taken.debtor_id = @leader)
	AND (cases.recusal_count = 0 OR NOT EXISTS (SELECT 1 FROM recusals WHERE recusals.case_id = cases.id AND recusals.user_id = @leader))
	AND sign_offs.recuse_id IS DISTINCT FROM @leader
	AND NOT EXISTS (SELECT 1 FROM sign_offs asked WHERE asked.case_id = cases.id AND asked.requested_by = @leader)
	AND (cases.co_handler_count = 0 OR NOT EXISTS (SELECT 1 FROM co_handlers helped WHERE helped.case_id = cases.id AND helped.answered_by = @leader))
	AND NOT EXISTS (SELECT 1 FROM sign_offs earlier WHERE earlier.case_id = cases.id AND earlier.request = sign_offs.request
		AND earlier.state = 'approved' AND earlier.decided_by = @leader)
	AND (sign_offs.kind <> 'review' OR NOT EXISTS (SELECT 1 FROM sign_offs closing WHERE closing.case_id = cases.id
			AND closing.kind = 'closure' AND closing.state = 'approved' AND closing.decided_by = @leader)
		AND NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.case_id = cases.id AND @leader IN (reviews.requested_by, reviews.decided_by)))`

// mayBeSignedBy narrows pending sign-offs to those that somebody may sign.
func mayBeSignedBy(who grievance.UserID) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB { return db.Where(mayBeSigned, sql.Named("leader", who)) }
}

// bySponsor is the condition that the leader in charge signs in person; who does
// is found by risenSignOffs.
const bySponsor = "(sign_offs.chain LIKE 'sponsor:%')"

// ofOne is the condition that one leader signs the whole request: its chain is a
// single word (grievance.SigningChain). A leader above may do that instead.
const ofOne = "sign_offs.chain NOT LIKE '% %'"

// ListSignOffs gives up to limit sign-offs after a position: the pending ones
// that the leader may sign, those due first first; or the decided ones, the
// newest decision first.
func (s session) ListSignOffs(v Viewer, d SignOffDesk, after *SignOffPosition, limit int) ([]SignOffItem, error) {
	v, err := s.knowing(v)
	if err != nil {
		return nil, err
	}
	units, err := s.unitsIn(d.Areas)
	if err != nil {
		return nil, err
	}
	page := s.db.Table("sign_offs").Joins("CROSS JOIN cases").Where("cases.id = sign_offs.case_id"). // as pending joins
														Scopes(visibleTo(v)).Where("sign_offs.unit_id IN ?", units).Limit(limit)
	if d.Decided {
		page = page.Where("sign_offs.decided_at IS NOT NULL AND sign_offs.state IN ('approved', 'returned')").
			Order("sign_offs.decided_at DESC, sign_offs.id DESC")
		if after != nil {
			page = page.Where("(sign_offs.decided_at, sign_offs.id) < (?, ?)", after.At, after.ID)
		}
	} else if page, err = s.toSign(page, v, d, after); err != nil {
		return nil, err
	}
	var rows []grievance.SignOff
	if err := page.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("listing sign-offs: %w", err)
	}
	return s.signOffItems(v, rows)
}

// toSign narrows sign-offs to the pending ones that the leader may sign.
func (s session) toSign(page *gorm.DB, v Viewer, d SignOffDesk, after *SignOffPosition) (*gorm.DB, error) {
	const at = "COALESCE(step.due_at, sign_offs.requested_at)"
	risen, err := s.risenSignOffs(v, d.Leader)
	if err != nil {
		return nil, err
	}
	heads, err := s.unitsIn(d.Heads)
	if err != nil {
		return nil, err
	}
	page = page.Joins(joinStep).Where("sign_offs.state = 'pending'").Where("(sign_offs.head = ? OR sign_offs.unit_id IN ?)", false, heads).
		Scopes(mayBeSignedBy(d.Leader.actor.UserID)).Order(at+", sign_offs.id").
		Where("("+ofOne+" OR sign_offs.head = ? AND sign_offs.unit_id IN ? OR sign_offs.head = ? AND sign_offs.unit_id IN ? OR sign_offs.id IN ?)",
			false, d.Leader.seats.Signs, true, d.Leader.seats.Leads, risen).
		Where("NOT "+bySponsor+" OR sign_offs.id IN ?", risen)
	if after != nil {
		page = page.Where("("+at+", sign_offs.id) > (?, ?)", after.At, after.ID)
	}
	return page, nil
}

// unitsIn names the units in some areas, for a database to know how few of all
// rows are theirs: of a join with them it knows nothing.
func (s session) unitsIn(areas []Area) (ids []grievance.UnitID, err error) {
	any := &conditions{}
	for _, a := range areas {
		w := &conditions{}
		w.in("path", a)
		any.add("("+w.sql()+")", w.args...)
	}
	if len(areas) == 0 {
		return nil, nil
	}
	if err := s.db.Table("units").Where(strings.Join(any.parts, " OR "), any.args...).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("reading the units of an area: %w", err)
	}
	return ids, nil
}

func (s session) signOffItems(v Viewer, rows []grievance.SignOff) ([]SignOffItem, error) {
	ids := make([]grievance.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	if len(rows) == 0 {
		return nil, nil
	}
	cases, err := s.itemsOf(ids, v)
	if err != nil {
		return nil, err
	}
	var clocks []*grievance.Clock
	if err := s.db.Table("clocks").Where("case_id IN ?", ids).Find(&clocks).Error; err != nil {
		return nil, fmt.Errorf("reading the clocks of sign-offs: %w", err)
	}
	words, err := s.requestTexts(ids)
	if err != nil {
		return nil, err
	}
	returned, err := s.returnedBefore(ids)
	if err != nil {
		return nil, err
	}
	items := make([]SignOffItem, len(rows))
	for i, r := range rows {
		items[i] = SignOffItem{SignOff: r, Case: *cases[r.CaseID], Words: wordsOf(&rows[i], words)}
		items[i].takeClocks(clocks)
		items[i].Before.Returned, items[i].Before.Dispute = returned[r.CaseID], disputeOf(r.CaseID, words)
	}
	return items, s.withAbout(items)
}

// withAbout adds what is needed to tell what an extension would come to.
func (s session) withAbout(items []SignOffItem) error {
	var rows []grievance.Case
	for _, i := range items {
		if i.Kind == grievance.SignExtension && i.State == grievance.SignOffPending {
			rows = append(rows, i.Case.Case)
		}
	}
	cases, err := s.restore(rows, Needs{})
	for _, c := range cases {
		for i := range items {
			if items[i].CaseID == c.ID {
				items[i].About = c
			}
		}
	}
	return err
}

// answers reports whether a clock is that of the answer that is to be signed.
func (i *SignOffItem) answers(k *grievance.Clock) bool {
	if i.Kind == grievance.SignReview {
		return k.Kind == grievance.Review || k.Kind == grievance.ReReview
	}
	return k.Kind == grievance.Handling
}

func (i *SignOffItem) takeClocks(clocks []*grievance.Clock) {
	for _, k := range clocks {
		if k.CaseID != i.CaseID {
			continue
		}
		i.Before.Extended += k.ExtensionCount
		if k.BreachedAt != nil {
			i.Before.Breached++
		}
		switch {
		case k.Round != i.Round:
		case i.answers(k):
			if i.Handling == nil || k.State == grievance.Running {
				i.Handling = k
			}
		case k.Kind == grievance.SignOffStep && k.Subject == fmt.Sprint(i.N):
			i.Step = k
		}
	}
}

// returnedBefore counts what leaders have returned of each case.
func (s session) returnedBefore(ids []grievance.CaseID) (map[grievance.CaseID]int, error) {
	var rows []struct {
		CaseID grievance.CaseID
		N      int
	}
	err := s.db.Table("sign_offs").Select("case_id, COUNT(*) AS n").Where("case_id IN ? AND state = 'returned'", ids).Group("case_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting what was returned: %w", err)
	}
	counts := make(map[grievance.CaseID]int, len(rows))
	for _, r := range rows {
		counts[r.CaseID] = r.N
	}
	return counts, nil
}

// disputeOf gives what the petitioner of a case disputed last.
func disputeOf(id grievance.CaseID, all []grievance.Text) (last *grievance.Text) {
	for i, t := range all {
		if t.CaseID == id && t.Kind == grievance.TextDispute {
			last = &all[i]
		}
	}
	return last
}

// requestTexts reads what is written when a signature is asked for, and what
// petitioners have disputed.
func (s session) requestTexts(ids []grievance.CaseID) ([]grievance.Text, error) {
	kinds := []grievance.TextKind{
		grievance.TextRequest, grievance.TextFacts, grievance.TextOpinion, grievance.TextLegalBasis, grievance.TextReason, grievance.TextAgreement,
		grievance.TextRequest, grievance.TextFacts, grievance.TextOpinion, grievance.TextLegalBasis, grievance.TextReason, grievance.TextDispute,
	}
	var rows []textRow
	if err := s.db.Table("texts").Where("case_id IN ? AND kind IN ?", ids, kinds).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the words of sign-offs: %w", err)
	}
	return openAll(rows, s.openText)
}

// wordsOf picks the words of one request: its author wrote them in the instant
// of asking.
func wordsOf(r *grievance.SignOff, all []grievance.Text) (words []grievance.Text) {
	for _, t := range all {
		if t.CaseID == r.CaseID && t.AuthorID == r.RequestedBy && t.RecordedAt.Equal(r.RequestedAt) {
			words = append(words, t)
		}
	}
	return words
}
