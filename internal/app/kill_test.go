package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// A server is killed at a random moment of a registration, again and again. The
// client, who may have had an answer or not, sends the same request to the next
// server: one case, and the answer that was given before if there was one.
func TestARequestCutOffByAKillIsDoneOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		clerk := w.as("clerk")
		clerk.get("/auth/me", nil)
		const registrations = 6
		var last caseView
		for i := range registrations {
			key := fmt.Sprintf("Idempotency-Key: cut-off-%d", i)
			first := clerk.cutOff(key)
			w.servers = nil
			w.open()
			a := clerk.do(w.servers[0], "POST", "/cases", petition, key)
			if clerk.read(a, &last); a.status != 201 {
				t.Errorf("sent again: %d %s", a.status, a.body)
			}
			if first.ID != "" && (first != last || a.header.Get("Idempotency-Replayed") != "true") {
				t.Errorf("answered with %+v, then with %+v", first, last)
			}
		}
		if n := clerk.countCases(); n != registrations {
			t.Errorf("%d cases for %d registrations", n, registrations)
		}
		if want := fmt.Sprintf("%s-20261123-%04d", town1, registrations); last.Receipt != want {
			t.Errorf("the last receipt number is %s, want %s", last.Receipt, want)
		}
		w.settle()
	})
}

// cutOff registers a case with a server that is killed meanwhile, and gives the
// case if there was an answer.
func (u *user) cutOff(key string) (c caseView) {
	u.Helper()
	s := u.town.servers[0]
	done := make(chan answer)
	go func() {
		a, err := u.ask(s, "POST", "/cases", petition, u.bearer(), key)
		if err != nil {
			a = answer{} // cut off
		}
		done <- a
	}()
	if err := clock.Sleep(u.Context(), time.Duration(rand.IntN(15))*time.Millisecond); err != nil {
		u.Error(err)
	}
	s.kill()
	if a := <-done; a.status != 0 {
		u.read(a, &c)
	}
	return c
}
