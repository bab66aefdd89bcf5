package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// lines writes events as go test prints them: action, package, test, output.
func lines(t *testing.T, events ...[4]string) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(event{Action: e[0], Package: e[1], Test: e[2], Output: e[3]})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func TestReport(t *testing.T) {
	t.Parallel()
	passing := [][4]string{
		{"run", "p", "TestA", ""},
		{"output", "p", "TestA", "=== RUN   TestA\n"},
		{"output", "p", "TestA", "chatter\n"},
		{"pass", "p", "TestA/sqlite", ""},
		{"pass", "p", "TestA/postgres/rows", ""},
		{"pass", "p", "TestA", ""},
		{"output", "p", "", "PASS\n"},
		{"output", "p", "", "ok  \tp\t0.1s\n"},
		{"pass", "p", "", ""},
	}
	skipping := [][4]string{
		{"output", "p", "TestA/postgres", "    a_test.go:1: no server\n"},
		{"skip", "p", "TestA/postgres", ""},
		{"pass", "p", "TestA", ""},
		{"pass", "p", "", ""},
	}
	tests := []struct {
		name         string
		input        string
		code         int
		needPostgres bool
		wantCode     int
		want         string
	}{
		{
			name: "passing", input: lines(t, passing...), needPostgres: true,
			want: "ok  \tp\t0.1s\n\nsqlite: 1 ran, 0 skipped\npostgres: 1 ran, 0 skipped\n" +
				"other: 1 ran, 0 skipped\n3 passed, 0 failed, 0 skipped\n",
		},
		{
			name: "failing",
			input: lines(t,
				[4]string{"output", "p", "TestA", "=== RUN   TestA\n"},
				[4]string{"output", "p", "TestA", "    a_test.go:3: got 1\n"},
				[4]string{"output", "p", "TestA", "--- FAIL: TestA (0.00s)\n"},
				[4]string{"fail", "p", "TestA", ""},
				[4]string{"output", "p", "", "FAIL\n"},
				[4]string{"output", "p", "", "FAIL\tp\t0.1s\n"},
				[4]string{"fail", "p", "", ""}),
			code: 1, wantCode: 1,
			want: "    a_test.go:3: got 1\n--- FAIL: TestA (0.00s)\nFAIL\tp\t0.1s\n\nsqlite: 0 ran, 0 skipped\n" +
				"postgres: 0 ran, 0 skipped\nother: 1 ran, 0 skipped\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "crash in the middle of a test",
			input: lines(t,
				[4]string{"run", "p", "TestA/sqlite", ""},
				[4]string{"output", "p", "TestA/sqlite", "panic: test timed out\n"},
				[4]string{"fail", "p", "", ""}),
			code: 1, wantCode: 1,
			want: "--- FAIL: TestA/sqlite (unfinished)\npanic: test timed out\n\nsqlite: 1 ran, 0 skipped\n" +
				"postgres: 0 ran, 0 skipped\nother: 0 ran, 0 skipped\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "broken build",
			input: lines(t,
				[4]string{"build-output", "", "", "a.go:1: undefined: x\n"},
				[4]string{"build-fail", "", "", ""},
				[4]string{"output", "p", "", "FAIL\tp [build failed]\n"},
				[4]string{"fail", "p", "", ""}),
			code: 1, wantCode: 1,
			want: "a.go:1: undefined: x\nFAIL\tp [build failed]\n\nsqlite: 0 ran, 0 skipped\n" +
				"postgres: 0 ran, 0 skipped\nother: 0 ran, 0 skipped\n0 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "skipped PostgreSQL at home", input: lines(t, skipping...),
			want: "    a_test.go:1: no server\n\nsqlite: 0 ran, 0 skipped\npostgres: 0 ran, 1 skipped\n" +
				"other: 1 ran, 0 skipped\n1 passed, 0 failed, 1 skipped\n",
		},
		{
			name: "skipped PostgreSQL in CI", input: lines(t, skipping...), needPostgres: true, wantCode: 1,
			want: "    a_test.go:1: no server\nFAIL: tests on PostgreSQL were skipped, which CI does not accept\n" +
				"sqlite: 0 ran, 0 skipped\npostgres: 0 ran, 1 skipped\nother: 1 ran, 0 skipped\n" +
				"1 passed, 0 failed, 1 skipped\n",
		},
		{
			name:         "absent PostgreSQL in CI",
			input:        lines(t, [4]string{"pass", "p", "TestA", ""}, [4]string{"pass", "p", "", ""}),
			needPostgres: true, wantCode: 1,
			want: "FAIL: no test ran on PostgreSQL, which CI does not accept\nsqlite: 0 ran, 0 skipped\n" +
				"postgres: 0 ran, 0 skipped\nother: 1 ran, 0 skipped\n1 passed, 0 failed, 0 skipped\n",
		},
		{
			name: "nothing", input: "go: warning: no packages\n", wantCode: 1,
			want: "go: warning: no packages\nFAIL: no test ran\nsqlite: 0 ran, 0 skipped\n" +
				"postgres: 0 ran, 0 skipped\nother: 0 ran, 0 skipped\n0 passed, 0 failed, 0 skipped\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			r := newReport(&out)
			for i := range len(tt.input) { // a pipe splits lines anywhere
				if _, err := r.Write([]byte(tt.input[i : i+1])); err != nil {
					t.Fatal(err)
				}
			}
			if code := r.finish(tt.code, tt.needPostgres); code != tt.wantCode {
				t.Errorf("code %d, want %d", code, tt.wantCode)
			}
			if out.String() != tt.want {
				t.Errorf("printed\n%s\nwant\n%s", out.String(), tt.want)
			}
		})
	}
}

func TestWantsPostgres(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]bool{
		"": true, "postgres": true, "sqlite,postgres": true, "sqlite, postgres": true, "sqlite": false,
	} {
		if got := wantsPostgres(list); got != want {
			t.Errorf("wantsPostgres(%q) = %v", list, got)
		}
	}
}
