package vault

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ring is what a key file said at one instant, ready for use. It is immutable.
type ring struct {
	primary     KeyID
	ids         []KeyID
	aead        tink.AEAD
	prf         *prf.Set
	fingerprint []byte

	// before is what the file said earlier in the life of this process: what a
	// snapshot of the database still shows opens, though its key was retired.
	before *ring
}

func (k Keys) ring() (*ring, error) {
	r := &ring{primary: k.Primary(), ids: k.ids()}
	var err error
	if r.aead, err = aead.New(k.sealing); err != nil {
		return nil, errMalformed
	}
	if r.prf, err = prf.NewPRFSet(k.deriving); err != nil {
		return nil, errMalformed
	}
	if r.fingerprint, err = r.prf.ComputePrimaryPRF(encode("fingerprint"), secretLength); err != nil {
		return nil, errMalformed
	}
	return r, nil
}

// with gives the newest ring that has the key, nil if none has.
func (r *ring) with(id KeyID) *ring {
	for r != nil && !slices.Contains(r.ids, id) {
		r = r.before
	}
	return r
}

// lookEvery is how long a change of the file may go unseen by whoever seals.
const lookEvery = time.Second

// watch is how a Vault follows its file.
type watch struct {
	source Source
	now    func() time.Time // nil where the keys never change
	next   atomic.Int64     // Unix microseconds: before it, sealing does not look

	mu      sync.Mutex // held while the file is read
	read    [sha256.Size]byte
	trouble error
}

// errOther refuses a file of other keys: what is in use would not open by it.
var errOther = errors.New("it holds the keys of another database")

// ringToSeal gives the ring as it was at most lookEvery ago.
func (v *Vault) ringToSeal() *ring {
	if v.watch.now == nil {
		return v.ring.Load()
	}
	now := v.watch.now().UnixMicro()
	if next := v.watch.next.Load(); now < next && next-now <= lookEvery.Microseconds() || !v.watch.mu.TryLock() {
		return v.ring.Load()
	}
	defer v.watch.mu.Unlock()
	v.look()
	v.watch.next.Store(now + lookEvery.Microseconds())
	return v.ring.Load()
}

// ringWith gives a ring that has the key, nil if there is none. Where it is not
// known the file is looked at, at once: another replica may have sealed by a key
// that was added a moment ago.
func (v *Vault) ringWith(id KeyID) *ring {
	r := v.ring.Load().with(id)
	if r != nil || v.watch.now == nil {
		return r
	}
	v.watch.mu.Lock()
	defer v.watch.mu.Unlock()
	v.look()
	return v.ring.Load().with(id)
}

// look reads the file again. Where it cannot be used, what is known goes on, and
// Trouble tells why. The caller holds the watch.
func (v *Vault) look() {
	content, err := v.watch.source.content()
	if digest := digestOf(content); err == nil && digest != v.watch.read {
		if err = v.take(content); err == nil {
			v.watch.read = digest
		}
	}
	v.watch.trouble = err
}

func digestOf(content []byte) [sha256.Size]byte { return sha256.Sum256(content) }

func (v *Vault) take(content []byte) error {
	k, err := v.watch.source.keys(content)
	if err != nil {
		return err
	}
	next, err := k.ring()
	if err != nil {
		return err
	}
	was := v.ring.Load()
	if string(next.fingerprint) != string(was.fingerprint) {
		return fmt.Errorf("key file %s: %w", v.watch.source.Path, errOther)
	}
	next.before = was
	v.ring.Store(next)
	return nil
}

// Trouble tells why the key file could not be followed when it was last looked
// at, nil if it could: somebody must see to it before keys change again.
func (v *Vault) Trouble() error {
	v.watch.mu.Lock()
	defer v.watch.mu.Unlock()
	return v.watch.trouble
}

// Look reads the key file now, and gives what it says.
func (v *Vault) Look() (primary KeyID, all []KeyID) {
	if v.watch.now != nil {
		v.watch.mu.Lock()
		v.look()
		v.watch.mu.Unlock()
	}
	r := v.ring.Load()
	return r.primary, slices.Clone(r.ids)
}
