package api

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/huiyin/huiyin/internal/report"
)

func init() { openapi3filter.RegisterBodyDecoder(typeHTML, openapi3filter.PlainBodyDecoder) }

// bulletins gives what an account finds.
func (s *city) bulletins(account, question string) []BulletinView {
	s.t.Helper()
	return read[BulletinPage](s, account, "/bulletins"+question).Items
}

// pressed is a city with some cases in November, whose bulletins are out.
func pressed(t *testing.T, s *city) *population {
	t.Helper()
	p := populate(s, 7, 20)
	s.clock.Advance(time.Date(2026, 12, 4, 1, 0, 0, 0, time.UTC).Sub(s.clock.Now()))
	if _, err := s.Engine.RunOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// Every figure of every part opens into as many cases as it says, for who may see
// them all; the parts add up to the total; and the digest is that of the body.
func TestEveryFigureOfABulletinOpens(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		p := pressed(t, s)
		counted := 0
		for _, unit := range []string{"9901", "990121", jichuan} {
			list := s.bulletins("city_supervisor", "?period=2026-11&unit="+s.unit(unit))
			if len(list) != 1 {
				t.Fatalf("%d bulletins of %s", len(list), unit)
			}
			doc := read[BulletinDocument](s, "city_supervisor", "/bulletins/"+list[0].ID)
			sums := map[report.FigureName]int{}
			for _, part := range doc.Parts {
				for _, f := range part.Figures {
					sums[f.Name] += f.Count
					p.opensFigure("city_supervisor", f)
				}
			}
			for _, f := range doc.Total {
				if counted += f.Count; sums[f.Name] != f.Count {
					t.Errorf("%s of %s is %d, its parts %d", f.Name, unit, f.Count, sums[f.Name])
				}
				p.opensFigure("city_supervisor", f)
			}
			s.wantDigest(doc)
		}
		if counted == 0 {
			t.Error("nothing was counted: the population shows nothing")
		}
	})
}

func (p *population) opensFigure(account string, f BulletinFigureView) {
	p.t.Helper()
	refs, cases, next := 0, 0, f.Href+"&limit=2"
	if !strings.Contains(f.Href, "?") {
		next = f.Href + "?limit=2"
	}
	for next != "" {
		res := p.send(account, "GET", next, "")
		link := res.Header.Get("Link")
		page := as[BulletinFigurePage](p.city, res, 200)
		for _, i := range page.Items {
			cases, refs = cases+1, refs+len(i.Refs)
		}
		if next, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">"); page.Next == "" {
			if next = ""; page.Count != f.Count || page.Cases != cases {
				p.t.Errorf("%s is %d, its page says %d of %d cases, %d found", f.Href, f.Count, page.Count, page.Cases, cases)
			}
		}
	}
	if refs != f.Count {
		p.t.Errorf("%s is %d and opens into %d", f.Href, f.Count, refs)
	}
}

func (s *city) wantDigest(doc BulletinDocument) {
	s.t.Helper()
	res := s.send("city_supervisor", "GET", doc.BodyHref, "")
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != doc.Digest || !strings.HasPrefix(res.Header.Get("Repr-Digest"), "sha-256=:") {
		s.t.Errorf("the digest of the body is %x, not %s; %v", sum, doc.Digest, res.Header)
	}
	if again := s.send("city_supervisor", "GET", doc.BodyHref, "", "If-None-Match: "+res.Header.Get("ETag")); again.StatusCode != 304 {
		s.t.Errorf("the body that one has: %d", again.StatusCode)
	}
}

// Who may read a bulletin but not its cases, as an administrator, is told how many
// there are and not which.
func TestAFigureListsNoCaseThatOneMayNotSee(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		pressed(t, s)
		list := s.bulletins("admin", "?unit="+s.unit("9901"))
		path := "/bulletins/" + list[0].ID + "/figures/registered"
		all := read[BulletinFigurePage](s, "city_supervisor", path)
		if none := read[BulletinFigurePage](s, "admin", path); none.Count != all.Count || none.Cases == 0 || len(none.Items) != 0 || len(all.Items) != all.Cases {
			t.Errorf("the supervisor finds %+v, the administrator %+v", all, none)
		}
	})
}

// The same as a table and as a page that loads nothing.
func TestABulletinInOtherForms(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		pressed(t, s)
		path := v1 + "/bulletins/" + s.bulletins("leader", "?kind=monthly&period=2026-11")[0].ID
		csv := s.send("leader", "GET", path, "", "Accept: text/csv")
		table := string(bodyOf(t, csv))
		if !strings.HasPrefix(table, "\uFEFF单位编码,单位,登记,") || !strings.Contains(table, "霁川镇（本级）") || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s\n%s", csv.Header, table)
		}
		html := s.send("leader", "GET", path, "", "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
		page := string(bodyOf(t, html))
		policy := html.Header.Get("Content-Security-Policy")
		if !strings.Contains(page, "霁川镇 2026-11 群众诉求办理通报") || !strings.Contains(policy, "default-src 'none'; style-src 'sha256-") {
			t.Errorf("%s\n%s", policy, page)
		}
		for _, outside := range []string{"http:", "https:", "<script", "src=", "href=", "style="} {
			if strings.Contains(page, outside) {
				t.Errorf("the page has %s in it", outside)
			}
		}
		s.refuses("leader", "GET", path, "", 406, "bulletin.accept", "Accept: application/pdf")
	})
}

