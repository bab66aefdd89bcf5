package grievance

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestStates compares who may do what in which state, and what comes of it,
// with the tables in testdata/states.txt. They are written by -update and read
// by people: a cell that changes is a rule that changes.
func TestStates(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	out.WriteString(legend)
	for _, a := range actors {
		fmt.Fprintf(&out, "  %-16s %s\n", a.name, a.is)
	}
	for _, op := range operationOrder {
		stateTable(t, &out, op)
	}
	golden(t, "testdata/states.txt", out.Bytes())
}

const legend = `Who may do what, in which state of a case, and what comes of it.

  yes    done                      state  the status does not allow it
  -      not this actor's to do    wait   a leader has to sign or return first,
                                         or an objection to be decided
  other words are the end of the refusal's code

A case by letter, sent in by the courier of a village and acknowledged by the
township's clerk. The columns:
  forwarded to the township hill, where nobody has acknowledged it
  decline?, withdraw?, extend? and suspend? wait for a leader's signature, extend?
  for the head's, which nothing else waits for
  objects? is forwarded too, and hill's clerk has objected; in raised? the station
  has, the desk's clerk has refused, and the superior is to decide
  helped is handled, and the desk has asked the bureau to help
  to-unit is assigned to the station, to-handler to its handler by name
  reviewing is closed and before the county for a review, review? with its opinion
  before a leader, finalised by the agreement of a mediation
For "answer" the case is an inquiry, for "dispute" it came by the app, but for
what is reviewed; for "take_down" from the echo wall. For "release_sponsor" and "duty" the head of the
desk's unit is in charge, for "reply" and "judge_reply" the supervisor has ordered
an answer, which for the latter was given, and for "lift" the case is listed.

`

var shortCodes = map[string]string{
	"": "yes", "case.not_permitted": "-", "case.state": "state", "case.signoff_pending": "wait", "objection.pending": "wait",
}

func stateTable(t *testing.T, out *bytes.Buffer, op Operation) {
	t.Helper()
	fmt.Fprintf(out, "\n## %s\n\n%-16s", op, "")
	for _, sc := range scenes {
		fmt.Fprintf(out, " %-10s", sc.name)
	}
	stages := make([]*story, len(scenes))
	for i, sc := range scenes {
		stages[i] = stage(t, sc, op)
	}
	var results []string
	told := map[string]bool{}
	for _, a := range actors {
		row, concerned := "", false
		for i, sc := range scenes {
			s := *stages[i]
			cell, result := tryOne(&s, a.name, op)
			row += fmt.Sprintf(" %-10s", cell)
			concerned = concerned || cell != "-"
			if cell == "yes" && !told[result] {
				results = append(results, fmt.Sprintf("%-10s %-14s %s", sc.name, a.name, result))
				told[result] = true
			}
		}
		if concerned {
			fmt.Fprintf(out, "\n%-16s%s", a.name, row)
		}
	}
	fmt.Fprintf(out, "\n%-16s%s", "all others", strings.Repeat(fmt.Sprintf(" %-10s", "-"), len(scenes)))
	fmt.Fprintf(out, "\n\n%s\n", strings.Join(results, "\n"))
}

// tryOne gives the cell and, where it was done, what came of it.
func tryOne(s *story, who string, op Operation) (cell, result string) {
	since := len(s.rec.events)
	code := CodeOf(s.try(who, operations(s.c())[op]))
	if short, ok := shortCodes[code]; ok {
		cell = short
	} else {
		cell = code[strings.Index(code, ".")+1:]
	}
	if cell != "yes" {
		return cell, ""
	}
	c := s.rec.row
	waits := s.o.post(c.AwaitingPost)
	if !c.AwaitingUser.IsZero() {
		waits = s.o.user(c.AwaitingUser)
	}
	return cell, fmt.Sprintf("→ %s: %s; %s answers as %s; awaiting %s",
		c.Status, s.kinds(since), s.o.user(c.Responsible), s.o.post(c.ResponsiblePost), waits)
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(string(got)) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(lines)+1 || i < len(lines) && line != lines[i] {
			t.Fatalf("%s differs in line %d (go test -update writes it anew):\nwant %s\ngot  %s", path, i+1, line, append(lines, "")[min(i, len(lines))])
		}
	}
	if text != string(want) {
		t.Fatalf("%s is shorter than it should be", path)
	}
}
