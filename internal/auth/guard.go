package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// How guessing is slowed down, by account and by address (docs/adr/0020).
const (
	freeFailures = 5              // of an account, in a row, before the next attempt has to wait
	longestWait  = time.Minute    // so that nobody can lock another out for long
	forgetAfter  = 24 * time.Hour // without a failure

	freeAtAddress    = 100             // a whole town hall may stand behind one address
	fadeAfter        = 5 * time.Minute // for each failure, one after another
	longestAtAddress = 5 * time.Minute
)

// Closed is ErrTooManyFailures, with how long the account, or the address for
// those who are not known there, stays closed.
type Closed struct{ Left time.Duration }

func (c *Closed) Error() string { return ErrTooManyFailures.Error() }

// Unwrap gives the refusal.
func (c *Closed) Unwrap() error { return ErrTooManyFailures }

// claim is somebody's claim to be the user of an account: under which keys its
// failure counts. Where the account is known, because it has a session that began
// there in the last 14 days, it has a count of its own: neither strangers who try
// its password from elsewhere nor others who fail at the address keep it out.
type claim struct {
	account []byte
	address []byte // nil: nobody knows where it comes from
	known   bool
}

func (s *Service) claimOf(r *store.Snapshot, username string, user grievance.UserID, from netip.Prefix) (c claim, err error) {
	c.account = s.failuresOf(username)
	if !from.IsValid() {
		return c, nil
	}
	place := from.Masked().String()
	c.address = s.vault.Derive("login-address", place)
	if c.known, err = r.KnownAt(user, c.address, s.clock.Now()); c.known {
		c.account = s.failuresOf(username, place)
	}
	return c, err
}

// failuresOf is the key under which failures with a username are counted: all of
// strangers, or those at a place or in a session that has a count of its own.
func (s *Service) failuresOf(username string, where ...string) []byte {
	return s.vault.Derive("login-failures", append([]string{username}, where...)...)
}

// counts is what a transaction and a snapshot both tell of failures.
type counts interface {
	LoginFailures(accountKey []byte) (store.LoginFailures, error)
	AddressFailures(addressKey []byte) (store.AddressFailures, error)
}

// checkOpen gives a Closed while a claim has to wait.
func (s *Service) checkOpen(r counts, c claim) error {
	account, err := r.LoginFailures(c.account)
	if err != nil {
		return fmt.Errorf("reading login failures: %w", err)
	}
	reopens := reopening(account)
	if c.address != nil && !c.known {
		address, err := r.AddressFailures(c.address)
		if err != nil {
			return fmt.Errorf("reading the failures of an address: %w", err)
		}
		reopens = later(reopens, reopeningAt(address))
	}
	if left := reopens.Sub(s.clock.Now()); left > 0 {
		return &Closed{Left: left}
	}
	return nil
}

// fail counts a failure and gives ErrCredentials. Of attempts made at once, only
// as many are judged as would have been one after another: where others have
// closed the account or the address meanwhile, it gives a Closed and counts
// nothing, so that knocking at a closed door keeps it closed no longer.
func (s *Service) fail(ctx context.Context, c claim) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		now := s.clock.Now()
		before, err := tx.HoldLoginFailures(c.account, now)
		if err != nil {
			return err
		}
		if err := s.failAt(tx, c, before.Failures < freeFailures, now); err != nil {
			return err
		}
		return tx.CountLoginFailure(c.account, now, now.Add(-forgetAfter))
	})
	switch {
	case errors.Is(err, ErrTooManyFailures):
		return err
	case err != nil:
		return fmt.Errorf("counting a failed login: %w", err)
	}
	return ErrCredentials
}

// failAt counts a failure at its address, if it counts there: the first five in a
// row of each account do, so that one who has forgotten a password closes it to
// nobody. No success takes any of them back; they fade.
func (s *Service) failAt(tx *store.Tx, c claim, countsThere bool, now time.Time) error {
	if c.address == nil {
		return s.checkOpen(tx, c)
	}
	address, err := tx.HoldAddressFailures(c.address, now)
	if err != nil {
		return err
	}
	if err := s.checkOpen(tx, c); err != nil || !countsThere {
		return err
	}
	address.LastAt, address.FadedAt = now, later(address.FadedAt, now).Add(fadeAfter)
	return tx.PutAddressFailures(address)
}

// reopening is when an account that failed so often may try again.
func reopening(f store.LoginFailures) time.Time { return f.LastAt.Add(wait(f.Failures)) }

// reopeningAt is when an address may try again that failed so often.
func reopeningAt(f store.AddressFailures) time.Time {
	stillCounted := int64((f.FadedAt.Sub(f.LastAt) + fadeAfter - 1) / fadeAfter)
	return f.LastAt.Add(doubling(stillCounted-freeAtAddress, longestAtAddress))
}

// wait is how long after its last failure an account is closed.
func wait(failures int64) time.Duration { return doubling(failures-freeFailures, longestWait) }

// doubling is a second, doubled so many times, up to the longest; nothing before
// the first.
func doubling(times int64, longest time.Duration) time.Duration {
	if times < 0 {
		return 0
	}
	return min(time.Second<<min(times, 10), longest)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
