package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/vault"
)

// SealingKey is a key of the vault that seals in this database, or has.
type SealingKey struct {
	ID        vault.KeyID `gorm:"primaryKey;autoIncrement:false"`
	Since     time.Time   // from when on it may have sealed
	RetiredAt *time.Time  // nothing is sealed by it any more
}

// The refusals of CheckVault: with this key file the database cannot be read, or
// what is written with it could not be read later.
var (
	ErrWrongVault = errors.New("the key file is not the one that this database was last used with")
	// ErrOldVault is ErrWrongVault for a copy of the right file from before a key
	// was added or retired.
	ErrOldVault = fmt.Errorf("%w, but an old copy of it", ErrWrongVault)
)

var vaultSample = vault.Field{Table: "vault_check", Column: "sample_enc", ID: "1"}

// CheckVault returns ErrWrongVault when the store's vault is not the one that
// this database was first checked with, and ErrOldVault when it lacks a key that
// something may be sealed by or seals by one that was retired. The first check
// of a new database only remembers. To be called at every start.
func (tx *Tx) CheckVault(at time.Time) error {
	primary, all := tx.vault.Look()
	fingerprint := tx.vault.Fingerprint()
	sample, err := tx.vault.Seal(vaultSample, fingerprint)
	if err != nil {
		return err
	}
	known, err := tx.vaultCheck(vaultCheck{ID: 1, Fingerprint: fingerprint, SampleEnc: sample, CheckedAt: at})
	if err != nil {
		return err
	}
	if !bytes.Equal(known.Fingerprint, fingerprint) {
		return ErrWrongVault
	}
	if _, err := tx.vault.Open(vaultSample, known.SampleEnc); err != nil {
		return ErrOldVault
	}
	if err := tx.CheckSealingKeys(); err != nil {
		return err
	}
	if err := tx.NoteSealingKeys(at, all[:slices.Index(all, primary)+1]...); err != nil {
		return err
	}
	return tx.db.Table("vault_check").Where("id = 1").Update("checked_at", at).Error
}

// CheckSealingKeys returns ErrOldVault when the store's vault lacks a key that
// something may be sealed by, or seals by one that was retired.
func (s session) CheckSealingKeys() error {
	keys, err := s.SealingKeys()
	if err != nil {
		return err
	}
	primary, all := s.vault.Look()
	for _, k := range keys {
		missing := k.RetiredAt == nil && !slices.Contains(all, k.ID)
		if missing || k.RetiredAt != nil && k.ID == primary {
			return ErrOldVault
		}
	}
	return nil
}

type vaultCheck struct {
	ID                     int64 `gorm:"primaryKey;autoIncrement:false"`
	Fingerprint, SampleEnc []byte
	CheckedAt              time.Time
}

// vaultCheck gives the one row there is, first unless there was another, and
// holds it: replicas that start at once check one after another.
func (tx *Tx) vaultCheck(first vaultCheck) (known vaultCheck, err error) {
	if err := tx.db.Table("vault_check").Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return known, fmt.Errorf("remembering the key file: %w", err)
	}
	err = tx.db.Table("vault_check").Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = 1").Take(&known).Error
	return known, err
}

// SealingKeys gives the keys that seal here, or have, the newest last.
func (s session) SealingKeys() (keys []SealingKey, err error) {
	if err := s.db.Table("sealing_keys").Order("since, id").Find(&keys).Error; err != nil {
		return nil, fmt.Errorf("reading the sealing keys: %w", err)
	}
	return keys, nil
}

// NoteSealingKeys remembers that keys may seal from an instant on, unless that is
// known. From then on nobody starts without them.
func (tx *Tx) NoteSealingKeys(at time.Time, ids ...vault.KeyID) error {
	keys := make([]SealingKey, len(ids))
	for i, id := range ids {
		keys[i] = SealingKey{ID: id, Since: at}
	}
	if err := insertAll(tx, "sealing_keys", keys, clause.OnConflict{DoNothing: true}); err != nil {
		return fmt.Errorf("remembering a sealing key: %w", err)
	}
	return nil
}

// RetireSealingKeys remembers that nothing is sealed by keys any more. From then
// on nobody starts who seals by one of them.
func (tx *Tx) RetireSealingKeys(at time.Time, ids ...vault.KeyID) error {
	if err := tx.NoteSealingKeys(at, ids...); err != nil {
		return err
	}
	err := tx.db.Table("sealing_keys").Where("id IN ? AND retired_at IS NULL", ids).Update("retired_at", at).Error
	if err != nil {
		return fmt.Errorf("retiring sealing keys: %w", err)
	}
	return nil
}
