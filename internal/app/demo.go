package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/engine"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/samples"
)

// LoadDemo loads the demo city of package samples into an empty database: its
// units, its people, all with one password, and its grievances, each moved as
// far as its story says, as if the city had used Huiyin all along. It tells
// whether it loaded anything; a database with units is left alone.
func (a *App) LoadDemo(ctx context.Context, password string) (bool, error) {
	book, err := a.Office.Book(ctx)
	if err != nil || len(book.Units()) > 0 {
		return false, err
	}
	city, err := samples.Load()
	if err != nil {
		return false, err
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return false, err
	}
	if err := loadCity(ctx, a.Office, city, hash); err != nil {
		return false, err
	}
	return true, a.tellStories(ctx, city)
}

// loadCity loads a city's organisation: units, categories, responsibilities and
// users, who all log in with the password of one hash.
func loadCity(ctx context.Context, o *office.Office, city *samples.City, hash string) error {
	for _, file := range []struct {
		name string
		load func(content []byte) (office.Report, error)
	}{
		{"units.csv", func(b []byte) (office.Report, error) {
			return o.ImportUnits(ctx, grievance.System, bytes.NewReader(b), office.UnitImport{})
		}},
		{"categories.csv", func(b []byte) (office.Report, error) {
			return o.ImportCategories(ctx, grievance.System, bytes.NewReader(b))
		}},
		{"responsibilities.csv", func(b []byte) (office.Report, error) {
			return o.ImportResponsibilities(ctx, grievance.System, bytes.NewReader(b))
		}},
	} {
		content, err := samples.Files.ReadFile(file.name)
		if err != nil {
			return err
		}
		report, err := file.load(content)
		if err != nil {
			return fmt.Errorf("loading %s: %w", file.name, err)
		}
		if len(report.Errors) > 0 {
			return fmt.Errorf("loading %s: line %d: %s", file.name, report.Errors[0].Line, report.Errors[0].Message)
		}
	}
	return loadUsers(ctx, o, city, hash)
}

func loadUsers(ctx context.Context, o *office.Office, city *samples.City, hash string) error {
	book, err := o.Book(ctx)
	if err != nil {
		return err
	}
	for _, u := range city.Users {
		in := office.NewUser{Username: u.Account, Name: u.Name, PasswordHash: hash, Petitioner: u.Petitioner}
		if u.Petitioner {
			in.Name = ""
		}
		for _, p := range u.Posts {
			in.Posts = append(in.Posts, office.NewAppointment{
				UnitID: book.UnitByCode(p.UnitCode).ID, Role: grievance.Role(p.Role),
				Head: p.Head, OnDuty: p.Duty, From: p.From.Start(),
			})
		}
		if _, err := o.CreateUser(ctx, grievance.System, in); err != nil {
			return fmt.Errorf("making user %s: %w", u.Account, err)
		}
	}
	return nil
}

// storyteller plays the stories through the Desk on a clock that is moved back.
type storyteller struct {
	desk  *casework.Desk
	clock *clock.Fake
	book  *grievance.Book
	users map[string]grievance.UserID
	plan  []scene
}

// scene is one step of a story at its instant.
type scene struct {
	at  time.Time
	act func(context.Context) error
}

func (a *App) tellStories(ctx context.Context, city *samples.City) error {
	now := a.Clock.Now()
	past := clock.NewFake(now)
	book, err := a.Office.Book(ctx)
	if err != nil {
		return err
	}
	s := &storyteller{
		desk: casework.New(a.Store, office.New(a.Store, past), past), clock: past,
		book: book, users: map[string]grievance.UserID{},
	}
	for _, u := range book.Users() {
		s.users[u.Username] = u.ID
	}
	for _, m := range city.Messages {
		s.tell(m, now)
	}
	slices.SortStableFunc(s.plan, func(x, y scene) int { return cmp.Compare(x.at.UnixMicro(), y.at.UnixMicro()) })
	for _, scene := range s.plan {
		past.Set(scene.at)
		if err := scene.act(ctx); err != nil {
			return err
		}
	}
	past.Set(now)
	_, err = engine.New(s.desk, a.Store, past, a.Log).RunOnce(ctx)
	return err
}
