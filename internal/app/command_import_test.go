package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/app"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// textFile writes a file of the test's own.
func textFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	importedUnits = "code,name,level,kind,parent_code,organ\n" +
		"98,测试县,county,government,,true\n980001,测试镇,township,government,98,true\n"
	officialVillages = "code,name,provinceCode\n970001001001,\"测试村\",97\n"
	importedTree     = "一级分类,二级分类,三级分类\n城乡建设,照明,路灯\n民政,救助,低保\n"
	importedLines    = "category_code,area_code,unit_code,note\n01,,980001,城管\n"
	labelled         = "留言编号,留言用户,留言主题,留言时间,留言详情,一级标签\n" +
		"1,U1,路灯不亮,2019/3/1 8:00:00,路灯坏了,城乡建设\n" +
		"2,U2,低保,昨天,问低保,民政\n" +
		"3,U3,公交,2019/3/1 8:00:00,等不到车,交通运输\n"
)

// commandStep is one command, and how it ends and what it prints.
type commandStep struct {
	args []string
	end  ending
	out  string
}

type ending string

const (
	done    ending = "done"
	partial ending = "done in part"
	failed  ending = "failed"
)

func endingOf(err error) ending {
	switch {
	case err == nil:
		return done
	case errors.Is(err, app.ErrPartial):
		return partial
	}
	return failed
}

func (c cli) follow(list []commandStep) {
	c.t.Helper()
	for _, s := range list {
		out, _, err := c.run(s.args...)
		if endingOf(err) != s.end {
			c.t.Errorf("%v ends in %v", s.args, err)
		}
		if out != s.out {
			c.t.Errorf("%v prints\n%swant\n%s", s.args, out, s.out)
		}
	}
}

func TestImportCommands(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newCLI(t, storetest.URL(t, dialect))
		units, villages := textFile(t, importedUnits), textFile(t, officialVillages)
		tree, lines, messages := textFile(t, importedTree), textFile(t, importedLines), textFile(t, labelled)
		refusedWhole := "nothing was imported: a file with wrong rows is refused whole\n"
		c.follow([]commandStep{
			{[]string{"import", "units", units}, done, "read 2, created 2, changed 0, unchanged 0, refused 0\n"},
			{[]string{"import", "units", units}, done, "read 2, created 0, changed 0, unchanged 2, refused 0\n"},
			{
				[]string{"import", "units", villages}, partial,
				"line 2  上级单位不存在 (unit.parent_unknown)\nread 1, created 0, changed 0, unchanged 0, refused 1\n" + refusedWhole,
			},
			{[]string{"import", "units", villages, "--parent", "980001"}, done, "read 1, created 1, changed 0, unchanged 0, refused 0\n"},
			{[]string{"import", "units", tree}, failed, ""},
			{
				[]string{"import", "responsibilities", lines}, partial,
				"line 2  没有这个分类 (category.unknown)\nread 1, created 0, changed 0, unchanged 0, refused 1\n" + refusedWhole,
			},
			{[]string{"import", "categories", tree}, done, "read 2, created 6, changed 0, unchanged 0, refused 0\n"},
			{[]string{"import", "responsibilities", lines}, done, "read 1, created 1, changed 0, unchanged 0, refused 0\n"},
			{[]string{"import", "messages", messages, "--unit", "980002"}, failed, ""},
			{[]string{"import", "messages", messages, "--unit", "980001"}, failed, "refused   line 3  2  留言时间无法读取 (received_at.unreadable)\nread 1, imported 0, known 0, refused 1\n"},
			{[]string{"import", "units", "no such file"}, failed, ""},
		})
	})
}

func TestImportMessagesReportsEveryRow(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newCLI(t, storetest.URL(t, dialect))
		if _, _, err := c.run("replay", replies{}.write(t)); err != nil {
			t.Fatal(err)
		}
		town(t, c)
		tree, messages := textFile(t, importedTree), textFile(t, labelled)
		clash := textFile(t, "一级分类,二级分类,三级分类\n交通运输,公交,班次\n")
		refused := "refused   line 3  2  留言时间无法读取 (received_at.unreadable)\n"
		remark := "remark    line 4  3  没有名为“交通运输”的一级类别，已按未分类导入 (label.unknown)\n"
		args := []string{"import", "messages", messages, "--unit", "990901001", "--categories"}
		c.follow([]commandStep{
			{append(args[:5:5], "--source=x", "--categories="+tree), partial, refused + remark + "read 3, imported 2, known 0, refused 1\n"},
			{append(args, tree, "--source=x"), partial, refused + "read 3, imported 0, known 2, refused 1\n"},
			{append(args, clash), failed, ""},
		})
	})
}

// town makes the small city of a replay, by replaying one message there.
func town(t *testing.T, c cli) {
	t.Helper()
	if _, _, err := c.run("replay", replies{{"1", "2019/3/1 8:00:00", "2019/3/4 8:00:00"}}.write(t)); err != nil {
		t.Fatal(err)
	}
}

func TestExportGoesOnAfterAPosition(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newCLI(t, storetest.URL(t, dialect))
		town(t, c)
		all, told, err := c.run("export", "events")
		if err != nil || told != "" || strings.Count(all, "\n") < 20 {
			t.Fatalf("exported %d lines, told %q, %v", strings.Count(all, "\n"), told, err)
		}
		some, _, err := c.run("export", "events", "--after", "7", "--format", "jsonl")
		if want := strings.SplitAfterN(all, "\n", 8)[7]; err != nil || some != want {
			t.Errorf("after 7 there are %d lines (%v), want %d", strings.Count(some, "\n"), err, strings.Count(want, "\n"))
		}
		for line := range strings.Lines(all) {
			var e map[string]any
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			for _, name := range []string{"subject", "seq", "kind", "about_at", "recorded_at", "post", "body", "ledger_pos"} {
				if e[name] == nil {
					t.Errorf("%s is missing in %s", name, line)
				}
			}
		}
		messages := textFile(t, labelled)
		if _, _, err := c.run("import", "messages", messages, "--unit", "990901001"); !errors.Is(err, app.ErrPartial) {
			t.Fatal(err)
		}
		late, told, err := c.run("export", "events")
		if err != nil || late != all || !strings.Contains(told, "no place in the ledger yet") {
			t.Errorf("before the engine runs %d lines are exported, told %q, %v", strings.Count(late, "\n"), told, err)
		}
	})
}
