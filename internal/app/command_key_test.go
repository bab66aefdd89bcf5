package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
)

// keyCLI is the commands against a database with a key file and a clock.
type keyCLI struct {
	cli
	url, file string
	clock     *clock.FileFake
}

func newKeyCLI(t *testing.T, dialect string) keyCLI {
	t.Helper()
	dir := t.TempDir()
	ck, err := clock.CreateFile(filepath.Join(dir, "clock"), storetest.Start)
	if err != nil {
		t.Fatal(err)
	}
	url, file := storetest.URL(t, dialect), filepath.Join(dir, "key")
	if _, err := vault.OpenFile(file, true); err != nil {
		t.Fatal(err)
	}
	c := keyCLI{cli{t, nil}, url, file, ck}
	c.flags = []string{"--database-url=" + url, "--clock-file=" + filepath.Join(dir, "clock"), "--log-level=warn"}
	return c
}

// key runs a key command with the key file, and wants an error: nil, one that it
// is, or a part of what it says.
func (c keyCLI) key(want any, args ...string) string {
	c.t.Helper()
	return c.withKey([]string{"--key-file=" + c.file}, want, args...)
}

func (c keyCLI) withKey(flags []string, want any, args ...string) string {
	c.t.Helper()
	run := c.cli
	run.flags = slices.Concat(c.flags, flags)
	out, _, err := run.run(append([]string{"key"}, args...)...)
	switch want := want.(type) {
	case nil:
		if err != nil {
			c.t.Fatalf("key %v: %v", args, err)
		}
	case error:
		if !errors.Is(err, want) {
			c.t.Errorf("key %v: %v, want %v", args, err, want)
		}
	case string:
		if err == nil || !strings.Contains(err.Error(), want) {
			c.t.Errorf("key %v: %v, want %q", args, err, want)
		}
	}
	return out
}

func (c keyCLI) advance(d time.Duration) {
	c.t.Helper()
	if _, err := c.clock.Advance(d); err != nil {
		c.t.Fatal(err)
	}
}

func (c keyCLI) read(path string) string {
	c.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(content)
}

// save writes a secret beside the key file.
func (c keyCLI) save(name, content string) string {
	c.t.Helper()
	path := filepath.Join(filepath.Dir(c.file), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

var keyName = regexp.MustCompile(`\b[0-9a-f]{8}\b`)

// states reads what key status tells, without the names of keys.
func states(out string) (list string) {
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 3 && keyName.MatchString(f[0]) {
			list += f[1] + " " + f[len(f)-1] + "\n"
		}
	}
	return list
}

// What an operator does to change keys, in order, with the slips on the way. The
// database holds two sealed values: the first signing key and the sample.
func TestAKeyIsRotatedByCommand(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newKeyCLI(t, dialect)
		want := func(want string) {
			t.Helper()
			if got := states(c.key(nil, "status")); got != want {
				t.Errorf("status:\n%swant\n%s", got, want)
			}
		}
		want("seals 2\n")
		before := c.save("before", c.read(c.file))
		c.key(vault.ErrNothingStaged, "rotate", "--promote")
		c.key("no earlier key", "retire")
		c.key(nil, "rotate", "--stage")
		c.key(vault.ErrStaged, "rotate", "--stage")
		want("seals 2\nstaged 0\n")
		c.withKey([]string{"--key-file=" + before}, nil, "status")
		staged := c.save("staged", c.read(c.file))
		if said := c.key(nil, "rotate"); !strings.Contains(said, "seals from now on") { // finishes what was staged
			t.Errorf("rotate says %q", said)
		}
		want("opens 2\nseals 0\n")
		c.withKey([]string{"--key-file=" + before}, store.ErrOldVault, "status")
		c.withKey([]string{"--key-file=" + staged}, nil, "status")
		c.key("has sealed for less than 5m0s: try again at 2026-11-23 10:05:00", "retire")
		c.advance(5 * time.Minute)
		c.key("2 values are sealed by key", "retire")
		c.key("--batch", "reseal", "--batch", "0")
		if said := c.key(nil, "reseal", "--batch", "1"); !strings.HasPrefix(said, "2 values sealed anew") {
			t.Errorf("reseal says %q", said)
		}
		if said := c.key(nil, "reseal"); !strings.HasPrefix(said, "0 values sealed anew") {
			t.Errorf("reseal again says %q", said)
		}
		both := c.save("both", c.read(c.file))
		if said := c.key(nil, "retire"); !strings.Contains(said, "is retired") {
			t.Errorf("retire says %q", said)
		}
		want("seals 2\nretired 0\n")
		c.key("no earlier key", "retire")
		c.withKey([]string{"--key-file=" + before}, store.ErrWrongVault, "status")
		c.withKey([]string{"--key-file=" + staged}, store.ErrOldVault, "status") // it would seal by the retired key
		c.withKey([]string{"--key-file=" + both}, nil, "status")
	})
}

