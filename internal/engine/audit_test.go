package engine_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
)

func named[T any](name string) grievance.ID[T] {
	sum := sha256.Sum256([]byte(name))
	return grievance.ID[T](sum[:16])
}

func unit(name string) grievance.UnitID { return named[grievance.Unit](name) }
func user(name string) grievance.UserID { return named[grievance.User](name) }

// tale makes the events of a case by hand, an hour apart where nothing else is said.
type tale struct {
	*testing.T
	id     grievance.CaseID
	now    time.Time
	events []grievance.Event
}

func tell(t *testing.T, name, from string, f grievance.Facts) *tale {
	t.Helper()
	w := &tale{T: t, id: named[grievance.Case](name), now: at(t, from)}
	if f.Unit.IsZero() {
		f.Unit = unit("river")
	}
	if f.Nature == "" {
		f.Nature = grievance.Demand
	}
	f.Status, f.Profile = grievance.Registered, grievance.ProfilePetition
	f.Responsible = &grievance.Holder{User: user("clerk"), Post: grievance.Post{UnitID: f.Unit, Role: grievance.RoleClerk}}
	return w.by("clerk", grievance.RoleClerk, f.Unit, grievance.EvRegistered, f)
}

func at(t *testing.T, when string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", when, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return got.UTC()
}

func (w *tale) by(who string, role grievance.Role, in grievance.UnitID, kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	f.V = 1
	body, err := json.Marshal(f)
	if err != nil {
		w.Fatal(err)
	}
	e := grievance.Event{
		SubjectKind: grievance.SubjectCase, SubjectID: w.id, Seq: int64(len(w.events) + 1), Kind: kind,
		Post: grievance.Post{UnitID: in, Role: role}, AboutAt: w.now, RecordedAt: w.now, Body: body,
	}
	if who != "" {
		e.ActorID = user(who)
	}
	w.events = append(w.events, e)
	w.now = w.now.Add(time.Hour)
	return w
}

func (w *tale) at(when string) *tale {
	w.Helper()
	w.now = at(w.T, when)
	return w
}

func (w *tale) after(d time.Duration) *tale {
	w.now = w.now.Add(d - time.Hour)
	return w
}

func (w *tale) handler(kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	return w.by("handler", grievance.RoleHandler, unit("station"), kind, f)
}

func (w *tale) leader(kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	return w.by("leader", grievance.RoleLeader, unit("river"), kind, f)
}

func (w *tale) clerk(kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	return w.by("clerk", grievance.RoleClerk, unit("river"), kind, f)
}

func (w *tale) petitioner(kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	return w.by("", grievance.RolePetitioner, grievance.UnitID{}, kind, f)
}

func (w *tale) engine(kind grievance.EventKind, f grievance.Facts) *tale {
	w.Helper()
	return w.by("", grievance.RoleSystem, grievance.UnitID{}, kind, f)
}

// starts lets a clock run by a note, so that rules about clocks need no operation.
func (w *tale) starts(kind grievance.ClockKind, due string) *tale {
	w.Helper()
	k := grievance.ClockFact{ID: named[grievance.Clock](string(kind)), Kind: kind, Start: w.now, DueAt: at(w.T, due)}
	return w.clerk(grievance.EvNoted, grievance.Facts{Started: []grievance.ClockFact{k}})
}

// climbs records a rung of a clock at an instant: a warning for 0, else the
// breach with an escalation, or an escalation after it.
func (w *tale) climbs(kind grievance.ClockKind, when string, rung, level int) *tale {
	w.Helper()
	w.at(when)
	f := grievance.Facts{Clock: &grievance.ClockFact{ID: named[grievance.Clock](string(kind)), Kind: kind, DueAt: w.now, Rung: rung}}
	if level == 0 {
		return w.engine(grievance.EvWarned, f)
	}
	if level == 1 {
		w.engine(grievance.EvBreached, f)
	}
	f.Escalation = &grievance.EscalFact{Level: level, Cause: grievance.Cause("overdue_" + string(kind)), Target: grievance.Post{UnitID: unit("county"), Role: grievance.RoleSupervisor}}
	return w.engine(grievance.EvEscalated, f)
}

