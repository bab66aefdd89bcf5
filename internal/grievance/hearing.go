package grievance

import (
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// HearingOrder orders a hearing (听证) on a review, which is to be over by the end
// of a day.
type HearingOrder struct {
	Until calendar.Date
	Words string
}

// OrderHearing records that the case's review n has a hearing. The time until its
// planned end does not count for a clock whose rule says so: the re-review's
// (Art. 36). The case itself does not rest. Invalid for an end past or beyond the
// profile's limit; Conflict for a second hearing of one review.
func (c *Case) OrderHearing(m Moment, n int, in HearingOrder) error {
	p, by, err := c.proceed(m, OpHearing, n)
	if err != nil {
		return err
	}
	var f faults
	f.check(in.Until.End().After(m.Now), "/until", "hearing.past", "听证的截止日期须在今天或以后")
	if limit, known := m.Book.Profiles[c.Profile].limit(Hearing); known {
		last := m.Book.Calendar.Due(m.Now, limit, false).On
		f.check(!in.Until.After(last), "/until", "hearing.too_long", fmt.Sprintf("听证最迟到 %s", last))
	}
	f.checkText(in.Words, "/words", MaxText, false)
	if err := f.err(); err != nil {
		return err
	}
	if p.HearingUntil != nil {
		return Refuse(Conflict, "hearing.ordered", "该复查、复核已决定听证")
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	now, until := m.Now, in.Until.End()
	p.HearingUntil, p.HearingOrderedBy, p.HearingOrderedAt = &until, m.By.UserID, &now
	c.touchProceeding(p)
	facts := Facts{Review: p.fact(), Texts: c.writeAll(m, false, textIn{TextReason, in.Words})}
	facts.Review.HearingUntil = until
	facts.Moved = c.pauseForHearing(m, p)
	return c.record(m, by, EvHearingOrdered, facts)
}

// pauseForHearing stops the review's clock until the planned end of its hearing,
// where its rule says so and it is in time.
func (c *Case) pauseForHearing(m Moment, p *Proceeding) (moved []ClockFact) {
	for _, k := range c.running(p.Kind) {
		rule, _ := m.Book.rule(k)
		if k.BreachedAt == nil && slices.Contains(rule.Pauses, Hearing) {
			c.pause(k, Pause{Cause: Hearing, FromAt: m.Now, Until: *p.HearingUntil, ApprovedBy: m.By.UserID})
			moved = append(moved, c.recount(m, k))
		}
	}
	return moved
}

// HearingRecord is the record of a hearing: when it was held, or was to be, how
// many attended, 0 where nobody came, and its minutes.
type HearingRecord struct {
	HeldAt   time.Time
	Attended int
	Words    string
}

// RecordHearing files the record of the hearing of the case's review n: with it
// the hearing is over, and what it stopped runs on. Conflict where no hearing was
// ordered, or it is on record.
func (c *Case) RecordHearing(m Moment, n int, in HearingRecord) error {
	p, by, err := c.proceed(m, OpHearing, n)
	if err != nil {
		return err
	}
	switch {
	case p.HearingUntil == nil:
		return Refuse(Conflict, "hearing.none", "该复查、复核没有决定听证")
	case p.HearingHeldAt != nil:
		return Refuse(Conflict, "hearing.recorded", "听证笔录已归档")
	}
	held := in.HeldAt.UTC().Truncate(time.Microsecond)
	var f faults
	f.check(!held.After(m.Now), "/held_at", "hearing.future", "听证时间不能晚于现在")
	f.check(!held.Before(*p.HearingOrderedAt), "/held_at", "hearing.before_order", "听证时间不能早于决定听证的时间")
	f.check(in.Attended >= 0, "/attended", "hearing.attended", "参加听证的人数不能为负数")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	now := m.Now
	p.HearingHeldAt, p.HearingAttended, p.HearingRecordedBy, p.HearingRecordedAt = &held, in.Attended, m.By.UserID, &now
	c.touchProceeding(p)
	facts := Facts{Review: p.fact(), Moved: c.resumeFromHearing(m, p), Texts: c.writeAll(m, false, textIn{TextMinutes, in.Words})}
	facts.Review.Attended = in.Attended
	return c.recordAbout(m, by, EvHearingHeld, held, facts)
}

// resumeFromHearing ends the pause of a hearing that is over sooner than planned.
func (c *Case) resumeFromHearing(m Moment, p *Proceeding) (moved []ClockFact) {
	for _, k := range c.running(p.Kind) {
		for _, pause := range k.pauses {
			if pause.Suspension == 0 && m.Now.Before(pause.Until) {
				pause.Until = m.Now
				c.changes.Pauses = once(c.changes.Pauses, pause)
				moved = append(moved, c.recount(m, k))
			}
		}
	}
	return moved
}
