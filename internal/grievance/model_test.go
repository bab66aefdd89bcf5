package grievance

import (
	"cmp"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestModel lets random people do random things to a case, with random time
// between, the engine running or not, and people leaving. After each step every
// promise about a case must hold. Refusals must change nothing: story.try sees
// to it, and that nothing changes without being written.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &model{story: story{tb: t, o: newTestOffice(t), now: beijing("2026-09-16 08:00")}}
		m.now = m.now.Add(time.Duration(rapid.IntRange(0, 30*24*60).Draw(t, "start")) * time.Minute)
		m.open(t)
		t.Repeat(map[string]func(*rapid.T){
			"":     m.check,
			"step": m.any,
		})
	})
}

type model struct {
	story
	before record
	last   string // the name of the step just done
	left   int
	merged bool
	amends int
}

func (m *model) open(t *rapid.T) {
	m.letSponsorsSign(t)
	in := road()
	in.Channel = rapid.SampledFrom(Channels).Draw(t, "channel")
	in.Nature = rapid.SampledFrom(Natures).Draw(t, "nature")
	in.Urgency = rapid.SampledFrom(Urgencies).Draw(t, "urgency")
	in.Category = rapid.SampledFrom([]string{"", "0101", "01", "02"}).Draw(t, "category")
	in.SimplePetition = rapid.Bool().Draw(t, "simple")
	who := rapid.SampledFrom([]string{
		"clerk", "hill_clerk", "courier", "town_courier", "grid_worker", "petitioner", "anonymous", "system",
	}).Draw(t, "who")
	in.ReceivedAt = m.now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "hours ago")) * time.Hour)
	if err := m.register(who, in); err != nil {
		t.Fatalf("%s registers: %v", who, err)
	}
	m.before, m.last = m.rec, "register"
}

// any is mostly somebody acting, sometimes the engine, seldom somebody leaving.
func (m *model) any(t *rapid.T) {
	switch n := rapid.IntRange(0, 99).Draw(t, "kind"); {
	case n == 99:
		m.merge(t)
	case n == 98:
		m.publish(t)
	case n == 97:
		m.order(t)
	case n >= 94:
		m.leave(t)
	case n >= 85:
		m.runEngine(t)
	default:
		m.act(t)
	}
}

// step remembers what was, and lets up to twenty days pass.
func (m *model) step(t *rapid.T, name string) {
	m.before, m.last = m.rec, name
	unit := rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "unit")
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "pass")) * unit)
}

func (m *model) runEngine(t *rapid.T) {
	m.step(t, "engine")
	m.does("system", advance)
	count := len(m.rec.events)
	m.does("system", advance)
	if len(m.rec.events) != count {
		t.Fatalf("the engine told %s a second time at one instant", m.kinds(count))
	}
}

func (m *model) leave(t *rapid.T) {
	if m.left == 8 {
		t.Skip("enough have left")
	}
	m.step(t, "leave")
	m.left++
	m.o.leaves(m.anybody(t), m.now)
	if rapid.Bool().Draw(t, "at once") {
		m.last = "hand on"
		m.does("system", handOn)
		count := len(m.rec.events)
		m.does("system", handOn)
		if len(m.rec.events) != count {
			t.Fatalf("handing on twice told %s", m.kinds(count))
		}
	}
}

// merge makes two units one, once in a case's life.
func (m *model) merge(t *rapid.T) {
	if m.merged {
		t.Skip("one merger is enough")
	}
	m.step(t, "hand on")
	m.merged = true
	two := rapid.SampledFrom([][2]string{{"hill", "river"}, {"station", "river"}, {"river", "hill"}, {"bureau", "county"}}).Draw(t, "two")
	m.o.merges(two[0], two[1], m.now)
	m.does("system", handOn)
}

// anybody prefers those whom the case has to do with.
func (m *model) anybody(t *rapid.T) string {
	names := slices.Sorted(mapKeys(testPeople))
	for _, id := range []UserID{m.rec.row.Responsible, m.rec.row.Handler, m.rec.row.AwaitingUser} {
		if !id.IsZero() {
			names = append(names, m.o.user(id), m.o.user(id), m.o.user(id))
		}
	}
	return rapid.SampledFrom(names).Draw(t, "name")
}

