package vault

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for the lock beside a key file: whoever holds it reads, changes and
// replaces in well under a second. The lock's file stays behind: removing it
// would let two processes lock two files of one name.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// own gives a new file the owner and the mode of the one that it will replace.
func own(path string, was os.FileInfo) error {
	if owner, ok := was.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(path, was.Mode().Perm())
}
