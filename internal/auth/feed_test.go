package auth_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// However many feeds a user opens at once, no more than the most are live, and
// what is kept of a token does not give it away.
func TestFeedsOpenedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		ck := clock.NewFake(storetest.Start)
		st := storetest.Open(t, dialect, storetest.WithClock(ck))
		s, err := auth.New(t.Context(), st, ck, storetest.Vault(t), auth.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		user := grievance.UserID{0: 1}
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			return tx.InsertUser(grievance.User{ID: user, Username: "leader", CreatedAt: storetest.Start}, store.Account{})
		})
		if err != nil {
			t.Fatal(err)
		}
		const tries = auth.MostFeeds + 4
		var all sync.WaitGroup
		tokens, errs := make([]string, tries), make([]error, tries)
		for i := range tries {
			all.Go(func() {
				errs[i] = s.OpenFeed(t.Context(), grievance.Actor{UserID: user}, 7, func(_ *store.Tx, f auth.OpenedFeed) error {
					tokens[i] = f.Token
					return nil
				})
			})
		}
		all.Wait()
		opened := 0
		for i, err := range errs {
			if err == nil {
				opened++
				if f, _, err := s.FeedOf(t.Context(), tokens[i]); err != nil || bytes.Contains(f.TokenDigest, []byte(tokens[i])) {
					t.Errorf("feed %d: %v, kept as %x", i, err, f.TokenDigest)
				}
			} else if !errors.Is(err, auth.ErrFeedLimit) {
				t.Error(err)
			}
		}
		if opened != auth.MostFeeds {
			t.Errorf("%d of %d were opened, want %d", opened, tries, auth.MostFeeds)
		}
	})
}
