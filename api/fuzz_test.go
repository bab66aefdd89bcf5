package api

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-json-experiment/json"
)

// Whatever a client sends is read or refused; it is never our failure. What was
// read can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"title":"路灯","at":"2026-11-22T08:00:00Z","parties":[{"phone":"1"}]}`, `{"title":1}`, `{"a":{"a":[null]}}`,
		`{"id":"01939e7c-0000-7000-8000-000000000001","on":"2026-02-29"}`, "\xff", `{"count":1e400}`, `"\ud800"`, `[[[[`,
	} {
		f.Add([]byte(seed))
	}
	r := newRig(f, Deps{}, decoding)
	f.Fuzz(func(t *testing.T, body []byte) {
		res := r.call("POST", "/sample", string(body), asJSON)
		switch res.StatusCode {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			problemOf(t, res)
		case http.StatusOK:
			var in sampleRequest
			once := bodyOf(t, res)
			if err := json.Unmarshal(once, &in); err != nil {
				t.Fatal(err)
			}
			if twice, err := marshal(in); err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("%v: %s became %s", err, once, twice)
			}
		default:
			t.Fatalf("status %d for %q", res.StatusCode, body)
		}
	})
}

func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "AAAA", "AAAAAAAAIkEi", "bm90IG91cnM"} {
		f.Add(seed)
	}
	r := newRig(f, Deps{}, paging)
	f.Fuzz(func(t *testing.T, cursor string) {
		res := r.call("GET", "/letters?cursor="+url.QueryEscape(cursor), "")
		if res.StatusCode != http.StatusBadRequest && res.StatusCode != http.StatusOK {
			t.Fatalf("status %d for %q", res.StatusCode, cursor)
		}
	})
}
