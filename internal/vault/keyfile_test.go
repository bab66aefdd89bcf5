package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/vault"
)

func TestOpenRefusesMalformedKeys(t *testing.T) {
	t.Parallel()
	good := string(generate(t))
	for name, key := range map[string]string{
		"nothing":          "",
		"no object":        "[]",
		"empty object":     "{}",
		"trailing data":    good + "{}",
		"another version":  strings.Replace(good, `"version": 1`, `"version": 2`, 1),
		"unknown member":   strings.Replace(good, `"version"`, `"more": 1, "version"`, 1),
		"repeated member":  strings.Replace(good, `"version"`, `"version": 1, "version"`, 1),
		"no sealing keys":  strings.Replace(good, `"aead"`, `"other"`, 1),
		"swapped keysets":  strings.NewReplacer(`"aead"`, `"prf"`, `"prf"`, `"aead"`).Replace(good),
		"unknown key type": strings.Replace(good, "XAesGcmKey", "XAesGcmKez", 1),
		"no primary key":   strings.ReplaceAll(good, `"primaryKeyId": `, `"primaryKeyId": 1`),
		"cut":              good[:len(good)/2],
	} {
		if key == good {
			t.Fatalf("%s: the key was not altered", name)
		}
		if v, err := vault.Open([]byte(key)); err == nil || v != nil {
			t.Errorf("%s: opened", name)
		} else if strings.Contains(err.Error(), "type.googleapis.com") {
			t.Errorf("%s: the error quotes the file: %v", name, err)
		}
	}
}

func TestOpenFileCreatesOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "key.json")
	if _, err := vault.OpenFile(path, false); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("opening a missing file: %v", err)
	}
	made, err := vault.OpenFile(path, true)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	for _, create := range []bool{false, true} {
		again, err := vault.OpenFile(path, create)
		if err != nil || !bytes.Equal(again.Fingerprint(), made.Fingerprint()) {
			t.Errorf("opening again (create=%v): %v", create, err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestOpenFileRefusesWhatOthersMayRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(path, generate(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, allowed := range map[os.FileMode]bool{
		0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o644: false, 0o601: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.OpenFile(path, true); (err == nil) != allowed {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestOpenFileRefusesWhatIsNoKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge")
	if err := os.WriteFile(huge, bytes.Repeat([]byte(" "), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{huge, empty, dir} {
		if _, err := vault.OpenFile(path, true); err == nil {
			t.Errorf("%s opened", filepath.Base(path))
		}
	}
}

func TestSimultaneousStartsShareOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.json")
	prints := make([][]byte, 16)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			v, err := vault.OpenFile(path, true)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = v.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints[1:] {
		if !bytes.Equal(p, prints[0]) {
			t.Fatal("two starts have two keys")
		}
	}
}

func TestChangingKeepsModeAndLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := write(t, filepath.Join(dir, "real"), generate(t)), filepath.Join(dir, "key")
	if err := errors.Join(os.Chmod(real, 0o400), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	from := vault.Source{Path: link}
	if content, err := from.Change(vault.Keys.Stage); err != nil || content != nil {
		t.Fatalf("%q, %v", content, err)
	}
	info, err := os.Lstat(real)
	if err != nil || info.Mode() != 0o400 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link: %v, %v", info.Mode(), err)
	}
	if k, err := from.Keys(); err != nil || len(k.Staged()) != 1 {
		t.Errorf("%v, %v", k.Staged(), err)
	}
}

// A change that is refused leaves the file as it is, and one of a key that is no
// file is given back.
func TestARefusedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	content := generate(t)
	from := vault.Source{Path: write(t, filepath.Join(t.TempDir(), "key"), content)}
	if _, err := from.Change(vault.Keys.Promote); !errors.Is(err, vault.ErrNothingStaged) {
		t.Errorf("refused with %v", err)
	}
	if now, err := os.ReadFile(from.Path); err != nil || !bytes.Equal(now, content) {
		t.Errorf("the file changed: %v", err)
	}
	next, err := vault.Source{Key: string(content)}.Change(vault.Keys.Stage)
	if err != nil || len(keys(t, next).Staged()) != 1 {
		t.Errorf("%v", err)
	}
}
