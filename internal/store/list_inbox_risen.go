package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// ownWork is that somebody who may sign nothing of a case is, or was, a leader; of
// what the leader in charge signs, and of an accusation that is shielded, there is a
// row without anybody besides.
type ownWork struct {
	CaseID    grievance.CaseID
	SignOffID grievance.SignOffID
	Head      bool
	UnitID    grievance.UnitID
	UserID    grievance.UserID

	InPerson    bool // the leader in charge signs, who is this one in this post
	SponsorID   grievance.UserID
	SponsorPost grievance.Post `gorm:"embedded;embeddedPrefix:sponsor_"`
}

// risenSignOffs finds the pending sign-offs that the seated leaders of their
// unit may not sign, for it is their own work, they signed the step before, or they
// had a part in the answer that is reviewed, and for which the user is the nearest
// leader above who may, or the nearest head; those that the user signs as the
// leader in charge, or in place of one who may not; and those of accusations, past
// whom the shield bars.
func (s session) risenSignOffs(v Viewer, w Waiting) ([]grievance.SignOffID, error) {
	if !w.actor.Has(grievance.RoleLeader) {
		return nil, nil
	}
	led := w.below(grievance.RoleLeader)
	about := func(user string) *gorm.DB {
		return s.pending(v).Where("(sign_offs.unit_id IN ? OR "+bySponsor+")", led).Select("cases.id AS case_id, sign_offs.id AS sign_off_id, sign_offs.head AS head, sign_offs.unit_id AS unit_id, " + user + " AS user_id, " + bySponsor +
			" AS in_person, cases.sponsor_id AS sponsor_id, cases.sponsor_unit_id AS sponsor_unit_id, cases.sponsor_role AS sponsor_role, cases.sponsor_head AS sponsor_head")
	}
	of := func(user string) *gorm.DB {
		return about(user).Where(user+" IN (SELECT user_id FROM appointments WHERE role = ?)", grievance.RoleLeader)
	}
	nobody := about("CAST(NULL AS uuid)").Where("(" + bySponsor + " OR cases.shielded)")
	asked := of("asked.requested_by").Joins("JOIN sign_offs AS asked ON asked.case_id = cases.id")
	var rows []ownWork
	signed := of("earlier.decided_by").Joins("JOIN sign_offs AS earlier ON earlier.case_id = cases.id AND earlier.request = sign_offs.request AND earlier.state = 'approved'")
	all := []any{of("cases.handler_id"), of("cases.petitioner_user_id"), of("recusals.user_id").Joins(joinRecusals), of("sign_offs.recuse_id"), of("helped.answered_by").Joins(joinHelped), of("taken.debtor_id").Joins(joinTaken), asked, signed, nobody}
	for _, user := range []string{"closing.decided_by", "reviews.requested_by", "reviews.decided_by"} {
		all = append(all, of(user).Joins(joinReviewed))
	}
	err := s.db.Raw("?"+strings.Repeat(" UNION ALL ?", len(all)-1), all...).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the sign-offs of leaders' own work: %w", err)
	}
	ids := make([]grievance.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	books, err := s.booksOf(w.book, ids)
	if err != nil {
		return nil, err
	}
	return w.nearest(rows, books), nil
}

// joinReviewed finds who had a part in what the sign-off of a review is about.
const joinReviewed = `JOIN reviews ON reviews.case_id = cases.id AND sign_offs.kind = 'review'
	LEFT JOIN sign_offs AS closing ON closing.case_id = cases.id AND closing.kind = 'closure' AND closing.state = 'approved'`

// joinHelped finds who answered for units that were asked to help.
const joinHelped = "JOIN co_handlers AS helped ON helped.case_id = cases.id"

// joinTaken finds who has acknowledged an assignment, and so handled the case.
const joinTaken = "JOIN clocks AS taken ON taken.case_id = cases.id AND taken.kind = 'acknowledgement' AND taken.state = 'met'"

// nearest are those sign-offs for which the user is the nearest leader, or head,
// whose own work it is not.
func (w *Waiting) nearest(rows []ownWork, books booksByCase) (risen []grievance.SignOffID) {
	excluded := map[grievance.SignOffID][]grievance.UserID{}
	for _, r := range rows {
		excluded[r.SignOffID] = append(excluded[r.SignOffID], r.UserID)
	}
	for _, r := range rows {
		who, left := excluded[r.SignOffID]
		if left && w.signs(books.of(r.CaseID), r, who) {
			risen = append(risen, r.SignOffID)
		}
		delete(excluded, r.SignOffID)
	}
	return risen
}

func (w *Waiting) signs(book *grievance.Book, r ownWork, interested []grievance.UserID) bool {
	if r.InPerson {
		return book.SignsInCharge(w.actor, grievance.Holder{User: r.SponsorID, Post: r.SponsorPost}, r.UnitID, w.now, interested...)
	}
	return book.SignsAs(w.actor, r.Head, r.UnitID, w.now, interested...)
}
