package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// The test binary runs itself as an engine when this names a directory with a
// clock, a key and the database's URL.
const engineVariable = "HUIYIN_TEST_ENGINE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(engineVariable); dir != "" {
		if err := beEngine(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// beEngine runs the engine again and again until it is killed.
func beEngine(dir string) error {
	key, err := vault.OpenFile(filepath.Join(dir, "key"), false)
	if err != nil {
		return err
	}
	url, err := os.ReadFile(filepath.Join(dir, "url"))
	if err != nil {
		return err
	}
	ck, err := clock.OpenFile(filepath.Join(dir, "clock"))
	if err != nil {
		return err
	}
	ctx := context.Background()
	st, err := store.Open(ctx, string(url), store.Options{Clock: ck, Vault: key, MaxConns: 3})
	if err != nil {
		return err
	}
	desk := casework.New(st, office.New(st, ck), ck)
	e := engine.New(desk, st, ck, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	for {
		if _, err := e.RunOnce(ctx); err != nil {
			return err
		}
		if err := clock.Sleep(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// Defect of other systems: two schedulers fire twice. Two engine processes share
// one database and are killed at random; every rung is recorded exactly once.
func TestTwoProcessesKilledAtRandomRecordEachRungOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		p := newProcesses(t, dialect, 2, func(w *works) (ids []grievance.CaseID) {
			for range 40 {
				ids = append(ids, w.register("clerk"))
			}
			return ids
		})
		for step := range 8 {
			p.advance(5 * day)
			for range 2 {
				p.kill(rand.IntN(len(p.running)))
			}
			if step%2 == 1 {
				p.settle()
			}
		}
		p.settle()
		for _, id := range p.cases {
			if got := kindsOf(t, p.store, id); got != neglected {
				t.Errorf("events: %s", got)
			}
		}
	})
}

// processes are engine processes over one database of many cases.
type processes struct {
	*works
	dir     string
	shared  *clock.FileFake
	cases   []grievance.CaseID
	running []*exec.Cmd
}

func newProcesses(t *testing.T, dialect string, n int, fill func(*works) []grievance.CaseID) *processes {
	t.Helper()
	dir := t.TempDir()
	key, err := vault.OpenFile(filepath.Join(dir, "key"), true)
	if err != nil {
		t.Fatal(err)
	}
	p := &processes{works: newWorks(t, dialect, storetest.WithVault(key)), dir: dir, running: make([]*exec.Cmd, n)}
	p.cases = fill(p.works)
	if err := os.WriteFile(filepath.Join(dir, "url"), []byte(p.url), 0o600); err != nil {
		t.Fatal(err)
	}
	if p.shared, err = clock.CreateFile(filepath.Join(dir, "clock"), p.clock.Now()); err != nil {
		t.Fatal(err)
	}
	for i := range p.running {
		p.start(i)
	}
	t.Cleanup(func() {
		for i := range p.running {
			p.stop(i)
		}
	})
	return p
}

func (p *processes) start(i int) {
	p.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), engineVariable+"="+p.dir)
	cmd.Stderr = new(strings.Builder)
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.running[i] = cmd
}

func (p *processes) stop(i int) {
	_ = p.running[i].Process.Kill()
	_ = p.running[i].Wait()
	if said := fmt.Sprint(p.running[i].Stderr); strings.Contains(said, "level=ERROR") {
		p.Errorf("engine process %d: %s", i, said)
	}
}

// kill sends SIGKILL at a random moment of the engine's work, and starts anew.
func (p *processes) kill(i int) {
	p.Helper()
	if err := clock.Sleep(p.Context(), time.Duration(rand.IntN(60))*time.Millisecond); err != nil {
		p.Fatal(err)
	}
	p.stop(i)
	p.start(i)
}

func (p *processes) advance(d time.Duration) {
	p.Helper()
	now := p.clock.Advance(d)
	if err := p.shared.Set(now); err != nil {
		p.Fatal(err)
	}
}

// settle waits until the processes have done everything that is due.
func (p *processes) settle() {
	p.Helper()
	for range 1000 {
		st, err := p.engine.Status(p.Context())
		if err != nil {
			p.Fatal(err)
		}
		if st.Rule("climb").Backlog == 0 && st.Rule("sequence").Backlog == 0 {
			return
		}
		if err := clock.Sleep(p.Context(), 20*time.Millisecond); err != nil {
			p.Fatal(err)
		}
	}
	p.Fatal("the engines never finished")
}
