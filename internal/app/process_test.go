package app_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
)

// patience is how long anything that a process does may take on a busy machine.
const patience = time.Minute

// process is huiyin as a process of its own. What it says on both of its outputs
// is kept.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	exited chan struct{}

	mu      sync.Mutex
	said    bytes.Buffer
	changed chan struct{} // closed when more was said
}

// launch starts huiyin with arguments, an environment of HUIYIN_* variables and
// a line of standard input. When the test ends the process is gone, and any
// ERROR in its log has failed the test: no story here expects one.
func launch(t *testing.T, env []string, input string, args ...string) *process {
	t.Helper()
	p := &process{T: t, exited: make(chan struct{}), changed: make(chan struct{})}
	p.cmd = exec.Command(os.Args[0], args...)
	p.cmd.Env = append(append(bareEnvironment(), processVariable+"=1"), env...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = strings.NewReader(input), p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its exit code is asked for later
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.kill()
		p.wantNoErrors()
	})
	return p
}

// bareEnvironment is the test's own without the settings of huiyin.
func bareEnvironment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "HUIYIN_") {
			env = append(env, v)
		}
	}
	return env
}

// Write takes what the process says.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	return p.said.Write(text)
}

// output is everything said so far.
func (p *process) output() (string, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String(), p.changed
}

// await waits until the process has said something and gives the groups of the
// first match.
func (p *process) await(pattern string) []string {
	p.Helper()
	re, limit := regexp.MustCompile(pattern), clock.After(patience)
	for {
		text, changed := p.output()
		if found := re.FindStringSubmatch(text); found != nil {
			return found
		}
		select {
		case <-changed:
		case <-p.exited:
			if text, _ := p.output(); !re.MatchString(text) {
				p.Fatalf("huiyin ended and never said %s:\n%s", pattern, text)
			}
		case <-limit:
			p.Fatalf("huiyin has not said %s:\n%s", pattern, text)
		}
	}
}

// wantExit waits for the end of the process and checks its exit code.
func (p *process) wantExit(code int) string {
	p.Helper()
	select {
	case <-p.exited:
	case <-clock.After(patience):
		text, _ := p.output()
		p.Fatalf("huiyin does not end:\n%s", text)
	}
	text, _ := p.output()
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.Errorf("exit code %d, want %d:\n%s", got, code, text)
	}
	return text
}

// kill ends the process at once, wherever it is.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.exited
}

// terminate asks the process to finish what is under way.
func (p *process) terminate() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
}

func (p *process) wantNoErrors() {
	p.Helper()
	text, _ := p.output()
	for line := range strings.Lines(text) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic:") {
			p.Errorf("the log has an error: %s", line)
		}
	}
}
