package grievance

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// What can happen to a case while the engine runs in one rhythm or another.

func (l *life) birth(t *rapid.T) turn {
	at := l.now.Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "start")) * time.Minute)
	in := road()
	in.ID = id16[Case]("case")
	in.Channel = rapid.SampledFrom(Channels).Draw(t, "channel")
	in.Nature = rapid.SampledFrom([]Nature{Demand, Demand, Suggestion, Inquiry}).Draw(t, "nature")
	in.Urgency = rapid.SampledFrom(Urgencies).Draw(t, "urgency")
	in.SimplePetition = rapid.Bool().Draw(t, "simple")
	in.ReceivedAt = at.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours ago")) * time.Hour)
	who := rapid.SampledFrom([]string{"clerk", "clerk", "courier", "petitioner", "system"}).Draw(t, "who")
	return turn{at: at, name: "register", do: func(l *life) error {
		m := l.o.moment(who, l.now)
		desk, err := Desk(m, in)
		if err != nil {
			return err
		}
		c, err := Register(m, in, desk, Receipt{Day: calendar.DateOf(l.now), N: 7})
		if err == nil {
			l.save(c)
		}
		return err
	}}
}

// draw draws what happens next: mostly somebody acts.
func (l *life) draw(t *rapid.T) turn {
	switch n := rapid.IntRange(0, 99).Draw(t, "kind"); {
	case n < 8:
		return l.publication(t)
	case n < 13:
		return l.newProfile(t)
	case n < 18:
		return l.departure(t)
	case n < 20:
		return l.arrival(t)
	case n < 22:
		return l.merger(t)
	default:
		return l.act(t)
	}
}

// publication publishes a version of the calendar that differs in some days
// around now, or in the office hours.
func (l *life) publication(t *rapid.T) turn {
	newest := l.o.data.Calendar
	next, err := newest.WithHours(newest.Version()+1, calendar.OfficeHours{Intervals: []calendar.Interval{{
		Start: 60 * rapid.IntRange(6, 9).Draw(t, "opens"), End: 60 * rapid.IntRange(10, 20).Draw(t, "closes"),
	}}})
	if rapid.IntRange(0, 3).Draw(t, "days") > 0 {
		next, err = l.otherDays(t, newest)
	}
	if err != nil {
		t.Fatal(err)
	}
	return turn{rules: true, name: "publish", do: func(l *life) error {
		l.o.data.Calendar = next
		l.o.data.Calendars = append(slices.Clone(l.o.data.Calendars), CalendarVersion{next, l.now})
		l.renew()
		return nil
	}}
}

func (l *life) otherDays(t *rapid.T, newest *calendar.Calendar) (*calendar.Calendar, error) {
	year := calendar.DateOf(l.now).Year
	if newest.LastYear() == year && rapid.Bool().Draw(t, "next year") {
		year++
	}
	days := map[calendar.Date]calendar.Arrangement{}
	for _, a := range newest.Arrangements(year) {
		days[a.Date] = a
	}
	from := max(0, calendar.DateOf(l.now).AddDays(-5).Start().Sub(calendar.NewDate(year, 1, 1).Start()))
	day := calendar.NewDate(year, 1, 1).AddDays(int(from / (24 * time.Hour)))
	for range rapid.IntRange(1, 12).Draw(t, "changes") {
		day = day.AddDays(rapid.IntRange(1, 7).Draw(t, "gap"))
		if day.Year != year {
			break
		}
		days[day] = calendar.Arrangement{Date: day, Off: rapid.Bool().Draw(t, "off"), Holiday: "调整", Year: year}
	}
	var list []calendar.Arrangement
	for _, a := range days {
		list = append(list, a)
	}
	if len(list) == 0 {
		list = []calendar.Arrangement{{Date: calendar.NewDate(year, 1, 1), Off: true, Holiday: "元旦", Year: year}}
	}
	return newest.With(newest.Version()+1, year, list)
}

// newProfile publishes a version of the case's profile with other lengths, which
// running clocks follow or do not.
func (l *life) newProfile(t *rapid.T) turn {
	name, order := l.rec.row.Profile, rapid.Bool().Draw(t, "re-base")
	n := rapid.IntRange(1, 80).Draw(t, "handling days")
	contact := calendar.Length{N: rapid.IntRange(1, 90).Draw(t, "contact"), Unit: rapid.SampledFrom([]calendar.Unit{
		calendar.WorkingMinute, calendar.WorkingDay, calendar.Hour,
	}).Draw(t, "contact unit")}
	return turn{rules: true, name: "profile", do: func(l *life) error {
		p := l.o.data.Profiles[name].withLengths(days(n), contact)
		all := maps.Clone(l.o.data.Profiles)
		all[name] = p
		v := ProfileVersion{Profile: p, PublishedAt: l.now}
		if order {
			at := l.now
			v.RebaseAt = &at
		}
		l.o.data.Profiles, l.o.data.ProfileVersions = all, append(slices.Clone(l.o.data.ProfileVersions), v)
		l.renew()
		return nil
	}}
}

