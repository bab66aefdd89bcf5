package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// allowing is a rate of so many a minute.
func allowing(n int) Rate { return Rate{Burst: n, Refill: time.Minute, Holders: 10} }

// newCrowd is a rig in which a token is "account/login", of a clerk.
func newCrowd(t *testing.T, rates Rates) *rig {
	r := newRig(t, Deps{Rates: rates}, gated)
	r.who = func(_ context.Context, token string) (grievance.Actor, error) {
		account, login, _ := strings.Cut(token, "/")
		return grievance.Actor{
			UserID: grievance.UserID{0: account[0], 6: 0x70, 8: 0x80}, Through: login,
			Posts: []grievance.Post{{Role: grievance.RoleClerk}},
		}, nil
	}
	return r
}

func TestAccountsAndLoginsHaveTheirOwnRate(t *testing.T) {
	t.Parallel()
	r := newCrowd(t, Rates{Account: allowing(5), Login: allowing(3)})
	ask := func(who string) *http.Response { return r.call("GET", "/logged-in", "", "Authorization: Bearer "+who) }
	for i, step := range []struct {
		who    string
		status int
		limits string
	}{
		{"a/desk", 200, `"account";r=4;t=0, "login";r=2;t=0`},
		{"a/desk", 200, `"account";r=3;t=0, "login";r=1;t=0`},
		{"a/desk", 200, `"account";r=2;t=0, "login";r=0;t=0`},
		{"a/desk", 429, `"account";r=2;t=0, "login";r=0;t=20`},      // takes nothing from
		{"a/telephone", 200, `"account";r=1;t=0, "login";r=2;t=0`},  // the other
		{"a/telephone", 200, `"account";r=0;t=0, "login";r=1;t=0`},  // and then both
		{"a/telephone", 429, `"account";r=0;t=12, "login";r=1;t=0`}, // wait for the account
		{"b/desk", 200, `"account";r=4;t=0, "login";r=2;t=0`},       // whoever else has that name
	} {
		res := ask(step.who)
		if res.StatusCode != step.status || res.Header.Get("RateLimit") != step.limits {
			t.Errorf("step %d, %s: %d %s, want %d %s", i, step.who, res.StatusCode, res.Header.Get("RateLimit"), step.status, step.limits)
		}
		if want := `"account";q=5;w=60, "login";q=3;w=60`; res.Header.Get("RateLimit-Policy") != want {
			t.Errorf("step %d: policy %s", i, res.Header.Get("RateLimit-Policy"))
		}
	}
	res := ask("a/telephone")
	if p := problemOf(t, res); p.Code != "request.rate" || res.Header.Get("Retry-After") != "12" {
		t.Errorf("%s, Retry-After %s", p.Code, res.Header.Get("Retry-After"))
	}
	r.pace.Advance(12 * time.Second)
	if res := ask("a/telephone"); res.StatusCode != http.StatusOK {
		t.Errorf("after the wait: %d", res.StatusCode)
	}
	if res := r.call("GET", "/anybody", ""); res.StatusCode != http.StatusOK {
		t.Errorf("who has no login is held to the account's rate: %d", res.StatusCode)
	}
}

