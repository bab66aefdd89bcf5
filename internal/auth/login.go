package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	slotPatience  = 5 * time.Second
	maxUsername   = 64  // characters
	maxClientName = 200 // characters
)

// Attempt is what somebody types in to log in, and where.
type Attempt struct {
	Username, Password string

	Client string       // what the device calls itself
	From   netip.Prefix // the address that it comes from; zero: nobody knows
}

// Login checks a password and starts a session. It returns ErrCredentials for an
// unknown user and for a wrong password alike, after the same time; ErrDisabled to
// who knows the password of a disabled account; ErrTooManyFailures, whatever the
// password, inside a Closed, while an account that failed five times in a row has
// to wait (1 s, doubling up to a minute, across replicas), or an address from which
// a hundred failures still count (1 s, doubling up to five minutes; but not for an
// account that has logged in from there in the last 14 days); and ErrBusy when too
// many log in at once. Usernames are in lower case: however one is typed, it is the
// same account.
func (s *Service) Login(ctx context.Context, a Attempt) (Tokens, error) {
	username := strings.ToLower(strings.TrimSpace(a.Username))
	if !plausible(username) || len(a.Password) > maxPassword {
		return Tokens{}, ErrCredentials
	}
	user, login, claim, err := s.findAccount(ctx, username, a.From)
	if err != nil {
		return Tokens{}, err
	}
	ok, err := s.checkPassword(ctx, a.Password, login.PasswordHash)
	if err != nil {
		return Tokens{}, err
	}
	if !ok {
		return Tokens{}, s.fail(ctx, claim)
	}
	return s.begin(ctx, user.ID, login, claim, clientName(a.Client))
}

// findAccount gives nobodysHash for who is unknown or may not log in.
func (s *Service) findAccount(ctx context.Context, username string, from netip.Prefix) (user grievance.User, login store.Account, c claim, err error) {
	err = s.store.Read(ctx, func(r *store.Snapshot) error {
		if user, login, err = r.AccountOf(username); err != nil && !errors.Is(err, grievance.ErrNotFound) {
			return err
		}
		if c, err = s.claimOf(r, username, user.ID, from); err != nil {
			return err
		}
		return s.checkOpen(r, c)
	})
	if login.PasswordHash == "" {
		login.PasswordHash = nobodysHash
	}
	return user, login, c, err
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

// begin starts a session for who knows the password, unless it is another by now
// or others have closed the door meanwhile.
func (s *Service) begin(ctx context.Context, user grievance.UserID, checked store.Account, c claim, client string) (Tokens, error) {
	now := s.clock.Now()
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return Tokens{}, fmt.Errorf("making a session id: %w", err)
	}
	l := store.LoginSession{
		ID: store.LoginSessionID(id), UserID: user, Client: client,
		CreatedAt: now, ExpiresAt: now.Add(RefreshLifetime),
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if err := s.stillRight(tx, user, checked, c, now); err != nil {
			return err
		}
		if err := tx.ClearLoginFailures(c.account); err != nil {
			return err
		}
		return tx.InsertLogin(l, c.address)
	})
	if err != nil {
		return Tokens{}, fmt.Errorf("starting a session: %w", err)
	}
	tokens, err := s.issue(ctx, l, l.Generation, l.ExpiresAt, now)
	tokens.MustChange = checked.MustChangePassword
	return tokens, err
}

// stillRight refuses a password that was right when it was checked, and holds the
// account: who changes the password next finds the session that this one begins.
func (s *Service) stillRight(tx *store.Tx, id grievance.UserID, checked store.Account, c claim, now time.Time) error {
	user, login, err := tx.LockAccount(id)
	if err != nil {
		return err
	}
	if err := s.checkOpen(tx, c); err != nil {
		return err
	}
	if login != checked {
		return ErrCredentials
	}
	if user.DisabledAt != nil && !now.Before(*user.DisabledAt) {
		return ErrDisabled
	}
	return nil
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
