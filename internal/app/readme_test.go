package app_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
	"github.com/huiyin/huiyin/samples"
)

var update = flag.Bool("update", false, "write what the README's tour answers into the READMEs")

// readmes are told apart by the heading of their tour.
var readmes = map[string]string{"../../README.md": "## A five-minute tour\n", "../../README.zh-CN.md": "## 五分钟导览\n"}

// stop is some lines of the tour, and what the README says that they answer.
type stop struct{ lines, answer string }

var fenced = regexp.MustCompile("(?s)```sh\n(.*?)```\n\n```text\n(.*?)```\n")

// tourOf gives the stops of a README's tour.
func tourOf(t *testing.T, file string) (text string, stops []stop) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = string(content)
	_, tour, found := strings.Cut(text, readmes[file])
	if tour, _, _ = strings.Cut(tour, "\n## "); !found {
		t.Fatalf("%s has no tour", file)
	}
	for _, m := range fenced.FindAllStringSubmatch(tour, -1) {
		stops = append(stops, stop{m[1], m[2]})
	}
	if n := strings.Count(tour, "```sh\n"); n != len(stops) || n == 0 {
		t.Fatalf("%s: %d of %d blocks of the tour have an answer", file, len(stops), n)
	}
	return text, stops
}

// The tour's own lines run as they stand against a server with the demo city,
// and answer what the README says but for identifiers, times and how much the
// demo is late on this day.
func TestTheReadmesTourWorksLineByLine(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Fatal(err)
	}
	for file := range readmes {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, stops := tourOf(t, file)
			password := regexp.MustCompile(`HUIYIN_DEMO_PASSWORD=(\S+) make run`).FindStringSubmatch(text)
			if password == nil {
				t.Fatal("it does not say how to run the demo with a password")
			}
			env := []string{"HUIYIN_DATABASE_URL=" + storetest.EmptyURL(t, migrations.SQLite), "HUIYIN_KEY_FILE=" + newKey(t)}
			s := serve(t, append(env, "HUIYIN_DEMO_PASSWORD="+password[1]), "--demo")
			answers := walk(t, s.base, stops)
			if *update {
				write(t, file, text, stops, answers)
				return
			}
			for i, got := range answers {
				if want := stops[i].answer; masked(got) != masked(want) {
					t.Errorf("these lines:\n%sanswer:\n%swhere the README says:\n%s", stops[i].lines, got, want)
				}
			}
		})
	}
}

const mark = "@@ next stop\n"

// walk runs the stops in one shell, which ends with the first command that
// fails, and gives what each answers.
func walk(t *testing.T, base string, stops []stop) []string {
	t.Helper()
	script := "set -e -o pipefail\n"
	for _, s := range stops {
		script += "printf '" + strings.TrimSuffix(mark, "\n") + "\\n'\n" + s.lines
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", script)
	shell.Env = append(bareEnvironment(), "BASE="+base)
	var said, complaint bytes.Buffer
	shell.Stdout, shell.Stderr = &said, &complaint
	if err := shell.Run(); err != nil {
		t.Fatalf("the tour stops: %v\n%s%s", err, said.String(), complaint.String())
	}
	if complaint.Len() > 0 {
		t.Errorf("the tour complains: %s", complaint.String())
	}
	return strings.Split(strings.ReplaceAll(said.String(), "\r", ""), mark)[1:]
}

var masks = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`990121101-\d{8}-\d{4}`), "RECEIPT"},
	{regexp.MustCompile(`"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{4}"`), "CODE"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?Z?)?`), "TIME"},
	{regexp.MustCompile(`((一|二|三)级（.*）|合计),\d+,\d+`), "$1,N,N"}, // how late the demo is today
	{regexp.MustCompile(`"(escalations|cases|total)":\d+`), "$1 N"},
	{regexp.MustCompile("\uFEFF|(?m)[ \t]+$|\n+$"), ""},
}

// masked is an answer without what differs from day to day.
func masked(answer string) string {
	for _, m := range masks {
		answer = m.what.ReplaceAllString(answer, m.with)
	}
	return answer
}

// write copies the answers of a real run into a README.
func write(t *testing.T, file, text string, stops []stop, answers []string) {
	t.Helper()
	for i, s := range stops {
		answer := strings.TrimRight(strings.ReplaceAll(answers[i], "\uFEFF", ""), "\n") + "\n"
		was, is := "```sh\n"+s.lines+"```\n\n```text\n"+s.answer+"```\n", "```sh\n"+s.lines+"```\n\n```text\n"+answer+"```\n"
		if strings.Count(text, was) != 1 {
			t.Fatalf("%s has these lines twice:\n%s", file, s.lines)
		}
		text = strings.Replace(text, was, is, 1)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Both READMEs list every setting with its default, and the fixed accounts.
func TestTheReadmesTablesAreComplete(t *testing.T) {
	t.Parallel()
	city, err := samples.Load()
	if err != nil {
		t.Fatal(err)
	}
	accounts := map[string]bool{}
	for _, u := range city.Users {
		accounts[u.Account] = true
	}
	for file := range readmes {
		text, _ := tourOf(t, file)
		for _, settings := range []reflect.Type{reflect.TypeFor[config.Common](), reflect.TypeFor[config.Serve]()} {
			for field := range settings.Fields() {
				if _, hidden := field.Tag.Lookup("hidden"); hidden {
					continue
				}
				row := "| `" + field.Tag.Get("env") + "` | "
				if d := field.Tag.Get("default"); d != "" {
					row += "`" + d + "` |"
				}
				if !strings.Contains(text, row) {
					t.Errorf("%s has no row %q", file, row)
				}
			}
		}
		for _, account := range strings.Fields("admin clerk clerk2 courier grid_worker handler handler2 leader deputy county_leader supervisor city_supervisor inspector petitioner") {
			if !accounts[account] || !strings.Contains(text, "| `"+account+"` | ") {
				t.Errorf("%s does not list the account %s", file, account)
			}
		}
	}
}
