package calendar_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

var lengths = []string{"15d", "60d", "7wd", "24h", "30wm", "2wh"}

// Not parallel: testing.AllocsPerRun counts what every goroutine allocates.
func TestDueDoesNotAllocate(t *testing.T) {
	c, start := calendar.Embedded(), instant(t, "2026-02-12 16:40:00")
	for _, s := range lengths {
		l := length(t, s)
		if n := testing.AllocsPerRun(100, func() { c.Due(start, l, true) }); n != 0 {
			t.Errorf("Due for %s allocates %.0f times", s, n)
		}
	}
}

func BenchmarkDue(b *testing.B) {
	c, start := calendar.Embedded(), instant(b, "2026-02-12 16:40:00")
	for _, s := range lengths {
		l := length(b, s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Due(start, l, true)
			}
		})
	}
}

func BenchmarkAddWorkdays(b *testing.B) {
	c, from := calendar.Embedded(), date(b, "2026-02-12")
	for b.Loop() {
		c.AddWorkdays(from, 7)
	}
}

func BenchmarkWorkingMinutesBetween(b *testing.B) {
	c := calendar.Embedded()
	from, to := instant(b, "2024-02-12 16:40:00"), instant(b, "2026-02-12 10:00:00")
	for b.Loop() {
		c.WorkingMinutesBetween(from, to)
	}
}
