package vault

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// The refusals of a wrapped key file.
var (
	// ErrWrapped: the wrapping key is missing.
	ErrWrapped = errors.New("the key file is wrapped: give its wrapping key (HUIYIN_KEY_WRAP_FILE or HUIYIN_KEY_WRAP)")
	// ErrWrongWrapping: the wrapping key is another one, or the file was altered.
	ErrWrongWrapping = errors.New("the wrapping key does not open the key file: it is another one, or the file was altered")

	errMalformedWrapping = errors.New("vault: malformed wrapping key")
)

// Wrapping is a key that seals key files (a key-encrypting key): a wrapped file
// and its backups are worth nothing to whoever has not both. It is a key made by
// a machine and not a passphrase: the service starts without anybody to type
// one, so a passphrase would lie in a file all the same, and be the weaker.
type Wrapping struct{ aead tink.AEAD }

type wrappingJSON struct {
	Version  int            `json:"version"`
	Wrapping jsontext.Value `json:"wrapping"`
}

const wrappingVersion = 1

// The two keysets of a file are sealed for their own places.
const (
	partSealing  = "sealing"
	partDeriving = "deriving"
)

// GenerateWrapping makes a new wrapping key, as a line.
func GenerateWrapping() ([]byte, error) {
	h, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: making a wrapping key: %w", err)
	}
	inner, err := marshalKeyset(h)
	if err != nil {
		return nil, err
	}
	return json.Marshal(wrappingJSON{wrappingVersion, inner}, json.Deterministic(true))
}

// ReadWrapping reads what GenerateWrapping made. No error quotes it.
func ReadWrapping(content []byte) (*Wrapping, error) {
	var file wrappingJSON
	if err := json.Unmarshal(content, &file, json.RejectUnknownMembers(true)); err != nil || file.Version != wrappingVersion {
		return nil, errMalformedWrapping
	}
	h, err := parseKeyset(file.Wrapping)
	if err != nil {
		return nil, errMalformedWrapping
	}
	sealer, err := aead.New(h)
	if err != nil {
		return nil, errMalformedWrapping
	}
	return &Wrapping{sealer}, nil
}

// WrappedBy gives the same keys, whose content w seals; with nil it stands in
// the clear.
func (k Keys) WrappedBy(w *Wrapping) Keys {
	k.wrapping = w
	return k
}

// Wrapped reports whether the content is sealed.
func (k Keys) Wrapped() bool { return k.wrapping != nil }

func (w *Wrapping) seal(h *keyset.Handle, part string) ([]byte, error) {
	var b bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewJSONWriter(&b), w.aead, encode("key file", part)); err != nil {
		return nil, fmt.Errorf("vault: wrapping a keyset: %w", err)
	}
	return b.Bytes(), nil
}

func (w *Wrapping) open(value []byte, part string) (*keyset.Handle, error) {
	h, err := keyset.ReadWithAssociatedData(keyset.NewJSONReader(bytes.NewReader(value)), w.aead, encode("key file", part))
	if err != nil {
		return nil, ErrWrongWrapping
	}
	return h, nil
}
