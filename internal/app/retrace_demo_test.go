package app_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/demo"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// The demo city's cases, handled in all ways that its stories tell and then left
// alone for a day, a week and a quarter of a year: what the audit finds each time
// is what is found again.
func TestFindingsOfTheDemoCityAreFoundAgain(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		file := filepath.Join(t.TempDir(), "clock")
		ck, err := clock.CreateFile(file, storetest.Start)
		if err != nil {
			t.Fatal(err)
		}
		url := storetest.URL(t, dialect)
		loadDemo(t, url, ck)
		c := newCLI(t, url)
		c.flags = append(c.flags, "--clock-file="+file)
		before := 0
		for _, pause := range []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 90 * 24 * time.Hour} {
			if _, err := ck.Advance(pause); err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.run("engine", "run"); err != nil {
				t.Fatal(err)
			}
			export := exportOf(t, c)
			again := retraced(t, export, ck.Now(), nil)
			if !slices.Equal(again, export.Recorded) {
				t.Errorf("after %s found again are %d, recorded %d; the first that differs: %s", pause, len(again), len(export.Recorded), firstUnlike(again, export.Recorded))
			}
			if len(again) <= before {
				t.Errorf("after %s there are %d findings, before there were %d", pause, len(again), before)
			}
			before = len(again)
		}
	})
}

func loadDemo(t *testing.T, url string, ck clock.Clock) {
	t.Helper()
	st := storetest.OpenURL(t, url)
	p := demo.Place{Store: st, Office: office.New(st, ck), Clock: ck, Log: slog.New(slog.DiscardHandler)}
	if err := p.Office.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), p, "a hash that nobody checks"); err != nil {
		t.Fatal(err)
	}
}
