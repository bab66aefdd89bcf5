package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/huiyin/huiyin/internal/grievance"
)

func init() { openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder) }

// sheet asks for a page about a notice.
func (s *city) sheet(account, method, path, body string, header ...string) string {
	s.t.Helper()
	res := s.send(account, method, v1+path, body, header...)
	text := string(bodyOf(s.t, res))
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		s.t.Fatalf("%s %s as %s: %d %s\n%s", method, path, account, res.StatusCode, res.Header.Get("Content-Type"), text)
	}
	policy := res.Header.Get("Content-Security-Policy")
	if res.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") {
		s.t.Errorf("%s %s: %q, %q", method, path, res.Header.Get("Cache-Control"), policy)
	}
	return text
}

func (s *city) says(page string, words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			s.t.Errorf("it does not say %q:\n%s", w, page)
		}
	}
}

// Who may read a case's notices reads them as documents, nobody's name in them.
func TestANoticeIsADocument(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed("")
		for _, n := range read[NoticeList](s, "clerk", "/cases/"+id+"/notices").Items {
			for _, account := range []string{"clerk", "handler", "leader", "supervisor"} {
				page := s.sheet(account, "GET", strings.TrimPrefix(n.DocumentHref, v1), "", "Accept-Language: en", "Accept: text/html")
				s.says(page, n.Number, n.Name, "张**", "村口路灯不亮", "禾汀县霁川镇")
				if strings.Contains(page, "张三丰") {
					t.Errorf("%s is shown who it is: %s", account, page)
				}
			}
		}
		path := "/cases/" + id + "/notices/"
		s.says(s.sheet("clerk", "GET", path+"1/document", ""), "已受理")
		s.says(s.sheet("clerk", "GET", path+"2/document", ""), "修路灯", "线路老化", "本周修好", "《条例》第三十一条", "15日内")
		if res := s.call("HEAD", v1+path+"1/document", "", "Authorization: Bearer clerk"); res.StatusCode != http.StatusOK {
			t.Errorf("HEAD: %d", res.StatusCode)
		}
		for _, page := range []string{"document", "service"} {
			s.refuses("", "GET", v1+path+"1/"+page, "", 401, "auth.required")
			s.refuses("clerk2", "GET", v1+path+"1/"+page, "", 404, "not_found")
			s.refuses("clerk", "GET", v1+path+"3/"+page, "", 404, "not_found")
			s.refuses("clerk", "GET", v1+path+"x/"+page, "", 404, "not_found")
			s.refuses("clerk", "GET", v1+path+"1/"+page, "", 406, "request.accept_page", "Accept: application/pdf, application/json")
			s.sheet("clerk", "GET", path+"1/"+page, "", "Accept: application/pdf;q=0.9, */*;q=0.1")
		}
	})
}

// Whoever serves a notice is shown to whom, each time as an event of its own,
// and no answer is kept.
func TestServingANoticeShowsToWhom(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed("")
		path := "/cases/" + id + "/notices/2/document"
		for _, account := range []string{"clerk", "handler", "handler"} {
			page := s.sheet(account, "POST", path, `{"reason":"serve_notice"}`, "Idempotency-Key: k")
			s.says(page, "张三丰：", "送达回证", "霁川镇上渡村四组")
		}
		s.sheet("clerk", "POST", path, "")
		told := 0
		for _, e := range read[EventPage](s, "clerk", "/cases/"+id+"/events").Items {
			if e.Kind == grievance.EvRevealed && e.Facts.Reason == "serve_notice" && e.Facts.Notice != nil && e.Facts.Notice.N == 2 {
				told++
			}
		}
		if told != 4 {
			t.Errorf("%d events say that somebody looked, want 4", told)
		}
		s.refuses("", "POST", v1+path, "", 401, "auth.required")
		s.refuses("clerk2", "POST", v1+path, "", 404, "not_found")
		s.refuses("leader", "POST", v1+path, "", 403, "case.not_permitted")
		s.refuses("supervisor", "POST", v1+path, "", 403, "auth.role")
		before := s.recorded()
		s.refuses("clerk", "POST", v1+path, `{"reason":"curiosity"}`, 422, "request.invalid")
		s.refuses("clerk", "POST", v1+path, `{"why":"x"}`, 400, "request.unknown_field")
		s.refuses("clerk", "POST", v1+path, "", 406, "request.accept_page", "Accept: application/json")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/notices/9/document", "", 404, "not_found")
		if after := s.recorded(); after != before {
			t.Errorf("refusals recorded %d events", after-before)
		}
	})
}

