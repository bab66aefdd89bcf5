package grievance

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// lines spells both lines of the story's case: who, in which post, how long, what
// they did, missed and knew.
func (s *story) lines(t Trace) string {
	var b strings.Builder
	for _, u := range t.Units {
		fmt.Fprintf(&b, "%s %s %s %s–%s %dh%02d", u.Part, s.o.user(u.Holder.User), s.o.post(u.Holder.Post), day(&u.From), day(u.Until), u.WorkingMinutes/60, u.WorkingMinutes%60)
		fmt.Fprintf(&b, " did%s missed%s unheeded%s\n", kindsOf(u.Did), missedOf(u.Missed), kindsOf(u.Unheeded))
	}
	for _, l := range t.Leaders {
		fmt.Fprintf(&b, "%s %s %s", l.Part, s.o.user(l.Holder.User), s.o.post(l.Holder.Post))
		if !l.DeputyFor.IsZero() {
			fmt.Fprintf(&b, " for %s", s.o.user(l.DeputyFor))
		}
		fmt.Fprintf(&b, " %s–%s knew%s did%s\n", day(&l.From), day(&l.Until), kindsOf(l.Knew), kindsOf(l.Did))
	}
	return b.String()
}

func day(at *time.Time) string {
	if at == nil {
		return "…"
	}
	return strings.ReplaceAll(inBeijing(*at), " ", "T")
}

func kindsOf(list []Deed) (text string) {
	for _, d := range list {
		text += " " + string(d.Kind)
	}
	return text
}

func missedOf(list []Missed) (text string) {
	for _, m := range list {
		text += " " + string(m.Kind)
	}
	return text
}

func (s *story) trace() Trace {
	s.Helper()
	r, err := ReadRecord(s.rec.events)
	if err != nil {
		s.Fatalf("reading the record: %v", err)
	}
	return TraceOf(r, s.o.book, s.o.book.Calendar, s.now)
}

