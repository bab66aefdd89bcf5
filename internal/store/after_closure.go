package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// FollowUpsOf gives every follow-up of a case, in order.
func (s session) FollowUpsOf(id grievance.CaseID) (list []grievance.FollowUp, err error) {
	if err := s.db.Table("follow_ups").Where("case_id = ?", id).Order("n").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading follow-ups: %w", err)
	}
	return list, nil
}

// RelatedTo gives up to limit other cases of the same petitioner that the viewer
// may see, the newest first, after one of them, zero for the beginning. Who the
// petitioner is, only the blind indexes of phone and id number tell: a case
// without either is related to none. What the searcher may not find is left out:
// whose it is would be told by the others.
func (s session) RelatedTo(id grievance.CaseID, v Viewer, by Searcher, after grievance.CaseID, limit int) (list []grievance.Case, err error) {
	same := s.db.Raw("? UNION ?", s.sharing("phone_bidx", id), s.sharing("id_bidx", id))
	page := s.db.Table("cases").Scopes(visibleTo(v)).Where("cases.id <> ? AND cases.id IN (?)", id, same)
	page = page.Where(mayFind, by.mayFind()...)
	if !after.IsZero() {
		page = page.Where("cases.id < ?", after)
	}
	if err := page.Order("cases.id DESC").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading related cases: %w", err)
	}
	return list, nil
}

// sharing names the cases whose petitioner has the same blind index as that of a
// case.
func (s session) sharing(index string, id grievance.CaseID) *gorm.DB {
	return s.db.Table("parties AS own").Select("other.case_id").
		Joins("JOIN parties AS other ON other."+index+" = own."+index+" AND other.kind = own.kind").
		Where("own.case_id = ? AND own.kind = ?", id, grievance.Petitioner)
}
