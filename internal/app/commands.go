package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/store"
)

// CLI is every command of the binary, with its flags and HUIYIN_* variables.
type CLI struct {
	config.Common

	Serve       ServeCommand       `cmd:"" help:"Serve the HTTP interface and run the engine."`
	Migrate     MigrateCommand     `cmd:"" help:"Bring the schema up to date, or tell where it stands."`
	User        UserCommand        `cmd:"" help:"Make users, set passwords, disable users."`
	Key         KeyCommand         `cmd:"" help:"Make, wrap and change the keys: those that seal personal data, sign logins, or let machines in."`
	Import      ImportCommand      `cmd:"" help:"Import units, responsibilities, categories or messages."`
	Calendar    CalendarCommand    `cmd:"" help:"Publish and show the arrangements of holidays."`
	Export      ExportCommand      `cmd:"" help:"Export the record."`
	Replay      ReplayCommand      `cmd:"" help:"Play replied messages through the real operations on a clock of their own."`
	Profile     ProfileCommand     `cmd:"" help:"Show and change the profiles, which set the clocks."`
	Bulletin    BulletinCommand    `cmd:"" help:"Issue a bulletin by hand."`
	Engine      EngineCommand      `cmd:"" help:"Work with the engine."`
	Version     VersionCommand     `cmd:"" help:"Tell the version."`
	Healthcheck HealthcheckCommand `cmd:"" help:"Ask a running server whether it is ready."`
}

// IO is where a command reads and writes.
type IO struct {
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Version string
}

// Exit codes of the binary: 0 done, 1 failed, 2 called wrongly, 3 done in part
// (rows of an import were refused).
const (
	ExitFailed  = 1
	ExitUsage   = 2
	ExitPartial = 3
)

// ErrPartial says that a command did what it could, and told what it could not.
var ErrPartial = errors.New("some rows were refused: see the report above")

// with opens the App for a command and closes it after.
func with(ctx context.Context, c *config.Common, std *IO, migrate bool, do func(*App) error) error {
	a, err := Open(ctx, *c, migrate, c.Logger(std.Err))
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// openStore opens the database alone, whose schema may not be there yet.
func openStore(ctx context.Context, c *config.Common, std *IO) (*store.Store, error) {
	ck, err := clockOf(*c)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, c.DatabaseURL, store.Options{Clock: ck, MaxConns: c.MaxConns, Logger: c.Logger(std.Err)})
}

// MigrateCommand works with the schema.
type MigrateCommand struct {
	Up     MigrateUp     `cmd:"" help:"Bring the schema to the newest version."`
	Status MigrateStatus `cmd:"" help:"List the migrations and whether they are applied."`
}

// MigrateUp brings the schema up to date.
type MigrateUp struct{}

// Run applies the missing migrations.
func (MigrateUp) Run(ctx context.Context, c *config.Common, std *IO) error {
	st, err := openStore(ctx, c, std)
	if err != nil {
		return err
	}
	return errors.Join(st.Migrate(ctx), st.Close())
}

// MigrateStatus tells where the schema stands.
type MigrateStatus struct{}

// Run lists the migrations.
func (MigrateStatus) Run(ctx context.Context, c *config.Common, std *IO) error {
	st, err := openStore(ctx, c, std)
	if err != nil {
		return err
	}
	list, err := st.Migrations(ctx)
	for _, m := range list {
		state := "missing"
		if m.Applied {
			state = "applied " + m.AppliedAt.Format("2006-01-02T15:04:05Z")
		}
		_, _ = fmt.Fprintf(std.Out, "%04d  %-20s %s\n", m.Version, m.Name, state)
	}
	return errors.Join(err, st.Close())
}

// EngineCommand works with the engine.
type EngineCommand struct {
	Run      EngineRun      `cmd:"" help:"Do everything that is due, once."`
	Simulate EngineSimulate `cmd:"" help:"Tell what would happen until a day if nobody did anything. It writes nothing."`
}

// EngineRun runs the engine once.
type EngineRun struct{}

// Run does everything that is due and tells what that was.
func (EngineRun) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		sum, err := a.Engine.RunOnce(ctx)
		for _, r := range sum.Rules {
			_, _ = fmt.Fprintf(std.Out, "%-16s %6d done  %4d set aside  %v\n", r.Name, r.Done, r.SetAside, r.Took.Round(1e6))
		}
		return err
	})
}

// VersionCommand tells the version.
type VersionCommand struct{}

// Run prints the version.
func (VersionCommand) Run(std *IO) error {
	_, err := fmt.Fprintln(std.Out, "huiyin", std.Version)
	return err
}
