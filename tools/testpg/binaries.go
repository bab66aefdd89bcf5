package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldest is the first PostgreSQL release that Huiyin supports.
const oldest = 15

var errNoServer = errors.New("no PostgreSQL server binaries found")

// serverBinaries returns the directory that holds initdb and postgres.
func serverBinaries() (string, error) {
	for _, dir := range candidateDirs() {
		if usable(dir) {
			return dir, nil
		}
	}
	return "", errNoServer
}

// candidateDirs lists where servers are installed, the preferred first: PATH,
// then Debian's, Red Hat's and brew's folders, newer releases before older.
func candidateDirs() []string {
	var dirs []string
	if found, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		dirs = append(dirs, newestFirst(pattern)...)
	}
	return dirs
}

// newestFirst expands a pattern and orders the result by the release number in
// the path.
func newestFirst(pattern string) []string {
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return nil
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return release(b) - release(a) })
	return dirs
}

var digits = regexp.MustCompile(`\d+`)

// release returns the first number in s, or 0.
func release(s string) int {
	n, err := strconv.Atoi(digits.FindString(s))
	if err != nil {
		return 0
	}
	return n
}

// usable reports whether dir holds a complete server that is new enough.
func usable(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return false
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	return err == nil && release(string(out)) >= oldest
}

// findOrInstall returns the server's binaries, installing them when there are none.
func findOrInstall() (string, error) {
	dir, err := serverBinaries()
	if err == nil {
		return dir, nil
	}
	if err := install(); err != nil {
		return "", fmt.Errorf("%w and installing them failed (%w)\n%s", errNoServer, err, advice)
	}
	if dir, err = serverBinaries(); err != nil {
		return "", fmt.Errorf("%w although the installation succeeded\n%s", err, advice)
	}
	return dir, nil
}
