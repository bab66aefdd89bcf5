package api

import (
	"fmt"
	"strings"
	"testing"
)

// lacks wants a page to say none of some words.
func (s *city) lacks(page string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if strings.Contains(page, w) {
			s.t.Errorf("it says %q:\n%s", w, page)
		}
	}
}

// document reads the document of a case's notice.
func (s *city) document(account, id string, n int) string {
	s.t.Helper()
	return s.sheet(account, "GET", fmt.Sprintf("/cases/%s/notices/%d/document", id, n), "")
}

// An opinion that was changed before it was signed is printed as it was signed.
func TestTheDocumentOfAnAmendedOpinion(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		s.act("handler", id, "/submit", opinion)
		s.act("handler", id, "/sign-offs/1/amend", strings.Replace(opinion, "本周修好", "下周修好", 1))
		s.act("leader", id, "/sign-offs/2/approve", `{}`)
		for _, account := range []string{"clerk", "handler", "supervisor"} {
			page := s.document(account, id, 2)
			s.says(page, "下周修好")
			s.lacks(page, "本周修好")
		}
	})
}

// Each round has a document of its own, and the answer to a dispute has no further one.
func TestTheDocumentsOfTwoRounds(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed("")
		before := s.document("clerk", id, 2)
		s.act("clerk", id, "/notices/2/service", `{"how":"mail"}`)
		s.act("supervisor", id, "/follow-ups", notDone)
		s.act("handler", id, "/submit", strings.Replace(opinion, "本周修好", "换了整条线路", 1))
		s.act("leader", id, "/sign-offs/2/approve", `{}`)
		page := s.document("clerk", id, 3)
		s.says(page, "换了整条线路", "15日内")
		s.lacks(page, "本周修好")
		s.act("clerk", id, "/notices/3/service", `{"how":"mail"}`)
		s.act("clerk_afternoon", id, "/dispute", `{"words":"没有修好"}`)
		s.act("handler", id, "/submit", strings.Replace(opinion, "本周修好", "加装了路灯", 1))
		s.act("leader", id, "/sign-offs/3/approve", `{}`)
		page = s.document("clerk", id, 4)
		s.says(page, "加装了路灯", "根据异议再次办理的结果")
		s.lacks(page, "本周修好", "换了整条线路", "15日内")
		if after := s.document("clerk", id, 2); after != before {
			t.Errorf("the first document has changed:\n%s", after)
		}
	})
}

// An opinion names who reviews it, the review who reviews that, and the re-review
// nobody; what is raised again is answered by the number of the last.
func TestTheDocumentsOfReviews(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.finalised()
		s.says(s.document("clerk", id, 2), "30日内，向禾汀县请求复查（《信访工作条例》第三十五条）")
		s.says(s.document("county_clerk", id, 3), "信访事项复查意见书", "维持原处理意见", "30日内，向澄澜市请求复核（《信访工作条例》第三十六条）")
		final := s.document("city_clerk", id, 4)
		s.says(final, "信访事项复核意见书", "维持复查意见", "本意见为终结意见", "不再受理")
		s.lacks(final, "30日内")
		number := read[NoticeList](s, "clerk", "/cases/"+id+"/notices").Items[3].Number

		again := s.register(petition).ID
		s.act("clerk", again, "/decline", fmt.Sprintf(`{"reason":"finalised","words":"同一事实已经终结","earlier_case_id":%q}`, id))
		s.act("leader", again, "/sign-offs/1/approve", `{}`)
		s.says(s.document("clerk", again, 1), "不予受理告知书", number, "同一事实已经终结")
	})
}

// A review for the petitioner says what comes of it, and no remedy that nobody takes.
func TestTheDocumentsOfARevokedAnswer(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.answered()
		s.act("clerk", id, "/reviews", objecting)
		s.act("county_clerk", id, "/reviews/1/decision", reviewOpinion("revoked"))
		s.act("county_leader", id, "/sign-offs/2/approve", `{}`)
		page := s.document("clerk", id, 3)
		s.says(page, "撤销原处理意见，重新办理", "重新作出的处理意见将另行送达")
		s.lacks(page, "请求复核")
		if n := read[NoticeList](s, "clerk", "/cases/"+id+"/notices").Items[2]; n.RemedyDays != 0 || n.OtherUnit != nil {
			t.Errorf("%+v", n)
		}
		s.act("handler", id, "/submit", strings.Replace(opinion, "本周修好", "下周修好", 1))
		s.act("leader", id, "/sign-offs/3/approve", `{}`)
		page = s.document("clerk", id, 4)
		s.says(page, "下周修好", "30日内，向禾汀县请求复查")
		s.lacks(page, "本周修好")
	})
}

// What the parties have agreed on stands in the document, in place of an opinion.
func TestTheDocumentOfAMediation(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.answered()
		s.act("clerk", id, "/reviews", objecting)
		s.act("county_clerk", id, "/reviews/1/decision", `{"decision":"mediated","agreement":"双方同意月底前修好"}`)
		s.act("county_leader", id, "/sign-offs/2/approve", `{}`)
		page := s.document("clerk", id, 3)
		s.says(page, "信访事项复查意见书", "各方自愿达成协议如下", "双方同意月底前修好", "本事项经调解终结")
		s.lacks(page, "mediated", "复查意见如下", "请求复核", "本周修好")
	})
}
