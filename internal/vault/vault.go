// Package vault keeps personal data unreadable to whoever has only the database.
//
// It guarantees that a sealed field opens only with the key it was sealed with
// and only in the place it was sealed for (table, column, row), so that values
// cannot be swapped between rows; that nothing altered opens; and that what can
// be searched or compared without opening (blind indexes, query codes, derived
// secrets) comes from a keyed function and is the same on every replica and
// after every rotation of the sealing key.
//
// A Vault is immutable and may be used by many goroutines at once.
package vault

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrSealed is returned for a value that does not open: sealed with another
// key or for another field, or altered since.
var ErrSealed = errors.New("vault: the value does not open")

// Vault seals and opens fields with one key file.
type Vault struct {
	aead        tink.AEAD
	prf         *prf.Set
	fingerprint []byte
}

// Field is the place a sealed value belongs to. All three parts are needed.
type Field struct{ Table, Column, ID string }

func (f Field) associatedData() ([]byte, error) {
	if f.Table == "" || f.Column == "" || f.ID == "" {
		return nil, fmt.Errorf("vault: incomplete field %q.%q of %q", f.Table, f.Column, f.ID)
	}
	return encode(f.Table, f.Column, f.ID), nil
}

// Open makes a Vault from the content of a key file. A malformed file is
// refused; the error never quotes it.
func Open(key []byte) (*Vault, error) {
	file, err := parse(key)
	if err != nil {
		return nil, err
	}
	v := &Vault{}
	if v.aead, err = aead.New(file.sealing); err != nil {
		return nil, errMalformed
	}
	if v.prf, err = prf.NewPRFSet(file.deriving); err != nil {
		return nil, errMalformed
	}
	if v.fingerprint, err = v.prf.ComputePrimaryPRF(encode("fingerprint"), secretLength); err != nil {
		return nil, errMalformed
	}
	return v, nil
}

// Seal encrypts plain for the field f. The result differs every time.
func (v *Vault) Seal(f Field, plain []byte) ([]byte, error) {
	ad, err := f.associatedData()
	if err != nil {
		return nil, err
	}
	return v.aead.Encrypt(plain, ad)
}

// Open decrypts what was sealed for the field f, with the present sealing key
// or an earlier one of the same file. It returns ErrSealed for anything else.
func (v *Vault) Open(f Field, sealed []byte) ([]byte, error) {
	ad, err := f.associatedData()
	if err != nil {
		return nil, err
	}
	plain, err := v.aead.Decrypt(sealed, ad)
	if err != nil {
		return nil, fmt.Errorf("opening %s.%s of %s: %w", f.Table, f.Column, f.ID, ErrSealed)
	}
	return plain, nil
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
func (v *Vault) Fingerprint() []byte { return append([]byte(nil), v.fingerprint...) }

const secretLength = 32

// Derive computes a secret of 32 bytes from the key, a purpose and the parts
// that it belongs to. Different purposes and different parts give unrelated
// secrets.
func (v *Vault) Derive(purpose string, parts ...string) []byte {
	out, err := v.prf.ComputePrimaryPRF(encode(append([]string{"derive", purpose}, parts...)...), secretLength)
	if err != nil { // Open has computed one of this length already
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
