package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// kept is a case that somebody was told was registered.
type kept struct{ id, title, name string }

// client registers cases with one replica and reads them from the other, until
// it is stopped. Any answer but the expected one fails the test.
func (w *township) client(n int, stop <-chan struct{}) (all []kept) {
	u := newUser(w, "clerk", officetest.Password)
	for i := 0; ; i++ {
		select {
		case <-stop:
			return all
		default:
		}
		one, other := w.servers[i%2], w.servers[(i+1)%2]
		c := kept{title: fmt.Sprintf("第%d人的第%d件", n, i), name: fmt.Sprintf("张%d%d", n, i)}
		body := object{"channel": "hotline", "title": c.title, "body": "路灯不亮。", "petitioner": object{"name": c.name, "phone": "10000001234"}}
		key := fmt.Sprintf("Idempotency-Key: client-%d-%d", n, i)
		a := u.do(one, "POST", "/cases", body, key)
		if a.status != http.StatusCreated {
			u.Errorf("registering: %d %s", a.status, a.body)
			return all
		}
		var view caseView
		u.read(a, &view)
		c.id = view.ID
		if again := u.do(other, "POST", "/cases", body, key); string(again.body) != string(a.body) || again.header.Get("Idempotency-Replayed") != "true" {
			u.Errorf("sent again: %d %s", again.status, again.body)
		}
		u.finds(other, c)
		all = append(all, c)
		if i%4 == 3 && !u.login(other) {
			u.Error("cannot log in")
		}
	}
}

// finds reads a case, and its petitioner in clear.
func (u *user) finds(s *server, c kept) {
	u.Helper()
	if a := u.do(s, "GET", "/cases/"+c.id, nil); a.status != http.StatusOK || !strings.Contains(string(a.body), c.title) {
		u.Errorf("reading: %d %s", a.status, a.body)
	}
	if a := u.do(s, "POST", "/cases/"+c.id+"/parties/reveal", object{"reason": "contact"}); a.status != http.StatusOK || !strings.Contains(string(a.body), c.name) {
		u.Errorf("revealing: %d %s", a.status, a.body)
	}
}

// onlyKey checks that one key has sealed everything.
func (w *township) onlyKey() {
	w.Helper()
	said := w.huiyin("", "key", "status").wantExit(0)
	for line := range strings.Lines(states(said)) {
		if !strings.HasPrefix(line, "seals ") && !strings.HasSuffix(line, " 0\n") {
			w.Errorf("another key has sealed something:\n%s", said)
		}
	}
}

// Two replicas share a key file. While people register, read, reveal and log in
// at both, keys are rotated, everything is sealed anew, and the old keys are
// retired, again and again: nobody sees an error, and everything opens by the
// newest key alone.
func TestKeysChangeWhileReplicasServe(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		w.open()
		stop := make(chan struct{})
		lists := make([][]kept, 3)
		var clients sync.WaitGroup
		for n := range lists {
			clients.Go(func() { lists[n] = w.client(n, stop) })
		}
		for range 3 {
			w.huiyin("", "key", "rotate").wantExit(0)
			w.huiyin("", "key", "reseal", "--batch", "3").wantExit(0)
			w.pass(5 * time.Minute)
			w.retire()
		}
		close(stop)
		clients.Wait()
		w.onlyKey()
		for _, s := range w.servers {
			s.kill()
		}
		w.servers = nil
		fresh, clerk := w.open(), w.as("clerk")
		for _, list := range lists {
			if len(list) < 3 {
				t.Errorf("a client has registered %d cases only", len(list))
			}
			for _, c := range list {
				clerk.finds(fresh, c)
			}
		}
	})
}

// pass lets time pass for everybody, whose engines may do what they want.
func (w *township) pass(d time.Duration) {
	w.Helper()
	w.set(w.clock.Now().Add(d))
}

// retire seals anew what replicas sealed by the old key before they had looked,
// and retires it.
func (w *township) retire() {
	w.Helper()
	for range 10 {
		w.huiyin("", "key", "reseal").wantExit(0)
		p := w.huiyin("", "key", "retire")
		<-p.exited
		said, _ := p.output()
		if p.cmd.ProcessState.ExitCode() == 0 {
			return
		}
		if !strings.Contains(said, "are sealed by key") {
			w.Fatalf("it cannot be retired: %s", said)
		}
	}
	w.Fatal("the old key seals for ever")
}

// Resealing is killed at random moments, again and again, and goes on.
func TestResealingThatIsKilledGoesOn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		clerk := w.as("clerk")
		var all []kept
		for i := range 20 {
			c := kept{title: fmt.Sprintf("第%d件", i), name: fmt.Sprintf("李%d", i)}
			c.id = clerk.post("/cases", object{"channel": "hotline", "title": c.title, "body": "路灯不亮。", "petitioner": object{"name": c.name}}).ID
			all = append(all, c)
		}
		w.huiyin("", "key", "rotate").wantExit(0)
		for range 6 {
			p := w.huiyin("", "key", "reseal", "--batch", "1")
			if err := clock.Sleep(t.Context(), time.Duration(30+rand.IntN(120))*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			p.kill()
			c := all[rand.IntN(len(all))]
			clerk.finds(w.servers[0], c)
		}
		w.huiyin("", "key", "reseal").wantExit(0)
		w.onlyKey()
		w.pass(5 * time.Minute)
		w.retire()
		w.servers[0].kill()
		w.servers = nil
		fresh := w.open()
		for _, c := range all {
			clerk.finds(fresh, c)
		}
	})
}

// A replica that can no longer read its key file serves on, and says so where it
// is asked whether it is well, and in its log.
func TestAKeyFileThatCannotBeFollowedIsWarnedOf(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		s := w.open()
		if body := s.text("/readyz"); strings.Contains(body, "warnings") {
			t.Errorf("at first: %s", body)
		}
		file := w.keyFile()
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		s.await(`level=WARN msg="the key file must be seen to.*" error=.*chmod 600`)
		if body := s.text("/readyz"); !strings.Contains(body, `"status":"ok"`) || !strings.Contains(body, `"code":"vault.key_file"`) {
			t.Errorf("with a file that others may read: %s", body)
		}
		if c := w.as("clerk").post("/cases", petition); c.ID == "" {
			t.Error("nothing can be registered")
		}
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
		if body := s.text("/readyz"); strings.Contains(body, "warnings") {
			t.Errorf("repaired: %s", body)
		}
	})
}

// A replica with a copy of the key that was not staged everywhere in time is told
// before anybody meets a value that it cannot open.
func TestAnOldCopyOfTheKeyIsWarnedOf(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		key, err := os.ReadFile(w.keyFile())
		if err != nil {
			t.Fatal(err)
		}
		s := serve(t, append(slices.Clone(w.env), "HUIYIN_KEY="+string(key)))
		w.huiyin("", "key", "rotate", "--stage").wantExit(0)
		if body := s.text("/readyz"); strings.Contains(body, "warnings") {
			t.Errorf("a key that is only staged: %s", body)
		}
		w.huiyin("", "key", "rotate", "--promote").wantExit(0)
		s.await(`level=WARN msg="the key file must be seen to.*" error=.*an old copy`)
		if body := s.text("/readyz"); !strings.Contains(body, `"status":"ok"`) || !strings.Contains(body, `"code":"vault.key_old"`) {
			t.Errorf("an old copy: %s", body)
		}
	})
}

func (w *township) keyFile() string {
	w.Helper()
	for _, v := range w.env {
		if file, ok := strings.CutPrefix(v, "HUIYIN_KEY_FILE="); ok {
			return file
		}
	}
	w.Fatal("the town has no key file")
	return ""
}
