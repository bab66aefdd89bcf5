package store

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/huiyin/huiyin/internal/grievance"
)

// APIKey is what is kept of a machine's key: the prefix that finds it and a
// keyed digest of the whole. Nobody made a key that CreatedBy does not name: the
// operator did, by command.
type APIKey struct {
	ID         APIKeyID
	UserID     grievance.UserID // for whom it acts
	Name       string
	Prefix     string
	Digest     []byte
	Scopes     KeyScopes
	CreatedBy  grievance.UserID
	CreatedAt  time.Time
	ExpiresAt  time.Time // exclusive
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// APIKeyID identifies an APIKey.
type APIKeyID = grievance.ID[APIKey]

// KeyScopes is stored as its scopes with spaces between them.
type KeyScopes []grievance.KeyScope

// Value joins the scopes.
func (s KeyScopes) Value() (driver.Value, error) {
	words := make([]string, len(s))
	for i, scope := range s {
		words[i] = string(scope)
	}
	return strings.Join(words, " "), nil
}

// Scan reads what Value has written.
func (s *KeyScopes) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("cannot read scopes from %T", src)
	}
	*s = nil
	for word := range strings.FieldsSeq(text) {
		*s = append(*s, grievance.KeyScope(word))
	}
	return nil
}

// LiveAt reports whether the key is neither revoked nor expired.
func (k APIKey) LiveAt(t time.Time) bool { return k.RevokedAt == nil && t.Before(k.ExpiresAt) }

// OwnedKey is a key together with what else may end it.
type OwnedKey struct {
	APIKey
	UserDisabledAt *time.Time
}

// InsertAPIKey adds a key.
func (tx *Tx) InsertAPIKey(k APIKey) error { return tx.db.Table("api_keys").Create(&k).Error }

// APIKeys gives every key that there ever was, the oldest first.
func (s session) APIKeys() (list []APIKey, err error) {
	if err := s.db.Table("api_keys").Order("id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	return list, nil
}

// APIKey reads a key; ErrNotFound if there is none.
func (s session) APIKey(id APIKeyID) (APIKey, error) {
	k, err := s.apiKey("k.id = ?", id)
	return k.APIKey, err
}

// APIKeyByPrefix finds a key, dead ones too; ErrNotFound if there is none.
func (s session) APIKeyByPrefix(prefix string) (OwnedKey, error) {
	return s.apiKey("k.prefix = ?", prefix)
}

func (s session) apiKey(where string, key any) (OwnedKey, error) {
	var rows []OwnedKey
	err := s.db.Table("api_keys AS k").Joins("JOIN users AS u ON u.id = k.user_id").
		Where(where, key).Select("k.*", "u.disabled_at AS user_disabled_at").Find(&rows).Error
	if err != nil {
		return OwnedKey{}, fmt.Errorf("reading a key: %w", err)
	}
	if len(rows) == 0 {
		return OwnedKey{}, grievance.ErrNotFound
	}
	return rows[0], nil
}

// RevokeAPIKey ends a key; one that was revoked before stays as it is.
func (tx *Tx) RevokeAPIKey(id APIKeyID, at time.Time) error {
	return tx.ofKey(id).Where("revoked_at IS NULL").Update("revoked_at", at).Error
}

// UseAPIKey notes that a key was used, unless it was noted at or after since.
func (tx *Tx) UseAPIKey(id APIKeyID, at, since time.Time) error {
	return tx.ofKey(id).Where("last_used_at IS NULL OR last_used_at < ?", since).Update("last_used_at", at).Error
}

func (tx *Tx) ofKey(id APIKeyID) *gorm.DB { return tx.db.Table("api_keys").Where("id = ?", id) }
