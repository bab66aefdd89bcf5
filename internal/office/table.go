package office

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/huiyin/huiyin/internal/grievance"
)

// The refusals about files.
var (
	errColumns = grievance.Refuse(grievance.Invalid, "import.columns", "文件的表头不符合要求")
	errFields  = grievance.Refuse(grievance.Invalid, "import.fields", "列数与表头不符")
	errTwice   = grievance.Refuse(grievance.Invalid, "import.twice", "与文件中前面的行重复")
	errRows    = grievance.Refuse(grievance.Invalid, "import.rows", "文件中有错误的行，没有导入任何内容")
)

// Report tells what an import did, or why it did nothing: with any Errors the
// file was refused as a whole.
type Report struct {
	Rows      int
	Created   int
	Changed   int
	Unchanged int
	Errors    []RowError
}

// RowError is what is wrong with the row that begins on Line, from 1.
type RowError struct {
	Line    int
	Code    string
	Message string
}

// refuse reports a refusal; every other error stands as one without words.
func (r *Report) refuse(line int, err error) {
	fault, ok := errors.AsType[*grievance.Error](err)
	if !ok {
		fault = errRows
	}
	r.Errors = append(r.Errors, RowError{Line: line, Code: fault.Code, Message: fault.Message})
}

// verdict refuses the file if any row is wrong, and puts those in order.
func (r *Report) verdict() error {
	slices.SortStableFunc(r.Errors, func(a, b RowError) int { return cmp.Compare(a.Line, b.Line) })
	if len(r.Errors) > 0 {
		return errRows
	}
	return nil
}

// row is one line of a file by the names of its columns.
type row struct {
	line   int
	fields map[string]string
}

// layout is a form of file: the columns that it must have, and those by which
// no two rows may be the same.
type layout struct{ columns, key []string }

func (l layout) keyOf(r row) string {
	values := make([]string, len(l.key))
	for i, c := range l.key {
		values[i] = r.fields[c]
	}
	return strings.Join(values, "\x00")
}

// readTable reads a CSV with a header in one of several layouts, and tells
// which. A byte order mark, CRLF and blanks around fields are dropped. Rows that
// are torn, hold control characters or repeat an earlier row's key go to the
// report and are left out.
func readTable(r io.Reader, report *Report, layouts ...layout) (which int, rows []row, err error) {
	reader := csv.NewReader(WithoutBOM(r))
	head, err := reader.Read()
	if err != nil {
		return 0, nil, unreadable(err)
	}
	head = trimAll(head)
	which = slices.IndexFunc(layouts, func(l layout) bool { return hasAll(head, l.columns) })
	if which < 0 {
		return 0, nil, errColumns
	}
	seen := map[string]bool{}
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return which, rows, nil
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return which, nil, unreadable(err)
		}
		report.Rows++
		line, _ := reader.FieldPos(0)
		if err != nil {
			report.refuse(line, errFields)
			continue
		}
		x := row{line, zip(head, trimAll(fields))}
		key := layouts[which].keyOf(x)
		if err := x.check(seen[key]); err != nil {
			report.refuse(line, err)
			continue
		}
		seen[key] = true
		rows = append(rows, x)
	}
}

func (r row) check(repeated bool) error {
	for _, v := range r.fields {
		if printable(v) != nil {
			return errText
		}
	}
	if repeated {
		return errTwice
	}
	return nil
}

// unreadable tells a broken file with the line on which it breaks.
func unreadable(err error) error {
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		return grievance.Refuse(grievance.Invalid, "import.unreadable", fmt.Sprintf("第 %d 行起无法读取", broken.Line))
	}
	if errors.Is(err, io.EOF) {
		return errColumns
	}
	return fmt.Errorf("reading the file: %w", err)
}

// WithoutBOM reads r but for the UTF-8 byte order mark that it may begin with,
// as spreadsheets write it.
func WithoutBOM(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if start, err := b.Peek(3); err == nil && string(start) == "\ufeff" {
		_, _ = b.Discard(3) // they were peeked
	}
	return b
}

func trimAll(fields []string) []string {
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
	}
	return fields
}

func hasAll(head, want []string) bool {
	return !slices.ContainsFunc(want, func(c string) bool { return !slices.Contains(head, c) })
}

func zip(head, fields []string) map[string]string {
	m := make(map[string]string, len(head))
	for i, name := range head {
		m[name] = fields[i]
	}
	return m
}
