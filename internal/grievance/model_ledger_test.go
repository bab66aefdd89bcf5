package grievance

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// leaves adds what gives a case more time, or rest.
func (m *model) leaves(t *rapid.T, ops map[string]deed) {
	days := rapid.IntRange(1, 31).Draw(t, "days")
	cause := rapid.SampledFrom(PauseCauses).Draw(t, "cause")
	until := calendar.DateOf(m.now).AddDays(rapid.IntRange(-1, 31).Draw(t, "until"))
	number := cmp.Or(m.rec.row.PendingExtension, m.rec.row.SignOffCount)
	ops["extend"] = extend(days)
	ops["suspend"] = func(c *Case, m Moment) error {
		return c.Suspend(m, Suspending{Cause: cause, Until: until, Words: "等候结果"})
	}
	ops["resume"] = resume
	ops["approve extension"], ops["return extension"] = approve(number), sendBack(number)
}

// publish amends the calendar with a day or two off in the next two months.
func (m *model) publish(t *rapid.T) {
	if m.amends == 3 {
		t.Skip("enough has been published")
	}
	m.step(t, "publish")
	m.amends++
	today := calendar.DateOf(m.now)
	var off []string
	for range rapid.IntRange(1, 3).Draw(t, "how many") {
		off = append(off, today.AddDays(rapid.IntRange(-9, 60).Draw(t, "off")).String())
	}
	m.o.amends(m.now, off...)
}

// order publishes a profile with another length and ladder, and mostly orders
// that running clocks follow it.
func (m *model) order(t *rapid.T) {
	if m.amends == 3 {
		t.Skip("enough has been published")
	}
	m.step(t, "order")
	m.amends++
	ordered := m.now
	if rapid.IntRange(0, 3).Draw(t, "ordered") == 0 {
		ordered = time.Time{}
	}
	length := rapid.SampledFrom([]calendar.Length{
		{N: 5, Unit: calendar.WorkingDay}, {N: 20, Unit: calendar.Day}, {N: 90, Unit: calendar.Day}, {N: 36, Unit: calendar.Hour},
	}).Draw(t, "length")
	first := rapid.IntRange(0, 1).Draw(t, "first rung")
	m.o.rewrites(m.rec.row.Profile, ordered, func(p *Profile) {
		i := slices.IndexFunc(p.Clocks, func(r ClockRule) bool { return r.Kind == Handling })
		p.Clocks[i].Length, p.Clocks[i].ByGrade = length, nil
		p.Clocks[i].Pauses = []PauseCause{Hearing, ForceMajeure}
		p.Ladders = maps.Clone(p.Ladders)
		p.Ladders["day"] = p.Ladders["day"][first:]
		p.Suspensions = map[PauseCause]calendar.Length{Hearing: days(20), ForceMajeure: days(30)}
	})
}

// A running clock wakes the engine at its next rung, and in a case that rests at
// the end of the suspension at the latest; a clock that has stopped never does.
func (m *model) checkNext(t *rapid.T, k Clock) {
	if k.State != Running {
		if k.NextAt != nil {
			t.Fatalf("%s is %s, next %v", k.Kind, k.State, k.NextAt)
		}
		return
	}
	var want []time.Time
	if at, ok := m.o.book.nextRung(m.loaded(t, k.ID)); ok {
		want = append(want, at)
	}
	if until := m.rec.row.SuspendedUntil; until != nil {
		want = append(want, *until)
	}
	if (len(want) == 0) != (k.NextAt == nil) || len(want) > 0 && !k.NextAt.Equal(slices.MinFunc(want, time.Time.Compare)) {
		t.Fatalf("%s wakes the engine at %v, want the first of %v", k.Kind, k.NextAt, want)
	}
}

