package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

// emptyTown is a database without a schema, and a key made by hand.
func emptyTown(t *testing.T, dialect string) *township {
	t.Helper()
	keyFile := newKey(t)
	return &township{T: t, users: map[string]*user{}, env: []string{
		"HUIYIN_DATABASE_URL=" + storetest.EmptyURL(t, dialect), "HUIYIN_KEY_FILE=" + keyFile, "HUIYIN_MAX_CONNS=4",
	}}
}

// newKey makes a key file with the command that is there for it.
func newKey(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(launch(t, nil, "", "key", "generate").wantExit(0)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheFirstAdminIsMadeByTheCommandAndLogsIn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := emptyTown(t, dialect)
		w.huiyin("a password of some length\n", "user", "create", "boss", "--name", "钟立诚", "--unit", "9901", "--role", "admin").wantExit(0)
		w.open()
		boss := newUser(w, "boss", "a password of some length")
		var me struct {
			Name  string `json:"name"`
			Posts []holder
		}
		if boss.get("/auth/me", &me); me.Name != "钟立诚" || len(me.Posts) != 1 || me.Posts[0].Role != "admin" {
			t.Errorf("I am %+v", me)
		}
		w.huiyin("another password altogether\n", "user", "password", "boss").wantExit(0)
		a, err := boss.ask(w.servers[0], "POST", "/auth/token", object{"username": "boss", "password": boss.password})
		if err != nil || a.status != http.StatusUnauthorized {
			t.Errorf("the old password: %v, %d %s", err, a.status, a.body)
		}
		again := newUser(w, "boss", "another password altogether")
		again.get("/auth/me", &me)
		w.huiyin("", "user", "logout", "boss").wantExit(0)
		w.huiyin("", "user", "logout", "nobody").wantExit(1)
		a, err = again.ask(w.servers[0], "POST", "/auth/refresh", object{"refresh_token": again.refresh})
		if err != nil || a.status != http.StatusUnauthorized {
			t.Errorf("the login that was ended: %v, %d %s", err, a.status, a.body)
		}
		if !again.login(w.servers[0]) {
			t.Error("the account was closed with its logins")
		}
	})
}

func TestTheDemoIsLoadedOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := emptyTown(t, dialect)
		first := serve(t, w.env, "--demo")
		password := first.await(`password: (\S+)`)[1]
		w.servers = []*server{first}
		cases := newUser(w, "city_supervisor", password).countCases()
		if cases < 30 {
			t.Errorf("the demo has %d cases", cases)
		}
		for _, kind := range []string{"unit_created", "user_created", "appointed"} {
			var loaded list[change]
			if newUser(w, "admin", password).get("/changes?limit=1&count=true&actor=system&kind="+kind, &loaded); loaded.Total == 0 {
				t.Errorf("the demo was loaded without %s", kind)
			}
		}
		first.terminate()
		first.wantExit(0)
		second := serve(t, slices.Concat(w.env, []string{"HUIYIN_DEMO_PASSWORD=not this one"}), "--demo")
		w.servers = []*server{second}
		if again := newUser(w, "city_supervisor", password).countCases(); again != cases {
			t.Errorf("a second start makes %d cases of %d", again, cases)
		}
		if said, _ := second.output(); strings.Contains(said, "password:") {
			t.Errorf("the second start says\n%s", said)
		}
	})
}

func (u *user) countCases() int {
	u.Helper()
	var all list[caseView]
	u.get("/cases?limit=1&count=true", &all)
	return all.Total
}

func TestStartsThatAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open().kill() // the database knows its key now
		for name, c := range map[string]struct {
			env  []string
			args []string
			code int
			says string
		}{
			"a demo that others could reach": {nil, []string{"--demo", "--address", "0.0.0.0:0"}, 2, "loopback"},
			"an address without a port":      {nil, []string{"--address", "127.0.0.1"}, 2, "port"},
			"a flag that does not exist":     {nil, []string{"--demmo"}, 2, "--demmo"},
			"another key":                    {[]string{"HUIYIN_KEY_FILE=" + newKey(t)}, nil, 1, "key"},
			"a database that is no database": {[]string{"HUIYIN_DATABASE_URL=mysql://localhost/huiyin"}, nil, 1, "postgres://"},
		} {
			t.Run(name, func(t *testing.T) {
				args := append([]string{"serve", "--address", "127.0.0.1:0"}, c.args...)
				if said := launch(t, slices.Concat(w.env, c.env), "", args...).wantExit(c.code); !strings.Contains(said, c.says) {
					t.Errorf("it does not say %q:\n%s", c.says, said)
				}
			})
		}
	})
}

func TestPostgreSQLWantsAKey(t *testing.T) {
	t.Parallel()
	w := emptyTown(t, migrations.Postgres)
	missing := slices.Concat(w.env, []string{"HUIYIN_KEY_FILE=" + filepath.Join(t.TempDir(), "key")})
	if said := launch(t, missing, "", "serve", "--address", "127.0.0.1:0").wantExit(1); !strings.Contains(said, "key") {
		t.Errorf("it does not say that the key is missing:\n%s", said)
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrations.SQLite)
	s := w.open()
	w.huiyin("", "healthcheck", "--url", s.base+"/readyz").wantExit(0)
	s.kill()
	w.huiyin("", "healthcheck", "--url", s.base+"/readyz").wantExit(1)
}

// A request under way when the server is told to stop is finished and answered;
// nobody new is let in.
func TestAServerThatStopsFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		s := w.open()
		w.as("clerk").get("/auth/me", nil)
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		const body = `{"channel":"hotline","title":"路灯不亮","body":"村口路灯不亮。"}`
		send(t, conn, fmt.Sprintf("POST /api/v1/cases HTTP/1.1\r\nHost: huiyin\r\nContent-Type: application/json\r\n"+
			"Expect: 100-continue\r\nContent-Length: %d\r\n%s\r\n\r\n", len(body), w.as("clerk").bearer()))
		answers := bufio.NewReader(conn)
		if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%v, %s", err, line)
		}
		if _, err := answers.ReadString('\n'); err != nil { // the handler is reading now
			t.Fatal(err)
		}
		s.terminate()
		s.await("msg=stopping")
		waitUntilClosed(t, s)
		send(t, conn, body)
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusCreated {
			t.Errorf("%v, %d %s", err, res.StatusCode, text)
		}
		s.wantExit(0)
		w.servers = nil
		w.open()
		if n := w.as("clerk").countCases(); n != 1 {
			t.Errorf("there are %d cases", n)
		}
	})
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// waitUntilClosed waits until a server takes no more connections.
func waitUntilClosed(t *testing.T, s *server) {
	t.Helper()
	for range int(patience / (10 * time.Millisecond)) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
		if err != nil {
			return
		}
		_ = conn.Close()
		if err := clock.Sleep(t.Context(), 10*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the server still takes connections")
}
