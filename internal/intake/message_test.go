package intake_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/intake"
)

var beijing = time.FixedZone("east eight", 8*60*60)

func TestReadInstant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2019/2/28 11:25:05":         time.Date(2019, 2, 28, 3, 25, 5, 0, time.UTC),
		"2017-06-08 17:31:20":        time.Date(2017, 6, 8, 9, 31, 20, 0, time.UTC),
		"2018/12/3 9:05:00":          time.Date(2018, 12, 3, 1, 5, 0, 0, time.UTC),
		"2018/12/3 0:00:00":          time.Date(2018, 12, 2, 16, 0, 0, 0, time.UTC),
		"2018/12/3 7:30":             time.Date(2018, 12, 2, 23, 30, 0, 0, time.UTC),
		"2018/12/3":                  time.Date(2018, 12, 2, 16, 0, 0, 0, time.UTC),
		"2018-1-3":                   time.Date(2018, 1, 2, 16, 0, 0, 0, time.UTC),
		"2019/4/30 23:59:59.9999999": time.Date(2019, 4, 30, 15, 59, 59, 999999000, time.UTC),
	} {
		if got, err := intake.ReadInstant(text); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "昨天", "2019/2/29", "2019/13/1 1:00:00", "2019/1/1 24:00:00", "19/1/1", "2019/1/1 1:00:00 +08:00"} {
		if got, err := intake.ReadInstant(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "",
		"\n\t\t\t\n　　您好：\n\t\t\t\t路灯坏了\u00a0\n\t\t": "您好：\n路灯坏了",
		"一\r\n\r\n\r\n\r\n二\r三":                     "一\n\n二\n三",
		"\u200b电话\u200b12345\ufeff":                 "电话12345",
		"甲　乙 丙\t丁":                                  "甲　乙 丙\t丁",
	} {
		if got := intake.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// words are what a reader sees of a text.
func words(s string) []string {
	return strings.Fields(strings.NewReplacer("\u200b", "", "\ufeff", "", "\u2060", "").Replace(s))
}

func FuzzCleanLosesNoWords(f *testing.F) {
	f.Add("\n\t\t　您好：\u200b\r\n\r\n　　路灯\u00a0坏了。\t\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := intake.Clean(s)
		if !slices.Equal(words(got), words(s)) {
			t.Errorf("Clean(%q) = %q", s, got)
		}
		if again := intake.Clean(got); again != got {
			t.Errorf("cleaned twice %q is %q", got, again)
		}
	})
}

// readAll reads a file to its end: the messages and the refusals.
func readAll(t testing.TB, r io.Reader) (good []intake.Message, bad []intake.Refusal) {
	t.Helper()
	messages, err := intake.ReadMessages(r)
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := messages.Next()
		if errors.Is(err, io.EOF) {
			return good, bad
		}
		if refusal, ok := errors.AsType[*intake.Refusal](err); ok {
			bad = append(bad, *refusal)
		} else if err != nil {
			t.Fatal(err)
		} else {
			good = append(good, m)
		}
	}
}

func TestReadMessages(t *testing.T) {
	t.Parallel()
	text := "\ufeff留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间,一级标签\r\n" +
		"7,U1,\"路灯,不亮\",2019/2/28 9:25:05,\"\n\t\t　　您好：\n\n\n\t路灯坏了，\"\"半个月\"\"。\n\t\",\"\n\t\t答复如下\u200b：已修。\n\",2019/3/1,城乡建设\r\n" +
		"8,U2,水压低,2017-06-08 17:31:20,\t水压低 ,,,\r\n"
	good, bad := readAll(t, strings.NewReader(text))
	if len(good) != 2 || len(bad) != 0 {
		t.Fatalf("read %v, refused %v", good, bad)
	}
	want := intake.Message{
		Line: 2, ID: "7", User: "U1", Title: "路灯,不亮", Body: "您好：\n\n路灯坏了，\"半个月\"。", Label: "城乡建设",
		ReceivedAt: time.Date(2019, 2, 28, 9, 25, 5, 0, beijing).UTC(),
		Reply:      "答复如下：已修。", RepliedAt: time.Date(2019, 3, 1, 0, 0, 0, 0, beijing).UTC(),
	}
	if good[0] != want {
		t.Errorf("read %+v\nwant %+v", good[0], want)
	}
	if m := good[1]; m.Line != 10 || m.Replied() || m.Body != "水压低" || !m.RepliedAt.IsZero() {
		t.Errorf("the second is %+v", m)
	}
}

