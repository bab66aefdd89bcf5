// Package vault keeps personal data unreadable to whoever has only the database.
//
// It guarantees that a sealed field opens only with the key it was sealed with
// and only in the place it was sealed for (table, column, row), so that values
// cannot be swapped between rows; that nothing altered opens; and that what can
// be searched or compared without opening (blind indexes, query codes, derived
// secrets) comes from a keyed function and is the same on every replica and
// after every rotation of the sealing key.
//
// Sealing keys change while processes run: whoever opens a value of a key that
// it does not know looks at the key file at once, and whoever seals looks at
// least every second. What was read is an immutable snapshot, so that a Vault may
// be used by many goroutines at once. What is derived never changes.
package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSealed is returned for a value that does not open: sealed with another
// key or for another field, or altered since.
var ErrSealed = errors.New("vault: the value does not open")

// Vault seals and opens fields with the keys of one key file.
type Vault struct {
	ring  atomic.Pointer[ring]
	watch watch
}

// Field is the place a sealed value belongs to. All three parts are needed.
type Field struct{ Table, Column, ID string }

func (f Field) associatedData() ([]byte, error) {
	if f.Table == "" || f.Column == "" || f.ID == "" {
		return nil, fmt.Errorf("vault: incomplete field %q.%q of %q", f.Table, f.Column, f.ID)
	}
	return encode(f.Table, f.Column, f.ID), nil
}

// Open makes a Vault from the content of a key file in the clear. A malformed
// file is refused; the error never quotes it.
func Open(content []byte) (*Vault, error) {
	k, err := ReadKeys(content, nil)
	if err != nil {
		return nil, err
	}
	return k.vault()
}

func (k Keys) vault() (*Vault, error) {
	r, err := k.ring()
	if err != nil {
		return nil, err
	}
	v := &Vault{}
	v.ring.Store(r)
	return v, nil
}

// Seal encrypts plain for the field f. The result differs every time.
func (v *Vault) Seal(f Field, plain []byte) ([]byte, error) {
	ad, err := f.associatedData()
	if err != nil {
		return nil, err
	}
	return v.ringToSeal().aead.Encrypt(plain, ad)
}

// Open decrypts what was sealed for the field f, with any sealing key that is, or
// in the life of this process was, in the key file. It returns ErrSealed for anything else.
func (v *Vault) Open(f Field, sealed []byte) ([]byte, error) {
	ad, err := f.associatedData()
	if err != nil {
		return nil, err
	}
	if id, ok := KeyOf(sealed); ok {
		if r := v.ringWith(id); r != nil {
			if plain, err := r.aead.Decrypt(sealed, ad); err == nil {
				return plain, nil
			}
		}
	}
	return nil, fmt.Errorf("opening %s.%s of %s: %w", f.Table, f.Column, f.ID, ErrSealed)
}

// SealString seals a text; the empty text is nil, so that its column is NULL.
func (v *Vault) SealString(f Field, plain string) ([]byte, error) {
	if plain == "" {
		return nil, nil
	}
	return v.Seal(f, []byte(plain))
}

// OpenString opens what SealString made; NULL is the empty text.
func (v *Vault) OpenString(f Field, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := v.Open(f, sealed)
	return string(plain), err
}

// Fingerprint identifies the key file without revealing it. Rotating the
// sealing key does not change it. Kept in the database, it shows at start that
// the key is another one than the data was written with.
func (v *Vault) Fingerprint() []byte { return bytes.Clone(v.ring.Load().fingerprint) }

const secretLength = 32

// Derive computes a secret of 32 bytes from the key, a purpose and the parts
// that it belongs to. Different purposes and different parts give unrelated
// secrets.
func (v *Vault) Derive(purpose string, parts ...string) []byte {
	out, err := v.ring.Load().prf.ComputePrimaryPRF(encode(append([]string{"derive", purpose}, parts...)...), secretLength)
	if err != nil { // a ring has computed one of this length already
		panic(fmt.Errorf("vault: deriving a secret: %w", err))
	}
	return out
}

// encode joins the parts so that no two lists give the same bytes.
func encode(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}
