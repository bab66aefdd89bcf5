package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// startLimit is generous: a loaded machine with a cold disk is slow.
	startLimit = 2 * time.Minute
	// attempts covers a port that somebody else takes before the server does.
	attempts = 3
)

var (
	errInterrupted = errors.New("interrupted")
	errStillborn   = errors.New("the server did not start")
)

// cluster is a running private server and its files.
type cluster struct {
	url    string
	dir    string
	server *exec.Cmd
	exited chan struct{}
}

// start makes a cluster and waits until it answers.
func start(stop <-chan os.Signal) (*cluster, error) {
	bin, err := findOrInstall()
	if err != nil {
		return nil, err
	}
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	dir, err := privateDir(owner)
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	if err := c.create(bin, owner); err != nil {
		c.remove()
		return nil, err
	}
	for range attempts {
		if err = c.serve(bin, owner, stop); !errors.Is(err, errStillborn) {
			break
		}
	}
	if err != nil {
		c.remove()
		return nil, err
	}
	return c, nil
}

// create runs initdb. Locale C makes the order of text the same everywhere.
func (c *cluster) create(bin string, owner *account) error {
	cmd := owner.command(filepath.Join(bin, "initdb"),
		"--pgdata", c.data(), "--username", "postgres", "--auth", "trust",
		"--locale", "C", "--encoding", "UTF8", "--no-sync", "--no-instructions")
	cmd.Dir = c.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running initdb: %w\n%s", err, out)
	}
	return nil
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// serve starts the server on a free port and waits until it is ready.
func (c *cluster) serve(bin string, owner *account, stop <-chan os.Signal) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	c.server = owner.command(filepath.Join(bin, "postgres"), c.settings(port)...)
	c.server.Dir = c.dir
	dieWithParent(c.server.SysProcAttr)
	log, err := c.server.StderrPipe()
	if err != nil {
		return fmt.Errorf("reading the server's log: %w", err)
	}
	if err := c.server.Start(); err != nil {
		c.server = nil
		return fmt.Errorf("starting the server: %w", err)
	}
	c.url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return c.awaitReady(log, stop)
}

// settings gives up the durability that tests don't need, keeps what changes
// behaviour, and takes a time zone that shows up whoever relies on the server's.
func (c *cluster) settings(port int) []string {
	settings := []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=" + c.dir,
		"max_connections=300",
		"fsync=off",
		"full_page_writes=off",
		"wal_level=minimal",
		"max_wal_senders=0",
		"max_wal_size=256MB",
		"dynamic_shared_memory_type=mmap",
		"jit=off",
		"timezone=America/New_York",
		"log_timezone=UTC",
	}
	args := []string{"-D", c.data()}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// awaitReady follows the log until the server is ready; it goes on draining the
// log afterwards, for a full pipe would stop the server.
func (c *cluster) awaitReady(log io.Reader, stop <-chan os.Signal) error {
	ready := make(chan struct{})
	c.exited = make(chan struct{})
	var seen strings.Builder
	go c.follow(log, &seen, ready)
	select {
	case <-ready:
		return nil
	case <-c.exited:
		c.server = nil
		return fmt.Errorf("%w:\n%s", errStillborn, seen.String())
	case <-time.After(startLimit):
		return fmt.Errorf("the server was not ready within %s", startLimit)
	case <-stop:
		return errInterrupted
	}
}

// follow keeps what the server says until it is ready, then only drains.
func (c *cluster) follow(log io.Reader, seen io.Writer, ready chan<- struct{}) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		fmt.Fprintln(seen, lines.Text())
		if strings.Contains(lines.Text(), "ready to accept connections") {
			close(ready)
			break
		}
	}
	_, _ = io.Copy(io.Discard, log)
	_ = c.server.Wait()
	close(c.exited)
}

// remove stops the server at once, since nothing in it is kept, and deletes its
// files.
func (c *cluster) remove() {
	if c.server != nil {
		_ = c.server.Process.Signal(syscall.SIGQUIT)
		select {
		case <-c.exited:
		case <-time.After(grace):
			_ = c.server.Process.Kill()
			<-c.exited
		}
	}
	if err := os.RemoveAll(c.dir); err != nil {
		fmt.Fprintln(os.Stderr, "testpg: removing the cluster:", err)
	}
}

// freePort asks the kernel for a port that is free now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
