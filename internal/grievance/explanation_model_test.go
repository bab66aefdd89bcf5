package grievance

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/calendar"
)

// checkExplanations lets every clock explain itself, whatever has happened to it:
// the events name what started it, and lead from one due instant to the next up
// to the one that is stored.
func (m *model) checkExplanations(t *rapid.T) {
	c := m.c()
	events := slices.DeleteFunc(slices.Clone(m.rec.events), func(e Event) bool { return !slices.Contains(ClockEvents, e.Kind) })
	for _, k := range c.clocks {
		x, err := Explain(m.o.book, c, k)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Trace(events); err != nil {
			t.Fatal(err)
		}
		if x.Start.Seq == 0 {
			t.Fatalf("no event started the clock of %s", k.Kind)
		}
		if n := len(x.Moves); n > 0 && !x.Moves[n-1].DueAt.Equal(k.DueAt) {
			t.Fatalf("%s is due %s, its moves end at %+v", k.Kind, k.DueAt, x.Moves[n-1])
		}
		pausesAddUp(t, k)
		if now := m.now; x.InChinese(now) == "" || x.InEnglish(now) == "" {
			t.Fatalf("nothing is said of %s", k.Kind)
		}
	}
}

// pausesAddUp counts a clock in days by its pauses' sum: unless one began only
// after the last day, length, extensions and pauses give that day.
func pausesAddUp(t *rapid.T, k *Clock) {
	if k.Length.Unit != calendar.Day {
		return
	}
	n := k.Length.N + k.Paused(nil).N
	for _, x := range k.extensions {
		n += x.Length.N
	}
	late := slices.ContainsFunc(k.pauses, func(p *Pause) bool { return calendar.DateOf(p.FromAt).After(k.DueUnrolled) })
	if last := calendar.DateOf(k.StartedAt).AddDays(n); last != k.DueUnrolled && !late {
		t.Fatalf("%s of %s and %s paused ends on %s, not on %s", k.Kind, k.Length, k.Paused(nil), k.DueUnrolled, last)
	}
}
