package grievance

import "strings"

// letterhead keeps in a notice what it names: the unit that issues it, by which
// profile, and what the petitioner may do against it. A unit that is renamed later, or a profile
// that is changed, does not change what was issued.
func (c *Case) letterhead(b *Book, n *Notice) {
	n.UnitName, n.Profile = b.FullName(n.UnitID), c.Profile
	p := b.Profiles[c.Profile]
	switch {
	case n.Kind == OpinionDocument && p != nil && p.DisputeDays > 0:
		if c.DisputedAt == nil { // once
			n.RemedyDays = p.DisputeDays
		}
	case n.Kind == OpinionDocument, n.Kind == ReviewDocument:
		n.RemedyDays = reviewDays
		if above := b.OrganAbove(n.UnitID); above != nil {
			n.OtherUnitID, n.OtherName = above.ID, b.FullName(above.ID)
		}
	}
}

// withoutRemedy takes back what the petitioner may do against a notice: a review
// for the petitioner is answered by a new opinion, which has a remedy of its own,
// and an agreement binds those who made it.
func (n *Notice) withoutRemedy() { n.RemedyDays, n.OtherUnitID, n.OtherName = 0, UnitID{}, "" }

// Complete gives a notice with what it names. One that was issued before that
// was kept names what it would today.
func (c *Case) Complete(b *Book, n Notice) Notice {
	if n.UnitName == "" {
		c.letterhead(b, &n)
	}
	return n
}

// OrganAbove gives the organ one level above the one that decides for a unit,
// which reviews what that has decided (Art. 35, 36), or nil.
func (b *Book) OrganAbove(id UnitID) *Unit {
	organ := b.Organ(id)
	if organ == nil {
		return nil
	}
	return b.Organ(organ.ParentID)
}

// FullName gives a unit's name as a document does: that of a township, or of
// what lies below it, with its county's before it. It is "" for an unknown unit.
func (b *Book) FullName(id UnitID) string {
	u := b.Unit(id)
	if u == nil {
		return ""
	}
	for _, above := range b.Ancestors(u.ParentID) {
		if above.Level == LevelCounty && u.Level.below(LevelCounty) && !strings.HasPrefix(u.Name, above.Name) {
			return above.Name + u.Name
		}
	}
	return u.Name
}
