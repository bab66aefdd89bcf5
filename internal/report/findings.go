package report

import (
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// FindingRow is how many findings (问题线索) there are of an audit rule, and in how
// many cases.
type FindingRow struct {
	Rule     grievance.FindingRule
	Findings int
	Cases    int
}

// FindingTable tells findings by rule. A case with findings of several rules
// counts once in the total, so that figures of cases do not add up.
func FindingTable(rows []FindingRow, total FindingRow) Table {
	t := Table{Title: "问题线索　" + periodWords(store.Period{}), Header: []string{"规则"}}
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{r.Rule.Title(), strconv.Itoa(r.Findings), strconv.Itoa(r.Cases)})
	}
	return t.finish(cells, []string{"问题线索", "涉及诉求"}, []string{strconv.Itoa(total.Findings), strconv.Itoa(total.Cases)})
}
