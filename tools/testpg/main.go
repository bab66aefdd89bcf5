// Command testpg runs a command against a PostgreSQL of its own.
//
//	testpg -- go test ./...
//	testpg -raw -- go test -run '^$' -bench . ./internal/bench
//
// It guarantees that the command sees HUIYIN_TEST_DATABASE_URL: the one already
// in the environment, else that of a private cluster which is started for the
// command and removed after it, however testpg ends short of SIGKILL. Missing
// server binaries are installed where that can be done without a question.
// When HUIYIN_TEST_DIALECTS leaves PostgreSQL out, no cluster is started.
//
// A `go test` is run with -json and reported briefly: one line a package, the
// failures in full, the tests that ran and were skipped for each dialect, and
// alone on the last line the totals. It fails when a test fails, when none ran,
// and in CI (CI=true) when PostgreSQL's tests were skipped or absent. With -raw,
// and for any other command, the output and the exit code pass unchanged.
//
// Only the standard library is used, so that a fresh clone builds it in seconds.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

const (
	urlVariable      = "HUIYIN_TEST_DATABASE_URL"
	dialectsVariable = "HUIYIN_TEST_DIALECTS"
)

// The cluster asks the kernel for a signal when the thread that started it
// dies; the main thread lives as long as the process.
func init() { runtime.LockOSThread() }

func main() {
	raw := flag.Bool("raw", false, "pass the command's output through instead of counting tests")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: testpg [-raw] -- command [argument...]")
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(flag.Args(), *raw, stop)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testpg:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run gives the command a database and returns its exit code.
func run(args []string, raw bool, stop <-chan os.Signal) (int, error) {
	env := os.Environ()
	if os.Getenv(urlVariable) == "" && wantsPostgres(os.Getenv(dialectsVariable)) {
		server, err := start(stop)
		if err != nil {
			return 1, err
		}
		defer server.remove()
		env = append(env, urlVariable+"="+server.url)
	}
	if raw || !isGoTest(args) {
		return execute(args, env, os.Stdout, stop)
	}
	return runTests(args, env, stop)
}

// wantsPostgres reads the list of dialects to test; an empty list means all.
func wantsPostgres(dialects string) bool {
	listed := strings.FieldsFunc(dialects, func(r rune) bool { return r == ',' || r == ' ' })
	return len(listed) == 0 || slices.Contains(listed, "postgres")
}

func isGoTest(args []string) bool {
	return len(args) > 1 && filepath.Base(args[0]) == "go" && args[1] == "test"
}

// runTests runs `go test` with -json and judges what it reports.
func runTests(args, env []string, stop <-chan os.Signal) (int, error) {
	report := newReport(os.Stdout)
	code, err := execute(slices.Insert(slices.Clone(args), 2, "-json"), env, report, stop)
	needPostgres := inCI(os.Getenv("CI")) && wantsPostgres(os.Getenv(dialectsVariable))
	return report.finish(code, needPostgres), err
}

func inCI(value string) bool {
	return value != "" && value != "0" && value != "false"
}