// withLengths gives the next version of a profile, with other lengths.
func (p *Profile) withLengths(handling, contact calendar.Length) *Profile {
	next := *p
	next.Version++
	next.Clocks = slices.Clone(p.Clocks)
	next.Ladders = map[string][]Rung{"day": p.Ladders["day"], shortLadder: {
		{At: "80%", Act: Warn}, {At: "0d", Act: Breach, Level: 1}, {At: "1x", Act: Escalate, Level: 2},
	}}
	for i, r := range next.Clocks {
		switch {
		case r.Kind == Handling:
			next.Clocks[i].Length, next.Clocks[i].ByGrade = handling, nil
		case r.Kind == FirstContact && contact.ShorterThanDay():
			next.Clocks[i].Length, next.Clocks[i].Ladder = contact, shortLadder
		case r.Kind == FirstContact:
			next.Clocks[i].Length, next.Clocks[i].Ladder = contact, "day"
		}
	}
	return &next
}

// departure lets somebody leave: at once, as the cases are handed on or unnoticed,
// by an end that is planned, disabled, or with all who could take over.
func (l *life) departure(t *rapid.T) turn {
	names := slices.Sorted(mapKeys(testPeople))
	for _, id := range []UserID{l.rec.row.Responsible, l.rec.row.Handler, l.rec.row.AwaitingUser} {
		if !id.IsZero() {
			names = append(names, l.o.user(id), l.o.user(id), l.o.user(id), l.o.user(id), l.o.user(id))
		}
	}
	who := rapid.SampledFrom(names).Draw(t, "leaver")
	how := rapid.SampledFrom([]string{"at once", "unnoticed", "as planned", "as planned", "disabled", "with all others"}).Draw(t, "how")
	planned := time.Duration(rapid.IntRange(1, 60*24*20).Draw(t, "planned")) * time.Minute
	return turn{people: how != "as planned", name: who + " leaves " + how, do: func(l *life) error {
		switch how {
		case "as planned":
			l.o.leaves(who, l.now.Add(planned))
		case "disabled":
			l.o.disables(who, l.now)
		case "with all others":
			for _, other := range []string{who, "station_clerk", "station_head", "clerk", "clerk_b", "jack_of_all", "leader", "county_clerk", "county_leader", "city_leader"} {
				l.o.leaves(other, l.now)
			}
		default:
			l.o.leaves(who, l.now)
		}
		if how == "at once" {
			return l.handOn()
		}
		return nil
	}}
}

// arrival gives somebody a post more, from now on or later, for good or not.
func (l *life) arrival(t *rapid.T) turn {
	who := rapid.SampledFrom([]string{"grid_worker", "village_head", "town_courier", "admin"}).Draw(t, "newcomer")
	post := rapid.SampledFrom([]string{"clerk station duty", "handler station", "leader station head", "clerk river", "clerk hill", "leader county head"}).Draw(t, "post")
	later := time.Duration(rapid.IntRange(0, 60*24*10).Draw(t, "later")) * time.Minute
	lasts := time.Duration(rapid.IntRange(0, 60*24*10).Draw(t, "lasts")) * time.Minute
	return turn{people: later == 0, name: who + " becomes " + post, do: func(l *life) error {
		held := func(a Appointment) bool {
			return a.UserID == userID(who) && a.UnitID == unitID(strings.Fields(post)[1]) && a.Role == Role(strings.Fields(post)[0])
		}
		if slices.ContainsFunc(l.o.data.Appointments, held) { // nobody comes back: see nextLeaving
			return nil
		}
		l.o.data.Appointments = slices.Clone(l.o.data.Appointments)
		l.o.appoints(who, post)
		last := &l.o.data.Appointments[slices.IndexFunc(l.o.data.Appointments, held)]
		if last.From = l.now.Add(later); lasts > 0 {
			until := last.From.Add(lasts)
			last.Until = &until
		}
		l.renew()
		return nil
	}}
}

// merger makes two units one, as its own cases are handed on at once.
func (l *life) merger(t *rapid.T) turn {
	two := rapid.SampledFrom([][2]string{{"hill", "river"}, {"station", "river"}, {"river", "hill"}, {"bureau", "county"}}).Draw(t, "two")
	return turn{people: true, name: two[0] + " joins " + two[1], do: func(l *life) error {
		l.o.merges(two[0], two[1], l.now)
		return l.handOn()
	}}
}

