package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Sheet is a file that spreadsheets open with its Chinese intact: UTF-8 with its
// mark, lines that end with CR LF, and no cell that a spreadsheet would run as a
// formula.
type Sheet struct{ out *csv.Writer }

// NewSheet begins a file with its header.
func NewSheet(w io.Writer, header ...string) (Sheet, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return Sheet{}, err
	}
	s := Sheet{csv.NewWriter(w)}
	s.out.UseCRLF = true
	return s, s.Row(header...)
}

// Row writes a line.
func (s Sheet) Row(cells ...string) error { return s.out.Write(tamed(cells)) }

// Flush sends what was written so far.
func (s Sheet) Flush() error {
	s.out.Flush()
	return s.out.Error()
}

// WriteCSV writes a table as a Sheet. Each line tells the period and, in Beijing
// time, when the report was made.
func WriteCSV(w io.Writer, t Table) error {
	made := []string{t.period.From.String(), t.period.To.String(), t.made.In(beijing).Format(time.DateTime)}
	s, err := NewSheet(w, slices.Concat(t.Header, []string{"起始日期", "截止日期", "统计时间（北京时间）"})...)
	if err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := s.Row(slices.Concat(row, made)...); err != nil {
			return err
		}
	}
	return s.Flush()
}

// beijing has been eight hours ahead, all year round, since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// tamed gives the cells such that none is a formula: one that begins like one,
// were it after white space and what nobody sees, gets an apostrophe in front.
func tamed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(c, unseen))
		if strings.IndexAny(c, "\t\r\n") == 0 || strings.ContainsRune("=+-@＝＋－＠", first) {
			c = "'" + c
		}
		out[i] = c
	}
	return out
}

func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
