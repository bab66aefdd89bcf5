package main

import (
	"bufio"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// asCommand makes the test binary behave as testpg itself.
const asCommand = "HUIYIN_TESTPG_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// testpg prepares a run of testpg itself, without a database from outside.
func testpg(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := serverBinaries(); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", urlVariable+"=", dialectsVariable+"=")
	cmd.Stderr = os.Stderr
	return cmd
}

// closed fails the test if a server still answers at the URL.
func closed(t *testing.T, databaseURL string) {
	t.Helper()
	u, err := url.Parse(strings.TrimSpace(databaseURL))
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", u.Host); err == nil {
		conn.Close()
		t.Errorf("a server still answers at %s", u.Host)
	}
}

func TestCommandSeesADatabaseThatEndsWithIt(t *testing.T) {
	t.Parallel()
	out, err := testpg(t, "-raw", "--", "sh", "-c", `echo "$`+urlVariable+`"; exit 7`).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("ended with %v, want code 7", err)
	}
	if !strings.HasPrefix(string(out), "postgres://postgres@127.0.0.1:") {
		t.Errorf("the command saw %q", out)
	}
	closed(t, string(out))
}

func TestGivenDatabaseIsUsed(t *testing.T) {
	t.Parallel()
	cmd := testpg(t, "-raw", "--", "sh", "-c", `echo "$`+urlVariable+`"`)
	cmd.Env = append(cmd.Env, urlVariable+"=postgres://elsewhere/db")
	if out, err := cmd.Output(); err != nil || string(out) != "postgres://elsewhere/db\n" {
		t.Errorf("the command saw %q, %v", out, err)
	}
}

func TestSignalEndsCommandAndServer(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			cmd := testpg(t, "-raw", "--", "sh", "-c", `echo "$`+urlVariable+`"; exec sleep 600`)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 128+int(sig) {
				t.Errorf("ended with %v, want code %d", err, 128+int(sig))
			}
			closed(t, line)
		})
	}
}

func TestClusterIsDeleted(t *testing.T) {
	t.Parallel()
	if _, err := serverBinaries(); err != nil {
		t.Skip(err)
	}
	c, err := start(make(chan os.Signal))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(c.data(), "PG_VERSION")); err != nil {
		t.Error(err)
	}
	c.remove()
	if _, err := os.Stat(c.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory remains: %v", err)
	}
}

func TestNewestFirst(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"9.6", "15", "17", "16"} {
		if err := os.MkdirAll(filepath.Join(root, version, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	got := newestFirst("*/bin")
	if want := []string{"17/bin", "16/bin", "15/bin", "9.6/bin"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
