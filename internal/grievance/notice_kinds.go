package grievance

// The notices that tell where a case went, and what came of asking further:
// 转送告知书, 复查意见书, 复核意见书.
const (
	NoticeOfForward  NoticeKind = "forward"
	NoticeOfReview   NoticeKind = "review"
	NoticeOfReReview NoticeKind = "re_review"
)

// NoticeKinds lists them in the order of a case's life.
var NoticeKinds = []NoticeKind{
	NoticeOfAcceptance, NoticeOfDecline, NoticeOfForward, NoticeOfExtension, OpinionDocument, NoticeOfReview, NoticeOfReReview,
}

// marks are the short forms that stand in a notice's document number (文号).
var marks = map[NoticeKind]string{
	NoticeOfAcceptance: "受", NoticeOfDecline: "不受", NoticeOfForward: "转", NoticeOfExtension: "延",
	OpinionDocument: "复", NoticeOfReview: "复查", NoticeOfReReview: "复核",
}

// NoticeTemplates says by which version of its template (package notice) a
// notice of each kind is made from now on. Those issued before keep theirs.
var NoticeTemplates = map[NoticeKind]int{
	NoticeOfAcceptance: 1, NoticeOfDecline: 1, NoticeOfForward: 1, NoticeOfExtension: 1,
	OpinionDocument: 1, NoticeOfReview: 1, NoticeOfReReview: 1,
}

// answers reports whether a notice tells the petitioner whether the case is
// taken on, which is what the acceptance clock waits for. Where it was forwarded
// to, does not: that clock is the receiving unit's own (Art. 23).
func (k NoticeKind) answers() bool { return k != NoticeOfForward }
