package report

import (
	"encoding/csv"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// WriteCSV writes a table as a file that spreadsheets open with its Chinese
// intact: UTF-8 with its mark, lines that end with CR LF, and no cell that a
// spreadsheet would run as a formula. Each line tells the period and, in Beijing
// time, when the report was made.
func WriteCSV(w io.Writer, t Table) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	made := []string{t.period.From.String(), t.period.To.String(), t.made.In(beijing).Format(time.DateTime)}
	if err := out.Write(append(tamed(t.Header), "起始日期", "截止日期", "统计时间（北京时间）")); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := out.Write(append(tamed(row), made...)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// beijing has been eight hours ahead, all year round, since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// tamed gives the cells such that none is a formula: one that begins like one,
// were it after white space and what nobody sees, gets an apostrophe in front.
func tamed(cells []string) []string {
	out := make([]string, len(cells), len(cells)+3)
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
