package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	freeFailures  = 5              // in a row, before the next attempt has to wait
	longestWait   = time.Minute    // so that nobody can lock another out for long
	forgetAfter   = 24 * time.Hour // without a failure
	slotPatience  = 5 * time.Second
	maxUsername   = 64  // characters
	maxClientName = 200 // characters
)

// Login checks a password and starts a session for client, which is what the
// device calls itself. It returns ErrCredentials for an unknown user and for a
// wrong password alike, after the same time; ErrDisabled to who knows the
// password of a disabled account; ErrTooManyFailures, whatever the password,
// while an account that failed five times in a row has to wait (1 s, doubling
// up to a minute, across replicas), inside a Closed; and ErrBusy when too many
// log in at once. Usernames are in lower case: however one is typed, it is the
// same account.
func (s *Service) Login(ctx context.Context, username, password, client string) (Tokens, error) {
	username = strings.ToLower(strings.TrimSpace(username))
	if !plausible(username) || len(password) > maxPassword {
		return Tokens{}, ErrCredentials
	}
	account := s.failuresOf(username)
	user, login, err := s.findAccount(ctx, username, account)
	if err != nil {
		return Tokens{}, err
	}
	ok, err := s.checkPassword(ctx, password, login.PasswordHash)
	if err != nil {
		return Tokens{}, err
	}
	now := s.clock.Now()
	if !ok {
		return Tokens{}, s.fail(ctx, account, now)
	}
	if user.DisabledAt != nil && !now.Before(*user.DisabledAt) {
		return Tokens{}, ErrDisabled
	}
	tokens, err := s.begin(ctx, user, account, clientName(client), now)
	tokens.MustChange = login.MustChangePassword
	return tokens, err
}

// Closed is ErrTooManyFailures, with how long the account stays closed.
type Closed struct{ Left time.Duration }

func (c *Closed) Error() string { return ErrTooManyFailures.Error() }

// Unwrap gives the refusal.
func (c *Closed) Unwrap() error { return ErrTooManyFailures }

// findAccount gives nobodysHash for who is unknown or may not log in.
func (s *Service) findAccount(ctx context.Context, username string, account []byte) (user grievance.User, login store.Account, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		if err := s.checkOpen(r, account); err != nil {
			return err
		}
		user, login, err = r.AccountOf(username)
		if errors.Is(err, grievance.ErrNotFound) {
			return nil
		}
		return err
	})
	if login.PasswordHash == "" {
		login.PasswordHash = nobodysHash
	}
	return user, login, err
}

// checkOpen gives a Closed while an account has to wait.
func (s *Service) checkOpen(r *store.Snapshot, account []byte) error {
	failures, err := r.LoginFailures(account)
	if err != nil {
		return fmt.Errorf("reading login failures: %w", err)
	}
	if left := failures.LastAt.Add(wait(failures.Failures)).Sub(s.clock.Now()); left > 0 {
		return &Closed{Left: left}
	}
	return nil
}

// failuresOf is the key under which failures with a username are counted.
func (s *Service) failuresOf(username string) []byte {
	return s.vault.Derive("login-failures", username)
}

// checkPassword waits for one of the slots that bound how much memory and how
// many processors logging in may take.
func (s *Service) checkPassword(ctx context.Context, password, hash string) (bool, error) {
	patience, stop := context.WithTimeout(ctx, slotPatience)
	defer stop()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		return CheckPassword(password, hash)
	case <-patience.Done():
		if err := ctx.Err(); err != nil {
			return false, err
		}
		return false, ErrBusy
	}
}

func (s *Service) fail(ctx context.Context, account []byte, now time.Time) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.CountLoginFailure(account, now, now.Add(-forgetAfter))
	})
	if err != nil {
		return fmt.Errorf("counting a failed login: %w", err)
	}
	return ErrCredentials
}

func (s *Service) begin(ctx context.Context, user grievance.User, account []byte, client string, now time.Time) (Tokens, error) {
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return Tokens{}, fmt.Errorf("making a session id: %w", err)
	}
	l := store.LoginSession{
		ID: store.LoginSessionID(id), UserID: user.ID, Client: client,
		CreatedAt: now, ExpiresAt: now.Add(RefreshLifetime),
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.ClearLoginFailures(account); err != nil {
			return err
		}
		return tx.InsertLogin(l)
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("starting a session: %w", err)
	}
	return s.issue(ctx, l, l.Generation, l.ExpiresAt, now)
}

// wait is how long after its last failure an account is closed.
func wait(failures int64) time.Duration {
	if failures < freeFailures {
		return 0
	}
	doublings := min(failures-freeFailures, 10)
	return min(time.Second<<doublings, longestWait)
}

// plausible is false for what no database could hold as a username.
func plausible(username string) bool {
	return username != "" && utf8.ValidString(username) && utf8.RuneCountInString(username) <= maxUsername &&
		!strings.ContainsFunc(username, unicode.IsControl)
}

// clientName keeps of a client's name what can be shown in a list.
func clientName(client string) string {
	client = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, client)
	if runes := []rune(client); len(runes) > maxClientName {
		return string(runes[:maxClientName])
	}
	return client
}
