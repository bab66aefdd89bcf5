package app

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress tells on a terminal how far long work has come, and is silent where
// nobody looks.
type progress struct {
	to   io.Writer // nil where nobody looks
	what string
	last string
}

func newProgress(w io.Writer, what string) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) { // a descriptor is an int on every system that has terminals
		return &progress{to: w, what: what}
	}
	return &progress{what: what}
}

const barWidth = 30

// show draws the line anew where it would look different; a total of 0 is
// unknown.
func (p *progress) show(done, total int) {
	if p.to == nil {
		return
	}
	line := fmt.Sprintf("%d %s", done, p.what)
	if total > 0 {
		full := barWidth * done / total
		line = fmt.Sprintf("[%s%s] %3d%% of %d %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*done/total, total, p.what)
	}
	if line != p.last {
		p.last = line
		_, _ = fmt.Fprint(p.to, "\r", line)
	}
}

// end leaves the line as it is.
func (p *progress) end() {
	if p.to != nil && p.last != "" {
		_, _ = fmt.Fprintln(p.to)
	}
}
