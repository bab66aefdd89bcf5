package grievance

import "time"

// History is what another system knows of a case that it handled: the reply in
// its words and when it was given. The zero value is a case not answered yet.
type History struct {
	Reply     string
	RepliedAt time.Time
}

// Import registers a case of another system as what it was. Its late clocks are
// judged about their own instants, but the past raises at most one escalation a
// case: the highest that it would have reached, resolved already where the case
// was answered. When it was accepted and by whom contacted nobody knows, so a
// case that was answered has a handling clock alone, from receipt to reply.
// Invalid when the reply lies before the receipt or after now.
func Import(m Moment, in Registration, desk *Unit, receipt Receipt, h History) (*Case, error) {
	c, by, err := register(m, in, desk, receipt)
	if err != nil {
		return nil, err
	}
	m = m.For(c)
	if h.RepliedAt.IsZero() {
		return c, c.judgeHistory(m, m.Now)
	}
	h.RepliedAt = h.RepliedAt.UTC().Truncate(time.Microsecond)
	if h.RepliedAt.Before(c.ReceivedAt) || h.RepliedAt.After(m.Now) {
		return nil, InvalidField("/replied_at", "replied_at.order", "答复时间须在收到时间之后、现在之前")
	}
	f := Facts{Outcome: Explained, Texts: c.writeAll(m, true, textIn{TextAnswer, h.Reply})}
	for _, k := range c.running() {
		f.Stopped = append(f.Stopped, c.stopOne(k, Cancelled, m.Now))
	}
	f.Started = c.start(m, Handling, c.ReceivedAt, c.LeadUnitID, "", debtor{c.ResponsiblePost, c.Responsible})
	if err := c.judgeHistory(m, h.RepliedAt); err != nil {
		return nil, err
	}
	return c, c.answeredThen(m, by, h.RepliedAt, f)
}

// answeredThen closes an imported case at the instant of its reply.
func (c *Case) answeredThen(m Moment, by Post, at time.Time, f Facts) error {
	for _, k := range c.running() {
		f.Stopped = append(f.Stopped, c.stopOne(k, Met, at))
	}
	for _, e := range c.escalations {
		e.State, e.ResolvedAt = EscalationResolved, &at
		if err := c.append(m.asSystem(), systemPost, EvEscalationSolved, at, Facts{Escalation: e.fact()}); err != nil {
			return err
		}
	}
	received := c.ReceivedAt
	c.Status, c.Outcome, c.ClosedAt, c.AcceptedAt = Closed, Explained, &at, &received
	f.Status, f.Awaiting = Closed, c.awaitByStatus()
	return c.recordAbout(m, by, EvImported, at, f)
}

// judgeHistory records the breaches that lie before an instant and one
// escalation for all of them, and for danger to life and property.
func (c *Case) judgeHistory(m Moment, until time.Time) error {
	worst := escalation{}
	if c.Urgency == LifeProperty {
		worst = escalation{level: 1, cause: Urgent, at: c.ReceivedAt, unit: c.LeadUnitID}
	}
	for _, k := range c.running() {
		for _, rung := range m.Book.ladder(k)[k.Rung:] {
			at := rung.When(m.Book.CalendarAt(k.CalendarVersion), k)
			if at.After(until) {
				break
			}
			k.Rung++
			if rung.Level > worst.level {
				worst = escalation{level: rung.Level, cause: overdue(k.Kind), clock: k, at: at, unit: c.actingUnit()}
			}
		}
		if err := c.breachThen(m, k, until); err != nil {
			return err
		}
		c.plan(m.Book, k)
		c.touch(k)
	}
	if worst.level == 0 {
		return nil
	}
	return c.escalate(m.asSystem(), worst)
}

func (c *Case) breachThen(m Moment, k *Clock, until time.Time) error {
	if until.Before(k.DueAt) {
		return nil
	}
	due := k.DueAt
	k.BreachedAt = &due
	fact := &ClockFact{ID: k.ID, Kind: k.Kind, DueAt: due}
	return c.append(m.asSystem(), systemPost, EvBreached, due, Facts{Clock: fact})
}