func (l *life) handOn() error {
	return l.do("system", func(c *Case, m Moment) error {
		if err := c.HandOn(m); err != nil {
			return err
		}
		return c.Strand(m)
	}, true)
}

// act draws an operation and mostly somebody who may do it.
func (l *life) act(t *rapid.T) turn {
	names := slices.Sorted(mapKeys(l.operations(t)))
	if on := lifeward[l.rec.row.Status]; rapid.IntRange(0, 9).Draw(t, "onward") < 6 && on != nil {
		names = on
	}
	if l.rec.row.PendingSignOff+l.rec.row.PendingExtension != 0 && rapid.IntRange(0, 3).Draw(t, "decide") < 3 {
		names = []string{"approve", "approve", "return"}
	}
	return l.someone(t, rapid.SampledFrom(names).Draw(t, "operation"))
}

// someone lets an operation be done by somebody who may, if anybody does.
func (l *life) someone(t *rapid.T, name string) turn {
	do := l.operations(t)[name]
	who := rapid.SampledFrom(slices.Sorted(mapKeys(testPeople))).Draw(t, "who")
	if able := l.able(do); len(able) > 0 {
		who = rapid.SampledFrom(able).Draw(t, "who can")
	}
	return turn{name: name + " by " + who, do: func(l *life) error { return l.do(who, do, true) }}
}

var lifeward = map[Status][]string{
	Registered: {"accept", "accept", "accept", "forward", "decline"}, Accepted: {"assign"},
	Assigned: {"acknowledge"}, InHandling: {"suspend", "extend", "submit", "contact"},
	Suspended: {"resume", "extend", "note"}, AwaitingSignOff: {"approve"}, Closed: {"dispute", "serve"},
}

func (l *life) able(do deed) (names []string) {
	for _, name := range slices.Sorted(mapKeys(testPeople)) {
		if do(l.load(true), l.o.moment(name, l.now)) == nil {
			names = append(names, name)
		}
	}
	return names
}

// operations is what people do, with what they give drawn. Taking up and
// resolving what the engine raised is left out: that somebody must have been told
// of it first is no defect.
func (l *life) operations(t *rapid.T) map[string]deed {
	to := rapid.SampledFrom([]string{"river", "hill", "bureau"}).Draw(t, "to")
	goes := rapid.SampledFrom([][2]string{{"station", "handler"}, {"station", "handler_b"}, {"station", "jack_of_all"}, {"station", ""}}).Draw(t, "assignment")
	if l.rec.row.LeadUnitID == unitID("hill") {
		goes = [2]string{"hill", "hill_handler"}
	}
	yes := rapid.Bool().Draw(t, "yes")
	in := Classification{
		Nature: rapid.SampledFrom(Natures).Draw(t, "nature"), Urgency: rapid.SampledFrom(Urgencies).Draw(t, "urgency"), Petition: &yes,
	}
	taking := AcceptanceDecision{}
	if yes {
		taking.Service = &Service{How: "phone"}
	}
	rest := Suspending{
		Cause: rapid.SampledFrom(PauseCauses).Draw(t, "cause"), Words: "等待",
		Until: calendar.DateOf(l.now).AddDays(rapid.IntRange(0, 30).Draw(t, "rest")),
	}
	more := Extending{N: rapid.IntRange(1, 15).Draw(t, "more"), Reason: ExtensionReasons[0], Words: "案情复杂"}
	sign := rapid.IntRange(max(1, l.rec.row.SignOffCount-1), max(1, l.rec.row.SignOffCount)).Draw(t, "sign-off")
	return map[string]deed{
		"classify": classify(in), "correct": correct(Correction{Area: unitID(to), Headcount: 6}),
		"accept": accept(taking), "decline": decline, "answer": answer, "forward": forward(to),
		"assign": assign(goes[0], goes[1]), "acknowledge": acknowledge, "contact": contact, "note": note,
		"submit": submit, "approve": approve(sign), "return": sendBack(sign), "withdraw": withdraw,
		"serve": serve(rapid.IntRange(1, max(1, l.rec.row.NoticeCount)).Draw(t, "notice")), "rate": rate,
		"dispute": dispute, "escalate": escalate, "reissue": reissue, "reveal": reveal(ToContact),
		"address": address(max(1, l.rec.row.NoticeCount)),
		"extend":  func(c *Case, m Moment) error { return c.Extend(m, more) },
		"suspend": func(c *Case, m Moment) error { return c.Suspend(m, rest) },
		"resume":  func(c *Case, m Moment) error { return c.Resume(m, Resuming{Words: "恢复"}) },
	}
}
