package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is what `go test -json` prints, see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// tally counts tests, subtests included. A test that failed also ran.
type tally struct{ passed, failed, skipped int }

func (t tally) ran() int { return t.passed + t.failed }

// report turns the events written to it into text and counts.
type report struct {
	out      io.Writer
	partial  []byte
	packages map[string]*progress
	dialects map[string]*tally
	total    tally
}

// progress is the state of a package under test: what each unfinished test has
// printed ("" stands for the package itself), and whether any test failed.
type progress struct {
	output map[string]*strings.Builder
	failed bool
}

func newReport(out io.Writer) *report {
	return &report{
		out:      out,
		packages: map[string]*progress{},
		dialects: map[string]*tally{"sqlite": {}, "postgres": {}, "other": {}},
	}
}

// Write takes the command's output, in pieces of any size.
func (r *report) Write(p []byte) (int, error) {
	r.partial = append(r.partial, p...)
	for {
		line, rest, found := bytes.Cut(r.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		r.line(line)
		r.partial = rest
	}
}

// line takes one line; what is not an event is an error of the go command.
func (r *report) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		fmt.Fprintf(r.out, "%s\n", line)
		return
	}
	r.take(e)
}

func (r *report) take(e event) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "run":
		r.of(e.Package).buffer(e.Test)
	case "output":
		r.keep(e)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
			return
		}
		r.endTest(e.Package, e.Test, e.Action)
	}
}

func (r *report) of(name string) *progress {
	p := r.packages[name]
	if p == nil {
		p = &progress{output: map[string]*strings.Builder{}}
		r.packages[name] = p
	}
	return p
}

// buffer returns what the test has printed so far, an empty text for a new one.
func (p *progress) buffer(test string) *strings.Builder {
	b := p.output[test]
	if b == nil {
		b = &strings.Builder{}
		p.output[test] = b
	}
	return b
}

// keep holds output back until it is known whether anybody wants it.
func (r *report) keep(e event) {
	switch {
	case e.Test == "" && isSummary(e.Output):
		fmt.Fprint(r.out, e.Output)
	case !isFraming(e.Output):
		r.of(e.Package).buffer(e.Test).WriteString(e.Output)
	}
}

// isSummary recognises the line that go test prints for a package.
func isSummary(line string) bool {
	return strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "FAIL\t")
}

// isFraming recognises the lines that only say which test speaks.
func isFraming(line string) bool {
	return strings.HasPrefix(line, "=== ") || line == "PASS\n" || line == "FAIL\n" ||
		strings.HasPrefix(line, "?   \t")
}

// endTest counts a test and shows what it printed unless it passed.
func (r *report) endTest(pkg, test, action string) {
	p := r.of(pkg)
	if action != "pass" {
		fmt.Fprint(r.out, p.buffer(test).String())
	}
	delete(p.output, test)
	p.failed = p.failed || action == "fail"
	r.total.count(action)
	r.dialects[dialect(test)].count(action)
}

func (t *tally) count(action string) {
	switch action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
	case "skip":
		t.skipped++
	}
}

// dialect says to which database a test belongs: a segment of its name tells.
func dialect(test string) string {
	for segment := range strings.SplitSeq(test, "/") {
		if segment == "sqlite" || segment == "postgres" {
			return segment
		}
	}
	return "other"
}

// endPackage closes a package. Tests still running when it failed (a crash, a
// time limit) failed with it, and one that failed without a test counts as one.
func (r *report) endPackage(e event) {
	p := r.of(e.Package)
	if e.Action == "fail" {
		fmt.Fprint(r.out, p.buffer("").String())
		delete(p.output, "")
		for _, test := range slices.Sorted(maps.Keys(p.output)) {
			fmt.Fprintf(r.out, "--- FAIL: %s (unfinished)\n", test)
			r.endTest(e.Package, test, "fail")
		}
		if !p.failed {
			r.total.failed++
		}
	}
	delete(r.packages, e.Package)
}

// finish closes packages that never ended, says what is wrong apart from failed
// tests, prints the counts, and returns the exit code.
func (r *report) finish(code int, needPostgres bool) int {
	if len(r.partial) > 0 {
		r.line(r.partial)
	}
	for _, name := range slices.Sorted(maps.Keys(r.packages)) {
		r.endPackage(event{Action: "fail", Package: name})
	}
	code, reason := r.verdict(code, needPostgres)
	fmt.Fprintln(r.out, reason)
	for _, name := range []string{"sqlite", "postgres", "other"} {
		t := r.dialects[name]
		fmt.Fprintf(r.out, "%s: %d ran, %d skipped\n", name, t.ran(), t.skipped)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.total.passed, r.total.failed, r.total.skipped)
	return code
}

// verdict returns the exit code for a `go test` that ended with code, and the
// reason for a failure that no test stands for.
func (r *report) verdict(code int, needPostgres bool) (int, string) {
	postgres := r.dialects["postgres"]
	switch {
	case r.total.failed > 0:
		return max(code, 1), ""
	case code != 0:
		return code, fmt.Sprintf("FAIL: go test ended with code %d", code)
	case r.total.ran() == 0:
		return 1, "FAIL: no test ran"
	case needPostgres && postgres.skipped > 0:
		return 1, "FAIL: tests on PostgreSQL were skipped, which CI does not accept"
	case needPostgres && postgres.ran() == 0:
		return 1, "FAIL: no test ran on PostgreSQL, which CI does not accept"
	}
	return 0, ""
}