// loaded gives a clock with its ledgers.
func (m *model) loaded(t *rapid.T, id ClockID) *Clock {
	for _, k := range m.c().clocks {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("no clock %s", id)
	return nil
}

// move is what an event says of the due instant of a clock.
type move struct {
	kind  EventKind
	about time.Time
	fact  ClockFact
}

// moves lists the moves of a clock in this step, in order.
func (m *model) moves(t *rapid.T, id ClockID) (list []move) {
	for _, e := range m.rec.events[len(m.before.events):] {
		f, err := ReadFacts(e)
		if err != nil {
			t.Fatal(err)
		}
		facts := f.Moved
		if e.Kind == EvRebased {
			facts = []ClockFact{*f.Clock}
		}
		for _, k := range facts {
			if k.ID == id {
				list = append(list, move{e.Kind, e.AboutAt, k})
			}
		}
	}
	return list
}

// checkMoves holds a clock against the events: its due instant goes from one
// move to the next and stands where the last has put it, and each is lawful.
func (m *model) checkMoves(t *rapid.T, was, is Clock) {
	due, versions := was.DueAt, was.DueVersion
	for _, v := range m.moves(t, is.ID) {
		if !v.fact.WasDue.Equal(due) {
			t.Fatalf("%s moved %s from %s, which was due %s", v.kind, is.Kind, v.fact.WasDue, due)
		}
		m.checkLawful(t, v)
		due = v.fact.DueAt
		if v.kind == EvExtended || v.fact.Profile > 0 || !v.fact.WasDue.Equal(due) {
			versions++
		}
	}
	if !is.DueAt.Equal(due) || is.DueVersion != versions {
		t.Fatalf("%s: %s due %s became %s, the events say %s; version %d, want %d", m.last, is.Kind, was.DueAt, is.DueAt, due, is.DueVersion, versions)
	}
}

// No move makes a clock late that was in time, and none touches one that is late.
func (m *model) checkLawful(t *rapid.T, v move) {
	was, is := v.fact.WasDue, v.fact.DueAt
	lawful := was.After(v.about) && is.After(v.about)
	switch v.kind {
	case EvClassified:
		lawful = lawful && m.last == "classify" && is.Before(was)
	case EvExtended:
		lawful = lawful && strings.HasPrefix(m.last, "approve") && !is.Before(was)
	case EvSuspended:
		lawful = lawful && !is.Before(was)
	case EvHearingOrdered:
		lawful = lawful && !is.Before(was)
	case EvHearingHeld:
		lawful = is.After(m.now) && !is.After(was)
	case EvResumed:
		lawful = lawful && !is.After(was)
	case EvRebased:
		lawful = lawful && (v.fact.Calendar > 0) != (v.fact.Profile > 0)
	default:
		lawful = false
	}
	if !lawful {
		t.Fatalf("%s about %s moved %s from %s to %s", v.kind, v.about, v.fact.Kind, was, is)
	}
}

// What is stored of each clock is what its term comes to, counted again; each
// entry of a ledger rests on a signature.
func (m *model) checkLedgers(t *rapid.T) {
	c := m.c()
	for _, k := range c.clocks {
		rule, _ := m.o.book.rule(k)
		due := m.o.book.CalendarAt(k.CalendarVersion).DueOf(k.term(rule))
		if !due.At.Equal(k.DueAt) || due.On != k.DueOn || due.UnrolledOn != k.DueUnrolled || due.Provisional != k.Provisional {
			t.Fatalf("%s is due %s, counted again %s", k.Kind, k.DueAt, due.At)
		}
		if len(k.pauses) != k.PauseCount || len(k.extensions) != k.ExtensionCount || k.ExtensionCount > 1 {
			t.Fatalf("%s has %d pauses, %d extensions; %d and %d are kept", k.Kind, k.PauseCount, k.ExtensionCount, len(k.pauses), len(k.extensions))
		}
		for _, p := range k.pauses {
			m.checkPause(t, k, p)
		}
	}
	for _, x := range m.rec.extensions[len(m.before.extensions):] {
		s := m.rec.signOffs[x.SignOff-1]
		m.checkSigned(t, s)
		notice := m.rec.notices[x.Notice-1]
		if s.Kind != SignExtension || s.ClockID != x.ClockID || s.Length != x.Length || x.ApprovedBy != s.DecidedBy || notice.Kind != NoticeOfExtension {
			t.Fatalf("extension %+v by sign-off %+v with notice %+v", x, s, notice)
		}
	}
}

func (m *model) checkPause(t *rapid.T, k *Clock, p *Pause) {
	if p.Suspension == 0 {
		m.checkHearing(t, k, p)
		return
	}
	s := m.rec.suspensions[p.Suspension-1]
	if p.FromAt.Before(s.FromAt) || p.Until.After(s.Until) || p.Until.Before(p.FromAt) || p.Cause != s.Cause || p.ApprovedBy != s.ApprovedBy {
		t.Fatalf("pause %+v of suspension %+v", p, s)
	}
	if k.State == Running && s.EndedAt != nil && p.Until.After(*s.EndedAt) {
		t.Fatalf("the suspension ended %s and %s is paused until %s", s.EndedAt, k.Kind, p.Until)
	}
	if k.BreachedAt != nil && p.Until.After(*k.BreachedAt) {
		t.Fatalf("%s was breached at %s and is paused until %s", k.Kind, k.BreachedAt, p.Until)
	}
}

// A case rests by a leader's signature, until an instant that is known, and at
// that instant no longer; what waits for a leader is known of the case.
func (m *model) checkSuspension(t *rapid.T) {
	c := m.c()
	s := c.suspension()
	if (c.Status == Suspended) != (s != nil) || (s != nil) != (c.SuspendedUntil != nil) || c.SuspensionCount != len(m.rec.suspensions) {
		t.Fatalf("%s with suspension %+v until %v", c.Status, s, c.SuspendedUntil)
	}
	if s != nil {
		wakes := func(k *Clock) bool { return k.NextAt != nil && !k.NextAt.After(s.Until) }
		if s.EndedAt != nil || !c.SuspendedUntil.Equal(s.Until) || !slices.ContainsFunc(c.running(), wakes) || m.last == "engine" && !m.now.Before(s.Until) {
			t.Fatalf("the suspension %+v lasts until %v, and nothing ends it", s, c.SuspendedUntil)
		}
	}
	for _, made := range m.rec.suspensions[len(m.before.suspensions):] {
		signed := m.rec.signOffs[made.SignOff-1]
		m.checkSigned(t, signed)
		if signed.Kind != SignSuspension || !signed.Until.Equal(made.Until) || made.ApprovedBy != signed.DecidedBy || !made.FromAt.Equal(m.now) {
			t.Fatalf("suspension %+v by sign-off %+v", made, signed)
		}
	}
	for _, s := range m.rec.suspensions {
		if s.EndedAt != nil && (s.EndedAt.After(s.Until) || s.EndedBy.IsZero() && !s.EndedAt.Equal(s.Until)) {
			t.Fatalf("suspension %+v", s)
		}
	}
	var pending []int
	for _, s := range m.rec.signOffs {
		if s.State == SignOffPending {
			pending = append(pending, s.N)
		}
	}
	want := slices.DeleteFunc([]int{c.PendingSignOff, c.PendingExtension, c.PendingTakeDown, c.PendingRecusal}, func(n int) bool { return n == 0 })
	slices.Sort(want)
	if !slices.Equal(pending, want) || !c.Status.Open() && c.OpenReview == 0 && len(pending) > min(c.PendingTakeDown, 1) {
		t.Fatalf("%s: sign-offs %v are pending, the case knows of %v", c.Status, pending, want)
	}
}
