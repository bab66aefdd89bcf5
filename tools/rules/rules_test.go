package rules

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/huiyin/huiyin"

// imports lists which of our packages each package may import, as
// architecture.md says it.
var imports = map[string][]string{
	"internal/grievance": {"internal/calendar"},
	"internal/calendar":  {},
	"internal/almanac":   {"internal/calendar"}, // files of holidays
	"internal/clock":     {},
	"internal/config":    {},
	"internal/vault":     {},
	"migrations":         {},
	"internal/store":     {"internal/grievance", "internal/calendar", "internal/vault", "internal/clock", "migrations"},
	"internal/answer":    {"internal/grievance", "internal/store"},
	"internal/office":    {"internal/answer", "internal/grievance", "internal/calendar", "internal/store", "internal/clock"},
	"internal/casework":  {"internal/answer", "internal/grievance", "internal/calendar", "internal/office", "internal/store", "internal/clock", "internal/report"}, // which draws bulletins (docs/adr/0019)
	"internal/report":    {"internal/grievance", "internal/store"},
	"internal/notice":    {"internal/grievance", "internal/calendar"}, // the documents of notices
	"internal/engine":    {"internal/grievance", "internal/calendar", "internal/casework", "internal/office", "internal/store", "internal/clock"},
	"internal/intake":    {"internal/grievance", "internal/calendar", "internal/office", "internal/casework", "internal/store", "internal/report", "internal/engine", "internal/clock"},
	"internal/demo":      {"internal/grievance", "internal/office", "internal/casework", "internal/engine", "internal/store", "internal/clock"},
	"internal/auth":      {"internal/grievance", "internal/store", "internal/vault", "internal/clock"}, // refusals and sealed keys
	"api": {
		"internal/answer", "internal/grievance", "internal/calendar", "internal/casework", "internal/office",
		"internal/engine", "internal/report", "internal/notice", "internal/store", "internal/auth", "internal/clock",
	},
}

// foreign lists the packages that may import a library which others may not.
var foreign = map[string][]string{
	"gorm.io/gorm":                 {"internal/store"},
	"github.com/labstack/echo/v4":  {"api"},
	"github.com/golang-jwt/jwt/v5": {"internal/auth"},
	"github.com/jackc/pgx/v5":      nil, // anybody but the pure packages
	"github.com/google/uuid":       {},
}

// pure packages see the standard library only, and not all of it.
var pure = []string{"internal/grievance", "internal/calendar"}

// TestImports writes one file an import below every package, so that nothing
// imports in circles, and expects depguard to refuse exactly those that the
// architecture does.
func TestImports(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	want := map[string]bool{}
	add := func(pkg, imported string, allowed bool) {
		name := filepath.Join(pkg, strings.NewReplacer("/", "_", ".", "_").Replace(imported), "x.go")
		write(t, dir, name, "package x\n\nimport _ \""+imported+"\"\n")
		if !allowed {
			want[name] = true
		}
	}
	for pkg, ours := range imports {
		isPure := slices.Contains(pure, pkg)
		for other := range imports {
			if other != pkg {
				add(pkg, module+"/"+other, slices.Contains(ours, other))
			}
		}
		add(pkg, module+"/internal/unheard", false)
		for library, users := range foreign {
			add(pkg, library, !isPure && (users == nil || slices.Contains(users, pkg)))
		}
		add(pkg, "net/http", !isPure)
		add(pkg, "os", !isPure)
		add(pkg, "io/ioutil", false)
		add(pkg, "time", true)
		add(pkg, "database/sql/driver", true)
	}
	add("internal/store/storetest", module+"/migrations", true)
	add("internal/store/storetest", "gorm.io/gorm", true)
	add("internal/demo", module+"/samples", true)
	add("internal/office", module+"/samples", false)
	add("internal/office/officetest", module+"/internal/demo", true)
	add("internal/app", module+"/internal/store", true)
	add("internal/app", "gorm.io/gorm", false)
	add("cmd/huiyin", module+"/internal/app", true)
	add("cmd/huiyin", module+"/internal/store", false)

	got := complaints(t, dir, "depguard")
	for _, file := range slices.Sorted(maps.Keys(want)) {
		if !got[file] {
			t.Errorf("%s is accepted", file)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(got)) {
		if !want[file] {
			t.Errorf("%s is refused", file)
		}
	}
}

func TestTheClockIsReadInOnePlace(t *testing.T) {
	t.Parallel()
	const reading = "package p\n\nimport \"time\"\n\nvar _ = time.Now()\n"
	dir := checkout(t)
	write(t, dir, "internal/clock/x/now.go", reading)
	write(t, dir, "internal/engine/x/now.go", reading)
	write(t, dir, "internal/engine/x/sleep_test.go", "package p\n\nimport \"time\"\n\nfunc f() { time.Sleep(1) }\n")
	write(t, dir, "api/x/since.go", "package p\n\nimport (\n\tt \"time\"\n)\n\nvar _ = t.Since\n")
	write(t, dir, "api/x/fine.go", "package p\n\nimport \"time\"\n\nvar _ = time.Date\n")
	got := slices.Sorted(maps.Keys(complaints(t, dir, "forbidigo")))
	want := []string{"api/x/since.go", "internal/engine/x/now.go", "internal/engine/x/sleep_test.go"}
	if !slices.Equal(got, want) {
		t.Errorf("refused %v, want %v", got, want)
	}
}

// checkout makes a module that has our name, our rules, and stubs of what it imports.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	config, err := os.ReadFile(filepath.Join("..", "..", ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".golangci.yml", string(config))
	mod := "module " + module + "\n\ngo 1.26\n"
	for library := range foreign {
		stub := filepath.Join(dir, "stubs", library)
		write(t, stub, "go.mod", "module "+library+"\n")
		write(t, stub, "stub.go", "package stub\n")
		version := "v0.0.0"
		if major := filepath.Base(library); major[0] == 'v' {
			version = major + ".0.0"
		}
		mod += "require " + library + " " + version + "\nreplace " + library + " => ./stubs/" + library + "\n"
	}
	write(t, dir, "go.mod", mod)
	for pkg := range imports {
		write(t, dir, filepath.Join(pkg, "stub.go"), "package stub\n")
	}
	for _, pkg := range []string{"internal/app", "internal/unheard", "samples"} {
		write(t, dir, filepath.Join(pkg, "stub.go"), "package stub\n")
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// complaints runs one linter and returns the files that it complains about.
func complaints(t *testing.T, dir, linter string) map[string]bool {
	t.Helper()
	binary, err := exec.Command("go", "tool", "-n", "golangci-lint").Output()
	if err != nil {
		t.Fatalf("building golangci-lint: %v", err)
	}
	cmd := exec.Command(strings.TrimSpace(string(binary)), "run", "--enable-only", linter, "--allow-parallel-runners",
		"--path-mode", "abs", "--output.json.path", "stdout", "--output.text.path", "stderr", "--show-stats=false", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var result struct {
		Issues []struct {
			FromLinter string
			Pos        struct{ Filename string }
		}
	}
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatalf("reading the linter's answer: %v\n%s", err, out)
	}
	files := map[string]bool{}
	for _, issue := range result.Issues {
		name, err := filepath.Rel(dir, issue.Pos.Filename)
		if err != nil || issue.FromLinter != linter {
			t.Fatalf("unexpected complaint of %s about %s", issue.FromLinter, issue.Pos.Filename)
		}
		files[name] = true
	}
	return files
}
