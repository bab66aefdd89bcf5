package report

import (
	"io"
	"strings"

	"golang.org/x/text/width"
)

// WriteTable writes a table for a terminal: Chinese characters are two columns
// wide, names stand at the left and figures at the right.
func WriteTable(w io.Writer, t Table) error {
	widths := make([]int, len(t.Header))
	measured := t.Rows
	if t.sentence {
		measured = measured[:len(measured)-1]
	}
	for _, row := range append([][]string{t.Header}, measured...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var out strings.Builder
	if t.Title != "" {
		out.WriteString(t.Title + "\n")
	}
	out.WriteString(t.line(t.Header, widths))
	out.WriteString(rule(widths))
	for i, row := range t.Rows {
		if i == len(t.Rows)-1 && i > 0 {
			out.WriteString(rule(widths))
		}
		out.WriteString(t.line(row, widths))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (t Table) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		blank := strings.Repeat(" ", max(0, widths[i]-columns(cell)))
		if i < t.Number {
			b.WriteString(cell + blank)
		} else {
			b.WriteString(blank + cell)
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

func rule(widths []int) string {
	total := 2 * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	return strings.Repeat("-", total) + "\n"
}

// columns is how many columns of a terminal a text takes.
func columns(s string) (n int) {
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
