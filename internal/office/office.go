// Package office keeps the organisation: the units and their appointments, the
// users, the subject tree and the responsibility list, the profiles and the
// calendar; and hands them to decisions as a Book.
//
// It guarantees that a Book is one version of all of it and never changes, that
// every replica sees a change within a second and its own at once, that changes
// happen one after another, each whole or not at all and with its events, and
// that nobody changes what lies outside the units that they administer.
package office

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// staleness is how old a Book may be before its version is looked up again.
const staleness = time.Second

// Office is the organisation as one replica knows it. It is safe for concurrent
// use.
type Office struct {
	store *store.Store
	clock clock.Clock

	loading sync.Mutex // held while the database is asked for the book
	known   atomic.Pointer[knownBook]
}

// knownBook is a Book and when it was last known to be the newest: by the
// office's clock, which tests move, and by the machine's, because the office's
// may stand still.
type knownBook struct {
	book       *grievance.Book
	at, onWall time.Time
}

// New makes the Office of one replica.
func New(s *store.Store, c clock.Clock) *Office { return &Office{store: s, clock: c} }

// Book gives the organisation as it was at most a second ago, and never older
// than what this Office changed itself. It fails before Seed has run once on
// the database.
func (o *Office) Book(ctx context.Context) (*grievance.Book, error) {
	if k := o.known.Load(); k != nil && o.fresh(k) {
		return k.book, nil
	}
	o.loading.Lock()
	defer o.loading.Unlock()
	k := o.known.Load()
	if k != nil && o.fresh(k) {
		return k.book, nil
	}
	return o.load(ctx, k)
}

// BookAt gives a Book of at least version, which a transaction has read.
func (o *Office) BookAt(ctx context.Context, version int64) (*grievance.Book, error) {
	o.loading.Lock()
	defer o.loading.Unlock()
	k := o.known.Load()
	if k != nil && k.book.Version >= version {
		return k.book, nil
	}
	return o.load(ctx, k)
}

// Reload gives the organisation as it is now: whoever reads of something that
// the Book does not know yet asks for it.
func (o *Office) Reload(ctx context.Context) (*grievance.Book, error) {
	o.forget()
	return o.Book(ctx)
}

func (o *Office) fresh(k *knownBook) bool {
	return within(o.clock.Now().Sub(k.at)) && within(clock.Since(clock.System{}, k.onWall))
}

func within(age time.Duration) bool { return age >= 0 && age < staleness }

// load asks the database, and reads the whole only if the version has changed.
// The instants are taken before: the answer may be as old as the question.
func (o *Office) load(ctx context.Context, old *knownBook) (*grievance.Book, error) {
	k := &knownBook{at: o.clock.Now(), onWall: clock.System{}.Now()}
	err := o.store.Read(ctx, func(s *store.Snapshot) error {
		version, err := s.BookVersion()
		if err != nil {
			return err
		}
		if old != nil && old.book.Version == version {
			k.book = old.book
			return nil
		}
		rows, err := s.Office()
		if err != nil {
			return err
		}
		k.book, err = bookOf(rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the organisation: %w", err)
	}
	o.known.Store(k)
	return k.book, nil
}

// forget makes the next Book ask the database. It waits for a question under
// way, whose answer may be older than what was just written.
func (o *Office) forget() {
	o.loading.Lock()
	defer o.loading.Unlock()
	o.known.Store(nil)
}