func TestAConfidentialAddresseeIsKnownToTheDeskAlone(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	path := "/cases/" + s.handled(`,"confidential":true`) + "/notices/1/document"
	if page := s.sheet("clerk", "GET", path, ""); strings.Contains(page, "张") {
		t.Errorf("the surname is shown: %s", page)
	}
	s.refuses("handler", "POST", v1+path, "", 403, "case.confidential")
	s.says(s.sheet("clerk", "POST", path, ""), "张三丰")
}

// The proof of service is a form first, and a record then; its words are for
// those who work on the case.
func TestTheProofOfServiceIsADocument(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		here := fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
		id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(here)), http.StatusCreated).ID
		s.act("clerk", id, "/accept", "")
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", "")
		path := "/cases/" + id + "/notices/2/service"
		s.says(s.sheet("clerk", "GET", path, ""), "□ 直接送达</span>", "张**")
		s.act("clerk", id, "/notices/2/service", `{"how":"in_person","proof":"本人签收<b>"}`)
		s.says(s.sheet("handler", "GET", path, ""), "直接送达", "本人签收&lt;b&gt;", "许晚晴", "以上送达情况已于")
		if page := s.sheet("petitioner", "GET", path, ""); strings.Contains(page, "本人签收") || !strings.Contains(page, "直接送达") {
			t.Errorf("the petitioner is shown %s", page)
		}
		for account, proofs := range map[string]int{"clerk": 1, "petitioner": 0} {
			n := read[NoticeList](s, account, "/cases/"+id+"/notices").Items[1]
			if len(n.Proof) != proofs || n.ServedHow != "in_person" || n.ServiceHref != v1+path || n.Name != "处理意见书" || n.RemedyDays != 15 {
				t.Errorf("%s is told %+v", account, n)
			}
		}
	})
}

// The desk that forwarded a case tells the petitioner where it went; the other
// desk's time runs on until its own notice is served.
func TestAForwardIsServedByItsSender(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register("").ID
		s.act("clerk", id, "/forward", fmt.Sprintf(`{"unit_id":%q,"reason":"other_area","words":"属你镇管辖"}`, s.unit(qiqiao)))
		path := "/cases/" + id + "/notices/1/document"
		page := s.sheet("clerk", "POST", path, "")
		s.says(page, "转〔2026〕", "转送禾汀县栖桥街道", "禾汀县霁川镇", "张三丰")
		if strings.Contains(page, "属你镇管辖") {
			t.Errorf("words between the desks are shown: %s", page)
		}
		s.says(s.sheet("clerk2", "GET", path, ""), "张**")
		s.act("clerk", id, "/notices/1/service", `{"how":"phone"}`)
		s.act("clerk2", id, "/acknowledge", "")
		clocks := read[ClockList](s, "clerk2", "/cases/"+id+"/deadlines").Items
		if k := clocks[len(clocks)-1]; k.Kind != grievance.Acceptance || k.State != grievance.Running {
			t.Errorf("the receiving desk's clock is %+v", k)
		}
		s.act("clerk2", id, "/accept", "")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/notices/2/service", `{"how":"phone"}`, 403, "case.not_permitted")
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/notices/2/document", "", 403, "case.not_permitted")
		s.says(s.sheet("clerk2", "POST", "/cases/"+id+"/notices/2/document", ""), "禾汀县栖桥街道", "决定予以受理")
	})
}

// A unit that is renamed later does not change what it issued.
func TestADocumentKeepsTheNamesOfItsTime(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		path := "/cases/" + id + "/notices/1/document"
		before := s.sheet("clerk", "GET", path, "")
		as[UnitView](s, s.send("admin", "POST", v1+"/units/"+s.unit(jichuan)+"/rename", `{"name":"霁川街道办事处"}`), http.StatusOK)
		s.act("handler", id, "/submit", opinion)
		s.act("leader", id, "/sign-offs/1/approve", "")
		if after := s.sheet("clerk", "GET", path, ""); after != before {
			t.Errorf("the document has changed:\n%s", after)
		}
		s.says(s.sheet("clerk", "GET", "/cases/"+id+"/notices/2/document", ""), "霁川街道办事处")
	})
}

// What is written stays what it is.
func TestADocumentShowsMarkupAsWords(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	made := as[CaseWithCode](s, s.send("clerk", "POST", v1+"/cases",
		`{"channel":"app","title":"<script>alert(1)</script>","body":"b","petitioner":{"name":"<img src=x>"}}`), http.StatusCreated)
	s.act("clerk", made.ID, "/accept", `{"notice":"</p><style>*{display:none}</style>"}`)
	page := s.sheet("clerk", "POST", "/cases/"+made.ID+"/notices/1/document", "")
	s.says(page, "&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x&gt;", "&lt;/p&gt;&lt;style&gt;")
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Count(page, "<style>") != 1 {
		t.Errorf("%s", page)
	}
}
