package auth_test

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var (
	townHall  = netip.MustParsePrefix("203.0.113.7/32")
	elsewhere = netip.MustParsePrefix("198.51.100.9/32")
	household = netip.MustParsePrefix("2001:db8:1:2::/64")
)

// quickHash is a password's that costs next to nothing to check, for tests that
// try many.
var quickHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// newCrowd is a house whose clerk and fifty others, c0 to c49, have quick
// passwords.
func newCrowd(t *testing.T, dialect string) *house {
	t.Helper()
	h := newHouse(t, dialect)
	hash, err := quickHash()
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error { return tx.SetAccount(clerk.ID, store.Account{PasswordHash: hash}) })
	for i := range 50 {
		h.addUser(t, grievance.User{ID: grievance.UserID{0: 1, 15: byte(i)}, Username: fmt.Sprintf("c%d", i), Name: "某"}, hash)
	}
	return h
}

// attempt logs in and gives the code of the refusal, "" for none, and for how long
// the door is closed.
func (h *house) attempt(t *testing.T, username, password string, from netip.Prefix) (code string, left time.Duration) {
	t.Helper()
	return attemptAt(t, h.Service, auth.Attempt{Username: username, Password: password, From: from})
}

func attemptAt(t *testing.T, s *auth.Service, a auth.Attempt) (code string, left time.Duration) {
	t.Helper()
	_, err := s.Login(t.Context(), a)
	if closed, ok := errors.AsType[*auth.Closed](err); ok {
		left = closed.Left
	}
	return grievance.CodeOf(err), left
}

func (h *house) wantAttempt(t *testing.T, what, username, password string, from netip.Prefix, code string, left time.Duration) {
	t.Helper()
	if got, l := h.attempt(t, username, password, from); got != code || l != left {
		t.Errorf("%s: %q for %v, want %q for %v", what, got, l, code, left)
	}
}

// failuresAt has so many failures from an address count now.
func (h *house) failuresAt(t *testing.T, from netip.Prefix, n int) {
	t.Helper()
	h.write(t, func(tx *store.Tx) error {
		now := h.clock.Now()
		f, err := tx.HoldAddressFailures(h.vault.Derive("login-address", from.String()), now)
		if err != nil {
			return err
		}
		f.LastAt, f.FadedAt = now, now.Add(time.Duration(n)*5*time.Minute)
		return tx.PutAddressFailures(f)
	})
}

const (
	wrong   = "auth.invalid_credentials"
	tooMany = "auth.too_many_failures"
)

// Whoever tries one password with many names is slowed down by their address, for
// longer each time; other addresses are not, and a success takes nothing back.
func TestAnAddressHasToWait(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		h.store, h.Service = h.replica(t) // which has to know of it from the database
		for _, from := range []netip.Prefix{townHall, household} {
			h.failuresAt(t, from, 98)
			h.wantAttempt(t, "the 99th", "c0", "wrong", from, wrong, 0)
			h.wantAttempt(t, "an honest one", "c1", password, from, "", 0)
			h.wantAttempt(t, "the 100th", "c2", "wrong", from, wrong, 0)
			wait := time.Second
			for n := range 8 { // within five minutes: nothing fades
				h.wantAttempt(t, fmt.Sprintf("%d more", n), fmt.Sprintf("c%d", n+3), password, from, tooMany, wait)
				h.wantAttempt(t, "from elsewhere", fmt.Sprintf("c%d", n+3), password, elsewhere, "", 0)
				h.clock.Advance(wait)
				h.wantAttempt(t, fmt.Sprintf("%d more, after the wait", n), fmt.Sprintf("c%d", n+13), "wrong", from, wrong, 0)
				wait *= 2
			}
			h.failuresAt(t, from, 200)
			h.wantAttempt(t, "at the end", "clerk", password, from, tooMany, 5*time.Minute)
		}
	})
}

