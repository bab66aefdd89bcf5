package grievance

// NoticeKind says what a written notice is.
type NoticeKind string

// The notices: 受理告知书, 不予受理告知书, 转送告知书, 延期告知书, 处理意见书,
// 复查意见书, 复核意见书.
const (
	NoticeOfAcceptance NoticeKind = "acceptance"
	NoticeOfDecline    NoticeKind = "decline"
	NoticeOfForward    NoticeKind = "forward"
	NoticeOfExtension  NoticeKind = "extension"
	OpinionDocument    NoticeKind = "opinion"
	ReviewDocument     NoticeKind = "review"
	ReReviewDocument   NoticeKind = "re_review"
)

// NoticeKinds lists them in the order of a case's life.
var NoticeKinds = []NoticeKind{
	NoticeOfAcceptance, NoticeOfDecline, NoticeOfForward, NoticeOfExtension, OpinionDocument, ReviewDocument, ReReviewDocument,
}

// marks are the short forms that stand in a notice's document number (文号).
var marks = map[NoticeKind]string{
	NoticeOfAcceptance: "受", NoticeOfDecline: "不受", NoticeOfForward: "转", NoticeOfExtension: "延",
	OpinionDocument: "复", ReviewDocument: "复查", ReReviewDocument: "复核",
}

// NoticeTemplates says by which version of its template (package notice) a
// notice of each kind is made from now on. Those issued before keep theirs.
var NoticeTemplates = map[NoticeKind]int{
	NoticeOfAcceptance: 1, NoticeOfDecline: 2, NoticeOfForward: 1, NoticeOfExtension: 1,
	OpinionDocument: 1, ReviewDocument: 2, ReReviewDocument: 2,
}

// answers reports whether a notice tells the petitioner whether the case is
// taken on, which is what the acceptance clock waits for. Where it was forwarded
// to, does not: that clock is the receiving unit's own (Art. 23).
func (k NoticeKind) answers() bool { return k != NoticeOfForward }
