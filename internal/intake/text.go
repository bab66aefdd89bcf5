package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// invisible are characters that show nothing: the zero-width space and joiner
// that web editors leave behind, and the byte order mark.
var invisible = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "", "\r\n", "\n", "\r", "\n")

// Clean drops the padding of a text and none of its words: invisible
// characters, blanks (U+3000 and U+00A0 among them) around each line, blank
// lines around the text, and all but one of several blank lines inside it.
func Clean(s string) string {
	var kept []string
	for line := range strings.SplitSeq(invisible.Replace(s), "\n") {
		line = strings.TrimSpace(line)
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// oneLine is a cleaned text on one line.
func oneLine(s string) string { return strings.ReplaceAll(Clean(s), "\n", " ") }

// readable reports whether s is UTF-8 without control characters, but for those
// that lay a text out.
func readable(s string) bool {
	strange := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t\v\f\u0085", r) }
	return utf8.ValidString(s) && !strings.ContainsFunc(s, strange)
}