// onward is what takes a case on from each status.
var onward = map[Status][]string{
	Registered: {"accept", "accept", "decline", "forward", "forward", "acknowledge", "answer", "object"},
	Accepted:   {"assign", "extend", "ask to help"}, Assigned: {"acknowledge", "acknowledge", "assign", "object"},
	InHandling: {"submit", "suspend", "suspend", "extend", "object", "ask to help", "help"}, Suspended: {"resume", "extend", "contact"},
	AwaitingSignOff: {"approve", "approve", "return"}, Closed: {"serve", "rate", "dispute", "follow up", "review", "review"}, Declined: {"serve"},
}

// act draws an operation and, mostly, somebody who may do it now.
func (m *model) act(t *rapid.T) {
	ops := m.operations(t)
	names := slices.Sorted(mapKeys(ops))
	if on := m.disputed(); on != nil && rapid.Bool().Draw(t, "decide on the objection") {
		names = on
	} else if m.rec.row.OpenReview != 0 && m.rec.row.PendingSignOff == 0 && rapid.Bool().Draw(t, "review") {
		names = underReview
	} else if on := onward[m.rec.row.Status]; on != nil && rapid.IntRange(0, 9).Draw(t, "onward") < 5 {
		names = on
	} else if m.rec.row.PendingSignOff != 0 && rapid.Bool().Draw(t, "decide") {
		names = []string{"approve", "return"}
	} else if m.rec.row.PendingExtension != 0 && rapid.Bool().Draw(t, "decide on the extension") {
		names = []string{"approve extension", "approve extension", "return extension"}
	}
	name := rapid.SampledFrom(names).Draw(t, "operation")
	m.step(t, name)
	who := rapid.SampledFrom(slices.Sorted(mapKeys(testPeople))).Draw(t, "who")
	if able := m.able(ops[name]); len(able) > 0 && rapid.IntRange(0, 9).Draw(t, "able") < 9 {
		who = rapid.SampledFrom(able).Draw(t, "who can")
	}
	if err := m.try(who, ops[name]); err != nil {
		m.last = "refused " + name
		if KindOf(err) == "" {
			t.Fatalf("%s by %s failed: %v", name, who, err)
		}
	}
}

func (m *model) able(do deed) (names []string) {
	for _, name := range slices.Sorted(mapKeys(testPeople)) {
		if m.o.lets(name, m.now, m.rec.load(), do) == nil {
			names = append(names, name)
		}
	}
	return names
}

// operations is everything that people do, with what they give drawn.
func (m *model) operations(t *rapid.T) map[string]deed {
	to := rapid.SampledFrom([]string{"river", "hill", "bureau", "station", "willow", "county"}).Draw(t, "to")
	goes := rapid.SampledFrom(m.assignments()).Draw(t, "assignment")
	yes := rapid.Bool().Draw(t, "yes")
	in := Classification{
		Nature: rapid.SampledFrom(Natures).Draw(t, "nature"), Urgency: rapid.SampledFrom(Urgencies).Draw(t, "urgency"),
		Category: rapid.SampledFrom([]string{"", "0101", "02"}).Draw(t, "category"), Petition: &yes, SimplePetition: &yes,
	}
	notice := rapid.IntRange(1, max(1, m.rec.row.NoticeCount)).Draw(t, "notice")
	taking := AcceptanceDecision{}
	if yes {
		taking.Service = &Service{How: "phone"}
	}
	number := cmp.Or(m.rec.row.PendingSignOff, m.rec.row.SignOffCount)
	ops := map[string]deed{
		"classify": classify(in), "correct": correct(Correction{Area: unitID(to), Headcount: 6}),
		"accept": accept(taking), "decline": decline, "answer": answer, "forward": forward(to),
		"assign": assign(goes[0], goes[1]), "acknowledge": acknowledge, "contact": contact, "note": note,
		"submit": submit, "approve": approve(number), "return": sendBack(number),
		"withdraw": withdraw, "serve": serve(notice), "rate": rate, "dispute": dispute,
		"escalate": escalate, "reissue": reissue, "reveal": reveal(rapid.SampledFrom(RevealReasons).Draw(t, "why")), "address": address(notice),
	}
	m.leaves(t, ops)
	m.disputes(t, ops)
	m.reviews(t, ops)
	m.supervises(t, ops)
	if n := len(m.rec.escalations); n > 0 {
		which := rapid.IntRange(0, n-1).Draw(t, "escalation")
		ops["take up"], ops["resolve"] = takeUp(which), resolve(which)
	}
	return ops
}