func TestRowsAreRefusedWithLineAndReason(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 10_001)
	with := func(column int, value string) []string {
		row := message("1", "2019/3/1 8:00:00", "2019/3/2 8:00:00")
		row[column] = value
		return row
	}
	for name, c := range map[string]struct {
		row  []string
		code string
	}{
		"no number":           {with(0, "\u200b "), "row.no_id"},
		"number too long":     {with(0, long[:3*201]), "text.too_long"},
		"no title":            {with(2, "　"), "text.required"},
		"no body":             {with(4, "\n\t"), "text.required"},
		"title too long":      {with(2, long[:3*201]), "text.too_long"},
		"body too long":       {with(4, long), "text.too_long"},
		"reply too long":      {with(5, long), "text.too_long"},
		"received unreadable": {with(3, "三月一日"), "received_at.unreadable"},
		"received missing":    {with(3, ""), "received_at.unreadable"},
		"replied unreadable":  {with(6, "2019/3/32"), "replied_at.unreadable"},
		"replied missing":     {with(6, ""), "replied_at.unreadable"},
		"reply without words": {with(5, "\t"), "reply.blank"},
		"replied before":      {with(6, "2019/3/1 7:59:59"), "replied_at.order"},
		"a date before":       {with(6, "2019/3/1"), "replied_at.order"},
		"a NUL":               {with(4, "路\x00灯"), "row.text"},
		"an escape":           {with(2, "路\x1b灯"), "row.text"},
		"not UTF-8":           {with(4, "\xc2\xb7\xc1"), "row.text"},
		"a repeated number":   {with(0, "0"), "row.repeated"},
		"a column too few":    {with(0, "1")[:6], "row.torn"},
		"a column too many":   {append(with(0, "1"), "x"), "row.torn"},
	} {
		good, bad := readAll(t, file(t, message("0", "2019/3/1", ""), c.row, message("2", "2019/3/1", "")))
		if len(good) != 2 || len(bad) != 1 || bad[0].Code != c.code || bad[0].Line != 3 || bad[0].Message == "" {
			t.Errorf("%s: read %d, refused %v, want %s on line 3", name, len(good), bad, c.code)
		}
	}
}

func TestTornQuotesCostTheirRowsOnly(t *testing.T) {
	t.Parallel()
	text := strings.Join(header, ",") + "\n" +
		"1,U1,他说\"好\"了,2019/3/1,正文,,\n" +
		"2,U2,题,2019/3/1,正文,,\n" +
		"3,U3,\"题\"尾,2019/3/1,正文,,\n" +
		"4,U4,\"没有完,2019/3/1,正文,,\n"
	good, bad := readAll(t, strings.NewReader(text))
	if len(good) != 1 || good[0].ID != "2" || len(bad) != 3 {
		t.Fatalf("read %v, refused %v", good, bad)
	}
	for i, line := range []int{2, 4, 5} {
		if bad[i].Line != line || bad[i].Code != "row.torn" {
			t.Errorf("refused %v, want a torn row on line %d", bad[i], line)
		}
	}
}

func TestHeadersThatAreNotMessages(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "code,name\n1,2\n", "留言编号,留言主题,留言时间\n1,2,3\n"} {
		if _, err := intake.ReadMessages(strings.NewReader(text)); err == nil {
			t.Errorf("%q passes for a file of messages", text)
		}
	}
}

// TestRealMessagesLoseNoWords reads the real files, where they are.
func TestRealMessagesLoseNoWords(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]int{"messages_replied.csv": 2816, "messages_labelled.csv": 921} {
		raw, ok := realFile(t, name)
		if !ok {
			continue
		}
		good, bad := readAll(t, strings.NewReader(raw))
		if len(good) != rows || len(bad) != 0 {
			t.Errorf("%s: read %d, refused %v", name, len(good), bad)
		}
		var kept strings.Builder
		for _, m := range good {
			for _, s := range []string{m.Title, m.Body, m.Reply} {
				kept.WriteString(strings.Join(strings.Fields(s), ""))
			}
		}
		if got, want := kept.Len(), wordBytes(t, raw); got != want {
			t.Errorf("%s: %d bytes of words are left of %d", name, got, want)
		}
	}
}

// realFile gives a file of real messages, if this machine has it.
func realFile(t testing.TB, name string) (content string, ok bool) {
	t.Helper()
	dir := os.Getenv("HUIYIN_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", "..", dir) // it is given from the project's root
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), true
}
