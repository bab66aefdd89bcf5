package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// keyring holds the keys whose tokens are believed, and says which one signs. It
// is what the database said at one instant.
type keyring struct {
	signing  []signingKey                 // newest first
	byHeader map[string]ed25519.PublicKey // by the first part of a token
	public   []byte                       // a JWK set
	askedAt  time.Time                    // when the database was last asked for them
}

type signingKey struct {
	kid     string
	private ed25519.PrivateKey
	from    time.Time // when it begins to sign
}

const (
	// keyLead is how long a new key is known before it signs: by then every
	// replica believes it, and whoever keeps our JWK set for five minutes has it.
	keyLead = 10 * time.Minute

	// keyTail is how long a key is believed after the next began to sign: no
	// token of it is older.
	keyTail = AccessLifetime + time.Minute

	rereadKeys   = time.Minute
	rereadSooner = time.Second // when a token has a key that is not known
	waitForKeys  = keyLead / 2 // before a key signs that was not known then
)

// at gives the key that signs at an instant: the newest that has begun to, the
// oldest where none has.
func (r *keyring) at(now time.Time) signingKey {
	for _, k := range r.signing {
		if !now.Before(k.from) {
			return k
		}
	}
	return r.signing[len(r.signing)-1]
}

// ring gives the keys as they were read at most a while ago. While somebody reads
// them again, others go on with those known, unless these are so old that they may
// not be the right ones.
func (s *Service) ring(ctx context.Context, age time.Duration) *keyring {
	r, now := s.keys.Load(), s.clock.Now()
	switch {
	case r.fresh(now, age):
		return r
	case !r.fresh(now, waitForKeys):
		s.reading.Lock()
	case !s.reading.TryLock():
		return r
	}
	defer s.reading.Unlock()
	return s.reread(ctx, age)
}

// latest is ring for a token whose key is not known: it waits for whoever reads the
// keys, for that may be the one.
func (s *Service) latest(ctx context.Context) *keyring {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.reread(ctx, rereadSooner)
}

func (r *keyring) fresh(now time.Time, age time.Duration) bool {
	passed := now.Sub(r.askedAt)
	return passed >= 0 && passed < age
}

// reread reads the keys again, for whoever holds the lock, unless somebody just has.
// Where they cannot be read, those known go on.
func (s *Service) reread(ctx context.Context, age time.Duration) *keyring {
	r, now := s.keys.Load(), s.clock.Now()
	if r.fresh(now, age) {
		return r
	}
	var rows []store.SigningKey
	err := s.store.Read(ctx, func(snap *store.Snapshot) (err error) {
		rows, err = snap.SigningKeys()
		return err
	})
	next := r
	if err == nil {
		next, err = s.openKeys(rows, now)
	}
	if err != nil {
		known := *r
		known.askedAt = now
		next = &known
	}
	s.keys.Store(next)
	if !bytes.Equal(r.public, next.public) {
		s.verified.clear() // what a key has signed is believed no longer than the key
	}
	return next
}

// NewKey tells of a signing key that was made.
type NewKey struct {
	Kid     string
	From    time.Time // when it begins to sign
	Dropped int       // how many old keys went
}

// RotateKey makes a new signing key. It begins to sign in ten minutes, when every
// replica and every reader of the JWK set knows it; tokens of the old key are
// believed until the last has expired, so nobody is logged out. With now it signs
// at once, and the old keys are dropped: for a key that has leaked. Then access
// tokens of before stop working within a minute, and a refresh, which needs no
// key, gives the next. The event is signing_key_rotated, by the system: only who
// has the machine can do this.
func (s *Service) RotateKey(ctx context.Context, now bool) (made NewKey, err error) {
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		log, err := changes.Open(tx, grievance.System, s.clock.Now())
		if err != nil {
			return err
		}
		if made, err = s.rotate(tx, now); err != nil {
			return err
		}
		if err := log.Add(changes.Keys, changes.SigningKeyRotated, changes.Facts{Key: made.Kid, From: made.From, Dropped: made.Dropped}); err != nil {
			return err
		}
		return log.Write()
	})
	if err != nil {
		return NewKey{}, fmt.Errorf("rotating the signing key: %w", err)
	}
	return made, nil
}