// assignments lists units and handlers that fit the desk that has the case.
func (m *model) assignments() [][2]string {
	return map[string][][2]string{
		"river": {{"station", "handler"}, {"station", "handler_b"}, {"station", "jack_of_all"}, {"station", ""}, {"", ""}, {"willow", ""}},
		"hill":  {{"hill", "hill_handler"}, {"hill", ""}, {"stone", ""}}, "bureau": {{"bureau", "bureau_handler"}, {"bureau", ""}},
		"county": {{"station", "handler"}, {"bureau", ""}, {"hill", "hill_handler"}, {"county", "inspector"}, {"county", ""}}, "city": {{"city", ""}, {"county", ""}}, "station": {{"station", "handler"}, {"station", ""}}, "willow": {{"willow", ""}},
	}[m.o.names[m.rec.row.LeadUnitID.String()]]
}

// check holds the case against every promise.
func (m *model) check(t *rapid.T) {
	m.checkEvents(t)
	m.checkChain(t)
	m.checkSignatures(t)
	m.checkRunning(t)
	m.checkClocks(t)
	m.checkRungs(t)
	m.checkLedgers(t)
	m.checkSuspension(t)
	m.checkReviews(t)
	m.checkExplanations(t)
	m.checkObjections(t)
	m.checkCoHandlers(t)
	m.checkSupervision(t)
}

// Events are numbered without gaps, recorded in order, in a post that was held.
func (m *model) checkEvents(t *rapid.T) {
	for i, e := range m.rec.events {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		if i > 0 && e.RecordedAt.Before(m.rec.events[i-1].RecordedAt) {
			t.Fatalf("event %d was recorded before the one before it", e.Seq)
		}
		if e.AboutAt.After(e.RecordedAt) {
			t.Fatalf("event %d is about the future", e.Seq)
		}
	}
	if m.rec.row.Seq != int64(len(m.rec.events)) || m.rec.row.Version > m.rec.row.Seq {
		t.Fatalf("seq %d, version %d after %d events", m.rec.row.Seq, m.rec.row.Version, len(m.rec.events))
	}
	for _, e := range m.rec.events[len(m.before.events):] {
		if f, _ := ReadFacts(e); e.Kind == EvServed && f.Notice.Kind == NoticeOfForward && len(f.Stopped) > 0 {
			t.Fatalf("telling where the case went stopped a clock: %s", e.Body)
		}
		held := slices.Contains(m.o.book.Actor(e.ActorID, m.now).Posts, e.Post)
		if !held && e.Post != systemPost && e.Post.Role != RolePetitioner {
			t.Fatalf("%s acted as %s", m.o.user(e.ActorID), m.o.post(e.Post))
		}
	}
}

// The events alone say at every instant who answers for the case: one person.
func (m *model) checkChain(t *rapid.T) {
	var folded Holder
	var awaiting Awaiting
	var status Status
	for _, e := range m.rec.events {
		f, err := ReadFacts(e)
		if err != nil {
			t.Fatal(err)
		}
		if f.Responsible != nil {
			folded = *f.Responsible
		}
		if f.Awaiting != nil {
			awaiting = *f.Awaiting
		}
		status = cmp.Or(f.Status, status)
		if folded.User.IsZero() || folded.Post.IsZero() {
			t.Fatalf("after event %d (%s) nobody answers for the case", e.Seq, e.Kind)
		}
	}
	c := m.rec.row
	if folded != c.Holder() || awaiting != c.Awaiting() || status != c.Status {
		t.Fatalf("the events say %v, %v, %s; the case %v, %v, %s", folded, awaiting, status, c.Holder(), c.Awaiting(), c.Status)
	}
	if _, _, ok := m.o.book.DutyPerson(unitID("county"), m.now); m.last == "hand on" && c.Status.Open() && ok {
		if !m.o.book.holds(c.Responsible, c.ResponsiblePost, m.now) {
			t.Fatalf("%s has left and still answers for the case", m.o.user(c.Responsible))
		}
	}
}

