package report

import (
	"cmp"
	"strconv"

	"github.com/huiyin/huiyin/internal/grievance"
)

var (
	bulletinWords = map[grievance.BulletinKind]string{
		grievance.Monthly: "通报", grievance.Quarterly: "讲评", grievance.Yearly: "年终考核",
	}
	bulletinReasonWords = map[grievance.BulletinReason]string{
		grievance.LateRecords: "补录", grievance.WrongRecords: "记录更正", grievance.DecisionChanged: "处理决定变更",
	}
	figureWords = map[FigureName]string{
		FigRegistered: "登记", FigClosed: "办结", FigOnTime: "按时办结", FigExtended: "延期", FigSuspended: "中止",
		FigDisputed: "群众异议", FigRehandled: "重新办理", FigObjections: "退单", FigScore: "得分",
	}
	questionWords = map[string]string{"contacted": "联系", "resolved": "解决", "satisfied": "满意"}
	measureWords  = map[grievance.MeasureKind]string{
		grievance.MeasureBulletin: "通报", grievance.MeasureTalk: "约谈", grievance.MeasureAdmonishment: "诫勉", grievance.MeasureDiscipline: "追责",
	}
	unitLevelWords = map[grievance.Level]string{
		grievance.LevelProvince: "省级", grievance.LevelCity: "市级", grievance.LevelCounty: "县级", grievance.LevelTownship: "乡镇（街道）",
	}
)

// Words names the figure as people do.
func (n FigureName) Words() string {
	families := []struct {
		prefix string
		words  func(string) string
	}{
		{famBreached, func(s string) string { return word(kindWords, grievance.ClockKind(s)) + "超期" }},
		{famAsked, func(s string) string { return "回访评价（" + word(questionWords, s) + "）" }},
		{famYes, func(s string) string { return "其中已" + word(questionWords, s) }},
		{famFindings, func(s string) string { return "问题线索：" + cmp.Or(grievance.FindingRule(s).Title(), s) }},
		{famUpheld, func(s string) string { return "查实问题：" + cmp.Or(grievance.FindingRule(s).Title(), s) }},
		{famMeasures, func(s string) string { return "追责：" + word(measureWords, grievance.MeasureKind(s)) }},
	}
	for _, f := range families {
		if which, ok := n.in(f.prefix); ok {
			return f.words(which)
		}
	}
	return word(figureWords, n)
}

// Title names the bulletin: 霁川镇 2026-11 群众诉求办理通报（第 2 版）.
func (b *Bulletin) Title() string {
	title := b.Unit.Name + " " + b.Period + " 群众诉求办理" + word(bulletinWords, b.Kind)
	if b.Edition > 1 {
		title += "（第 " + strconv.Itoa(b.Edition) + " 版）"
	}
	return title
}

// name tells a part's own share from the whole of a unit.
func (p BulletinPart) name() string {
	if p.Alone {
		return p.Unit.Name + "（本级）"
	}
	return p.Unit.Name
}

// percent gives a rate in percent, to one decimal, or a dash where nobody was
// asked.
func percent(yes, asked int) string {
	if asked == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*float64(yes)/float64(asked), 'f', 1, 64) + "%"
}