func (w *tale) meets(kind grievance.ClockKind, when string) *tale {
	w.Helper()
	w.at(when)
	k := grievance.ClockFact{ID: named[grievance.Clock](string(kind)), Kind: kind, At: w.now, State: "met"}
	return w.clerk(grievance.EvNoted, grievance.Facts{Stopped: []grievance.ClockFact{k}})
}

func (w *tale) record() *grievance.Record {
	w.Helper()
	r, err := grievance.ReadRecord(w.events)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// auditBook is a city with a county and two townships in it, and the ladders.
func auditBook() *grievance.Book {
	ladders := map[string][]grievance.Rung{
		"day": {
			{At: "50%", Act: grievance.Remind}, {At: "80%", Act: grievance.Warn}, {At: "0d", Act: grievance.Breach, Level: 1},
			{At: "1wd", Act: grievance.Escalate, Level: 2}, {At: "3wd", Act: grievance.Escalate, Level: 3},
		},
		"short": {{At: "80%", Act: grievance.Warn}, {At: "0d", Act: grievance.Breach, Level: 1}, {At: "1x", Act: grievance.Escalate, Level: 2}},
	}
	d := grievance.BookData{Calendar: calendar.Embedded(), Profiles: grievance.Profiles{
		grievance.ProfilePetition: {Name: grievance.ProfilePetition, Version: 1, Ladders: ladders},
	}}
	paths := map[string]string{}
	for _, u := range []struct {
		name, parent string
		level        grievance.Level
		kind         string
	}{
		{"city", "", grievance.LevelCity, "government"},
		{"city_office", "city", grievance.LevelCity, "department"},
		{"county", "city", grievance.LevelCounty, "government"},
		{"river", "county", grievance.LevelTownship, "government"},
		{"station", "river", grievance.LevelTownship, "station"},
		{"hill", "county", grievance.LevelTownship, "government"},
	} {
		paths[u.name] = paths[u.parent] + unit(u.name).String() + "/"
		added := grievance.Unit{ID: unit(u.name), Path: paths[u.name], Code: u.name, Name: u.name, Level: u.level, Kind: u.kind, Organ: u.kind == "government"}
		if u.parent != "" {
			added.ParentID = unit(u.parent)
		}
		d.Units = append(d.Units, added)
	}
	return grievance.NewBook(d)
}

// charged spells what a rule finds: the case, the subject and the events.
func charged(rule grievance.FindingRule, d grievance.Dossier) string {
	d.Book = auditBook()
	var found []string
	for _, c := range engine.AuditOf(rule).Look(d) {
		var seqs []string
		for _, e := range c.Evidence {
			owner := ""
			if e.CaseID != d.Case.CaseID {
				owner = "other/"
			}
			seqs = append(seqs, fmt.Sprint(owner, e.Seq))
		}
		name := c.Subject
		if id, err := grievance.ParseID[grievance.Case](name); err == nil {
			name = "id"
			if id == c.CaseID {
				name = "itself"
			}
		}
		for _, u := range []string{"city", "county", "river", "station", "hill"} {
			if c.Unit == unit(u) {
				name += " " + u
			}
		}
		found = append(found, name+" "+c.AboutAt.In(calendar.Zone).Format("01-02 15:04")+" "+strings.Join(seqs, ","))
	}
	return strings.Join(found, "; ")
}

func want(t *testing.T, rule grievance.FindingRule, d grievance.Dossier, expected string) {
	t.Helper()
	if got := charged(rule, d); got != expected {
		t.Errorf("%s found %q, want %q", rule, got, expected)
	}
}

func TestEveryAuditRuleIsNamedAndRestsOnArticles(t *testing.T) {
	t.Parallel()
	for _, rule := range grievance.FindingRules {
		a := engine.AuditOf(rule)
		if a.Rule.Title() == "" || len(a.Articles) == 0 || a.Look == nil || !slices.IsSorted(a.Articles) {
			t.Errorf("rule %s: %+v", rule, a)
		}
		liable := slices.ContainsFunc(a.Articles, func(n int) bool { return n >= 42 && n <= 46 })
		if !liable {
			t.Errorf("rule %s names no article on responsibility: %v", rule, a.Articles)
		}
	}
}

func TestOverdueIsFoundAtTheEndOfTheLadder(t *testing.T) {
	t.Parallel()
	for kind, rule := range map[grievance.ClockKind]grievance.FindingRule{
		grievance.Acceptance: grievance.FindOverdueAcceptance, grievance.Handling: grievance.FindOverdueClosure,
		grievance.FirstContact: grievance.FindNoFirstContact,
	} {
		w := tell(t, "a", "2026-09-01 09:00", grievance.Facts{}).starts(kind, "2026-09-16 00:00")
		w.climbs(kind, "2026-09-14 00:00", 2, 0).climbs(kind, "2026-09-16 00:00", 3, 1).climbs(kind, "2026-09-17 00:00", 4, 2)
		want(t, rule, grievance.Dossier{Case: w.record()}, "")
		w.climbs(kind, "2026-09-19 00:00", 5, 3)
		want(t, rule, grievance.Dossier{Case: w.record()}, "id river 09-19 00:00 2,3,4,5,6,7")

		short := tell(t, "b", "2026-09-01 09:00", grievance.Facts{}).starts(kind, "2026-09-01 11:00")
		short.climbs(kind, "2026-09-01 11:00", 2, 1)
		want(t, rule, grievance.Dossier{Case: short.record()}, "")
		short.climbs(kind, "2026-09-01 13:00", 3, 2)
		want(t, rule, grievance.Dossier{Case: short.record()}, "id river 09-01 13:00 2,3,4,5")
	}
}

func TestPassingTheBuck(t *testing.T) {
	t.Parallel()
	object := func(w *tale, n int, by string) {
		w.clerk(grievance.EvObjected, grievance.Facts{Objection: &grievance.ObjectionFact{N: n, On: "forward", Unit: unit(by), Sender: unit("county")}})
	}
	assign := func(w *tale, to, handler string) {
		f := grievance.Facts{Unit: unit(to)}
		if handler != "" {
			f.Handler = user(handler)
		}
		w.clerk(grievance.EvAssigned, f)
	}
	for name, test := range map[string]struct {
		tell func(*tale)
		want string
	}{
		"one objection is heard":   {func(w *tale) { object(w, 1, "river") }, ""},
		"two without work":         {func(w *tale) { object(w, 1, "river"); object(w, 2, "hill") }, "pass/2 hill 09-01 11:00 2,3"},
		"a third is more evidence": {func(w *tale) { object(w, 1, "river"); object(w, 2, "hill"); object(w, 3, "river") }, "pass/2 hill 09-01 11:00 2,3,4"},
		"work in between": {func(w *tale) {
			object(w, 1, "river")
			w.handler(grievance.EvContacted, grievance.Facts{})
			object(w, 2, "hill")
		}, ""},
		"a note is no work": {func(w *tale) {
			object(w, 1, "river")
			w.handler(grievance.EvNoted, grievance.Facts{})
			object(w, 2, "hill")
		}, "pass/2 hill 09-01 12:00 2,4"},
		"assigned, then to a person":      {func(w *tale) { assign(w, "station", ""); assign(w, "station", "handler") }, ""},
		"from person to person and again": {func(w *tale) { assign(w, "station", "a"); assign(w, "station", "b"); assign(w, "station", "a") }, "pass/3 river 09-01 12:00 3,4"},
		"from unit to unit and objected":  {func(w *tale) { assign(w, "station", ""); assign(w, "hill", ""); object(w, 1, "hill") }, "pass/3 hill 09-01 12:00 3,4"},
	} {
		w := tell(t, "a", "2026-09-01 09:00", grievance.Facts{})
		test.tell(w)
		if got := charged(grievance.FindPassingTheBuck, grievance.Dossier{Case: w.record()}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestFalseClosure(t *testing.T) {
	t.Parallel()
	closed := grievance.Facts{Status: grievance.Closed, Outcome: grievance.Supported}
	doubt := map[string]func(*tale){
		"disputed": func(w *tale) {
			w.petitioner(grievance.EvDisputed, grievance.Facts{Round: 2, Status: grievance.InHandling})
		},
		"rated": func(w *tale) {
			w.petitioner(grievance.EvRated, grievance.Facts{Rating: &grievance.Rating{Contacted: true}})
		},
		"followed up": func(w *tale) {
			w.clerk(grievance.EvFollowedUp, grievance.Facts{FollowUp: &grievance.FollowUpFact{Resolved: "no"}})
		},
		"~unreachable": func(w *tale) {
			w.clerk(grievance.EvFollowedUp, grievance.Facts{FollowUp: &grievance.FollowUpFact{Resolved: "unreachable"}})
		},
		"~resolved": func(w *tale) {
			w.petitioner(grievance.EvRated, grievance.Facts{Rating: &grievance.Rating{Resolved: true}})
		},
	}
	for name, add := range doubt {
		w := tell(t, "a", "2026-09-01 09:00", grievance.Facts{}).clerk(grievance.EvAssigned, grievance.Facts{Unit: unit("station")}).leader(grievance.EvClosed, closed)
		add(w)
		expected := "closure/3 station 09-01 12:00 3,4"
		if strings.HasPrefix(name, "~") {
			expected = ""
		}
		if got := charged(grievance.FindFalseClosure, grievance.Dossier{Case: w.record()}); got != expected {
			t.Errorf("%s: %q, want %q", name, got, expected)
		}
	}
	twice := tell(t, "a", "2026-09-01 09:00", grievance.Facts{}).leader(grievance.EvClosed, closed)
	doubt["disputed"](twice)
	twice.leader(grievance.EvClosed, closed)
	doubt["~resolved"](twice)
	want(t, grievance.FindFalseClosure, grievance.Dossier{Case: twice.record()}, "closure/2 river 09-01 11:00 2,3")
}

func TestRepeatPetition(t *testing.T) {
	t.Parallel()
	first := func() *tale { return tell(t, "first", "2026-09-01 09:00", grievance.Facts{Category: "0101"}) }
	again := func(category string) *grievance.Record {
		return tell(t, "again", "2026-10-01 09:00", grievance.Facts{Category: category}).record()
	}
	open, late, met, closed, disputed := first(), first(), first(), first(), first()
	late.starts(grievance.Acceptance, "2026-09-16 00:00").climbs(grievance.Acceptance, "2026-09-16 00:00", 3, 1)
	met.starts(grievance.Acceptance, "2026-09-16 00:00").climbs(grievance.Acceptance, "2026-09-16 00:00", 3, 1).meets(grievance.Acceptance, "2026-09-17 10:00")
	closed.leader(grievance.EvClosed, grievance.Facts{Status: grievance.Closed})
	disputed.leader(grievance.EvClosed, grievance.Facts{Status: grievance.Closed}).petitioner(grievance.EvDisputed, grievance.Facts{Status: grievance.InHandling})
	for name, test := range map[string]struct {
		earlier  *tale
		category string
		want     string
	}{
		"open and in time": {open, "0101", ""}, "late": {late, "0101", "id river 10-01 09:00 3,other/1"},
		"met late": {met, "0101", ""}, "closed": {closed, "0101", "id river 10-01 09:00 other/1,2"},
		"disputed": {disputed, "0101", ""}, "of another category": {closed, "0102", ""},
	} {
		d := grievance.Dossier{Case: test.earlier.record(), Related: []*grievance.Record{again(test.category)}}
		if got := charged(grievance.FindRepeatPetition, d); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	// From the later case's side it is the same finding, on the earlier case.
	d := grievance.Dossier{Case: again("0101"), Related: []*grievance.Record{closed.record()}, Book: auditBook()}
	got := engine.AuditOf(grievance.FindRepeatPetition).Look(d)
	if len(got) != 1 || got[0].CaseID != closed.id || got[0].Subject != d.Case.CaseID.String() {
		t.Errorf("from the later case: %+v", got)
	}
	between := tell(t, "between", "2026-09-20 09:00", grievance.Facts{Category: "0101"}).record()
	d = grievance.Dossier{Case: again("0101"), Related: []*grievance.Record{closed.record(), between}}
	want(t, grievance.FindRepeatPetition, d, "")
	accusation := tell(t, "again", "2026-10-01 09:00", grievance.Facts{Category: "0101", Nature: grievance.Accusation}).record()
	want(t, grievance.FindRepeatPetition, grievance.Dossier{Case: closed.record(), Related: []*grievance.Record{accusation}}, "")
}

func TestPetitionTwoLevelsUp(t *testing.T) {
	t.Parallel()
	lower := tell(t, "first", "2026-09-01 09:00", grievance.Facts{}).starts(grievance.Acceptance, "2026-09-16 00:00").
		climbs(grievance.Acceptance, "2026-09-16 00:00", 3, 1).record()
	for name, test := range map[string]struct {
		desk    string
		channel grievance.Channel
		when    string
		want    string
	}{
		"city by visit":             {"city", grievance.ByVisit, "2026-09-20 09:00", "id river 09-20 09:00 3,other/1"},
		"the city's own department": {"city_office", grievance.ByVisit, "2026-09-20 09:00", "id river 09-20 09:00 3,other/1"},
		"one level up is lawful":    {"county", grievance.ByVisit, "2026-09-20 09:00", ""},
		"by letter":                 {"city", grievance.ByLetter, "2026-09-20 09:00", ""},
		"before it was late":        {"city", grievance.ByVisit, "2026-09-15 09:00", ""},
	} {
		visit := tell(t, "visit", test.when, grievance.Facts{Unit: unit(test.desk), Channel: test.channel}).record()
		if got := charged(grievance.FindTwoLevelsUp, grievance.Dossier{Case: lower, Related: []*grievance.Record{visit}}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestGroupAfterNeglect(t *testing.T) {
	t.Parallel()
	neglected := func() *tale {
		return tell(t, "first", "2026-09-01 09:00", grievance.Facts{}).starts(grievance.Acceptance, "2026-09-16 00:00").
			climbs(grievance.Acceptance, "2026-09-16 00:00", 3, 1)
	}
	group := func(n int, when string) *grievance.Record {
		return tell(t, "group", when, grievance.Facts{Headcount: n}).record()
	}
	d := grievance.Dossier{Case: neglected().record(), Related: []*grievance.Record{group(5, "2026-09-20 09:00")}}
	want(t, grievance.FindGroup, d, "id river 09-20 09:00 3,other/1")
	d.Related[0] = group(4, "2026-09-20 09:00")
	want(t, grievance.FindGroup, d, "")
	d.Related[0] = group(11, "2026-09-10 09:00")
	want(t, grievance.FindGroup, d, "")
	grown := neglected().at("2026-09-21 10:00").clerk(grievance.EvCorrected, grievance.Facts{Headcount: 11}).record()
	want(t, grievance.FindGroup, grievance.Dossier{Case: grown}, "itself river 09-21 10:00 3,5")
}

func TestRubberStamp(t *testing.T) {
	t.Parallel()
	signed := func(after time.Duration, kind grievance.EventKind) *tale {
		s := &grievance.SignOffFact{N: 1, Kind: grievance.SignClosure, Unit: unit("river")}
		decided := *s
		decided.SeenSeq = 2
		w := tell(t, "a", "2026-09-01 09:00", grievance.Facts{}).handler(grievance.EvSubmitted, grievance.Facts{SignOff: s})
		return w.after(after).leader(kind, grievance.Facts{Status: grievance.Closed, SignOff: &decided})
	}
	want(t, grievance.FindRubberStamp, grievance.Dossier{Case: signed(59*time.Second, grievance.EvClosed).record()}, "sign-off/1 river 09-01 10:00 2,3")
	want(t, grievance.FindRubberStamp, grievance.Dossier{Case: signed(time.Minute, grievance.EvClosed).record()}, "")
	want(t, grievance.FindRubberStamp, grievance.Dossier{Case: signed(time.Second, grievance.EvReturned).record()}, "")

	r := signed(2*time.Hour, grievance.EvClosed).record()
	beside := func(n int, gap time.Duration) (list []grievance.SignedAt) {
		for i := range n {
			s := grievance.SignedAt{CaseID: named[grievance.Case](fmt.Sprint(i)), By: user("leader"), At: r.Events[2].AboutAt.Add(time.Duration(i) * gap), Seen: 7}
			if i == 0 {
				s.CaseID, s.Seen = r.CaseID, 2
			}
			list = append(list, s)
		}
		return list
	}
	want(t, grievance.FindRubberStamp, grievance.Dossier{Case: r, Beside: beside(10, 10*time.Second)}, "")
	want(t, grievance.FindRubberStamp, grievance.Dossier{Case: r, Beside: beside(11, 20*time.Second)}, "")
	bulk := charged(grievance.FindRubberStamp, grievance.Dossier{Case: r, Beside: beside(11, 10*time.Second)})
	if !strings.HasPrefix(bulk, "sign-off/1 river 09-01 12:00 2,3,3,other/8") {
		t.Errorf("eleven files in less than three minutes: %q", bulk)
	}
}

func TestLateOrRepeatedExtension(t *testing.T) {
	t.Parallel()
	ask := func(w *tale, when string, n int) {
		w.at(when).handler(grievance.EvExtensionRequested, grievance.Facts{SignOff: &grievance.SignOffFact{N: n, Kind: grievance.SignExtension, Unit: unit("river")}})
	}
	decide := func(w *tale, kind grievance.EventKind, n int) {
		f := grievance.Facts{SignOff: &grievance.SignOffFact{N: n, Kind: grievance.SignExtension, Unit: unit("river"), SeenSeq: 3}}
		if kind == grievance.EvExtended {
			f.Moved = []grievance.ClockFact{{ID: named[grievance.Clock]("handling"), Kind: grievance.Handling, WasDue: at(t, "2026-10-31 00:00"), DueAt: at(t, "2026-11-30 00:00")}}
		}
		w.leader(kind, f)
	}
	run := func() *tale {
		return tell(t, "a", "2026-09-01 09:00", grievance.Facts{}).starts(grievance.Handling, "2026-10-31 00:00")
	}
	early, last, warned, twice, returned := run(), run(), run(), run(), run()
	ask(early, "2026-10-01 09:00", 1)
	decide(early, grievance.EvExtended, 1)
	ask(last, "2026-10-28 09:00", 1)
	warned.climbs(grievance.Handling, "2026-10-19 00:00", 2, 0)
	ask(warned, "2026-10-20 09:00", 1)
	decide(warned, grievance.EvExtended, 1)
	warned.climbs(grievance.Handling, "2026-11-20 00:00", 2, 0) // of the longer time: nothing that was known before
	ask(twice, "2026-10-01 09:00", 1)
	decide(twice, grievance.EvExtended, 1)
	ask(twice, "2026-10-10 09:00", 2)
	ask(returned, "2026-10-01 09:00", 1)
	decide(returned, grievance.EvReturned, 1)
	ask(returned, "2026-10-02 09:00", 2)
	for name, test := range map[string]struct {
		w    *tale
		want string
	}{
		"early": {early, ""}, "in the last days": {last, "extension/1 river 10-28 09:00 3"},
		"after the warning": {warned, "extension/1 river 10-20 09:00 4,5,3"}, "twice": {twice, "extension/2 river 10-10 09:00 5"},
		"returned and asked again": {returned, ""},
	} {
		if got := charged(grievance.FindExtension, grievance.Dossier{Case: test.w.record()}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestSuspensionAbuse(t *testing.T) {
	t.Parallel()
	rest := func(w *tale, n int, from, until string, cause grievance.PauseCause, between ...func()) {
		f := grievance.Facts{Status: grievance.Suspended, Suspension: &grievance.SuspensionFact{N: n, Cause: cause, From: at(t, from), Until: at(t, until)}}
		w.at(from).leader(grievance.EvSuspended, f)
		for _, do := range between {
			do()
		}
		f.Status = grievance.InHandling
		w.at(until).engine(grievance.EvResumed, f)
	}
	short, third, long, reached, prompt := tell(t, "a", "2026-01-05 09:00", grievance.Facts{}), tell(t, "a", "2026-01-05 09:00", grievance.Facts{}),
		tell(t, "a", "2026-01-05 09:00", grievance.Facts{}), tell(t, "a", "2026-01-05 09:00", grievance.Facts{}), tell(t, "a", "2026-01-05 09:00", grievance.Facts{})
	rest(short, 1, "2026-01-06 09:00", "2026-01-20 09:00", grievance.ForceMajeure)
	rest(short, 2, "2026-02-06 09:00", "2026-02-20 09:00", grievance.ForceMajeure)
	rest(third, 1, "2026-01-06 09:00", "2026-01-07 09:00", grievance.ForceMajeure)
	rest(third, 2, "2026-01-08 09:00", "2026-01-09 09:00", grievance.ForceMajeure)
	rest(third, 3, "2026-01-10 09:00", "2026-01-11 09:00", grievance.ForceMajeure)
	rest(long, 1, "2026-01-06 09:00", "2026-03-06 09:00", grievance.ExpertOpinion)
	rest(long, 2, "2026-03-07 09:00", "2026-04-30 09:00", grievance.ExpertOpinion)
	rest(reached, 1, "2026-01-06 09:00", "2026-01-16 09:00", grievance.WaitingPetitioner, func() {
		reached.at("2026-01-08 09:00").handler(grievance.EvContacted, grievance.Facts{})
	})
	rest(prompt, 1, "2026-01-06 09:00", "2026-01-08 18:00", grievance.WaitingPetitioner, func() {
		prompt.at("2026-01-08 09:00").handler(grievance.EvContacted, grievance.Facts{})
	})
	for name, test := range map[string]struct {
		w    *tale
		want string
	}{
		"twice and short": {short, ""}, "a third": {third, "suspension/3 river 01-10 09:00 6,7"},
		"more than ninety days": {long, "suspension/2 river 04-30 09:00 4,5"}, "the petitioner was there": {reached, "suspension/1 river 01-16 09:00 2,4,3"},
		"and it went on at once": {prompt, ""},
	} {
		if got := charged(grievance.FindSuspension, grievance.Dossier{Case: test.w.record()}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestOrderUnansweredAndMisconduct(t *testing.T) {
	t.Parallel()
	order := func() *tale {
		w := tell(t, "a", "2026-09-01 09:00", grievance.Facts{})
		k := grievance.ClockFact{ID: named[grievance.Clock]("order"), Kind: grievance.OrderReply, Start: w.now, DueAt: at(t, "2026-09-08 00:00")}
		return w.by("supervisor", grievance.RoleSupervisor, unit("county"), grievance.EvOrdered, grievance.Facts{
			Order: &grievance.OrderFact{N: 1, Kind: "supervision", Unit: unit("station")}, Started: []grievance.ClockFact{k},
		})
	}
	want(t, grievance.FindOrder, grievance.Dossier{Case: order().record()}, "")
	late := order().climbs(grievance.OrderReply, "2026-09-08 00:00", 3, 1).record()
	want(t, grievance.FindOrder, grievance.Dossier{Case: late}, "id station 09-08 00:00 2,3,4")
	told := order().petitioner(grievance.EvMisconductReported, grievance.Facts{Reason: "leak"}).record()
	want(t, grievance.FindMisconduct, grievance.Dossier{Case: told}, "report/3 river 09-01 11:00 3")
}
