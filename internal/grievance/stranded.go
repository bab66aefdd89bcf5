package grievance

import "time"

// Stranded gives the units at or below one whose seat of a role, and every seat
// above it up to the root, is vacant at t: what was called on there waits for
// nobody.
func (b *Book) Stranded(unit UnitID, role Role, t time.Time) []UnitID {
	top := b.Unit(unit)
	if top == nil {
		return nil
	}
	var vacant []UnitID
	for _, u := range b.Units() {
		if !u.Within(top) {
			continue
		}
		if _, _, filled := b.Seat(u.ID, role, role == RoleLeader, t); !filled {
			vacant = append(vacant, u.ID)
		}
	}
	return vacant
}

// Strand marks the unresolved escalations that nobody can take any more, because
// the last seat up to the root has become vacant or is held by the recused alone,
// as unroutable: an alarm, not an oversight. Whoever is appointed later can take
// them. It is raised about the instant at which somebody looked: an alarm judges
// nobody and starts no clock, so unlike what people leave it is no step of time.
func (c *Case) Strand(m Moment) error {
	for _, e := range c.escalations {
		if e.State == EscalationResolved || e.Unroutable {
			continue
		}
		p := e.TargetPost
		if _, _, filled := m.Book.Seat(p.UnitID, p.Role, p.Head, m.Now, c.recused()...); filled {
			continue
		}
		e.Unroutable, e.TargetPost = true, rootSeat(m.Book, p.UnitID, p.Role)
		c.changes.Escalations = once(c.changes.Escalations, e)
		if err := c.append(m.asSystem(), systemPost, EvUnroutable, m.Now, Facts{Escalation: e.fact()}); err != nil {
			return err
		}
	}
	return nil
}
