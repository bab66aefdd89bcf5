package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// A key reads hyk_PREFIX_SECRET, in the letters of rand.Text alone.
const (
	keyMark    = "hyk_" // what secret scanners and log filters can look for
	keyPrefix  = 8      // characters: 40 random bits, which find the key and are shown
	keySecret  = 52     // characters: 260 random bits
	keyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

	// keyUse is how often at most the use of a key is noted.
	keyUse = time.Minute
)

// The refusals of a key.
var (
	ErrKeyInvalid = refuse("auth.key_invalid", "密钥无效")
	ErrKeyExpired = refuse("auth.key_expired", "密钥已过期，请联系管理员更换")
	ErrKeyRevoked = refuse("auth.key_revoked", "密钥已停用，请联系管理员")
)

// DrawnKey is a key for a machine: Text is the key itself, told once; Prefix and
// Digest are what is kept of it.
type DrawnKey struct {
	Text   string
	Prefix string
	Digest []byte
}

// DrawKey makes a key that nobody has yet.
//
// Its digest needs no slow hash, which exists because people choose passwords
// that can be guessed: nobody guesses 260 random bits, so one round of HMAC with
// SHA-256 would do even without a secret of its own. That it is keyed by the
// vault keeps whoever can write to the database, and not read the key file, from
// putting a key there.
func (s *Service) DrawKey() DrawnKey {
	prefix, secret := rand.Text()[:keyPrefix], rand.Text()+rand.Text()
	text := keyMark + prefix + "_" + secret
	return DrawnKey{Text: text, Prefix: prefix, Digest: s.digestOfKey(text)}
}

func (s *Service) digestOfKey(text string) []byte { return s.vault.Derive("api-key", text) }

// IsKey tells a machine's key from the tokens of people, by how it begins.
func IsKey(bearer string) bool { return strings.HasPrefix(bearer, keyMark) }

// prefixOf is false for what cannot be a key.
func prefixOf(text string) (string, bool) {
	prefix, secret, ok := strings.Cut(strings.TrimPrefix(text, keyMark), "_")
	wellFormed := ok && len(prefix) == keyPrefix && len(secret) == keySecret && strings.Trim(prefix+secret, keyLetters) == ""
	return prefix, wellFormed
}

// Machine is whom a key stands for, and what it may be used for.
type Machine struct {
	UserID grievance.UserID
	Key    store.APIKeyID
	Scopes []grievance.KeyScope
}

// VerifyKey says whose key this is. It returns ErrKeyInvalid for what is no key of
// ours, and to who has one ErrKeyRevoked, ErrKeyExpired, or ErrDisabled where its
// owner is. That a key goes on is asked of the database when it is first seen and
// every five seconds of its use; that it is used is noted once a minute at most.
// Noting is no reason to fail: its error comes with the machine, which is known.
func (s *Service) VerifyKey(ctx context.Context, text string) (m Machine, unnoted, err error) {
	prefix, ok := prefixOf(text)
	if !ok {
		return Machine{}, nil, ErrKeyInvalid
	}
	cached, now := sha256.Sum256([]byte(text)), s.clock.Now()
	if seen, ok := s.verified.get(cached); ok && seen.fresh(now) {
		return seen.machine, nil, nil
	}
	k, err := s.findKey(ctx, prefix, s.digestOfKey(text), now)
	if err != nil {
		s.verified.drop(func(v verified) bool { return v.machine.Key == k.ID && !k.ID.IsZero() })
		return Machine{}, nil, err
	}
	m = Machine{UserID: k.UserID, Key: k.ID, Scopes: k.Scopes}
	s.verified.put(cached, verified{Claims: Claims{Expires: k.ExpiresAt}, machine: m, checkedAt: now})
	return m, s.noteUse(ctx, k.APIKey, now), nil
}

// findKey gives the key with its refusal where there is one that has ended.
func (s *Service) findKey(ctx context.Context, prefix string, digest []byte, now time.Time) (k store.OwnedKey, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		k, err = r.APIKeyByPrefix(prefix)
		return err
	})
	switch {
	case errors.Is(err, grievance.ErrNotFound):
		return k, ErrKeyInvalid
	case err != nil:
		return k, err
	case subtle.ConstantTimeCompare(digest, k.Digest) != 1:
		return store.OwnedKey{}, ErrKeyInvalid
	case k.RevokedAt != nil:
		return k, ErrKeyRevoked
	case !now.Before(k.ExpiresAt):
		return k, ErrKeyExpired
	case k.UserDisabledAt != nil && !now.Before(*k.UserDisabledAt):
		return k, ErrDisabled
	}
	return k, nil
}

func (s *Service) noteUse(ctx context.Context, k store.APIKey, now time.Time) error {
	since := now.Add(-keyUse)
	if k.LastUsedAt != nil && !k.LastUsedAt.Before(since) {
		return nil
	}
	return s.store.Write(ctx, func(tx *store.Tx) error { return tx.UseAPIKey(k.ID, now, since) })
}

// ForgetKey lets a key that was just revoked stop at once here; other replicas
// ask within seconds.
func (s *Service) ForgetKey(id store.APIKeyID) {
	s.verified.drop(func(v verified) bool { return v.machine.Key == id })
}
