package intake

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// Message is one resident's message as a message board exports it, with the
// unit's reply where there is one. User is a pseudonym. Instants are in UTC.
type Message struct {
	Line       int
	ID         string
	User       string
	Title      string
	Body       string
	Label      string // the name of a category of the first level, "" for none
	ReceivedAt time.Time
	Reply      string // "" while there is none
	RepliedAt  time.Time
}

// Replied reports whether the message has its reply.
func (m Message) Replied() bool { return m.Reply != "" }

// The columns of an export of messages. The first four must be there.
const (
	columnID       = "留言编号"
	columnTitle    = "留言主题"
	columnReceived = "留言时间"
	columnBody     = "留言详情"
	columnUser     = "留言用户"
	columnReply    = "答复意见"
	columnReplied  = "答复时间"
	columnLabel    = "一级标签"
)

// Messages reads the messages of one file.
type Messages struct {
	rows   *csv.Reader
	column map[string]int
	seen   map[string]int // the line of each id
}

// ReadMessages begins to read a CSV file of messages: with or without a byte
// order mark, the columns in any order. It returns an error unless the header
// has 留言编号, 留言主题, 留言时间 and 留言详情.
func ReadMessages(file io.Reader) (*Messages, error) {
	r := &Messages{rows: csv.NewReader(office.WithoutBOM(file)), column: map[string]int{}, seen: map[string]int{}}
	head, err := r.rows.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	for i, name := range head {
		r.column[Clean(name)] = i
	}
	for _, name := range []string{columnID, columnTitle, columnReceived, columnBody} {
		if _, ok := r.column[name]; !ok {
			return nil, fmt.Errorf("the file has no column %s", name)
		}
	}
	return r, nil
}

// Next gives the next message. It returns io.EOF after the last, and a *Refusal
// for a row that cannot be read, after which reading may go on.
func (r *Messages) Next() (Message, error) {
	fields, err := r.rows.Read()
	if torn, ok := errors.AsType[*csv.ParseError](err); ok {
		id := ""
		if at := r.column[columnID]; errors.Is(err, csv.ErrFieldCount) && at < len(fields) && readable(fields[at]) {
			id = oneLine(fields[at])
		}
		return Message{}, &Refusal{Line: torn.StartLine, ID: id, Code: "row.torn", Message: "该行的引号或列数有误"}
	}
	if err != nil {
		return Message{}, err
	}
	line, _ := r.rows.FieldPos(0)
	m, err := r.message(line, fields)
	if fault, ok := errors.AsType[*grievance.Error](err); ok {
		return Message{}, &Refusal{Line: line, ID: m.ID, Code: fault.Code, Message: fault.Message}
	}
	return m, err
}

// The refusals of a row.
var (
	errText          = grievance.Refuse(grievance.Invalid, "row.text", "该行含有控制字符或不是 UTF-8")
	errNoID          = grievance.Refuse(grievance.Invalid, "row.no_id", "没有留言编号")
	errReceivedAt    = grievance.Refuse(grievance.Invalid, "received_at.unreadable", "留言时间无法读取")
	errRepliedAt     = grievance.Refuse(grievance.Invalid, "replied_at.unreadable", "答复时间无法读取")
	errNoReply       = grievance.Refuse(grievance.Invalid, "reply.blank", "有答复时间而没有答复内容")
	errRepliedBefore = grievance.Refuse(grievance.Invalid, "replied_at.order", "答复时间早于留言时间")
	errBlank         = grievance.Refuse(grievance.Invalid, "text.required", "留言主题和留言详情不能为空")
	errTooLong       = grievance.Refuse(grievance.Invalid, "text.too_long", "留言或答复过长")
)

func (r *Messages) message(line int, fields []string) (Message, error) {
	m := Message{Line: line}
	if slices.ContainsFunc(fields, func(s string) bool { return !readable(s) }) {
		return m, errText
	}
	get := func(name string) string {
		if i, ok := r.column[name]; ok {
			return fields[i]
		}
		return ""
	}
	m.ID, m.User, m.Label = oneLine(get(columnID)), oneLine(get(columnUser)), oneLine(get(columnLabel))
	m.Title, m.Body, m.Reply = oneLine(get(columnTitle)), Clean(get(columnBody)), Clean(get(columnReply))
	if m.ID == "" {
		return m, errNoID
	}
	if first, ok := r.seen[m.ID]; ok {
		return m, grievance.Refuse(grievance.Invalid, "row.repeated", fmt.Sprintf("留言编号与第 %d 行重复", first))
	}
	r.seen[m.ID] = line
	if err := m.readTimes(oneLine(get(columnReceived)), oneLine(get(columnReplied))); err != nil {
		return m, err
	}
	return m, m.check()
}

func (m *Message) readTimes(received, replied string) (err error) {
	if m.ReceivedAt, err = ReadInstant(received); err != nil {
		return errReceivedAt
	}
	if replied == "" && m.Reply == "" {
		return nil
	}
	if m.RepliedAt, err = ReadInstant(replied); err != nil {
		return errRepliedAt
	}
	switch {
	case m.Reply == "":
		return errNoReply
	case m.RepliedAt.Before(m.ReceivedAt):
		return errRepliedBefore
	}
	return nil
}

// check refuses what no case could hold.
func (m *Message) check() error {
	switch {
	case strings.TrimSpace(m.Title) == "" || strings.TrimSpace(m.Body) == "":
		return errBlank
	case longer(m.ID, grievance.MaxTitle), longer(m.Title, grievance.MaxTitle), longer(m.User, grievance.MaxTitle),
		longer(m.Body, grievance.MaxText), longer(m.Reply, grievance.MaxText):
		return errTooLong
	}
	return nil
}

func longer(s string, limit int) bool { return utf8.RuneCountInString(s) > limit }
