package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Feed is an address that a telephone's calendar subscribes to: who has its
// token reads what is coming for so many days, as its user may see it. Only a
// keyed digest of the token is kept.
type Feed struct {
	ID          FeedID
	UserID      grievance.UserID
	TokenDigest []byte
	Days        int
	CreatedAt   time.Time
	LastUsedAt  *time.Time
	RevokedAt   *time.Time
}

// FeedID identifies a Feed.
type FeedID = grievance.ID[Feed]

// InsertFeed adds a feed unless its user has most live ones, and tells whether
// it did. Feeds of one user are added one after another.
func (tx *Tx) InsertFeed(f Feed, most int) (bool, error) {
	var holder []grievance.UserID
	lock := clause.Locking{Strength: "UPDATE"}
	if err := tx.db.Table("users").Clauses(lock).Where("id = ?", f.UserID).Pluck("id", &holder).Error; err != nil {
		return false, fmt.Errorf("locking the user of a feed: %w", err)
	}
	live, err := tx.FeedsOf(f.UserID)
	if err != nil || len(live) >= most {
		return false, err
	}
	return true, tx.db.Table("feeds").Create(&f).Error
}

// FeedsOf gives a user's live feeds, the oldest first.
func (s session) FeedsOf(user grievance.UserID) (list []Feed, err error) {
	err = s.db.Table("feeds").Where("user_id = ? AND revoked_at IS NULL", user).Order("id").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("listing feeds: %w", err)
	}
	return list, nil
}

// FeedByToken finds a live feed by the digest of its token; ErrNotFound if there
// is none.
func (s session) FeedByToken(digest []byte) (Feed, error) {
	return s.feed("token_digest = ? AND revoked_at IS NULL", digest)
}

// FeedOf finds a user's feed, a revoked one too; ErrNotFound if the user has
// none of that id.
func (s session) FeedOf(user grievance.UserID, id FeedID) (Feed, error) {
	return s.feed("user_id = ? AND id = ?", user, id)
}

func (s session) feed(where string, key ...any) (Feed, error) {
	var rows []Feed
	if err := s.db.Table("feeds").Where(where, key...).Limit(1).Find(&rows).Error; err != nil {
		return Feed{}, fmt.Errorf("reading a feed: %w", err)
	}
	if len(rows) == 0 {
		return Feed{}, grievance.ErrNotFound
	}
	return rows[0], nil
}

// RevokeFeed ends a feed and tells whether it did; one that was revoked before
// stays as it is.
func (tx *Tx) RevokeFeed(id FeedID, at time.Time) (bool, error) {
	ended := tx.db.Table("feeds").Where("id = ? AND revoked_at IS NULL", id).Update("revoked_at", at)
	return ended.RowsAffected > 0, ended.Error
}

// UseFeed notes that a feed was used, unless it was noted at or after since.
func (tx *Tx) UseFeed(id FeedID, at, since time.Time) error {
	return tx.db.Table("feeds").Where("id = ? AND (last_used_at IS NULL OR last_used_at < ?)", id, since).
		Update("last_used_at", at).Error
}
