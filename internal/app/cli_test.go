package app_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/huiyin/huiyin/internal/app"
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
		url := storetest.URL(t, dialect)
		c := newCLI(t, url)
		st := storetest.OpenURL(t, url)
		for _, step := range []struct {
			args []string
			keys int
		}{{[]string{"key", "signing"}, 2}, {[]string{"key", "signing", "--now"}, 1}} {
			if _, log, err := c.run(step.args...); err != nil {
				t.Fatalf("%v: %v\n%s", step.args, err, log)
			}
			var keys []store.SigningKey
			err := st.Read(t.Context(), func(s *store.Snapshot) (err error) {
				keys, err = s.SigningKeys()
				return err
			})
			if err != nil || len(keys) != step.keys {
				t.Errorf("after %v there are %d keys, %v", step.args, len(keys), err)
			}
		}
	})
}