func (s *Service) rotate(tx *store.Tx, now bool) (NewKey, error) {
	keys, err := tx.SigningKeys()
	if err != nil {
		return NewKey{}, err
	}
	k, err := s.newKey(keys[0].Seq + 1)
	if err != nil {
		return NewKey{}, err
	}
	dropped := 0
	if now {
		k.CreatedAt, dropped = k.CreatedAt.Add(-keyLead), len(keys)
		if err := tx.DropSigningKeys(); err != nil {
			return NewKey{}, err
		}
	}
	return NewKey{Kid: k.Kid, From: k.CreatedAt.Add(keyLead), Dropped: dropped}, tx.InsertSigningKey(k)
}

// agreeOnKeys gives the signing keys of the database, newest first, and makes
// the first one if there is none: of replicas that do so at once, one succeeds
// and the others take its key.
func (s *Service) agreeOnKeys(tx *store.Tx) ([]store.SigningKey, error) {
	keys, err := tx.SigningKeys()
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	first, err := s.newKey(1)
	if err != nil {
		return nil, err
	}
	if err := tx.InsertSigningKey(first); err != nil {
		return nil, err
	}
	return tx.SigningKeys()
}

func (s *Service) newKey(seq int64) (k store.SigningKey, err error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return k, err
	}
	k = store.SigningKey{Seq: seq, Kid: strings.ToLower(rand.Text()), CreatedAt: s.clock.Now()}
	k.SeedEnc, err = s.vault.Seal(seedField(k.Kid), private.Seed())
	return k, err
}

func seedField(kid string) vault.Field {
	return vault.Field{Table: "signing_keys", Column: "seed_enc", ID: kid}
}

// openKeys opens the keys that are believed at now.
func (s *Service) openKeys(rows []store.SigningKey, now time.Time) (*keyring, error) {
	ring := &keyring{byHeader: map[string]ed25519.PublicKey{}, askedAt: now}
	set := jwkset.NewMemoryStorage()
	for _, row := range rows {
		if n := len(ring.signing); n > 0 && now.Sub(ring.signing[n-1].from) > keyTail {
			break // the next one has signed for long enough
		}
		seed, err := s.vault.Open(seedField(row.Kid), row.SeedEnc)
		if err != nil {
			return nil, fmt.Errorf("opening a signing key: %w", err)
		}
		key := signingKey{row.Kid, ed25519.NewKeyFromSeed(seed), row.CreatedAt.Add(keyLead)}
		ring.signing = append(ring.signing, key)
		if err := ring.add(key, set); err != nil {
			return nil, fmt.Errorf("publishing a signing key: %w", err)
		}
	}
	var err error
	ring.public, err = set.JSONPublic(context.Background())
	return ring, err
}

func (r *keyring) add(k signingKey, set jwkset.Storage) error {
	text, err := k.token(jwt.MapClaims{}).SigningString()
	if err != nil {
		return err
	}
	header, _, _ := strings.Cut(text, ".")
	public := k.private.Public().(ed25519.PublicKey)
	r.byHeader[header] = public
	jwk, err := jwkset.NewJWKFromKey(public, jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{
		ALG: jwkset.AlgEdDSA, KID: k.kid, USE: jwkset.UseSig,
	}})
	if err != nil {
		return err
	}
	return set.KeyWrite(context.Background(), jwk)
}

func (k signingKey) token(claims jwt.Claims) *jwt.Token {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["kid"] = k.kid
	return token
}

func (k signingKey) sign(claims jwt.Claims) (string, error) {
	return k.token(claims).SignedString(k.private)
}

// JWKS gives the public keys with which others can verify our access tokens, as
// a JWK set (RFC 7517): one more than signs while a new one is made known.
func (s *Service) JWKS(ctx context.Context) []byte {
	return bytes.Clone(s.ring(ctx, rereadKeys).public)
}
