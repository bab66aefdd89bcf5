package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// keyring holds the keys whose tokens are believed; the newest signs.
type keyring struct {
	newest   signingKey
	byHeader map[string]ed25519.PublicKey // by the first part of a token
	public   []byte                       // a JWK set
}

type signingKey struct {
	kid     string
	private ed25519.PrivateKey
}

// agreeOnKeys gives the signing keys of the database, newest first, and makes
// the first one if there is none: of replicas that do so at once, one succeeds
// and the others take its key.
func (s *Service) agreeOnKeys(tx *store.Tx) ([]store.SigningKey, error) {
	keys, err := tx.SigningKeys()
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	first := store.SigningKey{Seq: 1, Kid: strings.ToLower(rand.Text()), CreatedAt: s.clock.Now()}
	if first.SeedEnc, err = s.vault.Seal(seedField(first.Kid), private.Seed()); err != nil {
		return nil, err
	}
	if err := tx.InsertSigningKey(first); err != nil {
		return nil, err
	}
	return tx.SigningKeys()
}

func seedField(kid string) vault.Field {
	return vault.Field{Table: "signing_keys", Column: "seed_enc", ID: kid}
}

func openKeys(v *vault.Vault, rows []store.SigningKey) (keyring, error) {
	ring := keyring{byHeader: map[string]ed25519.PublicKey{}}
	set := jwkset.NewMemoryStorage()
	for i, row := range rows {
		seed, err := v.Open(seedField(row.Kid), row.SeedEnc)
		if err != nil {
			return keyring{}, fmt.Errorf("opening a signing key: %w", err)
		}
		key := signingKey{row.Kid, ed25519.NewKeyFromSeed(seed)}
		if i == 0 {
			ring.newest = key
		}
		if err := ring.add(key, set); err != nil {
			return keyring{}, fmt.Errorf("publishing a signing key: %w", err)
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
// a JWK set (RFC 7517).
func (s *Service) JWKS() []byte { return bytes.Clone(s.keys.public) }