// Nothing ends without a leader who neither wrote nor handled it, but for an
// inquiry answered on the spot.
func (m *model) checkSignatures(t *rapid.T) {
	c, was := m.rec.row, m.before.row
	if c.Status.Open() || !was.Status.Open() && c.Status == was.Status {
		return
	}
	if m.last == "answer" && c.Nature == Inquiry {
		return
	}
	kinds := map[Status]SignOffKind{Closed: SignClosure, Declined: SignDecline, Withdrawn: SignWithdrawal, Finalised: SignReview}
	s := m.rec.signOffs[was.PendingSignOff-1]
	m.checkSigned(t, s)
	if s.Kind != kinds[c.Status] || s.Round != c.Round {
		t.Fatalf("%s by sign-off %+v", c.Status, s)
	}
}

// checkSigned wants a signature just given by a leader without interest, of an
// organ at or below the leader's; by the head where more time was asked for.
func (m *model) checkSigned(t *rapid.T, s SignOff) {
	by := m.o.book.Actor(s.DecidedBy, m.now)
	leads := slices.ContainsFunc(m.o.book.Ancestors(s.UnitID), func(u *Unit) bool {
		return slices.ContainsFunc(by.Posts, func(p Post) bool {
			return p.UnitID == u.ID && p.Role == RoleLeader && (p.Head || s.Kind != SignExtension)
		})
	})
	own := slices.Contains(append(m.partial(s), s.RequestedBy, m.before.row.Handler, m.rec.row.PetitionerUserID), s.DecidedBy) ||
		m.isRecused(s.DecidedBy) || m.handled(s.DecidedBy) || m.helped(s.DecidedBy)
	if s.State != SignOffApproved || !leads || own || !m.signsInCharge(s) || !m.o.book.Unit(s.UnitID).Organ || !s.DecidedAt.Equal(m.now) {
		t.Fatalf("sign-off %+v, decided by %s", s, m.o.user(s.DecidedBy))
	}
}

// checkRunning says which clocks run in which state of the case.
func (m *model) checkRunning(t *rapid.T) {
	c := m.c()
	running := map[ClockKind]int{}
	for _, k := range c.running() {
		running[k.Kind]++
		if k.DebtorPost.IsZero() {
			t.Fatalf("nobody owes the clock %s", k.Kind)
		}
		if k.Kind == Handling && k.DebtorUser != c.Responsible {
			t.Fatalf("%s owes the handling, %s answers for the case", m.o.user(k.DebtorUser), m.o.user(c.Responsible))
		}
	}
	pending, aside := min(c.PendingSignOff, 1), min(c.PendingExtension, 1)+min(c.PendingTakeDown, 1)+min(c.PendingRecusal, 1)
	want := map[Status]map[ClockKind]int{
		Registered: {Acceptance: 1}, Accepted: {Handling: 1}, Assigned: {Handling: 1, Acknowledgement: 1},
		InHandling: {Handling: 1}, Suspended: {Handling: 1}, AwaitingSignOff: {Handling: 1},
	}[c.Status]
	for _, kind := range []ClockKind{Acknowledgement, Handling} {
		if running[kind] != want[kind] {
			t.Fatalf("%d clocks %s run while %s", running[kind], kind, c.Status)
		}
	}
	if c.Status == Registered && running[Acceptance] != 1 || running[SignOffStep] != pending+aside || running[Acceptance] > 1 || running[FirstContact] > 1 {
		t.Fatalf("%v run while %s, pending %d, %d and %d", running, c.Status, c.PendingSignOff, c.PendingExtension, c.PendingTakeDown)
	}
	signs := c.AwaitingPost.Role == RoleLeader && c.AwaitingUser.IsZero() // a leader who stands in at a desk is named
	if o := c.objection(); o != nil && o.State == ObjectionRaised {
		signs = pending == 1 // both wait for leaders: checkObjections tells which
	}
	if signs != (pending == 1) || (c.Status.Open() || c.OpenReview != 0) == c.AwaitingPost.IsZero() {
		t.Fatalf("awaiting %s while %s, pending %d", m.o.post(c.AwaitingPost), c.Status, c.PendingSignOff)
	}
	outlasting := running[OrderReply] + running[Review] + running[ReReview] + running[SignOffStep]
	if c.Status == Withdrawn && len(c.running()) > running[OrderReply] || !c.Status.Open() && len(c.running()) != running[Acceptance]+outlasting {
		t.Fatalf("%v run while %s", running, c.Status)
	}
}

