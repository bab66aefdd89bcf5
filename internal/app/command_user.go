package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// UserCommand works with users.
type UserCommand struct {
	Create   UserCreate   `cmd:"" help:"Make a user, with a post if one is given. The first admin is made so."`
	Password UserPassword `cmd:"" help:"Set a user's password and end their logins."`
	Logout   UserLogout   `cmd:"" help:"End all logins of a user; the account stays."`
	Disable  UserDisable  `cmd:"" help:"Disable a user: every open case is handed on."`
}

// UserCreate makes a user.
type UserCreate struct {
	Username   string `arg:"" help:"Lower-case letters, digits, dot, dash."`
	Name       string `help:"The person's name, for staff."`
	Petitioner bool   `help:"An account of the public, without a post."`
	Unit       string `help:"Code of the unit of the first post."`
	Role       string `help:"Role of the first post: clerk, handler, leader, supervisor, inspector, admin, courier, grid_worker."`
	Head       bool   `help:"The post is the unit's head."`
	Duty       bool   `help:"The post is the unit's duty clerk."`
}

// Run makes the user with a password read from standard input, or prompted for.
// Where a post is at a unit that does not exist yet in an empty organisation,
// the unit is made as its root.
func (u *UserCreate) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, true, func(a *App) error {
		hash, err := askPassword(std, u.Username)
		if err != nil {
			return err
		}
		in := office.NewUser{Username: u.Username, Name: u.Name, Petitioner: u.Petitioner, PasswordHash: hash}
		if u.Unit != "" {
			unit, err := a.unitOrRoot(ctx, u.Unit)
			if err != nil {
				return err
			}
			in.Posts = []office.NewAppointment{{UnitID: unit, Role: grievance.Role(u.Role), Head: u.Head, OnDuty: u.Duty}}
		}
		made, err := a.Office.CreateUser(ctx, grievance.System, in)
		if err == nil {
			_, err = fmt.Fprintln(std.Out, made.ID, made.Username)
		}
		return err
	})
}

// unitOrRoot finds a unit by code; in an empty organisation it makes it.
func (a *App) unitOrRoot(ctx context.Context, code string) (grievance.UnitID, error) {
	book, err := a.Office.Book(ctx)
	if err != nil {
		return grievance.UnitID{}, err
	}
	if u := book.UnitByCode(code); u != nil {
		return u.ID, nil
	}
	if len(book.Units()) > 0 {
		return grievance.UnitID{}, fmt.Errorf("there is no unit with the code %q", code)
	}
	root, err := a.Office.CreateUnit(ctx, grievance.System, office.NewUnit{
		Code: code, Name: code, Level: grievance.LevelTownship, Kind: "government", Organ: true,
	})
	return root.ID, err
}

// UserPassword sets a password.
type UserPassword struct {
	Username string `arg:""`
}

// Run sets the password and ends the user's logins.
func (u *UserPassword) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		hash, err := askPassword(std, u.Username)
		if err != nil {
			return err
		}
		return a.Auth.SetPassword(ctx, grievance.System, u.Username, auth.NewAccount{Hash: hash})
	})
}

// UserLogout logs a user out.
type UserLogout struct {
	Username string `arg:""`
}

// Run ends every login of the user, on every replica within five seconds.
func (u *UserLogout) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		user, err := a.userNamed(ctx, u.Username)
		if err == nil {
			_, err = a.Office.RevokeLogins(ctx, grievance.System, user.ID)
		}
		return err
	})
}

func (a *App) userNamed(ctx context.Context, username string) (user grievance.User, err error) {
	err = a.Store.Read(ctx, func(s *store.Snapshot) error {
		user, _, err = s.AccountOf(username)
		return err
	})
	return user, err
}

// UserDisable disables a user.
type UserDisable struct {
	Username string `arg:""`
}

// Run disables the user and hands on every open case.
func (u *UserDisable) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		user, err := a.userNamed(ctx, u.Username)
		if err != nil {
			return err
		}
		if _, err := a.Office.DisableUser(ctx, grievance.System, user.ID); err != nil {
			return err
		}
		n, err := a.Desk.HandOnAll(ctx)
		if err == nil {
			_, err = fmt.Fprintf(std.Out, "%s disabled, %d open cases handed on\n", u.Username, n)
		}
		return err
	})
}

// askPassword reads a password: unseen from a terminal, else the first line of
// standard input. An empty one is replaced by a random one, which is printed.
func askPassword(std *IO, username string) (hash string, err error) {
	password, err := readPassword(std)
	if err != nil {
		return "", err
	}
	if password == "" {
		password = randomPassword()
		if _, err := fmt.Fprintln(std.Err, "password:", password); err != nil {
			return "", err
		}
	}
	return auth.NewPassword(password, username)
}

// randomPassword gives one of 80 random bits that can be typed.
func randomPassword() string { return rand.Text()[:16] }

func readPassword(std *IO) (string, error) {
	if f, ok := std.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if _, err := fmt.Fprint(std.Err, "password (empty for a random one): "); err != nil {
			return "", err
		}
		typed, err := term.ReadPassword(int(f.Fd()))
		_, _ = fmt.Fprintln(std.Err)
		return string(typed), err
	}
	line, err := bufio.NewReader(std.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
