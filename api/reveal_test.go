package api

import (
	"net/http"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

func TestWhoHasToReachAPetitionerSeesWhoItIs(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.handled("")
		path, why := v1+"/cases/"+id+"/parties/reveal", `{"reason":"contact"}`
		s.refuses("", "POST", path, why, 401, "auth.required")
		s.refuses("clerk2", "POST", path, why, 404, "not_found")
		s.refuses("handler", "POST", path, `{"reason":"curiosity"}`, 422, "request.invalid")
		before := read[CaseDetail](s, "clerk", "/cases/"+id).Version
		for _, account := range []string{"handler", "clerk"} {
			shown := as[PartiesInClear](s, s.send(account, "POST", path, why), http.StatusOK)
			if len(shown.Items) == 0 || shown.Items[0].Name != "张三丰" || shown.Items[0].Phone != "13800001234" {
				t.Errorf("%s is shown %+v", account, shown)
			}
		}
		if after := read[CaseDetail](s, "clerk", "/cases/"+id).Version; after != before {
			t.Errorf("looking changed the version from %d to %d", before, after)
		}
		var told int
		for _, e := range read[EventPage](s, "clerk", "/cases/"+id+"/events").Items {
			if e.Kind == grievance.EvRevealed && e.Facts.Reason == "contact" {
				told++
			}
		}
		if told != 2 {
			t.Errorf("%d events say that somebody looked, want 2", told)
		}
		s.refuses("leader", "POST", path, why, 403, "case.not_permitted")
	})
}

func TestAConfidentialPetitionerIsKnownToTheDeskAlone(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	id := s.handled(`,"confidential":true`)
	path, why := v1+"/cases/"+id+"/parties/reveal", `{"reason":"contact"}`
	s.refuses("handler", "POST", path, why, 403, "case.confidential")
	as[PartiesInClear](s, s.send("clerk", "POST", path, why), http.StatusOK)
}
