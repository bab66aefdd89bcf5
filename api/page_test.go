package api

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"
)

var letters = []string{"a", "b", "c", "d", "e"}

type letterPage struct {
	Items []string `json:"items"`
	Next  string   `json:"next,omitempty"`
}

// paging lists the letters under /letters, and under /others as another list.
func paging(*server) []route {
	list := func(name string) echo.HandlerFunc {
		return func(c echo.Context) error {
			q := readQuery(c)
			limit, after := q.limit(), cursorParam[string](q, name)
			q.boolean("loud")
			if err := q.err(); err != nil {
				return err
			}
			start := 0
			if after != nil {
				start = slices.Index(letters, *after) + 1
			}
			itself := func(s string) string { return s }
			items, next, err := pageOf(c, name, letters[start:], limit, itself, itself)
			return reply(c, letterPage{items, next}, err)
		}
	}
	return []route{{"GET", "/letters", list("letters"), visitors}, {"GET", "/others", list("others"), visitors}}
}

func (r *rig) page(t *testing.T, target string) (letterPage, http.Header) {
	t.Helper()
	res := r.call("GET", target, "")
	var p letterPage
	if err := json.Unmarshal(bodyOf(t, res), &p); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", target, res.StatusCode, err)
	}
	return p, res.Header
}

func TestPagesFollowEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, paging)
	var got []string
	target, pages := "/letters?limit=2&loud=true", 0
	for target != "" {
		p, header := r.page(t, target)
		got, pages = append(got, p.Items...), pages+1
		link := header.Get("Link")
		if (link == "") != (p.Next == "") {
			t.Fatalf("next is %q but Link is %q", p.Next, link)
		}
		target, _ = strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		if target != "" && (!strings.Contains(target, "limit=2") || !strings.Contains(target, "loud=true")) {
			t.Fatalf("the next page forgets parameters: %s", target)
		}
	}
	if !slices.Equal(got, letters) || pages != 3 {
		t.Errorf("got %v in %d pages", got, pages)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, paging)
	if p, _ := r.page(t, "/letters"); len(p.Items) != 5 {
		t.Errorf("the default page has %d items", len(p.Items))
	}
	for _, bad := range []string{"0", "-1", "201", "ten", "1.5", "", "99999999999999999999"} {
		p := problemOf(t, r.call("GET", "/letters?limit="+bad, ""))
		if p.Code != "request.parameter" || p.Status != http.StatusBadRequest || p.Errors[0].Parameter != "limit" {
			t.Errorf("limit=%s: %+v", bad, p)
		}
	}
}

func TestCursorsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, paging)
	good, _ := r.page(t, "/letters?limit=2")
	raw, err := base64.RawURLEncoding.DecodeString(good.Next)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{
		"not base64": "***", "padded": good.Next + "=", "too short": "AAAA", "cut": good.Next[:len(good.Next)-2],
		"only a position": base64.RawURLEncoding.EncodeToString([]byte(`"b"`)),
		"longer":          base64.RawURLEncoding.EncodeToString(append(slices.Clone(raw), ' ')),
	}
	for i := range raw {
		altered := slices.Clone(raw)
		altered[i] ^= 1
		bad["bit in byte "+string(rune('0'+i))] = base64.RawURLEncoding.EncodeToString(altered)
	}
	for name, cursor := range bad {
		for _, language := range []string{"zh-CN", "en"} {
			p := problemOf(t, r.call("GET", "/letters?cursor="+cursor, "", "Accept-Language: "+language))
			if p.Code != "request.cursor" || p.Status != http.StatusBadRequest {
				t.Errorf("%s: %+v", name, p)
			}
			wantLanguage(t, p, language)
		}
	}
	if p := problemOf(t, r.call("GET", "/others?cursor="+good.Next, "")); p.Code != "request.cursor" {
		t.Errorf("another list's cursor: %+v", p)
	}
	p, _ := r.page(t, "/letters?cursor="+good.Next)
	if !slices.Equal(p.Items, letters[2:]) {
		t.Errorf("the untouched cursor gives %v", p.Items)
	}
}
