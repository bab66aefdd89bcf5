package notice

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// beijing reads an instant as the clocks there show it.
func beijing(t *testing.T, when string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// file is a record of a case, built event by event.
type file struct {
	Record
	t *testing.T
}

// opened is a petition of three people about a road, received by letter at a
// township, with a notice of a kind that is still to be issued.
func opened(t *testing.T, kind grievance.NoticeKind, profile string) *file {
	t.Helper()
	f := &file{t: t, Record: Record{
		Case: &grievance.Case{
			ReceiptNumber: "990121101-20261120-0007", Channel: grievance.ByLetter,
			ReceivedAt: beijing(t, "2026-11-20 17:00"), Headcount: 3,
		},
		Notice: grievance.Notice{
			N: 1, Kind: kind, Number: "文〔2026〕990121101-20261120-0007-1", TemplateVersion: grievance.NoticeTemplates[kind], Profile: profile,
			UnitName: "禾汀县霁川镇", IssuedAt: beijing(t, "2026-11-27 00:30"),
		},
		Texts: map[grievance.TextID]grievance.Text{}, Addressee: "陈**",
	}}
	return f.happens(grievance.EvRegistered, grievance.Facts{
		Route: grievance.PetitionRoute, Headcount: 3, Texts: f.write(true, grievance.TextTitle, "村道破损", grievance.TextBody, "下雨积水"),
	})
}

// write keeps texts, given as kind and words by turns.
func (f *file) write(public bool, texts ...any) (refs []grievance.TextRef) {
	for i := 0; i < len(texts); i += 2 {
		id := grievance.TextID{15: byte(len(f.Texts) + 1)}
		kind := texts[i]
		switch k := kind.(type) {
		case grievance.TextKind:
			f.Texts[id] = grievance.Text{ID: id, Kind: k, Body: texts[i+1].(string), Public: public}
			refs = append(refs, grievance.TextRef{ID: id, Kind: k})
		default:
			f.t.Fatalf("%v is no kind of text", kind)
		}
	}
	return refs
}

func (f *file) happens(kind grievance.EventKind, facts grievance.Facts) *file {
	f.t.Helper()
	body, err := json.Marshal(facts)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Events = append(f.Events, grievance.Event{Seq: int64(len(f.Events) + 1), Kind: kind, Body: body})
	return f
}

// number is what the event says that issues the notice.
func (f *file) number() *grievance.NoticeFact { return &grievance.NoticeFact{N: f.Notice.N} }

// accepted, declined and the rest issue the notice of their kind.
func accepted(t *testing.T, profile string) *file {
	f := opened(t, grievance.NoticeOfAcceptance, profile)
	return f.happens(grievance.EvAccepted, grievance.Facts{
		Notice: f.number(), Texts: f.write(true, grievance.TextNotice, "请保持电话畅通。"),
		Started: []grievance.ClockFact{
			{Kind: grievance.FirstContact, DueAt: beijing(t, "2026-12-02 00:00")},
			{Kind: grievance.Handling, DueAt: beijing(t, "2027-01-27 00:00")},
		},
	})
}

func declined(t *testing.T, profile string) *file {
	f := opened(t, grievance.NoticeOfDecline, profile)
	return f.asked(grievance.EvDeclineRequested, grievance.TextReason, "应当向人民法院提起诉讼。").
		happens(grievance.EvDeclined, grievance.Facts{Notice: f.number(), SignOff: signature, Reason: grievance.OtherProcedure})
}

func forwarded(t *testing.T, profile string) *file {
	f := opened(t, grievance.NoticeOfForward, profile)
	f.Notice.OtherName = "禾汀县栖桥镇"
	return f.happens(grievance.EvForwarded, grievance.Facts{
		Notice: f.number(), Reason: "other_area", Texts: f.write(false, grievance.TextReason, "内部意见，不对外"),
	})
}

func extended(t *testing.T, profile string) *file {
	f := opened(t, grievance.NoticeOfExtension, profile)
	return f.asked(grievance.EvExtensionRequested, grievance.TextReason, "路面取样检测需要二十日。").
		happens(grievance.EvExtended, grievance.Facts{
			Notice: f.number(), SignOff: signature, Reason: "appraisal", Extended: "30d",
			Moved: []grievance.ClockFact{{Kind: grievance.Handling, DueAt: beijing(t, "2027-02-27 00:00")}},
		})
}

var opinion = []any{
	grievance.TextRequest, "修复村道。", grievance.TextFacts, "路面破损三处。\n\n积水属实。",
	grievance.TextOpinion, "十日内修复。", grievance.TextLegalBasis, "《农村公路养护管理办法》",
}

func answered(t *testing.T, profile string) *file {
	f := opened(t, grievance.OpinionDocument, profile)
	if f.Notice.RemedyDays = 15; profile == grievance.ProfilePetition {
		f.Notice.RemedyDays, f.Notice.OtherName = 30, "禾汀县"
	}
	return f.asked(grievance.EvSubmitted, opinion...).
		happens(grievance.EvClosed, grievance.Facts{Notice: f.number(), SignOff: signature, Outcome: grievance.Supported})
}

func reviewed(t *testing.T, kind grievance.NoticeKind) *file {
	f := opened(t, kind, grievance.ProfilePetition)
	if f.Notice.UnitName = "禾汀县"; kind == grievance.ReviewDocument {
		f.Notice.RemedyDays, f.Notice.OtherName = 30, "澄澜市"
	}
	return f.asked(grievance.EvReviewSubmitted, opinion...).
		happens(grievance.EvReviewDecided, grievance.Facts{Notice: f.number(), SignOff: signature, Review: &grievance.ReviewFact{Decision: "upheld"}})
}

// mediated ends a review, or a re-review, by an agreement.
func mediated(t *testing.T, kind grievance.NoticeKind) *file {
	f := opened(t, kind, grievance.ProfilePetition)
	f.Notice.UnitName = "禾汀县"
	return f.asked(grievance.EvReviewSubmitted, grievance.TextAgreement, "村里十日内修复道路。\n双方再无争议。").
		happens(grievance.EvMediated, grievance.Facts{Notice: f.number(), SignOff: signature, Review: &grievance.ReviewFact{Decision: "mediated"}})
}

// finalised declines facts that have had their last word.
func finalised(t *testing.T) *file {
	f := opened(t, grievance.NoticeOfDecline, grievance.ProfilePetition)
	f.Notice.RefersTo = "复核〔2025〕990121101-20250601-0005-4"
	return f.asked(grievance.EvDeclineRequested, grievance.TextReason, "与上述事项事实和理由相同。").
		happens(grievance.EvDeclined, grievance.Facts{Notice: f.number(), SignOff: signature, Reason: grievance.FinalisedFacts})
}

var signature = &grievance.SignOffFact{N: 1}

// asked puts words before a leader.
func (f *file) asked(kind grievance.EventKind, texts ...any) *file {
	return f.happens(kind, grievance.Facts{SignOff: signature, Texts: f.write(true, texts...)})
}

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}
