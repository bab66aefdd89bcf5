package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Source says where a key is, and what unwraps it.
type Source struct {
	Path     string // of the key file
	Key      string // the content of a key file, instead of one
	WrapPath string // of the file with the wrapping key, if there is one
	Wrap     string // the wrapping key itself, instead of a file
}

// Open makes a Vault of what the source holds now. With create, a missing key
// file is made first, with mode 0600 and its folder if need be, wrapped if there
// is a wrapping key; of several processes that start at once, all open the same
// file. A file that others than its owner may read or write is refused, as is
// one that is not a regular file.
//
// With now, which tells the time, the Vault follows its file: see the package.
// A key that is no file cannot be followed.
func (s Source) Open(create bool, now func() time.Time) (*Vault, error) {
	content, err := s.content()
	if create && errors.Is(err, os.ErrNotExist) {
		if err := s.create(); err != nil {
			return nil, fmt.Errorf("making the key file %s: %w", s.Path, err)
		}
		content, err = s.content()
	}
	if err != nil {
		return nil, err
	}
	k, err := s.keys(content)
	if err != nil {
		return nil, err
	}
	v, err := k.vault()
	if err != nil {
		return nil, s.about(err)
	}
	if s.Key == "" {
		v.watch.source, v.watch.now, v.watch.read = s, now, digestOf(content)
	}
	return v, nil
}

// OpenFile makes a Vault from the key file at path, which is not followed.
func OpenFile(path string, create bool) (*Vault, error) {
	return Source{Path: path}.Open(create, nil)
}

// Keys reads the keys.
func (s Source) Keys() (Keys, error) {
	content, err := s.content()
	if err != nil {
		return Keys{}, err
	}
	return s.keys(content)
}

// Wrapping reads the wrapping key; nil where there is none.
func (s Source) Wrapping() (*Wrapping, error) {
	if s.Wrap != "" {
		return ReadWrapping([]byte(s.Wrap))
	}
	if s.WrapPath == "" {
		return nil, nil
	}
	content, err := readSecret("wrapping key file", s.WrapPath)
	if err != nil {
		return nil, err
	}
	w, err := ReadWrapping(content)
	if err != nil {
		return nil, fmt.Errorf("wrapping key file %s: %w", s.WrapPath, err)
	}
	return w, nil
}

// Change replaces the key file by what edit makes of its keys; whoever reads it
// meanwhile finds the old one or the new one, and of several who change it at
// once each gets what the one before left. Where the key is no file, content is
// what it must be replaced by.
func (s Source) Change(edit func(Keys) (Keys, error)) (content []byte, err error) {
	if s.Key != "" {
		return s.edited(edit)
	}
	path, err := filepath.EvalSymlinks(s.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	unlock, err := lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("locking the key file: %w", err)
	}
	defer unlock()
	next, err := s.edited(edit)
	if err != nil {
		return nil, err
	}
	if err := replace(path, next); err != nil {
		return nil, fmt.Errorf("replacing the key file: %w", err)
	}
	return nil, nil
}

func (s Source) edited(edit func(Keys) (Keys, error)) ([]byte, error) {
	k, err := s.Keys()
	if err != nil {
		return nil, err
	}
	if k, err = edit(k); err != nil {
		return nil, err
	}
	return k.Content()
}

func (s Source) content() ([]byte, error) {
	if s.Key != "" {
		return []byte(s.Key), nil
	}
	return readSecret("key file", s.Path)
}

// keys reads a content. The wrapping key is read only where it is wrapped.
func (s Source) keys(content []byte) (Keys, error) {
	k, err := ReadKeys(content, nil)
	if errors.Is(err, ErrWrapped) {
		w, failed := s.Wrapping()
		if failed != nil {
			return Keys{}, failed
		}
		k, err = ReadKeys(content, w)
	}
	if err != nil {
		return Keys{}, s.about(err)
	}
	return k, nil
}

func (s Source) about(err error) error {
	if s.Key != "" {
		return err
	}
	return fmt.Errorf("key file %s: %w", s.Path, err)
}

// maxKeyFile bounds what is read as a key file; a file with a hundred keys is
// a third of it.
const maxKeyFile = 1 << 16

func readSecret(what, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", what, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", what, err)
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s %s has mode %v: it must be a regular file that only its owner may read (chmod 600)", what, path, mode)
	}
	content, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", what, err)
	}
	if len(content) > maxKeyFile {
		return nil, fmt.Errorf("%s %s: %w", what, path, errMalformed)
	}
	return bytes.TrimSpace(content), nil
}

// create makes a key file, unless another process has made one first.
func (s Source) create() error {
	w, err := s.Wrapping()
	if err != nil {
		return err
	}
	k, err := NewKeys()
	if err != nil {
		return err
	}
	content, err := k.WrappedBy(w).Content()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
		return err
	}
	return place(s.Path, content, func(tmp string) error {
		if err := os.Link(tmp, s.Path); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
		return nil
	})
}

// replace puts a new file in the place of the one at path, whose owner and mode
// it keeps: who changes keys need not be who serves.
func replace(path string, content []byte) error {
	was, err := os.Stat(path)
	if err != nil {
		return err
	}
	return place(path, content, func(tmp string) error {
		if err := own(tmp, was); err != nil {
			return err
		}
		return os.Rename(tmp, path)
	})
}

// place writes a file beside path, which put brings there: path never holds half
// a key. It returns once the key would survive a power failure, for nothing
// sealed could be read without it.
func place(path string, content []byte, put func(tmp string) error) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := writeSynced(tmp, content); err != nil {
		return err
	}
	if err := put(tmp.Name()); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeSynced(f *os.File, content []byte) error {
	_, err := f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