// Failures fade, one in five minutes.
func TestFailuresFade(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		h.failuresAt(t, townHall, 103)
		h.wantAttempt(t, "at first", "clerk", password, townHall, tooMany, 8*time.Second)
		h.clock.Advance(20 * time.Minute) // four of them
		h.wantAttempt(t, "the 100th", "c0", "wrong", townHall, wrong, 0)
		h.wantAttempt(t, "the next", "c1", password, townHall, tooMany, time.Second)
		h.clock.Advance(10 * time.Minute)
		for i := range 2 {
			h.wantAttempt(t, "two have faded", fmt.Sprintf("c%d", i+2), "wrong", townHall, wrong, 0)
		}
		h.wantAttempt(t, "and count again", "c4", password, townHall, tooMany, time.Second)
	})
}

// One who has forgotten a password does not close it to the whole house: of each
// account the first five failures in a row count there.
func TestOneAccountDoesNotCloseAnAddress(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		h.failuresAt(t, townHall, 94)
		for range 20 {
			h.wantAttempt(t, "one who has forgotten", "c0", "wrong", townHall, wrong, 0)
			h.clock.Advance(time.Minute)
		}
		h.failuresAt(t, townHall, 94)
		for range 5 {
			h.wantAttempt(t, "another", "c1", "wrong", townHall, wrong, 0)
		}
		h.wantAttempt(t, "everybody else", "c2", password, townHall, "", 0)
	})
}

// Who has logged in from an address in the last 14 days is known there: neither
// strangers who try that account, nor others who fail there, keep them out.
func TestWhoIsKnownIsNotKeptOutByOthers(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		h.wantAttempt(t, "the first time", "clerk", password, townHall, "", 0)
		h.failuresAt(t, townHall, 105)
		for range 5 {
			h.wantAttempt(t, "a stranger", "clerk", "wrong", elsewhere, wrong, 0)
		}
		h.wantAttempt(t, "a stranger, closed", "clerk", password, elsewhere, tooMany, time.Second)
		h.wantAttempt(t, "who is known", "clerk", password, townHall, "", 0)
		h.wantAttempt(t, "who is not", "c0", password, townHall, tooMany, 32*time.Second)
		for range 5 {
			h.wantAttempt(t, "guessing where it is known", "clerk", "wrong", townHall, wrong, 0)
		}
		h.wantAttempt(t, "guessing is slowed down there too", "clerk", password, townHall, tooMany, time.Second)
		h.clock.Advance(time.Second)
		h.wantAttempt(t, "what is known there resets nothing of strangers'", "clerk", password, townHall, "", 0)
		h.wantAttempt(t, "a stranger again", "clerk", "wrong", elsewhere, wrong, 0)
		h.wantAttempt(t, "a stranger, closed again", "clerk", password, elsewhere, tooMany, 2*time.Second)

		h.clock.Advance(14 * 24 * time.Hour)
		h.failuresAt(t, townHall, 105)
		h.wantAttempt(t, "after 14 days", "clerk", password, townHall, tooMany, 32*time.Second)
	})
}

// Knocking at a closed door does not keep it closed.
func TestAClosedDoorOpensInTime(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		for range 5 {
			h.wantAttempt(t, "wrong", "clerk", "wrong", netip.Prefix{}, wrong, 0)
		}
		h.failuresAt(t, townHall, 104) // 16 seconds
		for i := range 10 {
			h.wantAttempt(t, "knocking at the account", "clerk", "wrong", netip.Prefix{}, tooMany, time.Second-time.Duration(i)*100*time.Millisecond)
			h.wantAttempt(t, "knocking at the address", "c0", "wrong", townHall, tooMany, 16*time.Second-time.Duration(i)*100*time.Millisecond)
			h.clock.Advance(100 * time.Millisecond)
		}
		h.wantAttempt(t, "the account opens", "clerk", password, netip.Prefix{}, "", 0)
		h.clock.Advance(15 * time.Second)
		h.wantAttempt(t, "the address opens", "c1", password, townHall, "", 0)
	})
}

