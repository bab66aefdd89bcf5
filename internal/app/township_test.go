package app_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// township is a database with the demo city's organisation, the key and the clock
// that go with it, and the servers that stand on it.
type township struct {
	*testing.T
	env     []string
	clock   *clock.FileFake
	servers []*server
	users   map[string]*user
}

// server is a huiyin that serves.
type server struct {
	*process
	base string
}

// newTown makes a town with nobody serving it yet. The office opens at
// storetest.Start.
func newTown(t *testing.T, dialect string) *township {
	t.Helper()
	dir := t.TempDir()
	w := &township{T: t, users: map[string]*user{}}
	url, keyFile, clockFile := storetest.URL(t, dialect), filepath.Join(dir, "key"), filepath.Join(dir, "clock")
	w.env = []string{
		"HUIYIN_DATABASE_URL=" + url, "HUIYIN_KEY_FILE=" + keyFile, "HUIYIN_CLOCK_FILE=" + clockFile, "HUIYIN_MAX_CONNS=4",
		"HUIYIN_USER_PER_MINUTE=1000000", "HUIYIN_LOGIN_PER_MINUTE=1000000", // a year's story is told in seconds
	}
	var err error
	if w.clock, err = clock.CreateFile(clockFile, storetest.Start); err != nil {
		t.Fatal(err)
	}
	key, err := vault.OpenFile(keyFile, true)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), url, store.Options{Clock: w.clock, Vault: key, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	officetest.Load(t, st, w.clock)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

// huiyin runs a command in the town.
func (w *township) huiyin(input string, args ...string) *process {
	w.Helper()
	return launch(w.T, w.env, input, args...)
}

// open starts a server, with its engine, on a port of its own.
func (w *township) open() *server {
	w.Helper()
	s := serve(w.T, w.env)
	w.servers = append(w.servers, s)
	return s
}

// serve starts huiyin serve and waits until it is ready.
func serve(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	args = append([]string{"serve", "--address", "127.0.0.1:0", "--engine-every", "250ms"}, args...)
	p := launch(t, env, "", args...)
	return &server{p, "http://" + p.await(`msg=serving address=(\S+)`)[1]}
}

// reopen kills the only server in the middle of whatever it does, lets time pass
// while nobody serves, and starts it again.
func (w *township) reopen(at time.Time) {
	w.Helper()
	w.servers[0].kill()
	w.servers[0].wantNoErrors()
	w.servers = nil
	w.set(at)
	w.open()
}

// at moves the town's time and has the engine do everything that is due then.
func (w *township) at(t time.Time) {
	w.Helper()
	w.set(t)
	w.settle()
}

// advance lets time pass.
func (w *township) advance(d time.Duration) {
	w.Helper()
	w.at(w.clock.Now().Add(d))
}

func (w *township) set(t time.Time) {
	w.Helper()
	if t.Before(w.clock.Now()) {
		w.Fatalf("time does not run back to %v from %v", t, w.clock.Now())
	}
	if err := w.clock.Set(t); err != nil {
		w.Fatal(err)
	}
}

// settle runs the engine until nothing is due. The loop of the server may be at
// work as well: whoever comes first does it.
func (w *township) settle() {
	w.Helper()
	for range 100 {
		w.as("admin").post("/engine/run", nil)
		var st struct {
			Backlog     int `json:"backlog"`
			Unsequenced int `json:"unsequenced"`
		}
		if w.as("admin").get("/engine", &st); st.Backlog == 0 && st.Unsequenced == 0 {
			return
		}
	}
	w.Fatal("the engine never finishes")
}

// as gives a client who is, or will be, logged in with an account.
func (w *township) as(account string) *user {
	if w.users[account] == nil {
		w.users[account] = newUser(w, account, officetest.Password)
	}
	return w.users[account]
}
