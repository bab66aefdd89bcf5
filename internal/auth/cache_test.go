package auth

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

func digestOf(i int) (d [32]byte) {
	binary.BigEndian.PutUint64(d[:], uint64(i)) //nolint:gosec // small
	return d
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var c cache
	for i := range 3 * maxVerified {
		expires := start.Add(time.Hour)
		if i%2 == 0 {
			expires = start // expired already: the first to go
		}
		c.put(digestOf(i), verified{Claims: Claims{Expires: expires}, checkedAt: start})
		if len(c.tokens) > maxVerified {
			t.Fatalf("%d tokens are kept", len(c.tokens))
		}
	}
	if _, ok := c.get(digestOf(3*maxVerified - 1)); !ok {
		t.Error("the newest token is not kept")
	}
}

func TestCacheForgetsOneSession(t *testing.T) {
	t.Parallel()
	var c cache
	for i := range 100 {
		c.put(digestOf(i), verified{Claims: Claims{Session: store.LoginSessionID{byte(i % 2)}}})
	}
	c.dropSession(store.LoginSessionID{1})
	for i := range 100 {
		if _, ok := c.get(digestOf(i)); ok != (i%2 == 0) {
			t.Fatalf("token %d kept: %v", i, ok)
		}
	}
}

// A hash that could not be read would let who is unknown be told by the time.
func TestNobodysHashCostsAsMuchAsAny(t *testing.T) {
	t.Parallel()
	if ok, err := CheckPassword("password", nobodysHash); ok || err != nil {
		t.Errorf("CheckPassword = %v, %v", ok, err)
	}
	real, err := HashPassword("password")
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := strings.Split(nobodysHash, "$"), strings.Split(real, "$")
	for i := range theirs {
		if len(ours[i]) != len(theirs[i]) || i < 4 && ours[i] != theirs[i] {
			t.Errorf("part %d is %q, of others %q", i, ours[i], theirs[i])
		}
	}
}
