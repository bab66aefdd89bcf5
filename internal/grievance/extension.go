package grievance

import (
	"fmt"
	"slices"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Extending asks for more time for a clock of the case; Clock is zero for the
// handling's. N counts what the clock's rule counts its extensions in: days in
// the petition profile.
type Extending struct {
	Clock  ClockID
	N      int
	Reason Reason
	Words  string
}

// Extend asks the head of the unit to approve an extension (延期, Art. 34). The
// clock runs on until it is approved, and nothing else waits for it. Conflict
// when the clock is late: then the breach stands; when its rule allows no
// extension, or no other; and while one is asked for.
func (c *Case) Extend(m Moment, in Extending) error {
	by, err := c.permit(m, OpExtend)
	if err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	k := c.extendable(in.Clock)
	if k == nil {
		return InvalidField("/clock_id", "clock.unknown", "该事项没有这项正在计时的时限")
	}
	if c.PendingExtension != 0 {
		return Refuse(Conflict, "extension.pending", "已有延期申请等待签批")
	}
	rule, _ := m.Book.rule(k)
	if err := rule.allows(k); err != nil {
		return err
	}
	var f faults
	f.check(in.N >= 1 && in.N <= rule.Extension.Max.N, "/days", "extension.too_long", fmt.Sprintf("延长的天数须为 1 至 %d", rule.Extension.Max.N))
	f.check(slices.Contains(ExtensionReasons, in.Reason), "/reason", "reason.unknown", "请选择延期原因")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	asked := SignOff{
		Kind: SignExtension, Reason: in.Reason, ClockID: k.ID,
		Length: calendar.Length{N: in.N, Unit: rule.Extension.Max.Unit},
	}
	return c.request(m, by, asked, EvExtensionRequested, textIn{TextReason, in.Words})
}

// extendable finds the running clock that is meant.
func (c *Case) extendable(id ClockID) *Clock {
	for _, k := range c.running() {
		if k.ID == id || id.IsZero() && k.Kind == Handling {
			return k
		}
	}
	return nil
}

// allows refuses a further extension of a clock that the rule gives none, or
// none any more.
func (r ClockRule) allows(k *Clock) error {
	switch {
	case r.Extension == nil || !k.Length.ByDay():
		return Refuse(Conflict, "extension.not_allowed", "该时限不能延长")
	case k.ExtensionCount >= r.Extension.Times:
		return Refuse(Conflict, "extension.used", "该时限已按规定延长过，不能再次延长")
	case k.BreachedAt != nil:
		return errExtensionLate
	}
	return nil
}

var errExtensionLate = Refuse(Conflict, "extension.late", "时限已过，不能再延期；逾期记录不变")

// extend adds what was approved to the clock: to its last day before it was
// rolled, which is then rolled once. The petitioner is told by a notice.
func (c *Case) extend(m Moment, by Post, s *SignOff, f Facts) error {
	k := c.extendable(s.ClockID)
	climbed := m.Book.ladder(k)[:k.Rung]
	n, _ := c.issue(m, NoticeOfExtension, "")
	k.ExtensionCount++
	x := &Extension{
		ClockID: k.ID, N: k.ExtensionCount, CaseID: c.ID, SignOff: s.N, Length: s.Length, Reason: s.Reason, Notice: n.N,
		RequestedBy: s.RequestedBy, RequestedAt: s.RequestedAt, ApprovedBy: m.By.UserID, ApprovedAt: m.Now,
	}
	k.extensions = append(k.extensions, x)
	c.changes.Extensions = once(c.changes.Extensions, x)
	f.Reason, f.Notice, f.Extended = s.Reason, n.fact(), s.Length.String()
	f.Moved = []ClockFact{c.recountAnew(m, k, m.Now, climbed)}
	return c.record(m, by, EvExtended, f)
}

// DueIfExtended gives when a clock would be due if a request for an extension
// were approved; false for any other request, and for one whose clock has stopped.
func (c *Case) DueIfExtended(b *Book, s *SignOff) (calendar.Due, bool) {
	if s.Kind != SignExtension || s.State != SignOffPending {
		return calendar.Due{}, false
	}
	k := c.extendable(s.ClockID)
	if k == nil {
		return calendar.Due{}, false
	}
	rule, _ := b.rule(k)
	term := k.term(rule)
	term.Extensions = append(term.Extensions, s.Length)
	return b.CalendarAt(k.CalendarVersion).DueOf(term), true
}

// lapse ends a request for which nothing waited when the case ends.
func (c *Case) lapse(m Moment, kind SignOffKind) {
	slot := c.slot(kind)
	s, now := c.signOff(*slot), m.Now
	if s == nil {
		return
	}
	s.State, s.DecidedAt = SignOffLapsed, &now
	*slot = 0
	c.changes.SignOffs = once(c.changes.SignOffs, s)
}