func TestBulletinsAreRefused(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		pressed(t, s)
		own := v1 + "/bulletins/" + s.bulletins("leader", "?unit="+s.unit(jichuan))[0].ID
		other := v1 + "/bulletins/" + s.bulletins("supervisor", "?unit="+s.unit(qiqiao))[0].ID
		for _, path := range []string{other, other + "/body", other + "/figures/registered", own + "/figures/happiness", own + "/figures/registered?unit=" + s.unit(qiqiao)} {
			s.refuses("leader", "GET", path, "", 404, "not_found")
		}
		s.refuses("clerk", "GET", own, "", 403, "auth.role")
		s.refuses("leader", "GET", v1+"/bulletins?period=2026-13", "", 422, "bulletin.period")
		s.refuses("leader", "GET", v1+"/bulletins?kind=weekly", "", 400, "request.parameter")
		s.refuses("leader", "GET", v1+"/bulletins?sort=up", "", 400, "request.unknown_parameter")
		s.refuses("leader", "GET", own+"?format=pdf", "", 400, "request.unknown_parameter")
		if list := s.bulletins("leader", ""); len(list) != 1 || list[0].Unit.Code != jichuan {
			t.Errorf("the town's leader finds %+v", list)
		}
		why := `{"reason":"late_records","words":"窗口补录"}`
		s.refuses("leader", "POST", own+"/correct", why, 403, "auth.role")
		s.refuses("supervisor", "POST", own+"/correct", why, 409, "bulletin.unchanged")
		s.refuses("supervisor", "POST", own+"/correct", `{"reason":"boredom","words":""}`, 422, "request.invalid")
		s.refuses("supervisor", "POST", own+"/correct", `{"reason":"late_records","words":"窗口补录","secretly":true}`, 400, "request.unknown_field")
	})
}

// A late fact is counted in a further edition, once however often it is sent; the
// one before stays, byte for byte.
func TestACorrectionByHTTP(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		pressed(t, s)
		first := s.bulletins("leader", "?unit="+s.unit(jichuan))[0]
		path := v1 + "/bulletins/" + first.ID
		s.register(`,"received_at":"2026-11-27T09:00:00+08:00"`)
		send := func() BulletinDocument {
			res := s.send("supervisor", "POST", path+"/correct", `{"reason":"late_records","words":"窗口补录"}`, "Idempotency-Key: once")
			doc := as[BulletinDocument](s, res, 201)
			if got := res.Header.Get("Location"); got != v1+"/bulletins/"+doc.ID {
				t.Errorf("it is at %s", got)
			}
			return doc
		}
		doc := send()
		if again := send(); again.ID != doc.ID {
			t.Error("sent again it is another edition")
		}
		if doc.Edition != 2 || doc.Corrects != first.ID || doc.IssuedBy == nil || doc.IssuedBy.ID != s.user("supervisor") {
			t.Errorf("%+v", doc.BulletinView)
		}
		i := slices.IndexFunc(doc.Changes, func(c BulletinChangeView) bool { return c.Name == report.FigRegistered })
		if i < 0 || doc.Changes[i].Is != doc.Changes[i].Was+1 || len(doc.Changes[i].Come) != 1 {
			t.Errorf("changed: %+v", doc.Changes)
		}
		if list := s.bulletins("leader", ""); len(list) != 2 || list[1].Digest != first.Digest {
			t.Errorf("%+v", list)
		}
		s.wantDigest(read[BulletinDocument](s, "supervisor", "/bulletins/"+first.ID))
		s.refuses("supervisor", "POST", path+"/correct", `{"reason":"late_records","words":"窗口补录"}`, 409, "bulletin.superseded")
		page := s.send("leader", "GET", v1+"/bulletins/"+doc.ID, "", "Accept: text/html")
		if text := string(bodyOf(t, page)); !strings.Contains(text, "本版更正前一版。原因：补录。窗口补录") {
			t.Errorf("the page does not say that it corrects:\n%s", text)
		}
	})
}

func TestTheSchemeIsPublished(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		if scheme := read[BulletinScheme](s, "leader", "/bulletins/scheme"); scheme.Points != 1000 || len(scheme.Items) < 20 {
			t.Errorf("%+v", scheme)
		}
	})
}
