package grievance

import (
	"slices"
	"time"
)

// chain finds out who signs a request and gives the seat of the first step. A
// step whose seat is that of one before it falls away, as does one for which
// there is none: at the root there is no superior. Where a step rises out of the
// organ to a unit whose head signs anyhow, the head signs for both.
func (c *Case) chain(m Moment, from UnitID, s *SignOff) (first Post, err error) {
	own := m.Book.Organ(from)
	var steps []chainStep
	for _, as := range m.Book.Profiles[c.Profile].Chain(c, *s) {
		if as == SignerSponsor && !c.sponsorMaySign(m, append(c.interestedIn(s), m.By.UserID)...) {
			as = SignerHead
		}
		seat, ok := c.seatOf(m, from, as, c.interestedIn(s))
		if !ok {
			continue
		}
		step := chainStep{as, seat.UnitID}
		i := slices.IndexFunc(steps, func(o chainStep) bool { return o.unit == seat.UnitID })
		switch {
		case i >= 0 && steps[i].seat().Covers(seat):
		case i >= 0 && seat.UnitID != own.ID:
			steps[i] = step
		default:
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return Post{}, errNobodySigns
	}
	s.Chain = chainOf(steps)
	return steps[0].seat(), nil
}

var (
	errNobodySigns = Refuse(Conflict, "signoff.nobody", "本单位及上级均无可签批的领导")
	errNobodyNext  = Refuse(Conflict, "signoff.nobody_next", "后续环节已无人可以签批，请退回后重新提请")
)

// seatOf finds the organ whose leader, or head, signs: stations, villages and
// grids sign nothing, and nobody signs what they wrote, handled or asked for.
func (c *Case) seatOf(m Moment, from UnitID, as Signer, interested []UserID) (Post, bool) {
	if as == SignerSponsor {
		return c.SponsorPost, true
	}
	organ := m.Book.Organ(from)
	if as == SignerSuperior && organ != nil {
		organ = m.Book.Organ(organ.ParentID)
	}
	if organ == nil {
		return Post{}, false
	}
	return c.seatAt(m, organ.ID, as != SignerLeader, append(interested, m.By.UserID)...)
}

// seatAt finds the nearest organ, at or above one, whose leader, or head, is none
// of those left out.
func (c *Case) seatAt(m Moment, unit UnitID, head bool, but ...UserID) (Post, bool) {
	for organ := m.Book.Organ(unit); organ != nil; organ = m.Book.Organ(organ.ParentID) {
		p, climbed, ok := m.Book.Seat(organ.ID, RoleLeader, head, m.Now, but...)
		if ok && (climbed == 0 || m.Book.Unit(p.UnitID).Organ) {
			return p, true
		}
	}
	return Post{}, false
}

// following gives the step that comes after a signature, with its seat, 0 where
// it was the last: one signature is enough for every seat that the signer's own
// post covers. Who has signed one step signs no other. Conflict where nobody is
// left for it: nothing may end without the signatures that its rule asks for.
func (c *Case) following(m Moment, by Post, s *SignOff) (step int, seat Post, err error) {
	steps := s.Chain.steps()
	for i := s.Step; i < len(steps); i++ {
		if by.Covers(steps[i].seat()) {
			continue
		}
		seat, ok := c.seatAt(m, steps[i].unit, steps[i].seat().Head, append(c.excluded(s), m.By.UserID)...)
		if !ok {
			return 0, Post{}, errNobodyNext
		}
		return i + 1, seat, nil
	}
	return 0, Post{}, nil
}

// excluded are those who sign no step of a request any more: the interested, and
// who has signed one.
func (c *Case) excluded(s *SignOff) []UserID { return append(c.interestedIn(s), c.signed(s)...) }

// signed are those who have signed a step of a request.
func (c *Case) signed(s *SignOff) (who []UserID) {
	for _, o := range c.signOffs {
		if o.Request == s.Request && o.State == SignOffApproved {
			who = append(who, o.DecidedBy)
		}
	}
	return who
}

// passOn puts a request that one leader has signed before the next.
func (c *Case) passOn(m Moment, by Post, s *SignOff, step int, seat Post, f Facts) error {
	next, signed := *s, f.SignOff
	next.DecidedBy, next.DecidedAt, next.SeenSeq, next.SeenDigest = UserID{}, nil, 0, nil
	c.openStep(m, next, step, seat, &f)
	f.SignOff = signed
	return c.record(m, by, EvSigned, f)
}

// signerOf gives the post in which the actor may decide: as a leader of the unit
// that must sign or of one above it, as the head where the head must. A step of
// several is for whoever fills its seat: nobody above takes it from them; the
// sponsor's step for the sponsor, and for who fills the head's seat when the
// sponsor cannot sign any more.
func (c *Case) signerOf(m Moment, s *SignOff) (Post, bool) {
	seat := Post{UnitID: s.UnitID, Role: RoleLeader, Head: s.Head}
	inPerson := s.Chain.bySponsor()
	switch {
	case inPerson && c.sponsorSigns(m, s):
		return theSponsor(c, m)
	case inPerson || len(s.Chain.steps()) > 1:
		taken, ok := c.seatAt(m, s.UnitID, s.Head || inPerson, c.excluded(s)...)
		if !ok {
			return Post{}, false
		}
		return m.By.postLike(taken)
	}
	for _, u := range m.Book.Ancestors(s.UnitID) {
		seat.UnitID = u.ID
		if p, ok := m.By.postLike(seat); ok {
			return p, true
		}
	}
	return Post{}, false
}

// SignsAs reports whether the actor is a nearest leader at or above a unit who
// is none of the interested; with head a nearest head.
func (b *Book) SignsAs(a Actor, head bool, unit UnitID, t time.Time, interested ...UserID) bool {
	seat := Post{UnitID: unit, Role: RoleLeader, Head: head}
	return !slices.Contains(interested, a.UserID) && b.fills(a, seat, t, interested...)
}
