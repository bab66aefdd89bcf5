package grievance

import (
	"slices"
	"strings"
	"time"
)

// Naming names whom the grievance is about (被反映的人或单位): a user of the system, a
// unit, or somebody of whom only a name is known.
type Naming struct {
	User UserID
	Unit UnitID
	Name string
}

// Name records whom the grievance is about, and takes the case out of that person's
// hands and charge; what waited for the person alone passes on. An accusation it
// takes away from the person's whole unit besides (see Shield). Conflict where that
// is named already, and where an accusation names those above whom nobody is.
func (c *Case) Name(m Moment, in Naming) error {
	by, err := c.permit(m, OpName)
	if err != nil {
		return err
	}
	if err := in.check(m); err != nil {
		return err
	}
	about := Party{Kind: PersonNamed, User: in.User, Unit: in.Unit, Name: in.Name}
	if err := c.inspectable(m, c.Nature, about); err != nil {
		return err
	}
	if _, err := c.Advance(m); err != nil {
		return err
	}
	recused, news := c.concerns(m, c.LeadUnitID, about)
	if !news && in.Name == "" {
		return Refuse(Conflict, "named.already", "该人员或单位已列为被反映对象")
	}
	if in.Name != "" {
		c.addParty(Party{Kind: PersonNamed, Name: in.Name})
	}
	if err := c.recordRecused(m, by, EvNamed, Facts{Named: c.aboutCount()}, recused...); err != nil {
		return err
	}
	return c.raiseShield(m)
}

func (in Naming) check(m Moment) error {
	var f faults
	given := 0
	for _, said := range []bool{!in.User.IsZero(), !in.Unit.IsZero(), strings.TrimSpace(in.Name) != ""} {
		if said {
			given++
		}
	}
	f.check(given == 1, "", "named.one", "请写明被反映的人员、单位或姓名名称，三者填一项")
	f.check(in.User.IsZero() || m.Book.User(in.User) != nil, "/user_id", "user.unknown", "没有这个用户")
	f.check(in.Unit.IsZero() || m.Book.Unit(in.Unit) != nil, "/unit_id", "unit.unknown", "没有这个单位")
	f.checkText(in.Name, "/name", MaxTitle, false)
	return f.err()
}

// addParty adds a person to the case.
func (c *Case) addParty(p Party) {
	c.PartyCount++
	p.CaseID, p.N = c.ID, c.PartyCount
	c.changes.Parties = append(c.changes.Parties, p)
}

// concerns keeps whom a party names, and tells who is recused by it and whether
// anything is new. Of whom only the name is known, everybody is meant who bears it in
// the neighbourhood of a desk; where nobody does, whoever is meant may sit at that
// desk itself, unless it is the inspectors' already.
func (c *Case) concerns(m Moment, desk UnitID, p Party) (recused []UserID, news bool) {
	users, units := []UserID{p.User}, []UnitID{p.Unit}
	cause := ShieldNamed
	if p.User.IsZero() && p.Unit.IsZero() {
		users, units = m.Book.called(p.Name, desk)
		if len(users)+len(units) == 0 && !c.Shielded && m.Book.watchedOver(desk, m.Now) {
			units, cause = []UnitID{desk}, ShieldPrecaution
		}
	}
	for _, id := range units {
		if u := m.Book.Current(id); u != nil && c.shield(m, u.ID, cause) {
			news = true
		}
	}
	for _, id := range users {
		if !id.IsZero() && c.recuse(m, id, RecusedNamed) {
			recused, news = append(recused, id), true
		}
	}
	return recused, news
}

// concernsAll is concerns for all whom a registration names, near a desk.
func (c *Case) concernsAll(m Moment, desk UnitID, others []Party) {
	for _, p := range others {
		if p.Kind == PersonNamed {
			c.concerns(m, desk, p)
		}
	}
}

// aboutCount is how many persons and units the grievance is known to be about.
func (c *Case) aboutCount() int {
	return len(c.recusedUsers(RecusedNamed)) + len(c.supervised.Shields)
}

// watchedOver reports whether somebody above a unit could take an accusation from it.
func (b *Book) watchedOver(unit UnitID, t time.Time) bool {
	own := *b
	own.bar = &barrier{}
	own.bar.close(b, unit)
	_, err := own.inspectorsDesk(unit, t)
	return err == nil
}

// called finds the staff and the units that bear a name: those in the smallest
// subtree around a unit in which there are any.
func (b *Book) called(name string, near UnitID) (users []UserID, units []UnitID) {
	name = strings.Join(strings.Fields(name), "")
	if name == "" {
		return nil, nil
	}
	for _, top := range b.Ancestors(near) {
		for _, u := range b.inOrder {
			if !u.Within(top) {
				continue
			}
			if u.Name == name || b.FullName(u.ID) == name {
				units = append(units, u.ID)
			}
			for _, a := range b.byUnit[u.ID] {
				if b.users[a.UserID].Name == name && !slices.Contains(users, a.UserID) {
					users = append(users, a.UserID)
				}
			}
		}
		if len(users)+len(units) > 0 {
			return users, units
		}
	}
	return nil, nil
}
