package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+86": "'+86", "-": "'-", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx",
		"＝1": "'＝1", "": "", "霁川镇": "霁川镇", "990121101-01": "990121101-01", "a=b": "a=b", "'x": "'x",
	} {
		if got := tamed([]string{cell})[0]; got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestCSVTellsBeijingTime(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table := Table{Header: []string{"=x"}, Rows: [][]string{{`"a",b`}}, made: time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)}
	if err := WriteCSV(&out, table); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFF'=x,起始日期,截止日期,统计时间（北京时间）\r\n\"\"\"a\"\",b\",,,2026-11-23 00:00:00\r\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWritersTellErrors(t *testing.T) {
	t.Parallel()
	table := Table{Header: []string{"a"}, Rows: [][]string{{"b"}}}
	for name, write := range map[string]func(io.Writer, Table) error{"csv": WriteCSV, "text": WriteTable} {
		if err := write(broken{}, table); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTableIsAligned(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := WriteTable(&out, Table{
		Header: []string{"单位", "次数"}, Number: 1,
		Rows: [][]string{{"霁川镇（本级）", "7"}, {"A village", "12"}, {"合计", "19"}},
	})
	want := "单位            次数\n--------------------\n霁川镇（本级）     7\nA village         12\n--------------------\n合计              19\n"
	if err != nil || out.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), want)
	}
}
