package grievance

import (
	"slices"
	"strconv"
)

// withdraw takes what the barred have of an accusation back to the desk of the
// inspectors, who are not barred themselves: it names more than when they handed it
// out, or somebody has come to a post behind the shield since.
func (c *Case) withdraw(m Moment) error {
	var f Facts
	changed := c.withdrawHandling(m, &f)
	changed = c.withdrawHelp(m, &f) || changed
	if c.owed() {
		barred := func(user UserID, _ Post) bool { return m.Book.Bars(user, m.Now) }
		changed = c.handOver(m, m.Now, &f, barred) || changed
		changed = c.redirect(m) || changed
	}
	if turned := c.turnEscalations(m); !changed && !turned {
		return nil
	}
	return c.record(m.asSystem(), systemPost, EvShielded, f)
}

// withdrawHandling takes the case back from a handling unit that is barred, whole.
func (c *Case) withdrawHandling(m Moment, f *Facts) bool {
	user, post, ok := m.Book.DutyPerson(c.LeadUnitID, m.Now)
	if !ok || !c.Status.Open() || !m.Book.BarsUnit(c.HandlingUnitID) {
		return false
	}
	c.breakOff(m, f)
	c.takeBack(m, c.LeadUnitID, Holder{user, post}, f)
	f.Awaiting = c.awaitByStatus()
	return true
}

// withdrawHelp asks no help any more of units that are barred.
func (c *Case) withdrawHelp(m Moment, f *Facts) (withdrawn bool) {
	for _, h := range c.asked() {
		if !m.Book.BarsUnit(h.UnitID) {
			continue
		}
		h.State, withdrawn = CoHandlerLapsed, true
		c.OpenCoHandlers--
		c.changes.CoHandlers = once(c.changes.CoHandlers, h)
		for _, k := range c.running(CoHandling) {
			if k.Subject == strconv.Itoa(h.N) {
				f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
			}
		}
	}
	return withdrawn
}

// redirect lets whoever answers for the case owe what posts do that are barred; where
// nobody could take it from such a post, the last name stands.
func (c *Case) redirect(m Moment) (changed bool) {
	if m.Book.BarsUnit(c.ResponsiblePost.UnitID) {
		return false
	}
	barred := slices.DeleteFunc(c.running(), func(k *Clock) bool { return !m.Book.BarsUnit(k.DebtorPost.UnitID) })
	for _, k := range barred {
		k.DebtorPost, k.DebtorUser = c.ResponsiblePost, c.Responsible
		c.touch(k)
	}
	return len(barred) > 0
}
