package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// TokenState is the session of an access token, and whether the token itself was
// revoked.
type TokenState struct {
	LoginState
	TokenRevoked bool
}

// TokenState reads the session of a token; ErrNotFound if there is none.
func (s session) TokenState(id LoginSessionID, jti string) (TokenState, error) {
	var rows []TokenState
	err := loginStates(s.db, id).
		Select(loginStateColumns+", EXISTS (SELECT 1 FROM revoked_tokens AS t WHERE t.jti = ?) AS token_revoked", jti).
		Find(&rows).Error
	if err != nil {
		return TokenState{}, fmt.Errorf("reading the session of a token: %w", err)
	}
	if len(rows) == 0 {
		return TokenState{}, grievance.ErrNotFound
	}
	return rows[0], nil
}

// RevokeToken revokes one access token, which expires at an instant. Of those that
// have expired at now nothing is kept.
func (tx *Tx) RevokeToken(jti string, expires, now time.Time) error {
	if err := tx.db.Exec("DELETE FROM revoked_tokens WHERE expires_at <= ?", now).Error; err != nil {
		return fmt.Errorf("forgetting expired tokens: %w", err)
	}
	row := struct {
		JTI       string `gorm:"column:jti"`
		ExpiresAt time.Time
	}{jti, expires}
	return tx.db.Table("revoked_tokens").Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}

// LoginsOf gives a user's sessions that go on at an instant, the newest first.
func (s session) LoginsOf(user grievance.UserID, at time.Time) (list []LoginSession, err error) {
	err = s.db.Table("login_sessions").
		Where("user_id = ? AND expires_at > ? AND revoked_at IS NULL", user, at).
		Order("created_at DESC, id DESC").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("listing login sessions: %w", err)
	}
	return list, nil
}
