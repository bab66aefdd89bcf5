package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long a command has to end after a signal before it is killed.
const grace = 10 * time.Second

// execute runs the command in a process group of its own, so that a signal
// reaches everything it started, and returns its exit code.
func execute(args, env []string, stdout io.Writer, stop <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	cmd.Stdout = stdout
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("starting %s: %w", args[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return await(cmd.Process.Pid, ended, stop)
}

// await passes the first signal on to the group and kills the group at the
// second, or when the grace is over.
func await(group int, ended <-chan error, stop <-chan os.Signal) (int, error) {
	var overdue <-chan time.Time
	for {
		select {
		case err := <-ended:
			return exitCode(err)
		case sig := <-stop:
			if overdue != nil {
				signalGroup(group, syscall.SIGKILL)
				continue
			}
			signalGroup(group, sig.(syscall.Signal))
			overdue = time.After(grace)
		case <-overdue:
			signalGroup(group, syscall.SIGKILL)
		}
	}
}

// signalGroup ignores a group that has already gone.
func signalGroup(group int, sig syscall.Signal) {
	_ = syscall.Kill(-group, sig)
}

// exitCode follows the shell: 128 + n for a process ended by signal n.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case !errors.As(err, &exit):
		return 1, fmt.Errorf("waiting for the command: %w", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
