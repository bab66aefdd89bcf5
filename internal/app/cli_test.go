package app_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/huiyin/huiyin/internal/app"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// cli runs the binary's commands, as main does, against one database.
type cli struct {
	t     *testing.T
	flags []string
}

func newCLI(t *testing.T, url string) cli {
	t.Helper()
	key := filepath.Join(t.TempDir(), "huiyin.key")
	if _, err := vault.OpenFile(key, true); err != nil {
		t.Fatalf("making a key: %v", err)
	}
	return cli{t, []string{"--database-url=" + url, "--key-file=" + key, "--log-level=warn"}}
}

// run runs one command and gives what it wrote and how it ended. Whatever it
// logs fails the test: warnings are not part of any of these stories.
func (c cli) run(args ...string) (out, log string, err error) {
	c.t.Helper()
	var stdout, stderr bytes.Buffer
	var commands app.CLI
	std := &app.IO{In: bytes.NewReader(nil), Out: &stdout, Err: &stderr}
	parser, err := kong.New(&commands, kong.BindTo(c.t.Context(), (*context.Context)(nil)))
	if err != nil {
		c.t.Fatalf("the commands are not well-formed: %v", err)
	}
	command, err := parser.Parse(append(args, c.flags...))
	if err != nil {
		return "", "", err
	}
	err = command.Run(&commands.Common, std)
	if bytes.Contains(stderr.Bytes(), []byte("level=")) {
		c.t.Errorf("%v logs:\n%s", args, stderr.String())
	}
	return stdout.String(), stderr.String(), err
}

// A signing key made by command stands beside the old one; with --now alone.
func TestSigningKeyRotatesByCommand(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, file := storetest.URL(t, dialect), filepath.Join(t.TempDir(), "clock")
		if _, err := clock.CreateFile(file, time.Date(2026, time.December, 1, 2, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		c, st := newCLI(t, url), storetest.OpenURL(t, url)
		c.flags = append(c.flags, "--clock-file="+file)
		for _, step := range []struct {
			args []string
			keys int
			told string // after the new key's id
		}{
			{[]string{"key", "signing"}, 2, " signs from 2026-12-01T02:10:00Z (Beijing 2026-12-01 10:10:00)\n"},
			{[]string{"key", "signing", "--now"}, 1, " signs from 2026-12-01T02:00:00Z (Beijing 2026-12-01 10:00:00)\n" +
				"2 old keys dropped: their tokens stop working within a minute, and clients refresh\n"},
		} {
			said, log, err := c.run(step.args...)
			if err != nil {
				t.Fatalf("%v: %v\n%s", step.args, err, log)
			}
			var keys []store.SigningKey
			err = st.Read(t.Context(), func(s *store.Snapshot) (err error) {
				keys, err = s.SigningKeys()
				return err
			})
			if err != nil || len(keys) != step.keys {
				t.Fatalf("after %v there are %d keys, %v", step.args, len(keys), err)
			}
			if want := "key " + keys[0].Kid + step.told; said != want {
				t.Errorf("%v says %q, want %q", step.args, said, want)
			}
		}
	})
}
