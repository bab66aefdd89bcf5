package auth

import (
	"crypto/sha256"
	"maps"
	"sync"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// verified is what is known of a token, or of a machine's key, that was checked.
type verified struct {
	Claims
	machine   Machine
	checkedAt time.Time // when its session was last seen to go on
}

// fresh reports whether the token can be believed at now without asking again.
func (v verified) fresh(now time.Time) bool {
	age := now.Sub(v.checkedAt)
	return now.Before(v.Expires) && age >= 0 && age < checkEvery
}

const maxVerified = 10_000

// cache remembers verified tokens by digest, at most maxVerified of them.
type cache struct {
	mu     sync.Mutex
	tokens map[[sha256.Size]byte]verified
}

func (c *cache) get(digest [sha256.Size]byte) (verified, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.tokens[digest]
	return v, ok
}

func (c *cache) put(digest [sha256.Size]byte, v verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tokens == nil {
		c.tokens = map[[sha256.Size]byte]verified{}
	}
	if len(c.tokens) >= maxVerified {
		c.shrink(v.checkedAt)
	}
	c.tokens[digest] = v
}

// shrink drops the expired tokens and, if that is not enough, some others: they
// will be verified again.
func (c *cache) shrink(now time.Time) {
	for digest, v := range c.tokens {
		if !now.Before(v.Expires) {
			delete(c.tokens, digest)
		}
	}
	for digest := range c.tokens {
		if len(c.tokens) <= maxVerified*9/10 {
			return
		}
		delete(c.tokens, digest)
	}
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.tokens)
}

func (c *cache) dropOne(digest [sha256.Size]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, digest)
}

func (c *cache) dropSession(id store.LoginSessionID) {
	c.drop(func(v verified) bool { return v.Session == id })
}

func (c *cache) drop(which func(verified) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.tokens, func(_ [sha256.Size]byte, v verified) bool { return which(v) })
}
