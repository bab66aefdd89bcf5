package grievance

// succeed moves a case out of units that were merged into others: the successor
// takes the part, the move and the debts of the unit that is gone. It tells
// whether anything moved.
func (c *Case) succeed(m Moment, f *Facts) bool {
	lead, moved := successor(m.Book, c.LeadUnitID)
	if moved {
		f.FromUnit, f.Unit, c.LeadUnitID = c.LeadUnitID, lead, lead
		c.joins(m, lead, PartLead)
	}
	handling, also := successor(m.Book, c.HandlingUnitID)
	if also {
		f.Unit, c.HandlingUnitID = handling, handling
		c.joins(m, handling, PartHandling)
	}
	for _, k := range c.running() {
		if unit, gone := successor(m.Book, k.DebtorPost.UnitID); gone {
			k.DebtorPost.UnitID = unit
			c.touch(k)
		}
	}
	for _, s := range c.signOffs {
		if unit, gone := successor(m.Book, s.UnitID); gone && s.State == SignOffPending {
			s.UnitID = unit
			c.changes.SignOffs = once(c.changes.SignOffs, s)
		}
	}
	objected, helped := c.succeedObjection(m, f), c.succeedCoHandlers(m)
	if unit, gone := successor(m.Book, c.ReviewUnitID); gone && c.OpenReview != 0 {
		c.ReviewUnitID, also = unit, true
		c.joins(m, unit, PartReviewer)
		f.Review = c.proceeding().fact()
		f.Review.Unit = unit
	}
	if unit, gone := successor(m.Book, c.SponsorPost.UnitID); gone {
		c.SponsorPost.UnitID = unit
	}
	if unit, gone := successor(m.Book, c.AwaitingPost.UnitID); gone {
		post := c.AwaitingPost
		post.UnitID = unit
		f.Awaiting = c.await(post, c.AwaitingUser)
		return true
	}
	return moved || also || objected || helped
}

// successor gives the unit that does a merged unit's work today.
func successor(b *Book, id UnitID) (UnitID, bool) {
	if u := b.Current(id); u != nil && u.ID != id {
		return u.ID, true
	}
	return id, false
}