// atOnce makes attempts on two replicas at once and counts the codes.
func (h *house) atOnce(t *testing.T, attempts []auth.Attempt) map[string]int {
	t.Helper()
	_, other := h.replica(t)
	codes := make([]string, len(attempts))
	var wg sync.WaitGroup
	for i, a := range attempts {
		wg.Go(func() { codes[i], _ = attemptAt(t, []*auth.Service{h.Service, other}[i%2], a) })
	}
	wg.Wait()
	counts := map[string]int{}
	for _, code := range codes {
		counts[code]++
	}
	return counts
}

// Fifty attempts at once are judged as if they had come one after another: five
// wrong ones, and what comes after waits, whatever the password.
func TestAttemptsAtOnceOnOneAccount(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		attempts := make([]auth.Attempt, 50)
		for i := range attempts {
			attempts[i] = auth.Attempt{Username: "clerk", Password: "wrong", From: elsewhere}
		}
		if got := h.atOnce(t, attempts); got[wrong] != 5 || got[tooMany] != 45 {
			t.Errorf("fifty wrong ones: %v", got)
		}
		h.wantAttempt(t, "afterwards", "clerk", password, townHall, tooMany, time.Second)
		h.clock.Advance(time.Second)
		if got := h.atOnce(t, attempts); got[wrong] != 1 || got[tooMany] != 49 {
			t.Errorf("fifty more after the wait: %v", got)
		}
		h.clock.Advance(2 * time.Second)
		h.wantAttempt(t, "the honest one", "clerk", password, townHall, "", 0)
	})
}

func TestAttemptsAtOnceFromOneAddress(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		h.failuresAt(t, household, 90)
		attempts := make([]auth.Attempt, 50)
		for i := range attempts {
			attempts[i] = auth.Attempt{Username: fmt.Sprintf("c%d", i), Password: "wrong", From: household}
		}
		if got := h.atOnce(t, attempts); got[wrong] != 10 || got[tooMany] != 40 {
			t.Errorf("fifty wrong ones: %v", got)
		}
		h.wantAttempt(t, "afterwards", "clerk", password, household, tooMany, time.Second)
		h.clock.Advance(time.Second)
		h.wantAttempt(t, "the honest one", "clerk", password, household, "", 0)
	})
}

// A password that is changed while it is being checked lets nobody in: the change
// would not find the session to end.
func TestAPasswordChangedMeanwhile(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		other, _ := h.replica(t)
		ctx, statements := store.CountStatements(t.Context())
		begun := 0
		statements.Fail(func(statement string) error {
			if statement != "BEGIN" {
				return nil
			}
			if begun++; begun != 2 { // the first reads
				return nil
			}
			return other.Write(t.Context(), func(tx *store.Tx) error {
				return tx.SetAccount(clerk.ID, store.Account{PasswordHash: "another"})
			})
		})
		_, err := h.Login(ctx, auth.Attempt{Username: "clerk", Password: password})
		if begun != 2 {
			t.Fatalf("there were %d transactions: %q", begun, statements.List())
		}
		wantCode(t, "the password of before", err, wrong)
	})
}

// What a login costs the database. An unknown name costs what a wrong password
// does, so that neither the time nor the load tells them apart.
func TestWhatLoggingInCosts(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		ctx, statements := store.CountStatements(t.Context())
		cost := func(username, password string) int {
			statements.Reset()
			_, _ = h.Login(ctx, auth.Attempt{Username: username, Password: password, From: townHall})
			return len(statements.List())
		}
		for _, c := range []struct {
			what, username, password string
			want                     int
		}{
			{"who is not known here yet", "clerk", password, 14},
			{"who is", "clerk", password, 12},
			{"a wrong password", "c0", "wrong", 18},
			{"an unknown name", "nobody", "wrong", 18},
		} {
			if got := cost(c.username, c.password); got != c.want {
				t.Errorf("%s costs %d statements, want %d: %q", c.what, got, c.want, statements.List())
			}
		}
		h.failuresAt(t, townHall, 200)
		if got := cost("c1", "wrong"); got != 6 {
			t.Errorf("a closed door costs %d statements: %q", got, statements.List())
		}
	})
}
