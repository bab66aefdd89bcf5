package intake_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var header = []string{"留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"}

// file writes a CSV of messages.
func file(t testing.TB, rows ...[]string) *strings.Reader {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(b.String())
}

// message is a row of a message, without a reply where replied is empty.
func message(id, received, replied string) []string {
	reply := ""
	if replied != "" {
		reply = "来信已收悉，路灯已修复。"
	}
	return []string{id, "U" + id, "路灯不亮", received, "村口的路灯坏了半个月。", reply, replied}
}

// wordBytes counts the bytes of the words of titles, bodies and replies in a
// file, by a reader that knows nothing of package intake.
func wordBytes(t testing.TB, raw string) (n int) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range rows[0] {
		if name != "留言主题" && name != "留言详情" && name != "答复意见" {
			continue
		}
		for _, row := range rows[1:] {
			n += len(strings.Join(words(row[i]), ""))
		}
	}
	return n
}