// A deadline moves by what moves lists and by nothing else; a breach is recorded
// if and only if the time had passed, and no state of the clock hides it.
func (m *model) checkClocks(t *rapid.T) {
	for i, k := range m.rec.clocks {
		if k.BreachedAt != nil && (!k.BreachedAt.Equal(k.DueAt) || !k.Late(m.now) || m.now.Before(k.DueAt)) {
			t.Fatalf("%s due %s breached %s, late %v", k.Kind, k.DueAt, k.BreachedAt, k.Late(m.now))
		}
		if m.last == "engine" && k.State == Running && (k.BreachedAt != nil) != !m.now.Before(k.DueAt) {
			t.Fatalf("the engine ran at %s and %s due %s has breach %v", m.now, k.Kind, k.DueAt, k.BreachedAt)
		}
		m.checkNext(t, k)
		if i < len(m.before.clocks) {
			m.checkMove(t, m.before.clocks[i], k)
		}
	}
}

func (m *model) checkMove(t *rapid.T, was, is Clock) {
	m.checkMoves(t, was, is)
	if !was.StartedAt.Equal(is.StartedAt) || was.State != Running && was.State != is.State || was.BreachedAt != nil && is.BreachedAt == nil {
		t.Fatalf("%s rewrote a clock: %+v became %+v", m.last, was, is)
	}
	if was.State == Running && is.State != Running && (is.BreachedAt != nil) != !m.now.Before(is.DueAt) {
		t.Fatalf("%s stopped %s at %s, due %s, breach %v", m.last, is.Kind, m.now, is.DueAt, is.BreachedAt)
	}
	if m.last == "note" && len(m.rec.events) == len(m.before.events)+1 && !reflect.DeepEqual(was, is) {
		t.Fatalf("a note changed a clock: %+v became %+v", was, is)
	}
}

// Each rung of a clock is recorded once, in order, about its own instant.
func (m *model) checkRungs(t *rapid.T) {
	type key struct {
		clock         ClockID
		version, rung int
	}
	last := map[ClockID]RungRecord{}
	seen := map[key]bool{}
	for _, r := range m.rec.rungs {
		k := key{r.ClockID, r.DueVersion, r.Rung}
		p, again := last[r.ClockID]
		if seen[k] || again && r.DueVersion == p.DueVersion && (r.Rung != p.Rung+1 || r.AboutAt.Before(p.AboutAt)) || r.AboutAt.After(r.RecordedAt) {
			t.Fatalf("rung %+v after %+v", r, p)
		}
		seen[k], last[r.ClockID] = true, r
		if e := m.rec.events[r.EventSeq-1]; !e.AboutAt.Equal(r.AboutAt) || e.Post != systemPost {
			t.Fatalf("rung %+v is event %s about %s", r, e.Kind, e.AboutAt)
		}
	}
	for _, k := range m.rec.clocks {
		if breaches := m.breaches(t, k.ID); breaches > 1 || (breaches == 1) != (k.BreachedAt != nil) {
			t.Fatalf("%d breaches recorded for a clock breached %v", breaches, k.BreachedAt)
		}
	}
}

func (m *model) breaches(t *rapid.T, clock ClockID) (n int) {
	for _, e := range m.rec.events {
		if f, err := ReadFacts(e); err != nil {
			t.Fatal(err)
		} else if e.Kind == EvBreached && f.Clock.ID == clock {
			n++
		}
	}
	return n
}
