package notice

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Every kind has every version up to the one that is used now.
func TestEveryKindHasItsVersions(t *testing.T) {
	t.Parallel()
	want := 0
	for _, kind := range grievance.NoticeKinds {
		for v := 1; v <= grievance.NoticeTemplates[kind]; v++ {
			if x := Lookup(kind, v); x == nil || x.Name == "" || len(x.Articles) == 0 || len(x.Parts) == 0 {
				t.Errorf("%s has no version %d", kind, v)
			}
			want++
		}
	}
	if len(templates) != want {
		t.Errorf("%d templates, %d in use or used before", len(templates), want)
	}
}

// What notices may have been issued with never changes: each file is as
// testdata/templates.sum has it, one a line. A change is a further version.
func TestTemplatesNeverChange(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile("testdata/templates.sum")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(kept)), "\n")
	err = fs.WalkDir(files, "templates", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		if line := fmt.Sprintf("%x  %s", sha256.Sum256(content), path); !slices.Contains(lines, line) {
			t.Errorf("not in testdata/templates.sum: %s", line)
		}
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasSuffix(l, "  "+path) })
		return err
	})
	if err != nil || len(lines) > 0 {
		t.Errorf("gone: %v (%v)", lines, err)
	}
}

// Every code that a notice may hold has its words.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	all := map[grievance.NoticeKind][]string{
		grievance.NoticeOfDecline: codes(grievance.DeclineReasons), grievance.NoticeOfForward: codes(grievance.ForwardReasons),
		grievance.NoticeOfExtension: append(codes(grievance.ExtensionReasons), codes([]grievance.ClockKind{grievance.Handling, grievance.Review, grievance.ReReview})...),
		grievance.OpinionDocument:   codes(grievance.Outcomes), grievance.ReviewDocument: {"upheld", "changed", "revoked"},
		grievance.ReReviewDocument:   {"upheld", "changed", "revoked"},
		grievance.NoticeOfAcceptance: {"route_1", "route_2", "route_3", "route_4", "route_5", "route_6"},
	}
	for _, x := range templates {
		for _, code := range append(all[x.Kind], codes(grievance.Channels)...) {
			if x.Words[code] == "" && x.layout.words[code] == "" {
				t.Errorf("%s, version %d: %s has no words", x.Kind, x.Version, code)
			}
		}
		for _, how := range grievance.ServedHow {
			if x.layout.words["by_"+how] == "" {
				t.Errorf("layout %d: %s has no words", x.Layout, how)
			}
		}
	}
}

func codes[T ~string](list []T) (out []string) {
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

func TestANoticeWithoutATemplateIsAnError(t *testing.T) {
	t.Parallel()
	f := accepted(t, petition)
	f.Notice.TemplateVersion = 99
	if _, err := f.Page(); err == nil {
		t.Error("it was printed")
	}
	f.Notice.TemplateVersion, f.Notice.N = 1, 2
	if _, err := f.ServicePage(""); err == nil {
		t.Error("a notice that nobody issued was printed")
	}
}

func TestNumerals(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "一", 10: "十", 14: "十四", 20: "二十", 22: "二十二", 34: "三十四", 90: "九十"} {
		if got := numeral(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
