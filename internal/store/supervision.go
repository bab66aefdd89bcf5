package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// loadSupervision gives cases what few have: whom they are about or are kept from,
// open duties and open reminders; of orders, and of reminders that are done, only what
// an operation needs.
func (s session) loadSupervision(rows []grievance.Case, into map[grievance.CaseID]*grievance.Children, n Needs) error {
	recused := idsWhere(rows, func(c *grievance.Case) bool { return c.RecusalCount > 0 })
	err := childrenInOrder(s, "recusals", "case_id, since, user_id", recused, func(x *grievance.Recusal) {
		into[x.CaseID].Recusals = append(into[x.CaseID].Recusals, x)
	})
	if err != nil {
		return err
	}
	shielded := idsWhere(rows, func(c *grievance.Case) bool { return c.ShieldCount > 0 })
	err = childrenInOrder(s, "shields", "case_id, since, unit_id", shielded, func(x *grievance.Shield) {
		into[x.CaseID].Shields = append(into[x.CaseID].Shields, x)
	})
	if err != nil {
		return err
	}
	dutiful := idsWhere(rows, func(c *grievance.Case) bool { return c.OpenDuties > 0 })
	err = childrenInOrder(s, "duties", "case_id, n", dutiful, func(x *grievance.Duty) {
		into[x.CaseID].Duties = append(into[x.CaseID].Duties, x)
	})
	if err != nil {
		return err
	}
	reminded := idsWhere(rows, func(c *grievance.Case) bool { return c.OpenReminders > 0 || n.Reminders && c.ReminderCount > 0 })
	err = childrenInOrder(s, "reminders", "case_id, n", reminded, func(x *grievance.Reminder) {
		into[x.CaseID].Reminders = append(into[x.CaseID].Reminders, x)
	})
	if err != nil {
		return err
	}
	ordered := idsWhere(rows, func(c *grievance.Case) bool { return n.Orders && c.OrderCount > 0 })
	return childrenInOrder(s, "orders", "case_id, n", ordered, func(x *grievance.Order) {
		into[x.CaseID].Orders = append(into[x.CaseID].Orders, x)
	})
}

func idsWhere(rows []grievance.Case, has func(*grievance.Case) bool) (ids []grievance.CaseID) {
	for i := range rows {
		if has(&rows[i]) {
			ids = append(ids, rows[i].ID)
		}
	}
	return ids
}

// saveSupervision adds what supervision has made to a batch, behind the clocks
// that it names.
func saveSupervision(b *batch, rows grievance.SupervisionRows) {
	insert(b, "duties", unique(rows.Duties), over("case_id", "n"))
	insert(b, "orders", unique(rows.Orders), byID)
	insert(b, "reminders", unique(rows.Reminders), over("case_id", "n"))
	insert(b, "recusals", rows.Recusals, clause.OnConflict{DoNothing: true})
	insert(b, "shields", rows.Shields, clause.OnConflict{DoNothing: true})
}

// DutiesOf gives every duty that the sponsors of a case ever had, in order.
func (s session) DutiesOf(id grievance.CaseID) (list []grievance.Duty, err error) {
	if err := s.db.Table("duties").Where("case_id = ?", id).Order("n").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("reading duties: %w", err)
	}
	return list, nil
}

// remindersFor are the open reminders that stand before the user: by name, or
// before a post that the user holds or fills.
func (s session) remindersFor(v Viewer, w Waiting) *gorm.DB {
	leads, signs := w.seats.Leads, w.seats.Signs
	post := "(" + postsMatch("reminders.post", w.seats.Own) +
		" OR reminders.post_role = 'leader' AND (reminders.post_head = ? AND reminders.post_unit_id IN ? OR reminders.post_head = ? AND reminders.post_unit_id IN ?))"
	args := append([]any{w.actor.UserID}, postsArgs(w.seats.Own)...)
	return s.db.Table("reminders").Joins("JOIN cases ON cases.id = reminders.case_id").Scopes(visibleTo(v)).
		Where("reminders.done_at IS NULL").
		Where("reminders.user_id = ? OR reminders.user_id IS NULL AND "+post, append(args, true, leads, false, signs)...)
}

// ordersToJudge are the orders that have been answered and wait for the word of
// who issued them.
func (s session) ordersToJudge(v Viewer, w Waiting) *gorm.DB {
	return s.db.Table("orders").Joins("JOIN cases ON cases.id = orders.case_id").Scopes(visibleTo(v)).
		Where("orders.state = 'answered' AND orders.answered_by IS DISTINCT FROM ?", w.actor.UserID).
		Where(postsMatch("orders.issuer", w.seats.Own), postsArgs(w.seats.Own)...)
}
