package notice

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

const petition, township = grievance.ProfilePetition, grievance.ProfileTownship

// documents are the pages of testdata: one of each kind under the Regulations,
// and how those differ that a desk's own practice makes.
var documents = map[string]func(*testing.T) *file{
	"acceptance":          func(t *testing.T) *file { return accepted(t, petition) },
	"acceptance_township": func(t *testing.T) *file { return accepted(t, township) },
	"decline":             func(t *testing.T) *file { return declined(t, petition) },
	"forward":             func(t *testing.T) *file { return forwarded(t, petition) },
	"extension":           func(t *testing.T) *file { return extended(t, petition) },
	"opinion":             func(t *testing.T) *file { return answered(t, petition) },
	"opinion_township":    func(t *testing.T) *file { return answered(t, township) },
	"review":              func(t *testing.T) *file { return reviewed(t, grievance.ReviewDocument) },
	"decline_finalised":   func(t *testing.T) *file { return finalised(t) },
	"review_mediated":     func(t *testing.T) *file { return mediated(t, grievance.ReviewDocument) },
	"re_review_mediated":  func(t *testing.T) *file { return mediated(t, grievance.ReReviewDocument) },
	"re_review":           func(t *testing.T) *file { return reviewed(t, grievance.ReReviewDocument) },
}

func page(t *testing.T, made func() (Page, error)) Page {
	t.Helper()
	p, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPages compares each document with testdata: what a petitioner is told
// changes only on purpose.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, of := range documents {
		golden(t, name+".html", page(t, of(t).Page).HTML)
	}
}

// The form to take along is blank; afterwards it says what was recorded.
func TestTheProofOfService(t *testing.T) {
	t.Parallel()
	f := accepted(t, petition)
	golden(t, "service_blank.html", page(t, func() (Page, error) { return f.ServicePage("") }).HTML)
	golden(t, "to_serve.html", page(t, func() (Page, error) { return f.PageToServe("柳树村三组") }).HTML)
	served, recorded := beijing(t, "2026-11-27 10:05"), beijing(t, "2026-11-28 09:00")
	f.Notice.ServedAt, f.Notice.RecordedAt, f.Notice.ServedHow = &served, &recorded, "app"
	f.happens(grievance.EvServed, grievance.Facts{Notice: &grievance.NoticeFact{N: 2}, Texts: f.write(false, grievance.TextProof, "另一份文书的回证")})
	f.happens(grievance.EvServed, grievance.Facts{Notice: f.number(), Texts: f.write(false, grievance.TextProof, "已读回执\n截图存档")})
	golden(t, "service_done.html", page(t, func() (Page, error) { return f.ServicePage("许晚晴") }).HTML)
	if again := page(t, func() (Page, error) { return f.PageToServe("柳树村三组") }); strings.Contains(string(again.HTML), "送达回证") {
		t.Error("a notice that was served is printed with a form for it")
	}
}

// What happens later changes no document.
func TestADocumentStaysAsItWasIssued(t *testing.T) {
	t.Parallel()
	f := accepted(t, petition)
	want := page(t, f.Page)
	f.happens(grievance.EvClassified, grievance.Facts{Route: 1})
	f.happens(grievance.EvCorrected, grievance.Facts{Headcount: 12, Texts: f.write(true, grievance.TextTitle, "另一个标题")})
	f.happens(grievance.EvClosed, grievance.Facts{Notice: &grievance.NoticeFact{N: 2}, SignOff: signature, Outcome: grievance.Supported})
	f.Case.Profile, f.Case.Headcount = township, 12
	if got := page(t, f.Page); string(got.HTML) != string(want.HTML) {
		t.Errorf("the document has changed:\n%s", got.HTML)
	}
}

// What was put right before it was issued is right in it.
func TestADocumentFollowsCorrections(t *testing.T) {
	t.Parallel()
	f := opened(t, grievance.NoticeOfDecline, petition)
	f.happens(grievance.EvClassified, grievance.Facts{Route: 4})
	f.happens(grievance.EvCorrected, grievance.Facts{Headcount: 1, Texts: f.write(true, grievance.TextTitle, "村道塌了")})
	f.happens(grievance.EvDeclined, grievance.Facts{Notice: f.number(), Reason: grievance.NoFacts})
	f.Addressee = ""
	got := string(page(t, f.Page).HTML)
	for _, said := range []string{"“村道塌了”", "第三十一条第四项", "<p class=\"addressee\">信访人：</p>", "您以来信方式"} {
		if !strings.Contains(got, said) {
			t.Errorf("it does not say %s:\n%s", said, got)
		}
	}
}

// Words that are not the petitioner's to read are in no document, whoever asks.
func TestNoInternalWordsInADocument(t *testing.T) {
	t.Parallel()
	if got := page(t, forwarded(t, petition).Page); strings.Contains(string(got.HTML), "内部意见") {
		t.Errorf("%s", got.HTML)
	}
}

var (
	tags    = regexp.MustCompile(`<[A-Za-z/!][^>]*>`)
	hostile = `</p></style><script>alert(1)</script><img src=x onerror="alert('1')">{{.Unit}}&lt;` + "\u2028'\"><!--"
)

// Whatever people write, the markup of a page stays the same.
func TestWordsNeverBecomeMarkup(t *testing.T) {
	t.Parallel()
	for name, of := range documents {
		f := of(t)
		plain := page(t, func() (Page, error) { return f.PageToServe("地址") })
		for id, text := range f.Texts {
			text.Body = strings.ReplaceAll(text.Body, "。", hostile)
			if text.Kind == grievance.TextTitle {
				text.Body = hostile
			}
			f.Texts[id] = text
		}
		f.Addressee, f.Notice.UnitName, f.Notice.Number = hostile, hostile, hostile
		if f.Notice.OtherName != "" {
			f.Notice.OtherName = hostile
		}
		got := page(t, func() (Page, error) { return f.PageToServe(hostile) })
		if a, b := tags.FindAllString(string(plain.HTML), -1), tags.FindAllString(string(got.HTML), -1); !slices.Equal(a, b) {
			t.Errorf("%s: the markup has changed:\n%s", name, got.HTML)
		}
		if !strings.Contains(string(got.HTML), "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(string(got.HTML), "{{.Unit}}") {
			t.Errorf("%s: what was written is not shown as it was:\n%s", name, got.HTML)
		}
	}
}

// A page may use its own style, and asks no address for anything.
func TestAPageUsesNothingButItsStyle(t *testing.T) {
	t.Parallel()
	for name, of := range documents {
		p := page(t, of(t).Page)
		_, rest, _ := strings.Cut(string(p.HTML), "<style>")
		style, _, ok := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !ok || !strings.Contains(p.Policy, want) {
			t.Errorf("%s: %s does not let the page use its style, %s", name, p.Policy, want)
		}
		for _, outside := range []string{"http:", "https:", "url(", "src=", "href=", "style=", "@import"} {
			if strings.Contains(string(p.HTML), outside) {
				t.Errorf("%s: the page has %s", name, outside)
			}
		}
		if !strings.HasPrefix(p.Policy, "default-src 'none';") || strings.Contains(p.Policy, "unsafe") {
			t.Errorf("%s: %s", name, p.Policy)
		}
	}
}
