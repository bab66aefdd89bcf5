package report

import (
	"fmt"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The words of the reports. What has none stands as its code.
var (
	levelWords = map[int]string{1: "一级（本单位负责人）", 2: "二级（上级督查）", 3: "三级（再上级督查）"}
	causeWords = map[grievance.Cause]string{
		grievance.OverdueAcceptance: "受理超期", grievance.OverdueAcknowledgement: "签收超期",
		grievance.OverdueFirstContact: "首次联系超期", grievance.OverdueHandling: "办理超期",
		grievance.OverdueSignOff: "签批超期", grievance.OverdueReview: "复查超期", grievance.OverdueReReview: "复核超期",
		grievance.OverdueConsent: "退单答复超期", grievance.OverdueJurisdiction: "指定管辖超期", grievance.OverdueCoHandling: "协办超期",
		grievance.OverdueOrder: "督办答复超期", grievance.OverdueDuty: "包案职责超期", grievance.Urgent: "紧急事项", grievance.DisputeRaised: "群众异议",
		grievance.Reported: "上报", grievance.Supervised: "督办",
	}
	stateWords = map[grievance.EscalationState]string{
		grievance.EscalationOpen: "待签收", grievance.EscalationAcknowledged: "已签收", grievance.EscalationResolved: "已处理",
	}
	kindWords = map[grievance.ClockKind]string{
		grievance.Acceptance: "受理", grievance.Acknowledgement: "签收", grievance.FirstContact: "首次联系",
		grievance.Handling: "办理", grievance.SignOffStep: "签批",
		grievance.Review: "复查", grievance.ReReview: "复核",
		grievance.Consent: "退单答复", grievance.Jurisdiction: "指定管辖", grievance.CoHandling: "协办",
		grievance.OrderReply: "督办答复", grievance.SponsorDuty: "包案职责",
	}
)

func word[K comparable](words map[K]string, code K) string {
	if w, ok := words[code]; ok {
		return w
	}
	return fmt.Sprint(code)
}

// periodWords tells a period as people do.
func periodWords(p store.Period) string {
	switch {
	case p.From.IsZero() && p.To.IsZero():
		return "全部时间"
	case p.From.IsZero():
		return "至 " + p.To.String()
	case p.To.IsZero():
		return p.From.String() + " 起"
	}
	return p.From.String() + " 至 " + p.To.String()
}
