package store

import (
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/vault"
)

// Answer is the first answer to a keyed request, as it is kept: Actor and Key
// name the request, Digest is of what was asked, Body is what was answered.
type Answer struct {
	Actor     string
	Key       string
	Digest    []byte
	Body      []byte
	CreatedAt time.Time
}

type answerRow struct {
	Actor     string
	Key       string
	Digest    []byte
	AnswerEnc []byte
	CreatedAt time.Time
}

// keptKey is the form in which a key is kept: clients make keys, and some make
// them of what must not lie about, such as a telephone number.
func (s session) keptKey(actor, key string) string {
	return hex.EncodeToString(s.vault.Derive("idempotency-key", actor, key))
}

func answerField(actor, key string) vault.Field {
	return vault.Field{Table: "idempotency", Column: "answer", ID: actor + "/" + key}
}

// KeepAnswer keeps an answer, and tells whether it is the first for its key. A
// transaction that is not the first must be rolled back: its effect is there
// already. It waits for a first one that has not committed yet.
func (tx *Tx) KeepAnswer(a Answer) (first bool, err error) {
	key := tx.keptKey(a.Actor, a.Key)
	sealed, err := tx.vault.Seal(answerField(a.Actor, key), a.Body)
	if err != nil {
		return false, fmt.Errorf("sealing an answer: %w", err)
	}
	row := answerRow{a.Actor, key, a.Digest, sealed, a.CreatedAt}
	kept := tx.db.Table("idempotency").Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if kept.Error != nil {
		return false, fmt.Errorf("keeping an answer: %w", kept.Error)
	}
	return kept.RowsAffected == 1, nil
}

// Answered finds the answer that was kept for a key.
func (s session) Answered(actor, key string) (Answer, bool, error) {
	var rows []answerRow
	kept := s.keptKey(actor, key)
	if err := s.db.Table("idempotency").Where("actor = ? AND key = ?", actor, kept).Find(&rows).Error; err != nil {
		return Answer{}, false, fmt.Errorf("looking up an answer: %w", err)
	}
	if len(rows) == 0 {
		return Answer{}, false, nil
	}
	r := rows[0]
	body, err := s.vault.Open(answerField(actor, kept), r.AnswerEnc)
	if err != nil {
		return Answer{}, false, fmt.Errorf("opening an answer: %w", err)
	}
	return Answer{r.Actor, key, r.Digest, body, r.CreatedAt}, true, nil
}

// ForgetAnswers drops up to limit answers that were kept before an instant, and
// tells how many it dropped.
func (tx *Tx) ForgetAnswers(before time.Time, limit int) (int, error) {
	old := tx.db.Table("idempotency").Select("actor, key").Where("created_at < ?", before).Order("created_at").Limit(limit)
	gone := tx.db.Exec("DELETE FROM idempotency WHERE (actor, key) IN (?)", old)
	return int(gone.RowsAffected), gone.Error
}
