package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func keysOf(t *testing.T, s *auth.Service) int {
	t.Helper()
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(s.JWKS(t.Context()), &set); err != nil {
		t.Fatal(err)
	}
	return len(set.Keys)
}

func header(token string) string { return strings.SplitN(token, ".", 2)[0] }

// A new key is made known, signs ten minutes later, and takes over; nobody is
// logged out on the way, on either replica.
func TestRotationLogsNobodyOut(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		tokens := h.login(t)
		first := header(tokens.Access)
		made, err := h.RotateKey(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if made.Dropped != 0 || !made.From.Equal(h.clock.Now().Add(10*time.Minute)) {
			t.Errorf("made %+v at %v", made, h.clock.Now())
		}
		signed := map[string]bool{}
		for minute := range 40 {
			h.clock.Advance(time.Minute)
			for i, s := range []*auth.Service{other, h.Service} {
				next, err := s.Refresh(t.Context(), tokens.Refresh)
				if err != nil {
					t.Fatalf("minute %d, replica %d: %v", minute, i, err)
				}
				for _, access := range []string{next.Access, tokens.Access} {
					if _, err := s.Verify(t.Context(), access); err != nil {
						t.Fatalf("minute %d, replica %d: %v", minute, i, err)
					}
				}
				tokens, signed[header(next.Access)] = next, true
			}
			if minute == 1 && (keysOf(t, other) != 2 || !strings.Contains(string(other.JWKS(t.Context())), made.Kid)) {
				t.Error("the new key is not made known before it signs")
			}
			if begun := !h.clock.Now().Before(made.From); begun != (header(tokens.Access) != first) {
				t.Errorf("minute %d: the new key signs: %v, want %v", minute, !begun, begun)
			}
		}
		if len(signed) != 2 || header(tokens.Access) == first {
			t.Errorf("%d keys have signed", len(signed))
		}
		if n := keysOf(t, other); n != 1 {
			t.Errorf("%d keys are believed at the end", n)
		}
	})
}

// A key that has leaked is dropped at once: its tokens die within a minute, and
// whoever is logged in refreshes and goes on.
func TestALeakedKeyIsDropped(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, other := h.replica(t)
		tokens := h.login(t)
		if _, err := other.Verify(t.Context(), tokens.Access); err != nil {
			t.Fatal(err)
		}
		made, err := h.RotateKey(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		if made.Dropped != 1 || !made.From.Equal(h.clock.Now()) {
			t.Errorf("made %+v at %v", made, h.clock.Now())
		}
		h.clock.Advance(time.Minute)
		for i, s := range []*auth.Service{other, h.Service} {
			if _, err := s.Verify(t.Context(), tokens.Access); !errors.Is(err, auth.ErrTokenInvalid) {
				t.Errorf("replica %d still believes the old key: %v", i, err)
			}
			next, err := s.Refresh(t.Context(), tokens.Refresh)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Verify(t.Context(), next.Access); err != nil {
				t.Errorf("replica %d: %v", i, err)
			}
		}
	})
}

// While keys rotate and time passes, whoever logs in, refreshes and asks on either
// replica meets no error: not with a token that has not expired.
func TestRotationUnderLoad(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newCrowd(t, dialect)
		_, other := h.replica(t)
		replicas := []*auth.Service{other, h.Service}
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				for range 4 {
					h.lives(t, fmt.Sprintf("c%d", i), replicas)
				}
			})
		}
		for range 5 {
			if _, err := h.RotateKey(t.Context(), false); err != nil {
				t.Error(err)
			}
			for range 4 {
				h.clock.Advance(3 * time.Minute)
			}
		}
		wg.Wait()
	})
}

// lives logs in on one replica and refreshes on both, verifying everywhere.
func (h *house) lives(t *testing.T, username string, replicas []*auth.Service) {
	t.Helper()
	began := h.clock.Now()
	tokens, err := replicas[0].Login(t.Context(), auth.Attempt{Username: username, Password: password, From: townHall})
	for round := range 8 {
		if err != nil {
			t.Errorf("round %d of %s: %v", round, username, err)
			return
		}
		for _, s := range replicas {
			_, err := s.Verify(t.Context(), tokens.Access)
			if expired := h.clock.Now().Sub(began) >= auth.AccessLifetime; err != nil && !expired {
				t.Errorf("verifying for %s: %v", username, err)
			}
		}
		began = h.clock.Now()
		tokens, err = replicas[round%2].Refresh(t.Context(), tokens.Refresh)
	}
}
