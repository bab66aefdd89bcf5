package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
)

// The refusals of changing keys.
var (
	errMalformed = errors.New("vault: malformed key file")

	// ErrStaged: a key that does not seal yet is there already.
	ErrStaged = errors.New("a key that does not seal yet is in the file already: promote it")
	// ErrNothingStaged: there is no key that does not seal yet.
	ErrNothingStaged = errors.New("no key is in the file that does not seal yet: stage one first")
	// ErrInUse: a key that is to go seals, or will.
	ErrInUse = errors.New("only keys that no longer seal can be retired")
)

// KeyID names a sealing key. Every sealed value begins with the name of its key.
type KeyID uint32

func (id KeyID) String() string { return fmt.Sprintf("%08x", uint32(id)) }

// prefixLength is what Tink puts before a sealed value: a byte that tells the
// form, and the key's id.
const (
	prefixLength = 5
	prefixForm   = 1
)

// Prefix gives the bytes with which everything begins that the key has sealed.
func (id KeyID) Prefix() []byte {
	return binary.BigEndian.AppendUint32([]byte{prefixForm}, uint32(id))
}

// KeyOf tells which key a value was sealed with; false where it was not sealed
// by a vault. Its first five bytes are enough.
func KeyOf(sealed []byte) (KeyID, bool) {
	if len(sealed) < prefixLength || sealed[0] != prefixForm {
		return 0, false
	}
	return KeyID(binary.BigEndian.Uint32(sealed[1:prefixLength])), true
}

// Keys are the content of a key file: the keys that seal, of which one is used
// and all are tried when opening, and the key that derives, which is never
// replaced, because blind indexes and query codes hang on it. A sealing key is
// staged first (it opens), then the primary one (it seals), then an earlier one
// (it opens), until it is retired. A Keys is immutable.
type Keys struct {
	sealing, deriving *keyset.Handle
	wrapping          *Wrapping // nil where the file stands in the clear
}

// NewKeys makes the keys of a new key file. Fields are sealed with XAES-256-GCM,
// whose long random nonces need no bound on their number; secrets are derived
// with HMAC-SHA256.
func NewKeys() (Keys, error) {
	sealing, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return Keys{}, fmt.Errorf("vault: making a sealing key: %w", err)
	}
	deriving, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return Keys{}, fmt.Errorf("vault: making a deriving key: %w", err)
	}
	return Keys{sealing: sealing, deriving: deriving}, nil
}

// Generate makes the content of a new key file, in the clear.
func Generate() ([]byte, error) {
	k, err := NewKeys()
	if err != nil {
		return nil, err
	}
	return k.Content()
}

// Primary is the key that seals.
func (k Keys) Primary() KeyID { return k.ids()[k.primaryAt()] }

// Earlier are the keys that sealed before the primary one, the oldest first.
func (k Keys) Earlier() []KeyID { return k.ids()[:k.primaryAt()] }

// Staged are the keys that do not seal yet: one at most.
func (k Keys) Staged() []KeyID { return k.ids()[k.primaryAt()+1:] }

func (k Keys) ids() []KeyID {
	var ids []KeyID
	for _, info := range k.sealing.KeysetInfo().GetKeyInfo() {
		ids = append(ids, KeyID(info.GetKeyId()))
	}
	return ids
}

func (k Keys) primaryAt() int {
	return slices.Index(k.ids(), KeyID(k.sealing.KeysetInfo().GetPrimaryKeyId()))
}

// Stage adds a key that does not seal yet: once every replica has it, Promote
// may follow. It returns ErrStaged where there is one.
func (k Keys) Stage() (Keys, error) {
	if len(k.Staged()) > 0 {
		return k, ErrStaged
	}
	return k.manage(func(m *keyset.Manager) error {
		_, err := m.Add(aead.XAES256GCM192BitNonceKeyTemplate())
		return err
	})
}

// Promote makes the staged key seal; the primary one before it still opens. It
// returns ErrNothingStaged where there is none.
func (k Keys) Promote() (Keys, error) {
	staged := k.Staged()
	if len(staged) == 0 {
		return k, ErrNothingStaged
	}
	return k.manage(func(m *keyset.Manager) error { return m.SetPrimary(uint32(staged[0])) })
}

// Retire drops earlier keys for good: what they sealed opens no more. Those that
// are gone already are left out. It returns ErrInUse for any other key.
func (k Keys) Retire(ids ...KeyID) (Keys, error) {
	return k.manage(func(m *keyset.Manager) error {
		for _, id := range ids {
			if !slices.Contains(k.ids(), id) {
				continue
			}
			if !slices.Contains(k.Earlier(), id) {
				return ErrInUse
			}
			if err := m.Delete(uint32(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k Keys) manage(do func(*keyset.Manager) error) (Keys, error) {
	m := keyset.NewManagerFromHandle(k.sealing)
	if err := do(m); err != nil {
		return k, fmt.Errorf("vault: changing the sealing keys: %w", err)
	}
	next, err := m.Handle()
	if err != nil {
		return k, fmt.Errorf("vault: changing the sealing keys: %w", err)
	}
	k.sealing = next
	return k, nil
}

type keyFileJSON struct {
	Version int            `json:"version"`
	AEAD    jsontext.Value `json:"aead"`
	PRF     jsontext.Value `json:"prf"`
}

// The versions of a key file: in the clear, as the first builds wrote it, and
// with both keysets sealed by a wrapping key.
const (
	versionPlain   = 1
	versionWrapped = 2
)

// Content gives what a key file holds, wrapped if the keys were read from a
// wrapped one or WrappedBy says so.
func (k Keys) Content() ([]byte, error) {
	file := keyFileJSON{Version: versionPlain}
	write := func(h *keyset.Handle, _ string) ([]byte, error) { return marshalKeyset(h) }
	if k.wrapping != nil {
		file.Version, write = versionWrapped, k.wrapping.seal
	}
	var err error
	if file.AEAD, err = write(k.sealing, partSealing); err != nil {
		return nil, err
	}
	if file.PRF, err = write(k.deriving, partDeriving); err != nil {
		return nil, err
	}
	return json.Marshal(file, jsontext.Multiline(true), json.Deterministic(true))
}

// ReadKeys reads the content of a key file. Where it is wrapped, w must be what
// it was wrapped with (ErrWrapped, ErrWrongWrapping); w may be nil, or idle.
// No error quotes the content.
func ReadKeys(content []byte, w *Wrapping) (k Keys, err error) {
	var file keyFileJSON
	if err := json.Unmarshal(content, &file, json.RejectUnknownMembers(true)); err != nil {
		return k, errMalformed
	}
	read := func(value []byte, _ string) (*keyset.Handle, error) { return parseKeyset(value) }
	switch file.Version {
	case versionPlain:
	case versionWrapped:
		if w == nil {
			return k, ErrWrapped
		}
		k.wrapping, read = w, w.open
	default:
		return k, fmt.Errorf("vault: key file of version %d, want %d or %d", file.Version, versionPlain, versionWrapped)
	}
	if k.sealing, err = read(file.AEAD, partSealing); err != nil {
		return Keys{}, err
	}
	if k.deriving, err = read(file.PRF, partDeriving); err != nil {
		return Keys{}, err
	}
	return k, nil
}

func marshalKeyset(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("vault: writing a keyset: %w", err)
	}
	return b.Bytes(), nil
}

func parseKeyset(value []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(value)))
	if err != nil {
		return nil, errMalformed
	}
	return h, nil
}
