package clock

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// FileFake is a Fake whose instant lives in a file, so that the processes of
// one test share it and a process that was killed and started again goes on
// where the others are. Every process may read at any time; only one at a time
// may move it.
type FileFake struct {
	path string
	mu   sync.Mutex
	last time.Time
}

// CreateFile writes a clock that stands at t into path, replacing what is
// there, and opens it.
func CreateFile(path string, t time.Time) (*FileFake, error) {
	f := &FileFake{path: path}
	if err := f.Set(t); err != nil {
		return nil, err
	}
	return f, nil
}

// OpenFile opens a clock that CreateFile made. It returns an error when the
// file is missing or holds no instant.
func OpenFile(path string) (*FileFake, error) {
	t, err := readInstant(path)
	if err != nil {
		return nil, err
	}
	return &FileFake{path: path, last: t}, nil
}

// Now reads the file. If it cannot be read (the test is cleaning up), the
// clock stands where it was last seen.
func (f *FileFake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t, err := readInstant(f.path); err == nil {
		f.last = t
	}
	return f.last
}

// Set moves the clock of every process that shares the file to t. A reader
// sees the old instant or the new one, never half of one.
func (f *FileFake) Set(t time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.set(Normal(t))
}

// Advance moves the clock of every process by d and returns where it stands then.
func (f *FileFake) Advance(d time.Duration) (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, err := readInstant(f.path)
	if err != nil {
		return time.Time{}, err
	}
	err = f.set(Normal(now.Add(d)))
	return f.last, err
}

func (f *FileFake) set(t time.Time) error {
	if err := replaceFile(f.path, t.Format(time.RFC3339Nano)+"\n"); err != nil {
		return fmt.Errorf("moving the clock in %s: %w", f.path, err)
	}
	f.last = t
	return nil
}

func readInstant(path string) (time.Time, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the clock: %w", err)
	}
	t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(text)))
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the clock in %s: %w", path, err)
	}
	return Normal(t), nil
}

// replaceFile writes a new file beside path and renames it over path.
func replaceFile(path, text string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".clock-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.WriteString(text); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
