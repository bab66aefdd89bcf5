package grievance

import "time"

// Reminder (催办) stands in the inbox of whoever must act until they do anything
// about the case, or need not any more. User is zero where the post alone was
// reminded.
type Reminder struct {
	CaseID     CaseID
	N          int
	Post       Post   `gorm:"embedded;embeddedPrefix:post_"`
	User       UserID `gorm:"column:user_id"`
	RemindedBy UserID
	RemindedAt time.Time
	DoneAt     *time.Time
}

// reminderPause is how long one person waits before reminding again.
const reminderPause = time.Hour

// Reminding is a reminder, with words where somebody has any.
type Reminding struct{ Words string }

// Remind reminds whoever must act: whose move it is, else who answers for the
// case. Nothing that people edit changes. Conflict where the same person has
// reminded within the hour.
func (c *Case) Remind(m Moment, in Reminding) error {
	by, err := c.permit(m, OpRemind)
	if err != nil {
		return err
	}
	if err := checkWords(in.Words, false); err != nil {
		return err
	}
	for _, r := range c.supervised.Reminders {
		if r.RemindedBy == m.By.UserID && m.Now.Before(r.RemindedAt.Add(reminderPause)) {
			return Refuse(Conflict, "reminder.too_often", "一小时内已催办过，请稍后再催")
		}
	}
	to := c.mustAct(m)
	c.ReminderCount++
	c.OpenReminders++
	r := &Reminder{CaseID: c.ID, N: c.ReminderCount, Post: to.Post, User: to.User, RemindedBy: m.By.UserID, RemindedAt: m.Now}
	c.supervised.Reminders = append(c.supervised.Reminders, r)
	c.changes.Reminders = once(c.changes.Reminders, r)
	f := Facts{Urged: &to, Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	return c.append(m, by, EvUrged, m.Now, f)
}

// mustAct is whose move it is, a sponsor who signs in person; who answers for the
// case where the next move is no official's.
func (c *Case) mustAct(m Moment) Awaiting {
	to := c.Awaiting()
	if s := c.signOff(c.PendingSignOff); s != nil && c.sponsorSigns(m, s) {
		to.User = c.Sponsor
	}
	if to.Post.IsZero() || to.Post.Role == RolePetitioner {
		return Awaiting{c.ResponsiblePost, c.Responsible}
	}
	return to
}

// heed ends the reminders of who has just acted, and of who need not act any more.
func (c *Case) heed(m Moment, by Post) {
	if c.OpenReminders == 0 {
		return
	}
	now := m.Now
	for _, r := range c.supervised.Reminders {
		if r.DoneAt == nil && (r.heeded(m, by) || !c.waitsFor(r)) {
			r.DoneAt = &now
			c.OpenReminders--
			c.changes.Reminders = once(c.changes.Reminders, r)
		}
	}
}

func (r *Reminder) heeded(m Moment, by Post) bool {
	if r.User.IsZero() {
		return by.Covers(r.Post)
	}
	return r.User == m.By.UserID
}

// waitsFor reports whether the next move, or the case, is still whose it was.
func (c *Case) waitsFor(r *Reminder) bool {
	next := r.Post == c.AwaitingPost && (r.User == c.AwaitingUser || r.User == c.Sponsor)
	return c.Status.Open() && (next || r.User == c.Responsible && r.Post == c.ResponsiblePost)
}