// One device that asks too much is stopped, and its neighbours behind the same
// address are not; but no name that a client makes up lets an address have more.
func TestDevicesShareTheRateOfTheirAddress(t *testing.T) {
	t.Parallel()
	const busy, calm = "Huiyin-Device: busy-device-0001", "Huiyin-Device: calm-device-0001"
	r := newRig(t, Deps{Rates: Rates{Address: allowing(6), Device: allowing(2)}}, gated)
	ask := func(want int, header ...string) *http.Response {
		t.Helper()
		res := r.call("GET", "/anybody", "", header...)
		if res.StatusCode != want {
			t.Errorf("%v: %d, want %d", header, res.StatusCode, want)
		}
		return res
	}
	ask(200, busy)
	h := ask(200, busy).Header
	if h.Get("RateLimit") != `"lookup";r=4;t=0, "lookup-device";r=0;t=0` || h.Get("RateLimit-Policy") != `"lookup";q=6;w=60, "lookup-device";q=2;w=60` {
		t.Errorf("%s of %s", h.Get("RateLimit"), h.Get("RateLimit-Policy"))
	}
	for range 20 {
		if res := ask(429, busy); res.Header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After %s", res.Header.Get("Retry-After"))
		}
	}
	if h := ask(200, calm).Header; h.Get("RateLimit") != `"lookup";r=3;t=0, "lookup-device";r=1;t=0` {
		t.Errorf("the neighbour has %s", h.Get("RateLimit"))
	}
	passed := 0
	for i := range 50 {
		if r.call("GET", "/anybody", "", fmt.Sprintf("Huiyin-Device: made-up-%012d", i)).StatusCode == http.StatusOK {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d of 50 made-up devices passed, want the 3 that the address had left", passed)
	}
	if h := ask(429).Header; h.Get("RateLimit") != `"lookup";r=0;t=10` {
		t.Errorf("without a name: %s", h.Get("RateLimit"))
	}
}

func TestDevicesAreNamedWell(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, gated)
	for name, want := range map[string]int{
		strings.Repeat("a", 16): 200, strings.Repeat("Z9._~-", 10): 200, strings.Repeat("a", 64): 200,
		strings.Repeat("a", 15): 400, strings.Repeat("a", 65): 400, "设备一号设备一号设备一号": 400, "device with spaces": 400, "": 400,
	} {
		res := r.call("GET", "/anybody", "", "Huiyin-Device: "+name)
		if res.StatusCode != want || want == 400 && problemOf(t, res).Code != "request.device" {
			t.Errorf("%q: %d", name, res.StatusCode)
		}
		if res := r.call("GET", "/logged-in", "", "Authorization: Bearer clerk", "Huiyin-Device: "+name); res.StatusCode != 200 {
			t.Errorf("with a login, %q: %d", name, res.StatusCode)
		}
	}
	if strings.Contains(r.logs.String(), "Z9._~-") {
		t.Error("a device stands in the log")
	}
}

// However many names a client makes up, no policy remembers more than its most,
// and making room for devices costs the address nothing of its memory.
func TestAllowancesHaveAMostOfHolders(t *testing.T) {
	t.Parallel()
	rates := Rates{Address: Rate{Burst: 1000, Refill: time.Minute, Holders: 5}, Device: Rate{Burst: 1, Refill: time.Hour, Holders: 5}}
	r := newRig(t, Deps{Rates: rates}, gated)
	l := r.strangers("any")
	for i := range 300 {
		l.take("192.0.2.1/32", fmt.Sprint("device ", i))
		if n := len(l.policies[1].seen); n > 5 {
			t.Fatalf("%d devices are remembered", n)
		}
	}
	if left := l.take("192.0.2.1/32", "")[0].left; left != 1000-301 {
		t.Errorf("the address has %d left", left)
	}
}

// What a limiter refuses it tells in every language, with every header, and what
// needs no allowance has none.
func TestUnlimitedRoutesHaveNoAllowance(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{Rates: Rates{Address: allowing(1), Account: allowing(1), Login: allowing(1)}}, gated)
	for range 3 {
		if res := r.call("GET", "/visitors", ""); res.StatusCode != 200 || res.Header.Get("RateLimit") != "" {
			t.Errorf("%d, RateLimit %s", res.StatusCode, res.Header.Get("RateLimit"))
		}
		if res := r.call("GET", "/logged-in", "", "Authorization: Bearer stale"); res.StatusCode != 401 || res.Header.Get("RateLimit") != "" {
			t.Errorf("a bad token: %d, RateLimit %s", res.StatusCode, res.Header.Get("RateLimit"))
		}
	}
}
