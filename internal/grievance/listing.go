package grievance

import "slices"

// ListingReasons lists the reasons for which a case is listed (挂牌).
var ListingReasons = []Reason{"major_risk", "repeated", "group", "overdue", "public_concern"}

// Listing is why a superior unit lists a case, with words where there are any.
type Listing struct {
	Reason Reason
	Words  string
}

// List puts a case on the list of those that a superior unit watches (挂牌督办).
// It moves no clock; a profile may ask for more signatures of what is listed.
// Conflict while it is listed.
func (c *Case) List(m Moment, in Listing) error {
	by, err := c.permit(m, OpList)
	if err != nil {
		return err
	}
	var f faults
	f.check(slices.Contains(ListingReasons, in.Reason), "/reason", "reason.unknown", "请选择挂牌原因")
	f.checkText(in.Words, "/words", MaxText, false)
	if err := f.err(); err != nil {
		return err
	}
	if c.ListedAt != nil {
		return Refuse(Conflict, "listing.listed", "该事项已挂牌督办")
	}
	now := m.Now
	c.ListedAt, c.ListedBy, c.ListedUnit, c.ListedFor = &now, m.By.UserID, by.UnitID, in.Reason
	return c.record(m, by, EvListed, Facts{Reason: in.Reason, Unit: by.UnitID, Texts: c.writeAll(m, false, textIn{TextReason, in.Words})})
}

// Lifting says why a case is listed no more.
type Lifting struct{ Words string }

// Lift takes a case off the list (摘牌): for a supervisor of the unit that listed
// it, or of one above. Conflict where it is not listed.
func (c *Case) Lift(m Moment, in Lifting) error {
	by, err := c.permit(m, OpLift)
	if err != nil {
		return err
	}
	if c.ListedAt == nil {
		return Refuse(Conflict, "listing.none", "该事项没有挂牌")
	}
	if err := checkWords(in.Words, true); err != nil {
		return err
	}
	unit := c.ListedUnit
	c.ListedAt, c.ListedBy, c.ListedUnit, c.ListedFor = nil, UserID{}, UnitID{}, ""
	return c.record(m, by, EvDelisted, Facts{Unit: unit, Texts: c.writeAll(m, false, textIn{TextReason, in.Words})})
}

// lister is a supervisor of the unit that listed the case, or of one above; where
// it is not listed, whoever might list it.
func lister(c *Case, m Moment) (Post, bool) {
	if c.ListedAt == nil {
		return superiorSupervisor(c, m)
	}
	if u := m.Book.Current(c.ListedUnit); u != nil {
		return above(m, u.ID, RoleSupervisor)
	}
	return Post{}, false
}
