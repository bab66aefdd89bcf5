package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	// MostFeeds is how many live feeds a user has at most.
	MostFeeds = 10

	feedSecret = 32 // random bytes of a token
	feedToken  = 43 // its characters
	feedUse    = time.Hour
)

// ErrFeedLimit refuses one feed too many.
var ErrFeedLimit = grievance.Refuse(grievance.Conflict, "feed.limit", "订阅地址最多 10 个，请先停用不再使用的")

// OpenedFeed is a feed with its token, which is told once and never again.
type OpenedFeed struct {
	store.Feed
	Token string
}

// OpenFeed makes a feed of so many days for the actor, with the event
// feed_opened. keep is the last thing in the transaction and may refuse it.
// ErrFeedLimit for a user who has MostFeeds live ones.
func (s *Service) OpenFeed(ctx context.Context, by grievance.Actor, days int, keep func(*store.Tx, OpenedFeed) error) error {
	var secret [feedSecret]byte
	_, _ = rand.Read(secret[:]) // never fails: it ends the process instead
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	return s.store.Write(ctx, func(tx *store.Tx) error {
		now := s.clock.Now()
		log, err := changes.Open(tx, by, now)
		if err != nil {
			return err
		}
		f, err := s.addFeed(tx, store.Feed{UserID: by.UserID, TokenDigest: s.digestOfFeed(token), Days: days, CreatedAt: now})
		if err != nil {
			return err
		}
		if err := log.Add(changes.User(by.UserID), changes.FeedOpened, changes.Facts{Feed: f.ID, Days: days}); err != nil {
			return err
		}
		if err := log.Write(); err != nil {
			return err
		}
		return keep(tx, OpenedFeed{f, token})
	})
}

// addFeed gives a feed its id and stores it.
func (s *Service) addFeed(tx *store.Tx, f store.Feed) (store.Feed, error) {
	id, err := uuid.NewV7AtTime(f.CreatedAt)
	if err != nil {
		return f, fmt.Errorf("making a feed's id: %w", err)
	}
	f.ID = store.FeedID(id)
	added, err := tx.InsertFeed(f, MostFeeds)
	if err != nil {
		return f, fmt.Errorf("adding a feed: %w", err)
	}
	if !added {
		return f, ErrFeedLimit
	}
	return f, nil
}

// Feeds gives a user's live feeds, the oldest first.
func (s *Service) Feeds(ctx context.Context, user grievance.UserID) (list []store.Feed, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		list, err = r.FeedsOf(user)
		return err
	})
	return list, err
}

// RevokeFeed ends the actor's feed at once, with the event feed_revoked, and does
// nothing if it has ended. keep is the last thing in the transaction. ErrNotFound
// for what is no feed of the actor.
func (s *Service) RevokeFeed(ctx context.Context, by grievance.Actor, id store.FeedID, keep func(*store.Tx, store.Feed) error) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		log, err := changes.Open(tx, by, s.clock.Now())
		if err != nil {
			return err
		}
		if _, err := tx.FeedOf(by.UserID, id); err != nil {
			return err
		}
		if err := s.endFeed(tx, log, by.UserID, id); err != nil {
			return fmt.Errorf("revoking a feed: %w", err)
		}
		f, err := tx.FeedOf(by.UserID, id)
		if err != nil {
			return err
		}
		return keep(tx, f)
	})
}

func (s *Service) endFeed(tx *store.Tx, log *changes.Log, user grievance.UserID, id store.FeedID) error {
	ended, err := tx.RevokeFeed(id, s.clock.Now())
	if err != nil || !ended {
		return err
	}
	if err := log.Add(changes.User(user), changes.FeedRevoked, changes.Facts{Feed: id}); err != nil {
		return err
	}
	return log.Write()
}

// FeedOf finds the live feed of a token, and notes at most once an hour that it
// is used. ErrNotFound for every other text. Noting is no reason to fail: its
// error comes with the feed, which is good.
func (s *Service) FeedOf(ctx context.Context, token string) (f store.Feed, unnoted, err error) {
	if len(token) != feedToken {
		return f, nil, grievance.ErrNotFound
	}
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		f, err = r.FeedByToken(s.digestOfFeed(token))
		return err
	})
	now := s.clock.Now()
	since := now.Add(-feedUse)
	if err != nil || f.LastUsedAt != nil && !f.LastUsedAt.Before(since) {
		return f, nil, err
	}
	unnoted = s.store.Write(ctx, func(tx *store.Tx) error { return tx.UseFeed(f.ID, now, since) })
	return f, unnoted, nil
}

func (s *Service) digestOfFeed(token string) []byte { return s.vault.Derive("feed-token", token) }
