package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// ProfileCommand works with the profiles.
type ProfileCommand struct {
	Show ProfileShow `cmd:"" help:"Write a profile as JSON: its clocks, ladders, extensions and suspensions."`
	Put  ProfilePut  `cmd:"" help:"Make a profile in a file the next version: clocks start by it from now on."`
}

// ProfileShow writes a version of a profile.
type ProfileShow struct {
	Name    string `arg:"" help:"petition, petition_simple, hotline, township or wall."`
	Version int    `help:"The version; the newest if none is given."`
}

// Run writes the profile as put reads it.
func (p ProfileShow) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		book, err := a.Office.Book(ctx)
		if err != nil {
			return err
		}
		found := book.Profiles[p.Name]
		if p.Version != 0 {
			found = book.ProfileAt(p.Name, p.Version)
		}
		if found == nil {
			return office.ErrProfileUnknown
		}
		body, err := json.Marshal(found, json.Deterministic(true), jsontext.WithIndent("  "))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.Out, "%s\n", body)
		return err
	})
}

// ProfilePut changes a profile.
type ProfilePut struct {
	File   string `arg:"" help:"A file as show writes it, or - for standard input. Its version is the one that was edited: another newest version refuses it."`
	Rebase bool   `help:"Have running clocks follow too: each that would not be late by the new version."`
	DryRun bool   `help:"Tell what would happen, and do nothing."`
}

// Run makes the next version of the profile, and with Rebase orders that running
// clocks follow the newest. It tells every fault of the file.
func (p ProfilePut) Run(ctx context.Context, c *config.Common, std *IO) error {
	pointer := func(f grievance.FieldError) string { return f.Pointer }
	in, seen, err := p.read(std)
	if err != nil {
		return tellFaults(std, err, pointer)
	}
	return with(ctx, c, std, true, func(a *App) error {
		next, isNew, err := a.Office.PreviewProfile(ctx, in, seen)
		if err != nil {
			return tellFaults(std, err, pointer)
		}
		if p.DryRun {
			return p.tell(std, next, isNew, "would be")
		}
		done, err := a.Office.PutProfile(ctx, grievance.System, in, seen)
		if err == nil && p.Rebase {
			version := int64(done.Version)
			done, err = a.Office.OrderRebase(ctx, grievance.System, in.Name, &version)
		}
		if err != nil {
			return err
		}
		return p.tell(std, done.Profile, isNew, "is")
	})
}

// read reads the profile, and the version that it was made from, if it tells.
func (p ProfilePut) read(std *IO) (in grievance.Profile, seen *int64, err error) {
	var text []byte
	if p.File == "-" {
		text, err = io.ReadAll(std.In)
	} else {
		text, err = os.ReadFile(p.File)
	}
	if err != nil {
		return in, nil, err
	}
	if in, err = office.ReadProfile(text); err != nil {
		return in, nil, errors.Join(fmt.Errorf("%s is no profile", p.File), err)
	}
	if in.Version != 0 {
		version := int64(in.Version)
		seen = &version
	}
	return in, seen, nil
}

func (p ProfilePut) tell(std *IO, profile *grievance.Profile, isNew bool, is string) error {
	what := fmt.Sprintf("version %d of %s stays: it says the same", profile.Version, profile.Name)
	if isNew {
		what = fmt.Sprintf("version %d of %s %s the newest: clocks start by it from now on", profile.Version, profile.Name, is)
	}
	running := "running clocks keep the version that set them"
	if p.Rebase {
		running = "the engine lets running clocks follow it, each with an event, but for those that would be late by it"
	}
	_, err := fmt.Fprintf(std.Out, "%s\n%s\n", what, running)
	return err
}
