package api

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// A refusal repeats no name of a request that is no plain word, neither of the
// body, nor of the query, nor of the path.
func TestRefusalsRepeatPlainWordsAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	for body, want := range map[string]string{
		`{"titel":1}`: "/titel unknown_field", `{"<b>":1}`: " unknown_field", `{"a b":1}`: " unknown_field", `{"路":1}`: " unknown_field",
		`{"` + strings.Repeat("k", wordMost+1) + `":1}`: " unknown_field",
		`{"parties":[{"<b>":1}]}`:                       "/parties/0 unknown_field", `{"rest":{"x":1,"x":2}}`: "/rest/x duplicate_key", `{"rest":{"<b>":1,"<b>":2}}`: "/rest duplicate_key",
		`{"title":"a\u0000","<b>":{"x":"\u0000"}}`: "/title control_char  control_char",
	} {
		if p := problemOf(t, r.call("POST", "/sample", body, asJSON)); faultsOf(p) != want {
			t.Errorf("%s: %q, want %q", body, faultsOf(p), want)
		}
	}
	r = newRig(t, Deps{}, querying)
	if p := problemOf(t, r.call("GET", "/find?%3Cb%3E=1&nn=1", "")); faultsOf(p) != " unknown_parameter nn unknown_parameter" {
		t.Errorf("parameters: %q", faultsOf(p))
	}
	for path, want := range map[string]string{
		"/nowhere": "/nowhere", "/a/b.c-d_9/": "/a/b.c-d_9", "/a/%3Cb%3E/c": "/a", "/%3Cb%3E": "/", "/a//b": "/a", "/" + strings.Repeat("a", wordMost+1): "/",
		"/a/'b'": "/a", "/a/(b)": "/a", "/a;b": "/", "/%E8%B7%AF": "/",
	} {
		if p := problemOf(t, r.call("GET", path, "")); p.Instance != want {
			t.Errorf("%s: %q, want %q", path, p.Instance, want)
		}
	}
}

// A refusal tells a hundred faults at most, and costs no more to make than those:
// the pointers of a deep body are long.
func TestRefusalsTellAHundredFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{}, decoding)
	many := r.call("POST", "/sample", `{"x":[`+strings.Repeat(`"\u0001",`, 100_000)+`""]}`, asJSON)
	if p := problemOf(t, many); p.Code != "request.control_char" || len(p.Errors) != faultsMost {
		t.Errorf("%s with %d faults", p.Code, len(p.Errors))
	}
	deep := strings.Repeat(`["\u0001",`, 9_000) + `""` + strings.Repeat("]", 9_000)
	bad, _ := errors.AsType[*badInput](inspect([]byte(deep), english))
	if bad == nil || len(bad.faults) != faultsMost {
		t.Errorf("%d faults were looked for", len(bad.faults))
	}
}

// An instant that is outside the years 1 to 9999 once its offset is taken off has
// no RFC 3339 of its own, and is none.
func TestInstantsHaveAYear(t *testing.T) {
	t.Parallel()
	r, q := newRig(t, Deps{}, decoding), newRig(t, Deps{}, querying)
	for at, status := range map[string]int{
		"9999-12-31T23:59:59Z": 200, "9999-12-31T23:59:59-23:59": 422, "0001-01-01T00:00:00Z": 200, "0001-01-01T00:00:00+23:59": 422, "0000-06-01T00:00:00Z": 422,
	} {
		if res := r.call("POST", "/sample", `{"title":"路灯","at":"`+at+`"}`, asJSON); res.StatusCode != status {
			t.Errorf("%s in a body: %d", at, res.StatusCode)
		}
		if res := q.call("GET", "/find?n=1&at="+url.QueryEscape(at), ""); (res.StatusCode == 200) != (status == 200) {
			t.Errorf("%s in a query: %d", at, res.StatusCode)
		}
	}
}
