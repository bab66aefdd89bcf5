package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
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
			if len(shown.Items) == 0 || shown.Items[0].Name != "张三丰" || shown.Items[0].Phone != "13800001234" || shown.Items[0].IDNumber+shown.Items[0].Address != "" {
				t.Errorf("%s is shown %+v", account, shown)
			}
		}
		if after := read[CaseDetail](s, "clerk", "/cases/"+id).Version; after != before {
			t.Errorf("looking changed the version from %d to %d", before, after)
		}
		var told int
		for _, e := range read[EventPage](s, "clerk", "/cases/"+id+"/events").Items {
			if e.Kind != grievance.EvRevealed || e.Facts.Reason != "contact" {
				continue
			}
			told++
			if fields := e.Facts.Shown.Fields; !slices.Equal(fields, []grievance.PartyField{"name", "phone"}) || e.Post.Role == "" {
				t.Errorf("the event tells of %v in the post %+v", fields, e.Post)
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

// What is shown ends with the step: after the closure the handler sees nothing, and
// who follows up, from outside the unit that handled it, sees whom to call.
func TestWhatIsShownEndsWithTheStep(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.closed(`,"others":[{"kind":"named","name":"王小二","phone":"13700007777"}]`)
		path := v1 + "/cases/" + id + "/parties/reveal"
		why := func(reason string) string { return fmt.Sprintf(`{"reason":%q}`, reason) }
		s.refuses("handler", "POST", path, why("contact"), 409, "case.state")
		s.refuses("supervisor", "POST", path, why("contact"), 403, "case.not_permitted")
		s.refuses("petitioner", "POST", path, why("contact"), 403, "auth.role")
		for reason, want := range map[string]PartyInClear{
			"follow_up":   {N: 1, Kind: grievance.Petitioner, Name: "张三丰", Phone: "13800001234"},
			"named_check": {N: 2, Kind: grievance.PersonNamed, Name: "王小二"},
		} {
			if got := as[PartiesInClear](s, s.send("supervisor", "POST", path, why(reason)), http.StatusOK); len(got.Items) != 1 || got.Items[0] != want {
				t.Errorf("%s shows %+v, want %+v", reason, got, want)
			}
		}
	})
}

// A notice that is opened for another reason than to serve it shows what that
// reason does: no address, or nobody.
func TestANoticeShowsNoMoreThanTheReasonNeeds(t *testing.T) {
	t.Parallel()
	s := newCity(t, "sqlite")
	path := "/cases/" + s.closed("") + "/notices/2/document"
	for reason, shown := range map[string][2]bool{"serve_notice": {true, true}, "contact": {true, false}, "named_check": {false, false}} {
		page := s.sheet("clerk", "POST", path, fmt.Sprintf(`{"reason":%q}`, reason))
		if got := [2]bool{strings.Contains(page, "张三丰"), strings.Contains(page, "上渡村四组")}; got != shown {
			t.Errorf("%s shows name and address: %v, want %v", reason, got, shown)
		}
	}
}

// Whom a case is about is shown nothing of who complains, and does not find out by
// searching for them either.
func TestWhomACaseIsAboutFindsOutNothing(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		other := s.register("").ID
		id := s.handled(fmt.Sprintf(`,"others":[{"kind":"named","name":"许晚晴","user_id":%q}]`, s.user("clerk")))
		for _, p := range append(read[PartyList](s, "clerk", "/cases/"+id+"/parties").Items, *read[CaseDetail](s, "clerk", "/cases/"+id).Petitioner) {
			for _, shown := range []string{p.Name, p.Phone, p.IDNumber, p.Address} {
				if shown != "" && shown != "****" {
					t.Errorf("the person named sees %q", shown)
				}
			}
		}
		s.refuses("clerk", "POST", v1+"/cases/"+id+"/parties/reveal", `{"reason":"contact"}`, 403, "case.not_permitted")
		if page := s.sheet("clerk", "GET", "/cases/"+id+"/notices/1/document", ""); strings.Contains(page, "张") {
			t.Errorf("the notice tells whose it is: %s", page)
		}
		s.refuses("clerk", "GET", v1+"/cases/"+id+"/related", "", 403, "case.confidential_petitioner")
		if found := read[RelatedPage](s, "clerk", "/cases/"+other+"/related"); len(found.Items) != 0 {
			t.Errorf("the petitioner's other cases: %+v", found.Items)
		}
		s.finds("clerk", other)
		s.finds("leader", id, other)
	})
}

// A confidential case is found by its petitioner's number at its own desk alone.
func TestAConfidentialCaseIsFoundAtItsDeskAlone(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := s.register(`,"confidential":true`).ID
		s.finds("clerk", id)
		s.finds("leader")
		s.finds("supervisor")
	})
}

// finds searches for the petitioner of grievanceOf, and wants these cases.
func (s *city) finds(account string, want ...string) {
	s.t.Helper()
	page := as[CasePage](s, s.send(account, "POST", v1+"/cases/search?count=true", `{"phone":"13800001234"}`), http.StatusOK)
	var got []string
	for _, i := range page.Items {
		got = append(got, i.ID)
	}
	if slices.Reverse(got); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) || *page.Total != int64(len(want)) {
		s.t.Errorf("%s finds %v of %d, want %v", account, got, *page.Total, want)
	}
}

// Couriers and grid workers see the parties masked of what they filed and of what
// lies in their grid, whom it is about only of what they filed, and of the texts
// what is public and what they wrote themselves. A petitioner sees their own masked.
func TestWhatTheOutsideSeesOfIdentity(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		more := fmt.Sprintf(`,"area_id":%q,"others":[{"kind":"named","name":"王小二"}]`, s.unit("990121101201001"))
		for account, about := range map[string]string{"courier": "王**", "grid_worker": "王**", "petitioner": "王**"} {
			id := as[CaseWithCode](s, s.send(account, "POST", v1+"/cases", grievanceOf(more+s.deskOf(account))), http.StatusCreated).ID
			s.act(account, id, "/notes", `{"words":"附言"}`)
			s.act("clerk", id, "/notes", `{"words":"内部研判，不对外"}`)
			s.wantOutside(account, id, about)
			if account != "grid_worker" {
				s.wantOutside("grid_worker", id, "****")
			}
		}
	})
}

func (s *city) deskOf(account string) string {
	if account == "petitioner" {
		return fmt.Sprintf(`,"unit_id":%q`, s.unit(jichuan))
	}
	return ""
}

// wantOutside checks what somebody outside sees of grievanceOf, and whom it is about.
func (s *city) wantOutside(account, id, about string) {
	s.t.Helper()
	parties := read[PartyList](s, account, "/cases/"+id+"/parties").Items
	want := PartyView{N: 1, Kind: grievance.Petitioner, Name: "张**", Phone: "138****1234", IDNumber: "4301**********1234", Address: "霁川镇****"}
	if len(parties) != 2 || parties[0] != want || parties[1].Name != about {
		s.t.Errorf("%s sees %+v", account, parties)
	}
	s.refuses(account, "POST", v1+"/cases/"+id+"/parties/reveal", `{"reason":"contact"}`, 403, "auth.role")
	for _, x := range read[CaseDetail](s, account, "/cases/"+id).Texts {
		if x.Body == "内部研判，不对外" {
			s.t.Errorf("%s reads what is not public", account)
		}
	}
}
