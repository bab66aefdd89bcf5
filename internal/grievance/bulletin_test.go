package grievance_test

import (
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

func TestBulletinPeriods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, kind, from, to, next string }{
		{"2026-11", "monthly", "2026-11-01", "2026-11-30", "2026-12"},
		{"2026-12", "monthly", "2026-12-01", "2026-12-31", "2027-01"},
		{"2028-02", "monthly", "2028-02-01", "2028-02-29", "2028-03"},
		{"2026-Q1", "quarterly", "2026-01-01", "2026-03-31", "2026-Q2"},
		{"2026-Q4", "quarterly", "2026-10-01", "2026-12-31", "2027-Q1"},
		{"2026", "yearly", "2026-01-01", "2026-12-31", "2027"},
	} {
		p, ok := grievance.ParseBulletinPeriod(c.name)
		if !ok || string(p.Kind) != c.kind || p.From.String() != c.from || p.To.String() != c.to || p.Next().Name != c.next {
			t.Errorf("%s is %+v, %t, and then %s", c.name, p, ok, p.Next().Name)
		}
		for _, day := range []calendar.Date{p.From, p.To, p.From.AddDays(17)} {
			if got := grievance.BulletinPeriodOf(p.Kind, day); got != p {
				t.Errorf("%s lies in %+v", day, got)
			}
		}
	}
	for _, name := range []string{"", "2026-13", "2026-0", "2026-1", "2026-Q5", "2026-Q0", "2026-Q", "26-11", "0000", "2026-", "2026-11-01", "x", "+2026", "2026-+1"} {
		if p, ok := grievance.ParseBulletinPeriod(name); ok {
			t.Errorf("%q is read as %+v", name, p)
		}
	}
}

// Three working days after the month, those that make up for holidays counted.
func TestABulletinWaitsForLateRecords(t *testing.T) {
	t.Parallel()
	cal := calendar.Embedded()
	for name, want := range map[string]string{
		"2026-10": "2026-11-05", "2026-11": "2026-12-04", "2026-Q3": "2026-10-11", "2026-09": "2026-10-11",
	} {
		p, _ := grievance.ParseBulletinPeriod(name)
		if got := calendar.DateOf(p.DueAt(cal)); got.String() != want {
			t.Errorf("%s is due on %s, want %s", name, got, want)
		}
		if p.Over(p.To.End().Add(-time.Microsecond)) || !p.Over(p.To.End()) {
			t.Errorf("%s ends at another instant than its last day", name)
		}
	}
}
