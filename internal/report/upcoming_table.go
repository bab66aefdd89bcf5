package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

var (
	actWords = map[Act]string{
		Remind: "提醒", Warn: "黄牌", Breach: "红牌", Escalate: "升级", Unroutable: "升级（无人可接）", Raise: "退单提请上级", Resume: "恢复办理", Rebase: "重新计算时限",
	}

	roleWords = map[grievance.Role]string{
		grievance.RolePetitioner: "诉求人", grievance.RoleCourier: "民情信使", grievance.RoleGridWorker: "网格员",
		grievance.RoleClerk: "窗口", grievance.RoleHandler: "承办人", grievance.RoleLeader: "领导",
		grievance.RoleSupervisor: "督查", grievance.RoleInspector: "纪检", grievance.RoleAdmin: "管理员",
	}
)

// Table gives the report as a table. Its last row tells how many rows there are,
// and up to when they are all there.
func (r UpcomingReport) Table() Table {
	q := r.Query
	t := Table{
		Title: "时限预告　" + r.Unit.name() + "　" + periodWords(q.Period), period: q.Period, made: q.Now,
		Header: []string{"日期", "时间", "动作", "时限", "受理编号"},
	}
	if q.Titles {
		t.Header = append(t.Header, "标题")
	}
	t.Header = append(t.Header, "单位编码", "单位", "到期日", "对象")
	t.Number = len(t.Header)
	for _, x := range r.Rows {
		cells := []string{x.Day(), x.At.In(beijing).Format(time.DateTime), x.actWords(), kindCell(x.Kind), x.Receipt}
		if q.Titles {
			cells = append(cells, x.Title)
		}
		b := Branch{Unit: x.Unit}
		if x.Unit == nil {
			cells = append(cells, "", "")
		} else {
			cells = append(cells, b.code(), b.name())
		}
		t.Rows = append(t.Rows, append(cells, x.DueOn(), x.toWords()))
	}
	last := make([]string, t.Number)
	last[0], last[1] = totalWord, r.totalWords()
	t.Rows, t.sentence = append(t.Rows, last), true
	return t
}

// totalWords counts the rows by act, and says where they are not all there.
func (r UpcomingReport) totalWords() string {
	parts := []string{strconv.Itoa(len(r.Rows)) + " 项"}
	for _, f := range r.Figures() {
		parts = append(parts, word(actWords, f.Act)+" "+strconv.Itoa(f.Count))
	}
	if r.CompleteUntil != nil {
		parts = append(parts, "未列完，"+r.CompleteUntil.In(beijing).Format(time.DateTime)+" 以前的完整")
	}
	if len(r.Unforetold) > 0 {
		parts = append(parts, strconv.Itoa(len(r.Unforetold))+" 件无法推算")
	}
	return strings.Join(parts, "，")
}

func kindCell(k grievance.ClockKind) string {
	if k == "" {
		return ""
	}
	return word(kindWords, k)
}

func (r UpcomingRow) actWords() string {
	w := word(actWords, r.Act)
	if r.Level > 0 {
		w += " " + word(levelWords, r.Level)
	}
	return w
}

func (r UpcomingRow) toWords() string {
	posts := make([]string, len(r.To))
	for i, a := range r.To {
		posts[i] = a.words()
	}
	return strings.Join(posts, "；")
}

// words tells a post and who holds it: 霁川镇负责人 周明.
func (a Addressee) words() string {
	post := word(roleWords, a.Role)
	if a.Head {
		post = "负责人"
	}
	if a.Unit != nil {
		post = a.Unit.Name + post
	}
	for _, u := range a.People {
		post += " " + u.Name
	}
	return post
}
