// Command huiyin is the whole of Huiyin in one binary: `huiyin serve --demo`
// starts it, `huiyin --help` lists what else it does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/huiyin/huiyin/internal/app"
)

var version = "unknown" // set by the linker

func main() {
	std := &app.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Version: version}
	var cli app.CLI
	parser := kong.Must(&cli,
		kong.Name("huiyin"), kong.Description("回音：每件诉求都有回音。 Every grievance gets an answer."),
		kong.UsageOnError(), kong.Exit(exit),
		kong.BindTo(context.Background(), (*context.Context)(nil)),
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "huiyin:", err)
		os.Exit(app.ExitUsage)
	}
	if err := command.Run(&cli.Common, std); err != nil {
		fmt.Fprintln(os.Stderr, "huiyin:", err)
		if errors.Is(err, app.ErrPartial) {
			os.Exit(app.ExitPartial)
		}
		os.Exit(app.ExitFailed)
	}
}

func exit(code int) {
	if code != 0 {
		code = app.ExitUsage
	}
	os.Exit(code)
}
