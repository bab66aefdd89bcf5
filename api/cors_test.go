package api

import (
	"net/http"
	"strings"
	"testing"
)

const portal = "https://portal.example"

func TestPagesOfNamedOrigins(t *testing.T) {
	t.Parallel()
	r := newRig(t, Deps{Origins: []string{portal}, Rates: Rates{Address: allowing(1)}}, gated)
	for path, status := range map[string]int{"/visitors": 200, "/staff": 401, "/nowhere": 404, "/anybody": 200} {
		res := r.call("GET", path, "", "Origin: "+portal)
		h := res.Header
		if res.StatusCode != status || h.Get("Access-Control-Allow-Origin") != portal || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %v", path, res.StatusCode, h)
		}
		for _, name := range []string{"ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id", "Idempotency-Replayed"} {
			if !strings.Contains(h.Get("Access-Control-Expose-Headers"), name) {
				t.Errorf("%s: pages do not see %s", path, name)
			}
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin") {
			t.Errorf("%s: %v", path, h)
		}
	}
	if res := r.call("GET", "/anybody", "", "Origin: "+portal); res.StatusCode != 429 || res.Header.Get("Access-Control-Allow-Origin") != portal {
		t.Errorf("who is limited is not told why: %d %v", res.StatusCode, res.Header)
	}
	for _, other := range []string{"https://elsewhere.example", "null", portal + ".example"} {
		if h := r.call("GET", "/visitors", "", "Origin: "+other).Header; h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may: %v", other, h)
		}
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	ask := []string{"Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"}
	r := newRig(t, Deps{Origins: []string{portal}}, gated)
	res := r.call("OPTIONS", "/staff", "", append(ask, "Origin: "+portal)...)
	h := res.Header
	if res.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != portal || h.Get("Access-Control-Max-Age") != "600" ||
		!strings.Contains(h.Get("Access-Control-Allow-Methods"), "GET") || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("%d %v", res.StatusCode, h)
	}
	if h := r.call("OPTIONS", "/staff", "", append(ask, "Origin: https://elsewhere.example")...).Header; h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another origin: %v", h)
	}
	closed := newRig(t, Deps{}, gated)
	if res := closed.call("OPTIONS", "/staff", "", append(ask, "Origin: "+portal)...); res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without the setting: %d %v", res.StatusCode, res.Header)
	}
}
