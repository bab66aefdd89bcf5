package grievance

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"
)

// supervises adds what superiors and leaders in charge do.
func (m *model) supervises(t *rapid.T, ops map[string]deed) {
	row := m.rec.row
	whom := rapid.SampledFrom([]string{"", "leader", "deputy", "jack_of_all", "station_head", "county_leader", "hill_leader"}).Draw(t, "sponsor")
	named := rapid.SampledFrom([]string{"deputy", "leader", "hill_leader", "handler", "village_head", "supervisor"}).Draw(t, "named")
	days := rapid.IntRange(0, 12).Draw(t, "days given")
	number := rapid.IntRange(1, max(1, row.OrderCount)).Draw(t, "order")
	for name, do := range map[string]deed{
		"amend": amend(cmp.Or(row.PendingSignOff, row.SignOffCount)), "take down": takeDown, "approve take-down": approve(cmp.Or(row.PendingTakeDown, row.SignOffCount)),
		"sponsor": sponsorBy(whom, DutyGiven{DutyMeet, days}, DutyGiven{Kind: DutyVisit}), "release": release,
		"duty": doDuty(max(1, row.DutyCount)), "remind": remind, "order": orderOf("", days), "recommend": recommend,
		"reply": reply(number), "accept reply": acceptReply(number), "return reply": returnReply(number),
		"list": list, "lift": lift, "misconduct": misconduct, "declare": declare, "demand": demand(named),
		"name unit": nameUnit(rapid.SampledFrom([]string{"station", "river", "stone"}).Draw(t, "unit named")), "approve recusal": approve(cmp.Or(row.PendingRecusal, row.SignOffCount)),
	} {
		ops[name] = do
	}
	if row.RecusalCount < 2 {
		ops["name"] = nameUser(named)
	}
}

// letSponsorsSign lets, in half of the lives, the leader in charge sign all but
// extensions.
func (m *model) letSponsorsSign(t *rapid.T) {
	if !rapid.Bool().Draw(t, "sponsors sign") {
		return
	}
	kinds := slices.DeleteFunc(slices.Clone(SignOffKinds), func(k SignOffKind) bool { return k == SignExtension })
	for _, name := range ProfileNames {
		m.o.profile(name, func(p *Profile) {
			p.SignOffs = []SigningRule{{Kinds: kinds, Chain: []Signer{SignerSponsor}, Source: "test"}}
		})
	}
}

// signsInCharge reports whether what the leader in charge signs was signed by that
// leader, or by a head where there is none who may.
func (m *model) signsInCharge(s SignOff) bool {
	heads := slices.ContainsFunc(m.o.book.Actor(s.DecidedBy, m.now).Posts, func(p Post) bool { return p.Role == RoleLeader && p.Head })
	return !s.Chain.bySponsor() || heads || slices.Contains([]UserID{m.before.row.Sponsor, m.rec.row.Sponsor}, s.DecidedBy)
}

func (m *model) isNamed(who UserID) bool {
	return slices.ContainsFunc(m.rec.recusals, func(n *Recusal) bool { return n.UserID == who })
}

// checkSupervision says what a case's row knows of its rows, and that each has
// the clock that it should.
func (m *model) checkSupervision(t *rapid.T) {
	c := m.c()
	counts := [6]int{}
	for _, d := range m.rec.duties {
		m.checkRuns(t, d.ClockID, d.State == DutyOpen, "duty")
		if d.State == DutyOpen {
			counts[0]++
		}
		if d.State == DutyOpen && (d.Sponsor != c.Sponsor || !c.Status.Open()) {
			t.Fatalf("%s owes %+v, in charge is %s of a case that is %s", m.o.user(d.Sponsor), d, m.o.user(c.Sponsor), c.Status)
		}
	}
	for _, o := range m.rec.orders {
		m.checkRuns(t, o.ClockID, o.State == OrderOpen || o.State == OrderReturned, "order")
		if o.State != OrderAccepted {
			counts[1]++
		}
		if o.State == OrderAccepted && o.AnsweredBy == o.DecidedBy {
			t.Fatalf("%s has answered and judged %+v", m.o.user(o.AnsweredBy), o)
		}
	}
	for _, r := range m.rec.reminders {
		if r.DoneAt == nil {
			counts[2]++
		}
		if r.DoneAt == nil && !c.waitsFor(&r) {
			t.Fatalf("%+v stands though nothing waits for it", r)
		}
	}
	counts[3], counts[4], counts[5] = len(m.rec.duties), len(m.rec.orders), len(m.rec.recusals)
	if counts != [6]int{c.OpenDuties, c.OpenOrders, c.OpenReminders, c.DutyCount, c.OrderCount, c.RecusalCount} || c.ReminderCount != len(m.rec.reminders) {
		t.Fatalf("the rows say %v, the case %+v", counts, c.Supervision)
	}
	m.checkSponsor(t, c)
}

// The leader in charge is none of the recused when named, and holds the post
// whenever somebody has just looked.
func (m *model) checkSponsor(t *rapid.T, c *Case) {
	if c.Sponsor.IsZero() != c.SponsorPost.IsZero() || m.isNamed(c.Sponsor) {
		t.Fatalf("in charge is %s as %s", m.o.user(c.Sponsor), m.o.post(c.SponsorPost))
	}
	left := !c.Sponsor.IsZero() && !m.o.book.holds(c.Sponsor, c.SponsorPost, m.now)
	if _, _, ok := m.o.book.Seat(c.SponsorPost.UnitID, RoleLeader, true, m.now, c.recused()...); m.last == "hand on" && c.owed() && left && ok {
		t.Fatalf("%s has left and is still in charge", m.o.user(c.Sponsor))
	}
	if m.last == "sponsor" && slices.Contains(c.recused(), c.Sponsor) {
		t.Fatalf("%s is in charge of their own case", m.o.user(c.Sponsor))
	}
}

func (m *model) checkRuns(t *rapid.T, clock ClockID, wanted bool, what string) {
	for _, k := range m.rec.clocks {
		if k.ID == clock && (k.State == Running) != wanted {
			t.Fatalf("the clock of a %s is %s, wanted running %v", what, k.State, wanted)
		}
	}
}
