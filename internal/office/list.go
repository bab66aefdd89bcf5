package office

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/huiyin/huiyin/internal/grievance"
)

const maxNote = 500 // characters

// The refusals about the subject tree and the responsibility list.
var (
	errCategoryFormat  = grievance.Refuse(grievance.Invalid, "category.code_format", "分类代码须为 2 至 12 位数字，并以上级分类代码开头")
	errCategoryTwice   = grievance.Refuse(grievance.Invalid, "category.twice", "分类代码重复")
	errCategoryParent  = grievance.Refuse(grievance.Invalid, "category.parent_unknown", "上级分类不存在")
	errCategoryUnknown = grievance.Refuse(grievance.Invalid, "category.unknown", "没有这个分类")
	errAreaUnknown     = grievance.Refuse(grievance.Invalid, "responsibility.area_unknown", "适用区域不存在")
	errAnswerUnknown   = grievance.Refuse(grievance.Invalid, "responsibility.unit_unknown", "责任单位不存在或已撤并")
	errLineTwice       = grievance.Refuse(grievance.Invalid, "responsibility.twice", "同一分类在同一区域规定了两个责任单位")
	errNoteLength      = grievance.Refuse(grievance.Invalid, "responsibility.note", "备注不得超过 500 个字")
)

// SetCategories adds categories to the subject tree and renames those whose
// code is there already. None disappears: cases were filed under them. The
// actor must administer a root. It refuses a code that does not start with its
// parent's, an unknown parent and a repeated code.
func (o *Office) SetCategories(ctx context.Context, by grievance.Actor, list []grievance.Category) error {
	return o.change(ctx, by, func(c *change) error {
		if err := c.administers(nil); err != nil {
			return err
		}
		return c.putCategories(list)
	})
}

func (c *change) putCategories(list []grievance.Category) error {
	known := c.knownCategories()
	for _, x := range list {
		known[x.Code] = true
	}
	seen := map[string]bool{}
	for _, x := range list {
		if err := checkCategory(x, known, seen); err != nil {
			return err
		}
		seen[x.Code] = true
	}
	if err := c.tx.PutCategories(list); err != nil {
		return err
	}
	return c.recordCategories(list)
}

func (c *change) knownCategories() map[string]bool {
	known := map[string]bool{}
	for _, x := range c.book.Categories() {
		known[x.Code] = true
	}
	return known
}

func checkCategory(x grievance.Category, known, seen map[string]bool) error {
	if err := checkName(x.Name); err != nil {
		return err
	}
	switch {
	case !categoryCode.MatchString(x.Code), !strings.HasPrefix(x.Code, x.Parent), x.Code == x.Parent:
		return errCategoryFormat
	case seen[x.Code]:
		return errCategoryTwice
	case x.Parent != "" && !known[x.Parent]:
		return errCategoryParent
	}
	return nil
}

// SetResponsibilities makes lines the whole responsibility list (权责清单). The
// actor must administer a root. It refuses an unknown category, area or unit, a
// unit that was merged into another, and a second unit for the same category
// and area.
func (o *Office) SetResponsibilities(ctx context.Context, by grievance.Actor, lines []grievance.Responsibility) error {
	return o.change(ctx, by, func(c *change) error {
		if err := c.administers(nil); err != nil {
			return err
		}
		return c.replaceResponsibilities(lines)
	})
}

func (c *change) replaceResponsibilities(lines []grievance.Responsibility) error {
	known, seen := c.knownCategories(), map[[2]string]bool{}
	for _, r := range lines {
		if err := c.checkLine(r, known); err != nil {
			return err
		}
		if seen[[2]string{r.Category, r.Area}] {
			return errLineTwice
		}
		seen[[2]string{r.Category, r.Area}] = true
	}
	return c.storeResponsibilities(lines)
}

func (c *change) storeResponsibilities(lines []grievance.Responsibility) error {
	if err := c.tx.ReplaceResponsibilities(lines); err != nil {
		return err
	}
	return c.recordResponsibilities(lines)
}

// checkLine accepts a line that stood already though its unit was merged since:
// the book follows the successor.
func (c *change) checkLine(r grievance.Responsibility, categories map[string]bool) error {
	if err := printable(r.Note); err != nil {
		return err
	}
	u := c.book.Unit(r.UnitID)
	switch {
	case utf8.RuneCountInString(r.Note) > maxNote:
		return errNoteLength
	case !categories[r.Category]:
		return errCategoryUnknown
	case r.Area != "" && c.book.UnitByCode(r.Area) == nil:
		return errAreaUnknown
	case u == nil, u.EndedAt != nil && !slices.Contains(c.book.Responsibilities(), r):
		return errAnswerUnknown
	}
	return nil
}
