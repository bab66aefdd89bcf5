package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

const (
	memoryDir = "/dev/shm"
	roomy     = 2 << 30
)

// account is who the server runs as. The zero account is the current user.
type account struct {
	credential *syscall.Credential
}

// serverOwner returns the user postgres, or nobody, when the current user is
// root, whom initdb refuses.
func serverOwner() (*account, error) {
	if os.Geteuid() != 0 {
		return &account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return newAccount(found)
		}
	}
	return nil, errors.New("root cannot run PostgreSQL, and there is neither a user postgres nor nobody")
}

func newAccount(u *user.User) (*account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading the user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading the group id of %s: %w", u.Username, err)
	}
	return &account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// command prepares a program of the server. It gets a process group of its own:
// a Ctrl-C in the terminal must reach the tests first. The environment is bare,
// for the PG* variables and locales of a developer change what the server does.
func (a *account) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: a.credential}
	return cmd
}

// privateDir makes a directory for the cluster's data and socket, in memory
// where there is room. Its path is short: a socket's may have 103 bytes.
func privateDir(owner *account) (string, error) {
	parent := "/tmp"
	if freeBytes(memoryDir) >= roomy {
		parent = memoryDir
	}
	dir, err := os.MkdirTemp(parent, "huiyin-pg-")
	if err != nil {
		return "", fmt.Errorf("making a directory for the cluster: %w", err)
	}
	if c := owner.credential; c != nil {
		if err := os.Chown(dir, int(c.Uid), int(c.Gid)); err != nil {
			return "", fmt.Errorf("giving the directory to the server's user: %w", err)
		}
	}
	return dir, nil
}

// freeBytes returns the room for data in a file system, 0 if there is none such.
func freeBytes(path string) uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return 0
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize) //nolint:unconvert // other types on other systems
}
