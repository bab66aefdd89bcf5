package api

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/clock"
)

// Rate is how often one holder of an allowance may ask.
type Rate struct {
	Burst   int           // how many at once
	Refill  time.Duration // how long an empty allowance takes to be full again
	Holders int           // how many holders are remembered
}

// Rates are the allowances. Each must be generous: a whole town hall may stand
// behind one address, and a telephone that was offline for hours has a lot to
// tell at once.
type Rates struct {
	Address Rate // what one address may ask without a login, of each kind of endpoint
	Device  Rate // what one device may take of that, if it tells which it is
	Account Rate // what one account may ask, with all its logins together
	Login   Rate // what one login of it may take of that: one device
}

// DefaultRates let an address send ten requests a second without a login, of
// which one device has two; and an account a hundred, of which one login has
// fifty, for as long as they like.
var DefaultRates = Rates{
	Address: perMinute(600), Device: perMinute(120), Account: perMinute(6000), Login: perMinute(3000),
}

func perMinute(n int) Rate { return Rate{Burst: n, Refill: time.Minute, Holders: 100_000} }

// or gives the defaults for what is not set.
func (r Rates) or(otherwise Rates) Rates {
	for _, x := range []struct{ rate, otherwise *Rate }{
		{&r.Address, &otherwise.Address}, {&r.Device, &otherwise.Device}, {&r.Account, &otherwise.Account}, {&r.Login, &otherwise.Login},
	} {
		if *x.rate == (Rate{}) {
			*x.rate = *x.otherwise
		}
	}
	return r
}

// limiter keeps token buckets, in this process: replicas allow their own share
// each. A request is held to several policies at once, each of which has a bucket
// for its holder, and spends of all of them or, where one is empty, of none: so
// that who is refused takes nothing from the others behind the same address. A
// policy remembers at most so many holders; when those are used up, the ones
// whose allowance is full again are forgotten, and if that frees none, everybody is.
type limiter struct {
	clock    clock.Clock
	mu       sync.Mutex
	policies []policy
}

type policy struct {
	name string
	rate Rate
	seen map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(c clock.Clock, policies ...policy) *limiter {
	return &limiter{clock: c, policies: policies}
}

func newPolicy(name string, r Rate) policy { return policy{name, r, map[string]bucket{}} }

// allowance is where a holder stands with a policy: what is left and, where that
// is nothing, how long until there is something.
type allowance struct {
	*policy
	left int
	wait time.Duration
}

// take spends one token of each holder, of whom there is one for each policy; ""
// is nobody, whom the policy does not hold to anything. With a wait in one of
// the allowances nothing was spent.
func (l *limiter) take(holders ...string) (all []allowance) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	full := true
	for i, who := range holders {
		if p := &l.policies[i]; who != "" {
			b := p.of(who, now)
			all = append(all, allowance{p, int(b.tokens), p.wait(b)})
			full = full && b.tokens >= 1
		}
	}
	if !full {
		return all
	}
	spent := 0
	for i, who := range holders {
		if who != "" {
			all[spent].left = l.policies[i].spend(who, now)
			spent++
		}
	}
	return all
}

// of gives a holder's bucket as it is now; a full one to whom it does not know.
func (p *policy) of(who string, now time.Time) bucket {
	b, known := p.seen[who]
	if !known {
		return bucket{tokens: float64(p.rate.Burst), at: now}
	}
	gained := float64(now.Sub(b.at)) / float64(p.rate.Refill) * float64(p.rate.Burst)
	return bucket{tokens: min(float64(p.rate.Burst), b.tokens+max(0, gained)), at: now}
}

func (p *policy) wait(b bucket) time.Duration {
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - b.tokens) * float64(p.rate.Refill) / float64(p.rate.Burst))
}

func (p *policy) spend(who string, now time.Time) (left int) {
	b := p.of(who, now)
	if _, known := p.seen[who]; !known {
		p.makeRoom(now)
	}
	b.tokens--
	p.seen[who] = b
	return int(b.tokens)
}

func (p *policy) makeRoom(now time.Time) {
	if len(p.seen) < p.rate.Holders {
		return
	}
	for who := range p.seen {
		if p.of(who, now).tokens >= float64(p.rate.Burst) {
			delete(p.seen, who)
		}
	}
	if len(p.seen) >= p.rate.Holders {
		clear(p.seen)
	}
}

// spend holds a request to the policies of a limiter and says so in the RateLimit
// headers (draft-ietf-httpapi-ratelimit-headers).
func (l *limiter) spend(c echo.Context, holders ...string) error {
	var policies, states []string
	var wait time.Duration
	for _, a := range l.take(holders...) {
		policies = append(policies, fmt.Sprintf(`%q;q=%d;w=%d`, a.name, a.rate.Burst, int(a.rate.Refill.Seconds())))
		states = append(states, fmt.Sprintf(`%q;r=%d;t=%d`, a.name, a.left, seconds(a.wait)))
		wait = max(wait, a.wait)
	}
	h := c.Response().Header()
	h.Set("RateLimit-Policy", strings.Join(policies, ", "))
	h.Set("RateLimit", strings.Join(states, ", "))
	if wait > 0 {
		retryIn(c, wait)
		return errRateLimited
	}
	return nil
}

// retryIn tells the client how long to wait before it asks again.
func retryIn(c echo.Context, wait time.Duration) {
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// sharer is whom an address stands for: itself, or in IPv6 its /64, which one
// household has to itself.
func sharer(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}
