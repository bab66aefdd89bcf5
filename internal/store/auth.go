package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// LoginSession is one login on one device: a family of refresh tokens of which
// the one of the present Generation is in use.
type LoginSession struct {
	ID         LoginSessionID
	UserID     grievance.UserID
	Client     string // what the device calls itself
	Generation int64
	CreatedAt  time.Time
	ExpiresAt  time.Time
	RevokedAt  *time.Time
	RevokedFor string // a code: logout, reuse, password, owner, admin
}

// LoginSessionID identifies a LoginSession.
type LoginSessionID = grievance.ID[LoginSession]

// LoginState is a session together with what else may end or narrow it.
type LoginState struct {
	LoginSession
	UserDisabledAt     *time.Time
	MustChangePassword bool
}

// SigningKey is a key that signs access tokens; its seed is sealed.
type SigningKey struct {
	Seq       int64 `gorm:"primaryKey;autoIncrement:false"`
	Kid       string
	SeedEnc   []byte
	CreatedAt time.Time
}

// SigningKeys gives all signing keys, the newest first.
func (s session) SigningKeys() (keys []SigningKey, err error) {
	err = s.db.Table("signing_keys").Order("seq DESC").Find(&keys).Error
	return keys, err
}

// InsertSigningKey adds a key, unless its number is taken.
func (tx *Tx) InsertSigningKey(k SigningKey) error {
	return tx.db.Table("signing_keys").Clauses(clause.OnConflict{DoNothing: true}).Create(&k).Error
}

// DropSigningKeys forgets every signing key.
func (tx *Tx) DropSigningKeys() error { return tx.db.Exec("DELETE FROM signing_keys").Error }

// LoginState reads a session; ErrNotFound if there is none.
func (s session) LoginState(id LoginSessionID) (LoginState, error) {
	return loginState(s.db, id)
}

// LockLogin reads a session and holds its row until the transaction ends.
func (tx *Tx) LockLogin(id LoginSessionID) (LoginState, error) {
	return loginState(tx.db.Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "s"}}), id)
}

const loginStateColumns = "s.id, s.user_id, s.client, s.generation, s.created_at, s.expires_at, " +
	"s.revoked_at, s.revoked_for, u.disabled_at AS user_disabled_at, u.must_change_password"

func loginStates(db *gorm.DB, id LoginSessionID) *gorm.DB {
	return db.Table("login_sessions AS s").Joins("JOIN users AS u ON u.id = s.user_id").Where("s.id = ?", id)
}

func loginState(db *gorm.DB, id LoginSessionID) (LoginState, error) {
	var rows []LoginState
	if err := loginStates(db, id).Select(loginStateColumns).Find(&rows).Error; err != nil {
		return LoginState{}, fmt.Errorf("reading a login session: %w", err)
	}
	if len(rows) == 0 {
		return LoginState{}, grievance.ErrNotFound
	}
	return rows[0], nil
}

// InsertLogin adds a session that began at an address (none: at one that is not
// known), and drops those of its user that have expired.
func (tx *Tx) InsertLogin(l LoginSession, addressKey []byte) error {
	err := tx.db.Exec("DELETE FROM login_sessions WHERE user_id = ? AND expires_at <= ?", l.UserID, l.CreatedAt).Error
	if err != nil {
		return fmt.Errorf("dropping expired login sessions: %w", err)
	}
	row := struct {
		LoginSession
		AddressKey []byte
	}{l, addressKey}
	return tx.db.Table("login_sessions").Create(&row).Error
}

// RotateLogin moves a session that LockLogin gave on by one generation, which
// lasts until expires. Rotations older than keep are forgotten.
func (tx *Tx) RotateLogin(l LoginSession, at, expires time.Time, keep time.Duration) error {
	err := tx.db.Exec("DELETE FROM login_rotations WHERE session_id = ? AND used_at < ?", l.ID, at.Add(-keep)).Error
	if err != nil {
		return fmt.Errorf("forgetting old rotations: %w", err)
	}
	row := struct {
		SessionID  LoginSessionID
		Generation int64
		UsedAt     time.Time
	}{l.ID, l.Generation, at}
	if err := tx.db.Table("login_rotations").Create(&row).Error; err != nil {
		return fmt.Errorf("recording a rotation: %w", err)
	}
	return tx.db.Table("login_sessions").Where("id = ?", l.ID).
		Updates(map[string]any{"generation": l.Generation + 1, "expires_at": expires}).Error
}

// RotatedAt says when a generation was exchanged for the next; ErrNotFound if
// it was not, or so long ago that it is forgotten.
func (s session) RotatedAt(id LoginSessionID, generation int64) (time.Time, error) {
	var rows []struct{ UsedAt time.Time }
	err := s.db.Table("login_rotations").
		Where("session_id = ? AND generation = ?", id, generation).Find(&rows).Error
	if err != nil {
		return time.Time{}, fmt.Errorf("reading a rotation: %w", err)
	}
	if len(rows) == 0 {
		return time.Time{}, grievance.ErrNotFound
	}
	return rows[0].UsedAt, nil
}

// RevokeLogin ends a session; one that has ended already stays as it is.
func (tx *Tx) RevokeLogin(id LoginSessionID, at time.Time, reason string) error {
	return tx.revokeLogins("id = ?", id, at, reason)
}

// RevokeLoginsOfUser ends every session of the user, as a new password must.
func (tx *Tx) RevokeLoginsOfUser(id grievance.UserID, at time.Time, reason string) error {
	return tx.revokeLogins("user_id = ?", id, at, reason)
}

// RevokeOtherLogins ends every session of the user but one.
func (tx *Tx) RevokeOtherLogins(id grievance.UserID, but LoginSessionID, at time.Time, reason string) error {
	return tx.db.Table("login_sessions").Where("user_id = ? AND id <> ? AND revoked_at IS NULL", id, but).
		Updates(map[string]any{"revoked_at": at, "revoked_for": reason}).Error
}

func (tx *Tx) revokeLogins(where string, id any, at time.Time, reason string) error {
	return tx.db.Table("login_sessions").Where(where, id).Where("revoked_at IS NULL").
		Updates(map[string]any{"revoked_at": at, "revoked_for": reason}).Error
}
