package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// LoginFailures says how often in a row logging in failed under one key: a name,
// or a name at an address where it is known.
type LoginFailures struct {
	AccountKey []byte
	Failures   int64
	LastAt     time.Time
}

// AddressFailures says how long the failures from one address still count: each
// adds to FadedAt what it takes to fade, so that they fade one after another.
type AddressFailures struct {
	AddressKey []byte
	LastAt     time.Time
	FadedAt    time.Time // when none counts any more
}

// LoginFailures reads the failures under a key, none if there were none.
func (s session) LoginFailures(accountKey []byte) (LoginFailures, error) {
	var rows []LoginFailures
	err := s.db.Table("login_failures").Where("account_key = ?", accountKey).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return LoginFailures{AccountKey: accountKey}, err
	}
	return rows[0], nil
}

// HoldLoginFailures reads the failures under a key and keeps others from counting
// there until the transaction ends.
func (tx *Tx) HoldLoginFailures(accountKey []byte, at time.Time) (f LoginFailures, err error) {
	none := LoginFailures{AccountKey: accountKey, LastAt: at}
	if err := tx.db.Table("login_failures").Clauses(clause.OnConflict{DoNothing: true}).Create(&none).Error; err != nil {
		return f, fmt.Errorf("beginning to count login failures: %w", err)
	}
	err = tx.db.Table("login_failures").Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("account_key = ?", accountKey).Take(&f).Error
	return f, err
}

// CountLoginFailure counts one more failure under a key. Failures before
// since are forgotten, under every key.
func (tx *Tx) CountLoginFailure(accountKey []byte, at, since time.Time) error {
	if err := tx.db.Exec("DELETE FROM login_failures WHERE last_at < ?", since).Error; err != nil {
		return fmt.Errorf("forgetting old login failures: %w", err)
	}
	again := clause.OnConflict{
		Columns: []clause.Column{{Name: "account_key"}},
		DoUpdates: clause.Assignments(map[string]any{
			"failures": gorm.Expr("login_failures.failures + 1"), "last_at": at,
		}),
	}
	row := LoginFailures{AccountKey: accountKey, Failures: 1, LastAt: at}
	return tx.db.Table("login_failures").Clauses(again).Create(&row).Error
}

// ClearLoginFailures forgets the failures under a key.
func (tx *Tx) ClearLoginFailures(accountKey []byte) error {
	return tx.db.Exec("DELETE FROM login_failures WHERE account_key = ?", accountKey).Error
}

// AddressFailures reads the failures from an address, none if there were none.
func (s session) AddressFailures(addressKey []byte) (AddressFailures, error) {
	var rows []AddressFailures
	err := s.db.Table("login_addresses").Where("address_key = ?", addressKey).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return AddressFailures{AddressKey: addressKey}, err
	}
	return rows[0], nil
}

// HoldAddressFailures reads the failures from an address and keeps others from
// counting there until the transaction ends. Whoever holds failures under a key
// too takes those first. Of addresses all of whose failures have faded nothing is
// kept.
func (tx *Tx) HoldAddressFailures(addressKey []byte, at time.Time) (f AddressFailures, err error) {
	if err := tx.db.Exec("DELETE FROM login_addresses WHERE faded_at < ?", at).Error; err != nil {
		return f, fmt.Errorf("forgetting faded addresses: %w", err)
	}
	none := AddressFailures{AddressKey: addressKey, LastAt: at, FadedAt: at}
	if err := tx.db.Table("login_addresses").Clauses(clause.OnConflict{DoNothing: true}).Create(&none).Error; err != nil {
		return f, fmt.Errorf("beginning to count an address: %w", err)
	}
	err = tx.db.Table("login_addresses").Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("address_key = ?", addressKey).Take(&f).Error
	return f, err
}

// PutAddressFailures writes failures that the transaction holds.
func (tx *Tx) PutAddressFailures(f AddressFailures) error {
	return tx.db.Table("login_addresses").Where("address_key = ?", f.AddressKey).
		Updates(map[string]any{"last_at": f.LastAt, "faded_at": f.FadedAt}).Error
}

// KnownAt reports whether the user has logged in from an address by a session
// that has not expired at an instant; it may have ended in another way.
func (s session) KnownAt(user grievance.UserID, addressKey []byte, at time.Time) (bool, error) {
	var found []LoginSessionID
	err := s.db.Table("login_sessions").
		Where("user_id = ? AND expires_at > ? AND address_key = ?", user, at, addressKey).
		Limit(1).Pluck("id", &found).Error
	if err != nil {
		return false, fmt.Errorf("asking where a user is known: %w", err)
	}
	return len(found) > 0, nil
}

// LockAccount is Account, and keeps others from changing how the user logs in
// until the transaction ends.
func (tx *Tx) LockAccount(id grievance.UserID) (grievance.User, Account, error) {
	held := session{db: tx.db.Clauses(clause.Locking{Strength: "UPDATE"})}
	return held.Account(id)
}
