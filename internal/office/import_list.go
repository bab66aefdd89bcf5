package office

import (
	"context"
	"fmt"
	"io"

	"github.com/huiyin/huiyin/internal/grievance"
)

var (
	responsibilityLines = layout{
		[]string{"category_code", "area_code", "unit_code", "note"}, []string{"category_code", "area_code"},
	}
	codedCategories = layout{[]string{"code", "name", "parent"}, []string{"code"}}
	namedCategories = layout{categoryLevels, categoryLevels}
	categoryLevels  = []string{"一级分类", "二级分类", "三级分类"}

	errTooMany = grievance.Refuse(grievance.Invalid, "category.too_many", "同一分类下不得超过 99 个下级分类")
)

// ImportResponsibilities adds the lines of a CSV file (category_code, area_code,
// unit_code, note) to the responsibility list, in one transaction; a line for
// the same category and area takes the place of the old one. The actor must
// administer a root.
func (o *Office) ImportResponsibilities(ctx context.Context, by grievance.Actor, file io.Reader) (Report, error) {
	var read Report
	_, rows, err := readTable(file, &read, responsibilityLines)
	if err != nil {
		return read, err
	}
	var report Report
	err = o.change(ctx, by, func(c *change) error {
		report = read // a transaction that is tried again counts anew
		if err := c.administers(nil); err != nil {
			return err
		}
		list := c.mergeLines(rows, &report)
		if err := report.verdict(); err != nil {
			return err
		}
		return c.storeResponsibilities(list)
	})
	return report, err
}

// mergeLines gives the responsibility list with the rows in it.
func (c *change) mergeLines(rows []row, report *Report) []grievance.Responsibility {
	list, at := c.book.Responsibilities(), map[[2]string]int{}
	for i, r := range list {
		at[[2]string{r.Category, r.Area}] = i
	}
	known := c.knownCategories()
	for _, r := range rows {
		line, err := c.readLine(r, known)
		if err != nil {
			report.refuse(r.line, err)
			continue
		}
		i, ok := at[[2]string{line.Category, line.Area}]
		switch {
		case !ok:
			list = append(list, line)
			report.Created++
		case list[i] == line:
			report.Unchanged++
		default:
			list[i] = line
			report.Changed++
		}
	}
	return list
}

func (c *change) readLine(r row, known map[string]bool) (grievance.Responsibility, error) {
	line := grievance.Responsibility{Category: r.fields["category_code"], Area: r.fields["area_code"], Note: r.fields["note"]}
	if u := c.book.UnitByCode(r.fields["unit_code"]); u != nil {
		line.UnitID = u.ID
	}
	return line, c.checkLine(line, known)
}

// ImportCategories adds the categories of a CSV file to the subject tree, in
// one transaction; a code that is there already is renamed. The columns are
// those that ReadCategories reads. The actor must administer a root.
func (o *Office) ImportCategories(ctx context.Context, by grievance.Actor, file io.Reader) (Report, error) {
	list, read, err := ReadCategories(file)
	if err != nil {
		return read, err
	}
	var report Report
	err = o.change(ctx, by, func(c *change) error {
		report = read // a transaction that is tried again counts anew
		if err := c.administers(nil); err != nil {
			return err
		}
		for _, x := range list {
			old, ok := c.book.Category(x.Code)
			switch {
			case !ok:
				report.Created++
			case old == x:
				report.Unchanged++
			default:
				report.Changed++
			}
		}
		return c.putCategories(list)
	})
	return report, err
}

// ReadCategories reads a whole subject tree from a CSV file: either the columns
// code, name and parent, or the names of three levels (一级分类, 二级分类, 三级分类).
// Names are given codes of two digits a level, counted in the order in which
// they first appear, so that the same file always gives the same codes. With
// any wrong row it refuses the file (import.rows) and reports the rows.
func ReadCategories(file io.Reader) ([]grievance.Category, Report, error) {
	var report Report
	which, rows, err := readTable(file, &report, codedCategories, namedCategories)
	if err != nil {
		return nil, report, err
	}
	list := []func([]row, *Report) []grievance.Category{readCoded, numberNames}[which](rows, &report)
	if err := report.verdict(); err != nil {
		return nil, report, err
	}
	return list, report, nil
}

func readCoded(rows []row, report *Report) []grievance.Category {
	known, list := map[string]bool{}, make([]grievance.Category, len(rows))
	for i, r := range rows {
		list[i] = grievance.Category{Code: r.fields["code"], Name: r.fields["name"], Parent: r.fields["parent"]}
		known[list[i].Code] = true
	}
	for i, r := range rows {
		if err := checkCategory(list[i], known, nil); err != nil {
			report.refuse(r.line, err)
		}
	}
	return list
}

// numbering gives names their codes.
type numbering struct {
	codes    map[[2]string]string // by parent and name
	children map[string]int
	list     []grievance.Category
}

func numberNames(rows []row, report *Report) []grievance.Category {
	n := numbering{codes: map[[2]string]string{}, children: map[string]int{}}
	for _, r := range rows {
		parent := ""
		for _, level := range categoryLevels {
			code, err := n.code(parent, r.fields[level])
			if err != nil {
				report.refuse(r.line, err)
				break
			}
			parent = code
		}
	}
	return n.list
}

func (n *numbering) code(parent, name string) (string, error) {
	key := [2]string{parent, name}
	if code, ok := n.codes[key]; ok {
		return code, nil
	}
	if err := checkName(name); err != nil {
		return "", err
	}
	n.children[parent]++
	if n.children[parent] > 99 {
		return "", errTooMany
	}
	code := fmt.Sprintf("%s%02d", parent, n.children[parent])
	n.codes[key] = code
	n.list = append(n.list, grievance.Category{Code: code, Name: name, Parent: parent})
	return code, nil
}
