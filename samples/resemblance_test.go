package samples

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"unicode"
)

// run is the number of characters in a row, punctuation and space left out,
// that no sample may share with a real message.
const run = 12

// TestNoMessageIsCopied compares the samples with the real messages where they
// are at hand: in the folder HUIYIN_REAL_DATA, else beside the project.
func TestNoMessageIsCopied(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HUIYIN_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	} else if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", dir)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real messages are not here")
	}
	ours := map[string]string{}
	for _, m := range load(t).Messages {
		for _, text := range words(m) {
			runs(text, func(r string) { ours[r] = m.ID })
		}
	}
	for _, file := range []string{"messages_labelled.csv", "messages_replied.csv"} {
		for _, cell := range cells(t, filepath.Join(dir, file)) {
			runs(cell, func(r string) {
				if id, ok := ours[r]; ok {
					t.Errorf("%s shares %q with %s", id, r, file)
				}
			})
		}
	}
}

func words(m Message) []string {
	s := m.Story
	all := []string{m.Title, m.Body, s.Contact, s.Reply, s.Answer, s.Withdraw, s.Dispute}
	if s.Opinion != nil {
		all = append(all, s.Opinion.Request, s.Opinion.Facts, s.Opinion.Opinion)
	}
	return all
}

// runs calls f with each run of letters and digits of the text.
func runs(text string, f func(string)) {
	var kept []rune
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			kept = append(kept, r)
		}
	}
	for i := range max(0, len(kept)-run+1) {
		f(string(kept[i : i+run]))
	}
}

func cells(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.LazyQuotes = true
	reader.FieldsPerRecord = -1
	lines, err := reader.ReadAll()
	if err != nil || len(lines) < 100 {
		t.Fatalf("%d lines of %s: %v", len(lines), path, err)
	}
	var all []string
	for _, line := range lines[1:] {
		all = append(all, line...)
	}
	return all
}
