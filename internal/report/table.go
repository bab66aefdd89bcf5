package report

import (
	"slices"
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

// Table is a report as people read it, in Chinese. Its last row is the total.
type Table struct {
	Title  string
	Header []string
	Rows   [][]string
	// Number is the first column that holds figures.
	Number int
	// sentence is true where the total is one, in its second cell: no column is
	// made wider for it.
	sentence bool
	period   store.Period
	made     time.Time
}

// totalWord stands in the first column of a total.
const totalWord = "合计"

// Table gives the report as a table.
func (r EscalationReport) Table() Table {
	q := r.Query
	t := Table{Title: "升级统计　" + r.Unit.name() + "　" + periodWords(q.Period), period: q.Period, made: q.Now}
	columns := []struct {
		by    Dimension
		names []string
		cells func(EscalationRow) []string
	}{
		{ByUnit, []string{"单位编码", "单位"}, func(x EscalationRow) []string { return []string{x.code(), x.name()} }},
		{ByLevel, []string{"级别"}, func(x EscalationRow) []string { return []string{word(levelWords, x.Level)} }},
		{ByCause, []string{"原因"}, func(x EscalationRow) []string { return []string{word(causeWords, x.Cause)} }},
		{ByState, []string{"状态"}, func(x EscalationRow) []string { return []string{word(stateWords, x.State)} }},
	}
	rows := make([][]string, len(r.Rows))
	for _, c := range columns {
		if !slices.Contains(q.By, c.by) {
			continue
		}
		t.Header = append(t.Header, c.names...)
		for i, x := range r.Rows {
			rows[i] = append(rows[i], c.cells(x)...)
		}
	}
	for i, x := range r.Rows {
		rows[i] = append(rows[i], strconv.Itoa(x.Escalations), strconv.Itoa(x.Cases))
	}
	return t.finish(rows, []string{"升级次数", "涉及诉求"}, []string{strconv.Itoa(r.Total.Escalations), strconv.Itoa(r.Total.Cases)})
}

// Table gives the report as a table.
func (r TimelinessReport) Table() Table {
	q := r.Query
	t := Table{Title: "时限统计　" + r.Unit.name() + "　" + periodWords(q.Period), period: q.Period, made: q.Now}
	rows := make([][]string, len(r.Rows))
	if slices.Contains(q.By, ByUnit) {
		t.Header = append(t.Header, "单位编码", "单位")
		for i, x := range r.Rows {
			rows[i] = append(rows[i], x.code(), x.name())
		}
	}
	if slices.Contains(q.By, ByKind) {
		t.Header = append(t.Header, "时限")
		for i, x := range r.Rows {
			rows[i] = append(rows[i], word(kindWords, x.Kind))
		}
	}
	for i, x := range r.Rows {
		rows[i] = append(rows[i], x.figures()...)
	}
	return t.finish(rows, []string{"总数", "按时", "超期", "未到期", "其中中止计时", "曾延期", "涉及诉求"}, r.Total.figures())
}

func (r TimelinessRow) figures() []string {
	return []string{strconv.Itoa(r.Total), strconv.Itoa(r.OnTime), strconv.Itoa(r.Breached), strconv.Itoa(r.Open),
		strconv.Itoa(r.Paused), strconv.Itoa(r.Extended), strconv.Itoa(r.Cases.Total)}
}

// finish adds the columns of figures and the total to the columns that name
// what a row is about; where none does, the total alone is left.
func (t Table) finish(rows [][]string, figures, total []string) Table {
	if len(t.Header) == 0 {
		t.Header, rows = []string{"范围"}, nil
	}
	t.Number = len(t.Header)
	t.Header = append(t.Header, figures...)
	last := make([]string, t.Number, len(t.Header))
	last[0] = totalWord
	t.Rows = append(rows, append(last, total...))
	return t
}
