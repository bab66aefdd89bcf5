package clock_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

var beijing = time.FixedZone("+08:00", 8*60*60)

func TestInstantsAreUTCAndWholeMicroseconds(t *testing.T) {
	t.Parallel()
	odd := time.Date(2026, 11, 22, 8, 0, 0, 123456789, beijing)
	want := time.Date(2026, 11, 22, 0, 0, 0, 123456000, time.UTC)
	file, err := clock.CreateFile(filepath.Join(t.TempDir(), "clock"), odd)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]clock.Clock{"fake": clock.NewFake(odd), "file": file} {
		if got := c.Now(); got != want {
			t.Errorf("%s: Now() = %v, want %v", name, got, want)
		}
	}
	if got := (clock.System{}).Now(); got != clock.Normal(got) || got.Location() != time.UTC {
		t.Errorf("system: Now() = %v is not UTC in whole microseconds", got)
	}
}

func TestSystemFollowsTheBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.System{}
		start := c.Now()
		<-clock.After(31 * 24 * time.Hour)
		if got := clock.Since(c, start); got != 31*24*time.Hour {
			t.Errorf("Since = %v, want 31 days", got)
		}
	})
}

func TestTicker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := clock.System{}.Now()
		ticker := clock.NewTicker(time.Minute)
		defer ticker.Stop()
		<-ticker.C
		ticker.Reset(time.Hour)
		<-ticker.C
		if got := clock.Since(clock.System{}, start); got != time.Hour+time.Minute {
			t.Errorf("after one minute and one hour, %v had passed", got)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if err := clock.Sleep(t.Context(), time.Hour); err != nil {
			t.Errorf("undisturbed sleep: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := clock.System{}.Now()
		if err := clock.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled sleep returned %v", err)
		}
		if got := clock.Since(clock.System{}, start); got != time.Second {
			t.Errorf("cancelled sleep took %v", got)
		}
	})
}

func TestFakeMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f := clock.NewFake(start)
	for range 2 {
		if got := f.Now(); got != start {
			t.Errorf("the clock moved by itself to %v", got)
		}
	}
	if got := f.Advance(31 * 24 * time.Hour); got != start.AddDate(0, 0, 31) || f.Now() != got {
		t.Errorf("after 31 days: %v, %v", got, f.Now())
	}
	f.Set(start)
	if got := clock.Since(f, start.Add(time.Hour)); got != -time.Hour {
		t.Errorf("Since a later instant = %v", got)
	}
}

func TestFakeCountsEveryAdvance(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f := clock.NewFake(start)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { f.Advance(time.Second); f.Now() })
	}
	wg.Wait()
	if got := clock.Since(f, start); got != 100*time.Second {
		t.Errorf("100 advances of a second moved the clock by %v", got)
	}
}

func TestFileIsSharedByItsReaders(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clock")
	start := time.Date(2026, 11, 22, 0, 0, 0, 1000, time.UTC)
	writer, err := clock.CreateFile(path, start)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := clock.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := reader.Now(); got != start {
		t.Errorf("reader starts at %v", got)
	}
	moved, err := writer.Advance(time.Hour)
	if err != nil || moved != start.Add(time.Hour) || reader.Now() != moved {
		t.Errorf("after an hour: writer %v, reader %v, error %v", moved, reader.Now(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := reader.Now(); got != moved {
		t.Errorf("without its file the reader stands at %v, want %v", got, moved)
	}
}

func TestFileIsNeverReadHalfWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clock")
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	writer, err := clock.CreateFile(path, start)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			if _, err := writer.Advance(time.Microsecond); err != nil {
				t.Errorf("advancing: %v", err)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if _, err := clock.OpenFile(path); err != nil {
			t.Fatalf("a reader saw a broken file: %v", err)
		}
	}
}

func TestOpenFileRefusesWhatIsNoClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("soon"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{broken, filepath.Join(dir, "missing")} {
		if _, err := clock.OpenFile(path); err == nil {
			t.Errorf("OpenFile(%s) succeeded", filepath.Base(path))
		}
	}
	if _, err := clock.CreateFile(filepath.Join(dir, "missing", "clock"), time.Time{}); err == nil {
		t.Error("CreateFile in a missing folder succeeded")
	}
}
