package api

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/clock"
)

// Rate is how often one address may use the endpoints that need no login. It
// must be generous: a whole town hall may stand behind one address.
type Rate struct {
	Burst     int           // how many at once
	Refill    time.Duration // how long an empty allowance takes to be full again
	Addresses int           // how many addresses are remembered
}

// DefaultRate lets an address send ten requests a second for as long as it likes.
var DefaultRate = Rate{Burst: 600, Refill: time.Minute, Addresses: 100_000}

// limiter keeps a token bucket for each address, in this process: replicas
// allow their own share each. It holds at most rate.Addresses of them; when
// they are used up, those whose allowance is full again are forgotten, and if
// that frees none, everybody's is.
type limiter struct {
	rate  Rate
	clock clock.Clock
	mu    sync.Mutex
	seen  map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(r Rate, c clock.Clock) *limiter {
	return &limiter{rate: r, clock: c, seen: map[netip.Prefix]bucket{}}
}

// take spends one token of the address and gives what is left, with the time
// until the next token when there was none.
func (l *limiter) take(address string) (left int, wait time.Duration) {
	who, now := sharer(address), l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.seen[who]
	if !known {
		l.makeRoom(now)
		b = bucket{tokens: float64(l.rate.Burst), at: now}
	}
	b = l.filled(b, now)
	if b.tokens < 1 {
		l.seen[who] = b
		return 0, time.Duration((1 - b.tokens) * float64(l.rate.Refill) / float64(l.rate.Burst))
	}
	b.tokens--
	l.seen[who] = b
	return int(b.tokens), 0
}

func (l *limiter) filled(b bucket, now time.Time) bucket {
	gained := float64(now.Sub(b.at)) / float64(l.rate.Refill) * float64(l.rate.Burst)
	return bucket{tokens: min(float64(l.rate.Burst), b.tokens+max(0, gained)), at: now}
}

func (l *limiter) makeRoom(now time.Time) {
	if len(l.seen) < l.rate.Addresses {
		return
	}
	for who, b := range l.seen {
		if l.filled(b, now).tokens >= float64(l.rate.Burst) {
			delete(l.seen, who)
		}
	}
	if len(l.seen) >= l.rate.Addresses {
		clear(l.seen)
	}
}

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

// limit holds an anonymous endpoint to the rate of its bucket and says so in the
// RateLimit headers (draft-ietf-httpapi-ratelimit-headers).
func (l *limiter) limit(bucket string, next echo.HandlerFunc) echo.HandlerFunc {
	policy := fmt.Sprintf(`%q;q=%d;w=%d`, bucket, l.rate.Burst, int(l.rate.Refill.Seconds()))
	return func(c echo.Context) error {
		left, wait := l.take(c.RealIP())
		h := c.Response().Header()
		h.Set("RateLimit-Policy", policy)
		h.Set("RateLimit", fmt.Sprintf(`%q;r=%d;t=%d`, bucket, left, seconds(wait)))
		if wait > 0 {
			retryIn(c, wait)
			return errRateLimited
		}
		return next(c)
	}
}

// retryIn tells the client how long to wait before it asks again.
func retryIn(c echo.Context, wait time.Duration) {
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
