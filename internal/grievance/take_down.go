package grievance

import "slices"

// The events of a public take-down.
const (
	EvTakeDownRequested EventKind = "take_down_requested"
	EvTakenDown         EventKind = "taken_down"
)

// TakeDownReasons lists the reasons for which a post leaves the echo wall.
var TakeDownReasons = []Reason{"personal_information", "unlawful", "rights_of_others", "petitioner_request"}

// TakingDown is why a post is to leave the echo wall.
type TakingDown struct {
	Reason Reason
	Words  string
}

// TakeDown asks a leader to approve that a post leaves the echo wall. Nothing
// else waits for it, and it outlasts the closure of the case, which stays on the
// wall until then. Conflict where the case is not on the wall, and while a
// take-down is asked for.
func (c *Case) TakeDown(m Moment, in TakingDown) error {
	by, err := c.permit(m, OpTakeDown)
	if err != nil {
		return err
	}
	var f faults
	f.check(slices.Contains(TakeDownReasons, in.Reason), "/reason", "reason.unknown", "请选择撤下原因")
	f.checkText(in.Words, "/words", MaxText, true)
	if err := f.err(); err != nil {
		return err
	}
	if !c.OnTheWall() {
		return Refuse(Conflict, "wall.not_public", "该事项没有在回音墙上公开")
	}
	if c.PendingTakeDown != 0 {
		return Refuse(Conflict, "wall.take_down_pending", "已有撤下申请等待签批")
	}
	asked := SignOff{Kind: SignTakeDown, Reason: in.Reason}
	return c.request(m, by, asked, EvTakeDownRequested, textIn{TextReason, in.Words})
}

// OnTheWall reports whether the public reads the case on the echo wall (民情回音墙):
// a post that was taken on and not taken down; never an accusation, and nothing
// that the petitioner wants kept confidential.
func (c *Case) OnTheWall() bool {
	kept := c.Status.Open() || c.Status == Closed
	return c.Channel == ByWall && c.AcceptedAt != nil && c.TakenDownAt == nil && kept && c.Nature != Accusation && !c.Confidential
}

// takeDown takes the post off the wall.
func (c *Case) takeDown(m Moment, by Post, s *SignOff, f Facts) error {
	now := m.Now
	c.TakenDownAt, f.Reason = &now, s.Reason
	return c.record(m, by, EvTakenDown, f)
}

// timesTakeDown reports whether a clock is that of the take-down that is asked for.
func (c *Case) timesTakeDown(k *Clock) bool {
	s := c.signOff(c.PendingTakeDown)
	return s != nil && s.timedBy(k)
}
