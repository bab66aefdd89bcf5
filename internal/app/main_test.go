package app_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/alecthomas/kong"
	"go.uber.org/goleak"

	"github.com/huiyin/huiyin/internal/app"
)

// The test binary runs itself as huiyin when this is set, so that tests can
// start it, talk to it and kill it as what it is: a process.
const processVariable = "HUIYIN_TEST_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(processVariable) != "" {
		os.Exit(beHuiyin())
	}
	goleak.VerifyTestMain(m)
}

// beHuiyin does what cmd/huiyin does.
func beHuiyin() int {
	std := &app.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Version: "test"}
	var cli app.CLI
	parser := kong.Must(&cli, kong.Name("huiyin"), kong.BindTo(context.Background(), (*context.Context)(nil)))
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "huiyin:", err)
		return app.ExitUsage
	}
	err = command.Run(&cli.Common, std)
	if err != nil {
		fmt.Fprintln(os.Stderr, "huiyin:", err)
	}
	switch {
	case errors.Is(err, app.ErrPartial):
		return app.ExitPartial
	case err != nil:
		return app.ExitFailed
	}
	return 0
}