// Where every replica has a copy of the key, the commands print what it is next.
func TestAKeyInTheEnvironmentIsRotatedInTwoSteps(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newKeyCLI(t, dialect)
		first := c.read(c.file)
		run := func(key string, want any, args ...string) string {
			t.Helper()
			return strings.TrimSpace(c.withKey([]string{"--key=" + key}, want, args...))
		}
		run(first, "two steps", "rotate")
		staged := run(first, nil, "rotate", "--stage")
		promoted := run(staged, nil, "rotate", "--promote")
		run(first, store.ErrOldVault, "status")
		run(staged, nil, "status")
		run(promoted, nil, "reseal")
		c.advance(5 * time.Minute)
		alone := run(promoted, nil, "retire")
		if got := states(run(alone, nil, "status")); got != "seals 2\nretired 0\n" {
			t.Errorf("status:\n%s", got)
		}
		run(staged, store.ErrOldVault, "status")
		if c.read(c.file) != first {
			t.Error("the file changed")
		}
	})
}

func TestAKeyFileIsWrappedByCommand(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newKeyCLI(t, dialect)
		plain := c.read(c.file)
		kek := c.save("kek", c.withKey(nil, nil, "generate", "--wrapping"))
		other := c.save("other", c.withKey(nil, nil, "generate", "--wrapping"))
		by := func(path string) []string { return []string{"--key-file=" + c.file, "--key-wrap-file=" + path} }
		c.key("no wrapping key", "wrap")
		c.key("not wrapped", "unwrap")
		c.withKey(by(kek), nil, "status") // a plain file is still taken
		c.withKey(by(kek), nil, "wrap")
		if c.read(c.file) == plain {
			t.Fatal("the file is as it was")
		}
		c.withKey(by(kek), "wrapped already", "wrap")
		c.key(vault.ErrWrapped, "status")
		c.withKey(by(other), vault.ErrWrongWrapping, "status")
		if said := c.withKey(by(kek), nil, "rotate"); !strings.Contains(said, "seals from now on") {
			t.Errorf("rotating a wrapped file says %q", said)
		}
		if said := c.withKey(by(kek), nil, "status"); states(said) != "opens 2\nseals 0\n" || !strings.Contains(said, "the key file is wrapped") {
			t.Errorf("status says\n%s", said)
		}
		c.withKey(by(kek), nil, "rewrap", "--to", other)
		c.withKey(by(kek), vault.ErrWrongWrapping, "status")
		c.withKey([]string{"--key-file=" + c.file, "--key-wrap=" + c.read(other)}, nil, "unwrap")
		if said := c.key(nil, "status"); !strings.Contains(said, "in the clear") {
			t.Errorf("status says\n%s", said)
		}
		wrapped := c.withKey([]string{"--key-wrap-file=" + kek}, nil, "generate")
		c.withKey([]string{"--key=" + wrapped}, vault.ErrWrapped, "status")
		c.withKey([]string{"--key=" + wrapped, "--key-wrap-file=" + kek}, store.ErrWrongVault, "status")
	})
}
