package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
	"github.com/huiyin/huiyin/internal/store"
)

// The name of the log as a spreadsheet, for clients that read Chinese and for
// others; and how many events are read at once for it.
const (
	sheetName  = "变更记录"
	plainName  = "changes.csv"
	sheetBatch = 500
)

// changeLog is the part of the log of changes that a request is about.
type changeLog struct {
	*server
	book   *grievance.Book
	scope  store.ChangeScope
	filter store.ChangeFilter
}

// read gives up to limit events after a position and, if wanted, counts them all.
func (l changeLog) read(ctx context.Context, after *store.ChangePosition, limit int, counted bool, total **int64) (found []grievance.Event, err error) {
	err = l.Store.Read(ctx, func(sn *store.Snapshot) error {
		if found, err = sn.ListChanges(l.scope, l.filter, after, limit); err != nil || !counted {
			return err
		}
		n, err := sn.CountChanges(l.scope, l.filter)
		*total = &n
		return err
	})
	return found, err
}

func (l changeLog) views(events []grievance.Event) ([]ChangeView, error) {
	items := make([]ChangeView, len(events))
	for i, e := range events {
		var err error
		if items[i], err = l.view(e); err != nil {
			return nil, fmt.Errorf("reading event %d of the %s %s: %w", e.Seq, e.SubjectKind, e.SubjectID, err)
		}
	}
	return items, nil
}

// details gives the members of an event's body one by one, but for the version
// of its shape.
func (l changeLog) details(body []byte) ([]ChangeDetail, error) {
	list := []ChangeDetail{}
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		pointer := d.StackPointer()
		if strings.ContainsRune("{}[]", rune(token.Kind())) || isName(d) || pointer == "/v" {
			continue
		}
		value := token.String()
		list = append(list, ChangeDetail{Pointer: string(pointer), Value: value, Name: l.nameOf(value)})
	}
}

// isName reports whether the token that was just read is the name of a member.
func isName(d *jsontext.Decoder) bool {
	kind, length := d.StackIndex(d.StackDepth())
	return kind == '{' && length%2 == 1
}

// nameOf gives what a unit or a member of staff is called now, "" for every
// other text.
func (l changeLog) nameOf(id string) string {
	parsed, err := grievance.ParseID[grievance.Unit](id)
	if err != nil || parsed.IsZero() {
		return ""
	}
	if u := l.book.Unit(parsed); u != nil {
		return u.Name
	}
	if u := l.book.User(grievance.UserID(parsed)); u != nil {
		return u.Name
	}
	return ""
}

// sheet sends all that the filter means as a file for a spreadsheet, a batch at a
// time: the first is read before anything is sent, so that a refusal can still be
// told.
func (l changeLog) sheet(c echo.Context) error {
	ctx := c.Request().Context()
	found, err := l.read(ctx, nil, sheetBatch, false, nil)
	if err != nil {
		return err
	}
	beginSheet(c, plainName, sheetName)
	sheet, err := report.NewSheet(c.Response(), "记录时间（北京时间）", "事项时间（北京时间）", "事项", "事项代码",
		"对象类别", "对象", "对象编号", "操作人", "操作人编号", "操作岗位", "内容", "序号", "总账序号")
	for err == nil && len(found) > 0 {
		if err = l.rows(sheet, found); err == nil && len(found) == sheetBatch {
			last := store.PositionOfChange(found[len(found)-1])
			found, err = l.read(ctx, &last, sheetBatch, false, nil)
		} else {
			found = nil
		}
	}
	return err
}

func (l changeLog) rows(sheet report.Sheet, events []grievance.Event) error {
	views, err := l.views(events)
	if err != nil {
		return err
	}
	for _, v := range views {
		if err := sheet.Row(v.cells()...); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func (v ChangeView) cells() []string {
	actor, post, position := PersonRef{Name: chinese.say("change.system", nil)}, "", ""
	if v.Actor != nil {
		actor = *v.Actor
	}
	if v.Post != nil {
		post = v.Post.UnitName + string(v.Post.Role)
	}
	if v.LedgerPosition != nil {
		position = strconv.FormatInt(*v.LedgerPosition, 10)
	}
	return []string{
		inBeijing(v.RecordedAt), inBeijing(v.AboutAt), v.Words.Zh, string(v.Kind),
		chinese.say("change.subject."+v.Subject.Kind, nil), v.Subject.Name, v.Subject.ID, actor.Name, actor.ID, post,
		inOneCell(v.Details), strconv.FormatInt(v.Seq, 10), position,
	}
}

func inBeijing(t time.Time) string { return t.In(calendar.Zone).Format(time.DateTime) }

// inOneCell writes details one after another: unit=朝阳街道办事处; role=clerk.
func inOneCell(details []ChangeDetail) string {
	all := make([]string, len(details))
	for i, d := range details {
		all[i] = strings.TrimPrefix(d.Pointer, "/") + "=" + d.Value
		if d.Name != "" {
			all[i] = strings.TrimPrefix(d.Pointer, "/") + "=" + d.Name
		}
	}
	return strings.Join(all, "; ")
}
