package demo_test

import (
	"log/slog"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/demo"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/samples"
)

// end is the status of a case whose story ends so, where it is another word.
var end = map[string]grievance.Status{
	samples.Answered: grievance.Closed, samples.Disputed: grievance.InHandling, samples.Forwarded: grievance.Registered,
}

func TestEveryStoryIsToldToItsEnd(t *testing.T) {
	t.Parallel()
	city, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	want := map[grievance.Status]int64{}
	for _, m := range city.Messages {
		if s, other := end[m.Story.Until]; other {
			want[s]++
		} else {
			want[grievance.Status(m.Story.Until)]++
		}
	}
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		p := load(t, dialect)
		book, err := p.Office.Book(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range city.Users {
			if book.UserByName(u.Account) == nil {
				t.Errorf("%s has no account", u.Account)
			}
		}
		got := countCases(t, p.Store, book)
		for status, n := range want {
			if got[status] != n {
				t.Errorf("%d cases are %s, want %d", got[status], status, n)
			}
		}
	})
}

// load loads the city on a clock that must not have moved after.
func load(t *testing.T, dialect string) demo.Place {
	t.Helper()
	ck := clock.NewFake(storetest.Start)
	st := storetest.Open(t, dialect, storetest.WithClock(ck))
	p := demo.Place{Store: st, Office: office.New(st, ck), Clock: ck, Log: slog.New(slog.DiscardHandler)}
	if err := p.Office.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), p, "a hash that nobody checks"); err != nil {
		t.Fatal(err)
	}
	if now := ck.Now(); !now.Equal(storetest.Start) {
		t.Errorf("the clock was moved to %s", now)
	}
	return p
}

func countCases(t *testing.T, st *store.Store, book *grievance.Book) map[grievance.Status]int64 {
	t.Helper()
	count := map[grievance.Status]int64{}
	err := st.Read(t.Context(), func(s *store.Snapshot) error {
		for _, status := range grievance.Statuses {
			n, err := s.CountCases(store.ViewerOf(grievance.System, book), store.CaseFilter{Statuses: []grievance.Status{status}})
			if err != nil {
				return err
			}
			count[status] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count
}
