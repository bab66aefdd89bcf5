// Package demo loads the demo city of package samples and tells its stories.
//
// It guarantees that the city comes in through the same operations as a real
// one, so that each of its files, accounts and grievances passes every check,
// and that a load which fails tells at which file, account or story. What it
// loaded before that stays.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/samples"
)

// Place is where the city is loaded: the parts of Huiyin over one database,
// whose office has been seeded and has no units yet.
type Place struct {
	Store  *store.Store
	Office *office.Office
	Clock  clock.Clock
	Log    *slog.Logger
}

// Load loads the whole city: its organisation, its accounts, who all log in with
// the password of one hash, and its grievances, each moved as far as its story
// says, as if the city had used Huiyin all along.
func Load(ctx context.Context, p Place, passwordHash string) error {
	city, err := samples.Load()
	if err != nil {
		return err
	}
	if err := LoadOrganisation(ctx, p.Office); err != nil {
		return err
	}
	if err := loadAccounts(ctx, p.Office, city.Users, passwordHash); err != nil {
		return err
	}
	return tellStories(ctx, p, city.Messages)
}

// LoadOrganisation loads what the city has before anybody works there: units,
// categories and responsibilities.
func LoadOrganisation(ctx context.Context, o *office.Office) error {
	for _, file := range []struct {
		name string
		load func(io.Reader) (office.Report, error)
	}{
		{"units.csv", func(r io.Reader) (office.Report, error) {
			return o.ImportUnits(ctx, grievance.System, r, office.UnitImport{})
		}},
		{"categories.csv", func(r io.Reader) (office.Report, error) {
			return o.ImportCategories(ctx, grievance.System, r)
		}},
		{"responsibilities.csv", func(r io.Reader) (office.Report, error) {
			return o.ImportResponsibilities(ctx, grievance.System, r)
		}},
	} {
		content, err := samples.Files.ReadFile(file.name)
		if err != nil {
			return err
		}
		report, err := file.load(bytes.NewReader(content))
		if err != nil {
			return fmt.Errorf("loading %s: %w", file.name, err)
		}
		if len(report.Errors) > 0 {
			return fmt.Errorf("loading %s: line %d: %s", file.name, report.Errors[0].Line, report.Errors[0].Message)
		}
	}
	return nil
}

// loadAccounts makes every account by itself, as an administrator would.
func loadAccounts(ctx context.Context, o *office.Office, users []samples.User, passwordHash string) error {
	book, err := o.Book(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if _, err := o.CreateUser(ctx, grievance.System, Account(book, u, passwordHash)); err != nil {
			return fmt.Errorf("making user %s: %w", u.Account, err)
		}
	}
	return nil
}

// Account gives what the office makes an account of the city from, in the
// organisation that LoadOrganisation loaded.
func Account(book *grievance.Book, u samples.User, passwordHash string) office.NewUser {
	made := office.NewUser{Username: u.Account, Name: u.Name, PasswordHash: passwordHash, Petitioner: u.Petitioner}
	if u.Petitioner {
		made.Name = "" // it is personal data
	}
	for _, p := range u.Posts {
		made.Posts = append(made.Posts, office.NewAppointment{
			UnitID: book.UnitByCode(p.UnitCode).ID, Role: grievance.Role(p.Role),
			Head: p.Head, OnDuty: p.Duty, From: p.From.Start(),
		})
	}
	return made
}
