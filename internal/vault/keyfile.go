package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
)

var errMalformed = errors.New("vault: malformed key file")

// keyFile is the content of a key file: the keys that seal, of which the
// primary one is used and all are tried when opening, and the key that derives,
// which is never replaced, because blind indexes and query codes hang on it.
type keyFile struct {
	sealing, deriving *keyset.Handle
}

type keyFileJSON struct {
	Version int            `json:"version"`
	AEAD    jsontext.Value `json:"aead"`
	PRF     jsontext.Value `json:"prf"`
}

const keyFileVersion = 1

// Generate makes the content of a new key file. Fields are sealed with
// XAES-256-GCM, whose long random nonces need no bound on their number;
// secrets are derived with HMAC-SHA256.
func Generate() ([]byte, error) {
	sealing, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: making a sealing key: %w", err)
	}
	deriving, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: making a deriving key: %w", err)
	}
	return keyFile{sealing, deriving}.marshal()
}

// Rotate returns key with one more sealing key, which seals from now on; what
// the earlier ones sealed can still be opened. Every replica must have the new
// file before any of them uses it.
func Rotate(key []byte) ([]byte, error) {
	file, err := parse(key)
	if err != nil {
		return nil, err
	}
	m := keyset.NewManagerFromHandle(file.sealing)
	id, err := m.Add(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: making a sealing key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("vault: choosing the sealing key: %w", err)
	}
	if file.sealing, err = m.Handle(); err != nil {
		return nil, fmt.Errorf("vault: adding the sealing key: %w", err)
	}
	return file.marshal()
}

func (f keyFile) marshal() ([]byte, error) {
	sealing, err := marshalKeyset(f.sealing)
	if err != nil {
		return nil, err
	}
	deriving, err := marshalKeyset(f.deriving)
	if err != nil {
		return nil, err
	}
	file := keyFileJSON{Version: keyFileVersion, AEAD: sealing, PRF: deriving}
	return json.Marshal(file, jsontext.Multiline(true), json.Deterministic(true))
}

func marshalKeyset(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("vault: writing a keyset: %w", err)
	}
	return b.Bytes(), nil
}

func parse(key []byte) (keyFile, error) {
	var file keyFileJSON
	if err := json.Unmarshal(key, &file, json.RejectUnknownMembers(true)); err != nil {
		return keyFile{}, errMalformed
	}
	if file.Version != keyFileVersion {
		return keyFile{}, fmt.Errorf("vault: key file of version %d, want %d", file.Version, keyFileVersion)
	}
	sealing, err := parseKeyset(file.AEAD)
	if err != nil {
		return keyFile{}, err
	}
	deriving, err := parseKeyset(file.PRF)
	return keyFile{sealing, deriving}, err
}

func parseKeyset(value []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(value)))
	if err != nil {
		return nil, errMalformed
	}
	return h, nil
}

// maxKeyFile bounds what is read as a key file; a file with a hundred keys is
// a third of it.
const maxKeyFile = 1 << 16

// OpenFile makes a Vault from the key file at path. With create, a missing file
// is made first, with mode 0600 and its folder if need be; of several processes
// that start at once, all open the same file. A file that others than its
// owner may read or write is refused, as is one that is not a regular file.
func OpenFile(path string, create bool) (*Vault, error) {
	key, err := readKey(path)
	if create && errors.Is(err, os.ErrNotExist) {
		if err := createKey(path); err != nil {
			return nil, fmt.Errorf("making the key file %s: %w", path, err)
		}
		key, err = readKey(path)
	}
	if err != nil {
		return nil, err
	}
	v, err := Open(key)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return v, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s has mode %v: it must be a regular file that only its owner may read (chmod 600)", path, mode)
	}
	key, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	if len(key) > maxKeyFile {
		return nil, fmt.Errorf("key file %s: %w", path, errMalformed)
	}
	return key, nil
}

// createKey writes a fresh key beside path and links it there: path never holds
// half a key, and a key that another process made first is kept. It returns
// once the key would survive a power failure, for nothing sealed could be read
// without it.
func createKey(path string) error {
	key, err := Generate()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := writeSynced(tmp, key); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncDir(dir)
}

func writeSynced(f *os.File, content []byte) error {
	_, err := f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