// A case that is accepted, assigned, left lying, taken late, and closed: both lines
// name the right people with their hours.
func TestTheTracesOfANeglectedCase(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-09-07 09:00", "clerk", road())
	s.at("2026-09-07 10:00").does("clerk", accept(onTheSpot)).does("clerk", contact).does("clerk", assign("station", "handler"))
	s.engine("2026-09-08 09:00").at("2026-09-08 10:00").does("handler", acknowledge)
	s.engine("2026-09-16 09:00").at("2026-09-16 10:00").does("handler", submit).at("2026-09-16 15:00").does("leader", approve(1))
	got := s.lines(s.trace())
	const want = `responsible clerk clerk@river 2026-09-07T09:00–2026-09-08T10:00 7h30 did registered accepted served contacted assigned missed unheeded
assigned handler handler@station 2026-09-07T10:00–2026-09-08T10:00 6h30 did acknowledged missed acknowledgement unheeded
responsible handler handler@station 2026-09-08T10:00–2026-09-16T15:00 42h00 did acknowledged submitted missed handling unheeded
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("the unit line is\n%s", got)
	}
	for _, line := range []string{
		"head station_head leader*@station", "signer deputy leader@river", "superior county_leader leader*@county",
		"called supervisor supervisor@county",
	} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("nobody is %q in\n%s", line, got)
		}
	}
	if !strings.Contains(got, "head leader leader*@river 2026-09-07T09:00–2026-09-16T15:00 knew submitted did closed") {
		t.Errorf("the leader who signed is not told of in\n%s", got)
	}
}

// A trace drawn a year later names the people of that time.
func TestATraceNamesThePeopleOfItsTime(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-09-07 09:00", "clerk", petition())
	s.at("2026-09-09 09:00")
	s.o.leaves("leader", beijing("2026-09-09 09:00"))
	s.o.hires("newcomer", beijing("2026-09-09 09:00"), "leader river head")
	s.engine("2026-11-02 09:00")
	then := s.lines(s.trace())
	s.o.leaves("newcomer", beijing("2027-01-04 09:00"))
	s.o.leaves("supervisor", beijing("2027-01-04 09:00"))
	s.o.hires("stranger", beijing("2027-01-04 09:00"), "leader river head", "supervisor county")
	if now := s.lines(s.trace()); now != then {
		t.Errorf("then\n%s\na year later\n%s", then, now)
	}
	if !strings.Contains(then, "head leader leader*@river 2026-09-07T09:00–2026-09-09T09:00") || !strings.Contains(then, "head newcomer leader*@river 2026-09-09T09:00") {
		t.Errorf("two heads have led:\n%s", then)
	}
	if !strings.Contains(then, "called supervisor supervisor@county") || strings.Contains(then, "stranger") {
		t.Errorf("the supervisor of that time:\n%s", then)
	}
}

// Whom an escalation calls on with what a finding is about had no part in what led
// there.
func TestBeforeTheLastCallTheCalledAreNotInTheTrace(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-09-07 09:00", "clerk", petition())
	s.engine("2026-11-02 09:00")
	all := s.trace()
	last := s.rec.events[len(s.rec.events)-1]
	before := all.Before(last.AboutAt)
	if last.Kind != EvEscalated || !all.Names(userID("city_supervisor")) || before.Names(userID("city_supervisor")) || !before.Names(userID("supervisor")) {
		t.Errorf("%s: %s", last.Kind, s.lines(before))
	}
}

// Whom something is brought before stands in the leadership line from then until it
// is settled, by office hours; while nobody settles it, to the end.
func TestWhoIsCalledOnStandsInTheLineUntilItIsSettled(t *testing.T) {
	t.Parallel()
	s := begin(t, newTestOffice(t), "2026-09-07 09:00", "clerk", road())
	s.at("2026-09-07 10:00").does("clerk", accept(onTheSpot)).does("clerk", contact).does("clerk", assign("station", "handler"))
	s.at("2026-09-07 10:10").does("handler", acknowledge).at("2026-09-08 10:00").does("handler", submit)
	s.at("2026-09-08 11:00").wantLeading("deputy", PartSigner, 60)
	s.at("2026-09-08 15:00").does("leader", approve(1)).at("2026-09-09 15:00").wantLeading("deputy", PartSigner, 180)

	s = sentTo(t, newTestOffice(t))
	s.at("2026-10-14 11:00").does("hill_clerk", object).at("2026-10-14 11:30").does("clerk", refuse)
	s.at("2026-10-15 09:30").does("county_leader", designate("hill")).at("2026-10-16 09:30").wantLeading("county_leader", PartCalled, 30+210+30)
}

// wantLeading checks why somebody stands in the leadership line, and for how many
// minutes of office hours.
func (s *story) wantLeading(who string, part PartInTrace, minutes int) {
	s.Helper()
	t := s.trace()
	for _, l := range t.Leaders {
		if l.Holder.User == userID(who) {
			if l.Part != part || l.WorkingMinutes != minutes {
				s.Fatalf("%s is %s for %d minutes, want %s for %d", who, l.Part, l.WorkingMinutes, part, minutes)
			}
			return
		}
	}
	s.Fatalf("%s is not in\n%s", who, s.lines(t))
}

// The stretches of a record are the chain of who answered, folded from the events
// alone, whole and without overlaps; the same as the case itself says at the end.
func TestStretchesAreTheChainOfWhoAnswered(t *testing.T) {
	t.Parallel()
	for _, s := range everyKind(t) {
		r, err := ReadRecord(s.rec.events)
		if err != nil {
			t.Fatal(err)
		}
		c := s.c()
		open := slices.DeleteFunc(slices.Clone(r.Stretches), func(x Stretch) bool { return x.Until != nil })
		if c.Status.Open() && (len(open) != 1 || open[0].Holder != c.Holder()) || !c.Status.Open() && len(open) != 0 {
			t.Errorf("%s case of %v: open stretches %+v", c.Status, c.Holder(), open)
		}
		for i := range r.Stretches[1:] {
			if r.Stretches[i].Until == nil || r.Stretches[i+1].From.Before(*r.Stretches[i].Until) {
				t.Errorf("stretch %d overlaps the next: %+v", i, r.Stretches[i:i+2])
			}
		}
		if at := s.now; r.Lead(at) != c.LeadUnitID || c.Status.Open() && r.Acting(at) != c.actingUnit() {
			t.Errorf("the record has it with %s, the case with %s", r.Acting(at), c.actingUnit())
		}
	}
}

// hires employs somebody new from an instant on.
func (o *testOffice) hires(name string, from time.Time, posts ...string) {
	o.data.Appointments = slices.Clone(o.data.Appointments)
	n := len(o.data.Appointments)
	o.employ(name, posts)
	for i := range o.data.Appointments[n:] {
		o.data.Appointments[n+i].From = from
	}
	o.data.Version++
	o.book = NewBook(o.data)
}
